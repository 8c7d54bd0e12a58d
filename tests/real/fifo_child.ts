/**
 * A program with a watched configuration and FIFOs beside it, for tests that look at it from outside.
 * What happens is printed as lines of JSON. It is given the file, or a directory of many, and what it
 * does:
 *
 * - `stay`: watches until it is killed;
 * - `pass`: the same, after it had a FIFO made and removed without looking meanwhile;
 * - `close`: has FIFOs made and closes the configuration at once;
 * - `end`: the same, but just comes to its end, which its watching allows.
 */

import { execFileSync } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import process from "node:process";
import { directory, watchConfig } from "../../mod.ts";
import { pause } from "./watched.ts";

/** Long enough for an event. */
const EVENT_MS = 50;

/** Long enough for the thread that is told of one, also where it has to wait for a processor. */
const PASSING_MS = 500;

const [path = "", task = "stay"] = process.argv.slice(2);
// Looking comes too late, unless it is done before something is closed.
const backstopMs = task === "stay" || task === "pass" ? 1_000 : 60_000;
const source = statSync(path).isDirectory() ? directory(path, { recursive: true }) : path;
const config = await watchConfig({ sources: [source], backstopMs, unref: task === "end" });
config.on("watcherChanged", print);
config.on("reloadSucceeded", ({ type, revision }) => print({ type, revision }));
config.on("reloadFailed", ({ type, error }) => print({ type, message: error.message }));
print({ type: "ready" });
// Those from the start were told before anybody could listen.
config.recentEvents().filter(({ type }) => type === "watcherChanged").forEach(print);
if (task === "pass") {
  // After the first look, and before the next one, as nothing else runs here.
  await pause(EVENT_MS);
  execFileSync("mkfifo", [`${path}.fifo`]);
  // Deno's thread waits for it by then, and will for ever.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PASSING_MS);
  rmSync(`${path}.fifo`);
  print({ type: "passed" });
}
if (task === "close" || task === "end") {
  for (const end of ["1", "2"]) execFileSync("mkfifo", [`${path}.fifo${end}`]);
  await pause(EVENT_MS);
}
if (task === "close") {
  await config.close();
  print({ type: "closed" });
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
