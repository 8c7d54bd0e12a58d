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

/** Whether it looks beside a watcher or instead of one. */
export type Looking = "backstop" | "poll";

/** What looking costs. */
export interface LooksRow {
  readonly runtime: RuntimeName;
  readonly files: number;
  readonly looking: Looking;
  /** Processor time for one look at all files. */
  readonly msPerTick: number;
  /** Looks that were counted for it. */
  readonly ticks: number;
  /** Share of one core used with the default time between two looks. */
  readonly percent?: number;
}

/** Numbers of files that are looked at. */
export const FILE_COUNTS: readonly number[] = [10, 1000, 10_000];

const READY_WITHIN_MS = 30_000;
const ANSWER_WITHIN_MS = 20_000;
/** A file written less than two seconds ago is looked at more closely. */
const AGE_MS = 2500;
/** Long enough for many looks, short enough that they take a good part of it. */
const TICKS_MS = 3000;
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

/** Measures looks in quick succession, one process at a time, then all at their usual pace. */
export async function measureLooks(options: LooksOptions): Promise<LooksRow[]> {
  const { runtimes, idleMs, commandFor, root } = options;
  const directories = new Map(FILE_COUNTS.map((count) => [count, createFiles(root, count)]));
  await delay(AGE_MS);
  const cases = FILE_COUNTS.flatMap((files) =>
    (["backstop", "poll"] as const).flatMap((looking) =>
      runtimes.map((runtime) => ({ runtime, files, looking }))
    )
  );
  const command = ({ runtime, files, looking }: typeof cases[number], intervalMs: number) => [
    ...commandFor(runtime, "scale/ticks.ts"),
    ...[looking, directories.get(files)!, String(intervalMs)],
  ];
  const rows: LooksRow[] = [];
  for (const each of cases) {
    const intervalMs = Math.max(LEAST_INTERVAL_MS, each.files / FILES_PER_MS);
    await using program = await startTicks(command(each, intervalMs));
    await delay(TICKS_MS / 3); // Compiles what is run often.
    const { ticks, cpuMs } = await useFor(program, TICKS_MS);
    rows.push({ ...each, ticks, msPerTick: cpuMs / ticks });
  }
  if (idleMs === 0) return rows;
  await using running = new AsyncDisposableStack();
  const programs: Program[] = [];
  for (const each of cases) programs.push(running.use(await startTicks(command(each, 0))));
  await delay(IDLE_AFTER_MS);
  const states = await Promise.all(programs.map((program) => useFor(program, idleMs)));
  return rows.map((row, index) => ({ ...row, percent: states[index]!.cpuMs / idleMs * 100 }));
}

async function startTicks(command: readonly string[]): Promise<Program> {
  const program = new Program(command);
  await program.answer(READY_WITHIN_MS);
  return program;
}

async function useFor(program: Program, durationMs: number): Promise<TickState> {
  program.tell("begin");
  await program.answer(ANSWER_WITHIN_MS);
  await delay(durationMs);
  program.tell("state");
  return await program.answer<TickState>(ANSWER_WITHIN_MS);
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
  const head = ["files", "runtime", "look", "ms a look", "default every", "CPU %"];
  const cells = rows.map(({ runtime, files, looking, msPerTick, percent }) => [
    ...[files, runtime, looking === "poll" ? "polling" : "beside the watcher"],
    round(msPerTick, msPerTick < 1 ? 3 : 1),
    looking === "poll" ? "500 ms" : "1,000 ms",
    percent === undefined ? "–" : round(percent),
  ]);
  return formatTable(head, cells, 3);
}
