/**
 * A program that looks at many files from time to time: `ticks.ts WATCHER DIRECTORY MS`, where MS is
 * the time between two looks, or 0 for the default. It answers `begin` and `state`.
 *
 * @module
 */

import process from "node:process";
import { watchFiles } from "../../mod.ts";
import { currentRuntime, type Runtime } from "../../src/runtime/runtime.ts";
import { listen, say } from "../lines.ts";

/** What the program answers to `state`; everything counts from `begin`. */
export interface TickState {
  /** Looks so far; 0 with the default time between them. */
  readonly ticks: number;
  /** Processor time, in milliseconds. */
  readonly cpuMs: number;
}

const [watcher, directory = "", intervalText] = process.argv.slice(2);
const intervalMs = Number(intervalText);
let ticks = 0;
let cpu = process.cpuUsage();
const interval = intervalMs > 0 ? { backstopMs: intervalMs, pollMs: intervalMs } : {};
const files = await watchFiles([directory], {
  ...interval,
  watcher: watcher === "poll" ? "poll" : "auto",
  runtime: countingTicks(currentRuntime()),
});
const ANSWERS: Readonly<Record<string, () => unknown>> = { begin, state };
listen((line) => say(JSON.stringify(ANSWERS[line]?.() ?? null)));
say(JSON.stringify(files.isRunning));

function begin(): boolean {
  ticks = 0;
  cpu = process.cpuUsage();
  return true;
}

function state(): TickState {
  const { user, system } = process.cpuUsage(cpu);
  return { ticks, cpuMs: (user + system) / 1000 };
}

function countingTicks(runtime: Runtime): Runtime {
  const { clock } = runtime;
  const schedule: typeof clock.schedule = (delayMs, callback, options) =>
    clock.schedule(delayMs, () => {
      if (delayMs === intervalMs) ticks += 1;
      callback();
    }, options);
  return { ...runtime, clock: { ...clock, schedule } };
}
