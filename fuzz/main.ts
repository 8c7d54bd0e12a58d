/** `deno task fuzz`: hostile texts on every runtime. See `--help`. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { build, stop } from "esbuild";
import { fitSlope } from "../bench/soak/slope.ts";
import { findBun } from "../tasks/bun.ts";
import { root } from "../tasks/run.ts";
import type { Tally } from "./batch.ts";
import { type FuzzOptions, HELP, readOptions, type RuntimeName } from "./options.ts";

/** A runtime that says nothing for so long hangs, in one of 2,000 texts. */
const SILENCE_MS = 60_000;

/** More growth over the second half of a run is a leak. */
const MOST_GROWTH_MB = 64;

const PROGRAM = join(root, "fuzz", "program.ts");
const BUNDLE = join(root, ".cache", "fuzz", "program.mjs");

interface Line {
  readonly done?: number;
  readonly next?: number;
  readonly rssBytes?: number;
  readonly result?: Tally;
}

const options = parse();
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
console.log(`seed ${options.seed}, ${options.cases} texts on ${options.runtimes.join(", ")}`);
let failed = false;
for (const runtime of options.runtimes) {
  if (!await fuzz(runtime)) failed = true;
}
process.exit(failed ? 1 : 0);

function parse(): FuzzOptions {
  try {
    return readOptions(process.argv.slice(2), Date.now());
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error("See: deno task fuzz --help");
    process.exit(2);
  }
}

async function commandFor(runtime: RuntimeName): Promise<string[]> {
  if (runtime === "deno") {
    const flags = ["-A", "--quiet", "--no-check", "--v8-flags=--expose-gc"];
    return [process.execPath, "run", ...flags, PROGRAM];
  }
  if (runtime === "bun") return [(await findBun()).path, PROGRAM];
  await build({
    entryPoints: [PROGRAM],
    outfile: BUNDLE,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20.12",
    format: "esm",
    logLevel: "warning",
  });
  await stop();
  return ["node", "--expose-gc", BUNDLE];
}

/** Runs the program on a runtime and prints what came of it; whether all is well. */
async function fuzz(runtime: RuntimeName): Promise<boolean> {
  const [command, ...args] = await commandFor(runtime);
  const began = performance.now();
  const child = spawn(command!, [...args, String(options.seed), String(options.cases)], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const memory: { done: number; megabytes: number }[] = [];
  let next = options.seed;
  let hangs = false;
  let result: Tally | undefined;
  const onSilence = (): void => {
    hangs = true;
    child.kill("SIGKILL");
  };
  let silence = setTimeout(onSilence, SILENCE_MS);
  for await (const text of createInterface({ input: child.stdout })) {
    clearTimeout(silence);
    silence = setTimeout(onSilence, SILENCE_MS);
    const line: Line = JSON.parse(text);
    if (line.result) result = line.result;
    else memory.push({ done: line.done!, megabytes: line.rssBytes! / 2 ** 20 });
    next = line.next ?? next;
  }
  clearTimeout(silence);
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  if (result === undefined) {
    console.log(`${runtime}: ${hangs ? "hangs" : "ended"} in one of the batches from ${next} on`);
    return false;
  }
  return report(runtime, result, growth(memory), seconds);
}

/** Megabytes that the second half of the run added. */
function growth(memory: readonly { done: number; megabytes: number }[]): number {
  const half = memory.slice(memory.length >>> 1);
  const slope = fitSlope(half.map(({ done }) => done), half.map(({ megabytes }) => megabytes));
  return half.length < 3 ? 0 : slope.value * (half.at(-1)!.done - half[0]!.done);
}

function report(runtime: RuntimeName, result: Tally, grown: number, seconds: string): boolean {
  const { outcomes, failures, slowestMs, disturbed } = result;
  console.log(
    `${runtime}: ${outcomes.accepted} accepted, ${outcomes.empty} empty, ` +
      `${outcomes.refused} refused, ${failures.length} failed in ${seconds} s; slowest ` +
      `${slowestMs.toFixed(0)} ms (${disturbed} slower once); second half ${
        grown.toFixed(1)
      } MB of memory`,
  );
  for (const failure of failures.slice(0, 20)) console.log(JSON.stringify(failure));
  if (grown > MOST_GROWTH_MB) console.log(`${runtime}: memory grows`);
  return failures.length === 0 && grown <= MOST_GROWTH_MB;
}
