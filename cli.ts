#!/usr/bin/env node
/**
 * The command `hotconf`: watch and check configuration from a shell.
 *
 * ```sh
 * hotconf watch config --schema schema.js
 * hotconf check config/app.yaml --json
 * hotconf doctor config
 * ```
 *
 * @module
 */

import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { main } from "./src/cli/main.ts";
import { aborted, type Output } from "./src/cli/io.ts";
import { currentSystem, heededEnvironment } from "./src/cli/system.ts";
import { currentRuntime } from "./src/runtime/runtime.ts";

/**
 * A terminal and the tools in between (npx, deno task) may each pass on the same Ctrl-C; whoever
 * means a second one is slower than that.
 */
const SAME_SIGNAL_MS = 250;

/** How long the process may outlive the command: what a schema module left running keeps it. */
const LINGER_MS = 500;

// Standard output is for the command's own lines; a schema that logs shall not get between them.
console.log = console.info = console.debug = console.error;

const interrupting = new AbortController();
let hasReader = true;
const lastWrites = new Map<NodeJS.WriteStream, Promise<void>>();
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  hasReader = false; // as in `hotconf watch --json | head -1`
  interrupting.abort(error);
});
// A reason that nobody reads changes nothing about the outcome.
process.stderr.on("error", () => {});
let isFirst = true;
let isAnother = false;
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  process.on(signal, () => {
    if (isAnother) process.exit(code);
    if (isFirst) {
      // After what came while the process could not attend to it.
      const attend = () => void setImmediate(() => setImmediate(() => isAnother = true));
      setTimeout(attend, SAME_SIGNAL_MS).unref();
    }
    isFirst = false;
    interrupting.abort();
  });
}

// Whatever the watcher does with its timers, the process stays until the command ends.
const keptAlive = setInterval(() => {}, 2 ** 30);
process.exitCode = await main(process.argv.slice(2), {
  stdout: toOutput(process.stdout),
  stderr: toOutput(process.stderr),
  environment: heededEnvironment(),
  cwd: process.cwd(),
  interrupted: interrupting.signal,
  runtime: currentRuntime(),
  system: currentSystem(),
});
// A slow reader gets all of it before the process goes; after an interrupt, what fits in a moment.
const printed = Promise.all(lastWrites.values());
await Promise.race([printed, aborted(interrupting.signal)]);
clearInterval(keptAlive);
if (interrupting.signal.aborted) {
  await Promise.race([printed, sleep(LINGER_MS)]);
  // A process that ends by itself takes its handlers down first, and another signal would kill it
  // meanwhile; exit() leaves them in place.
  process.exit();
}
setTimeout(() => process.exit(), LINGER_MS).unref();

function toOutput(stream: NodeJS.WriteStream): Output {
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns || undefined;
    },
    write: (text) => {
      if (!hasReader) return;
      lastWrites.set(stream, new Promise((resolve) => stream.write(text, () => resolve())));
    },
  };
}
