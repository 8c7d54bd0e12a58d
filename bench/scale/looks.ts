/**
 * What looking at many files from time to time costs, beside a watcher and instead of one.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { CommandFor } from "../prepare.ts";
import { Program } from "../program.ts";
import type { RuntimeName } from "../systems/mod.ts";
import { formatTable, round } from "../table.ts";
import type { TickState } from "./ticks.ts";

/** Whether it looks beside a watcher or instead of one; or the peer that does the latter. */
export type Looking = "backstop" | "poll" | "chokidar polling";

/** What looking costs. */
export interface LooksRow {
  readonly runtime: RuntimeName;
  readonly files: number;
  readonly looking: Looking;
  /** Processor time for one look at all files; of hotconf only. */
  readonly msPerTick?: number;
  /** Looks that were counted for it. */
  readonly ticks?: number;
  /** Share of one core used with the default time between two looks, in percent. */
  readonly percent?: number;
}

/** Numbers of files that are looked at. */
export const FILE_COUNTS: readonly number[] = [10, 1000, 10_000];

const WORDS: Readonly<Record<Looking, string>> = {
  backstop: "hotconf beside the watcher",
  poll: "hotconf polling",
  "chokidar polling": "chokidar polling",
};
const READY_WITHIN_MS = 30_000;
const ANSWER_WITHIN_MS = 20_000;
/** A file written less than two seconds ago is looked at more closely. */
const AGE_MS = 2500;
/** Long enough for many looks, short enough that they take a good part of it. */
const TICKS_MS = 2000;
/** Looks at 10 files take less than this apart. */
const LEAST_INTERVAL_MS = 5;
const FILES_PER_MS = 50;
/** Compiler threads and collectors tidy up for so long. */
const IDLE_AFTER_MS = 12_000;

/** What is measured, and how. */
export interface LooksOptions {
  readonly runtimes: readonly RuntimeName[];
  /** For how long the share of a core is measured; 0 leaves that out. */
  readonly idleMs: number;
  readonly commandFor: CommandFor;
  readonly root: string;
}

type Case = Pick<LooksRow, "runtime" | "files" | "looking">;

/** Measures looks in quick succession, one process at a time, then all at their usual pace. */
export async function measureLooks(options: LooksOptions): Promise<LooksRow[]> {
  const { runtimes, idleMs, commandFor, root } = options;
  const directories = new Map(FILE_COUNTS.map((count) => [count, createFiles(root, count)]));
  await delay(AGE_MS);
  const casesOf = (...lookings: Looking[]) =>
    lookings.flatMap((looking) =>
      FILE_COUNTS.flatMap((files) => runtimes.map((runtime): Case => ({ runtime, files, looking })))
    );
  const command = ({ runtime, files, looking }: Case, intervalMs = 0) => {
    const module = looking === "chokidar polling" ? "scale/watcher.ts" : "scale/ticks.ts";
    const rest = module === "scale/watcher.ts" ? "flat" : String(intervalMs);
    return [...commandFor(runtime, module), looking, directories.get(files)!, rest];
  };
  const [own, peers] = [casesOf("backstop", "poll"), casesOf("chokidar polling")];
  const rows: LooksRow[] = [];
  for (const each of own) {
    const intervalMs = Math.max(LEAST_INTERVAL_MS, each.files / FILES_PER_MS);
    rows.push({ ...each, ...await timeTicks(command(each, intervalMs)) });
  }
  if (idleMs === 0) return rows;
  // All side by side: what is measured is processor time, and there is enough of it.
  const all = [...own, ...peers];
  const percents = await usesOfCore(all.map((each) => command(each)), idleMs);
  return all.map((each, index) => ({ ...each, ...rows[index], percent: percents[index] }));
}

async function timeTicks(command: readonly string[]) {
  await using program = await startProgram(command);
  await delay(TICKS_MS / 2); // Compiles what is run often.
  const { ticks, cpuMs } = await useFor<TickState>(program, TICKS_MS);
  return { ticks, msPerTick: cpuMs / ticks };
}

async function usesOfCore(commands: readonly string[][], idleMs: number): Promise<number[]> {
  await using running = new AsyncDisposableStack();
  const programs: Program[] = [];
  for (const command of commands) programs.push(running.use(await startProgram(command)));
  await delay(IDLE_AFTER_MS);
  const states = await Promise.all(programs.map((program) => useFor<Used>(program, idleMs)));
  return states.map(({ cpuMs }) => cpuMs / idleMs * 100);
}

type Used = Pick<TickState, "cpuMs">;

async function startProgram(command: readonly string[]): Promise<Program> {
  const program = new Program(command);
  await program.answer(READY_WITHIN_MS);
  return program;
}

async function useFor<State extends Used>(program: Program, durationMs: number): Promise<State> {
  program.tell("begin");
  await program.answer(ANSWER_WITHIN_MS);
  await delay(durationMs);
  program.tell("state");
  return await program.answer<State>(ANSWER_WITHIN_MS);
}

function createFiles(root: string, count: number): string {
  const directory = join(root, `${count}`);
  mkdirSync(directory);
  for (let file = 0; file < count; file++) {
    writeFileSync(join(directory, `${file}.yaml`), `file: ${file}\n`);
  }
  return directory;
}

/** The rows as a table. */
export function formatLooks(rows: readonly LooksRow[]): string {
  const head = ["files", "runtime", "look", "ms a look", "every", "CPU %"];
  const sorted = rows.toSorted((a, b) => a.files - b.files);
  const cells = sorted.map(({ runtime, files, looking, msPerTick, percent }) => [
    ...[files, runtime, WORDS[looking]],
    msPerTick === undefined ? "–" : round(msPerTick, msPerTick < 1 ? 3 : 1),
    looking === "backstop" ? "1,000 ms" : "500 ms",
    percent === undefined ? "–" : round(percent),
  ]);
  return formatTable(head, cells, 3);
}
