/**
 * Many files: how long it takes until they are watched, what that holds, and what it costs while
 * nothing happens.
 *
 * @module
 */

import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { CommandFor } from "../prepare.ts";
import type { RuntimeName } from "../systems/mod.ts";
import { formatTable, median, round } from "../table.ts";
import type { WatchSystem } from "./systems/mod.ts";
import { Watching } from "./watching.ts";

/** An arrangement of files. */
export type Layout = "flat" | "tree";

/** What one system did with one arrangement. */
export interface StartRow {
  readonly layout: Layout;
  readonly runtime: RuntimeName;
  readonly system: WatchSystem;
  /** From the call until it watches, of each start. */
  readonly startMs: readonly number[];
  /** Resident memory more than before, in megabytes. */
  readonly rssMb: number;
  /** Files it told of, of {@linkcode CANARIES} in different places that were written to. */
  readonly seen: number;
  /** Share of one core used while nothing happens. */
  readonly idlePercent?: number;
}

/** Files and directories of each arrangement. */
export const LAYOUTS: Readonly<Record<Layout, { directories: number; filesEach: number }>> = {
  flat: { directories: 1, filesEach: 1000 },
  tree: { directories: 2000, filesEach: 5 },
};

const READY_WITHIN_MS = 30_000;
/** Files of each arrangement that are written to in the end. */
const CANARIES = 3;
const CANARY_GAP_MS = 200;
const SEEN_WITHIN_MS = 3000;
const MEMORY_AFTER_MS = 500;
/** Compiler threads and collectors tidy up for so long. */
const IDLE_AFTER_MS = 12_000;

/** What is measured, and how. */
export interface StartOptions {
  /** Every system on every runtime it runs on. */
  readonly pairs: readonly (readonly [WatchSystem, RuntimeName])[];
  /** Starts of each, every one in a new process. */
  readonly rounds: number;
  /** How long nothing is to happen; 0 leaves that out. */
  readonly idleMs: number;
  readonly commandFor: CommandFor;
  readonly root: string;
}

interface Started extends Pick<StartRow, "layout" | "runtime" | "system" | "startMs"> {
  /** The process of the last round. */
  readonly watching: Watching;
}

/** Starts the systems in turn, one process at a time; then lets all be idle side by side. */
export async function measureStarts(options: StartOptions): Promise<StartRow[]> {
  const { pairs, rounds, idleMs, commandFor, root } = options;
  await using running = new AsyncDisposableStack();
  const started: Started[] = [];
  const canaries: string[] = [];
  for (const layout of ["flat", "tree"] as const) {
    const directory = join(root, layout);
    canaries.push(...createFiles(directory, layout));
    const startMs = pairs.map(() => [] as number[]);
    for (let round = 1; round <= rounds; round++) {
      for (const [index, [system, runtime]] of pairs.entries()) {
        const command = [...commandFor(runtime, "scale/watcher.ts"), system, directory, layout];
        const watching = await Watching.start(command, READY_WITHIN_MS);
        startMs[index]!.push(watching.started.startMs);
        if (round < rounds) await watching[Symbol.asyncDispose]();
        else {
          running.use(watching);
          started.push({ layout, runtime, system, startMs: startMs[index]!, watching });
        }
      }
    }
  }
  const watchings = started.map(({ watching }) => watching);
  await delay(MEMORY_AFTER_MS);
  const rssMb = await Promise.all(watchings.map(memoryOf));
  const idlePercent = idleMs > 0 ? await useWhileIdle(watchings, idleMs) : [];
  const seen = await lookForChanges(watchings, canaries);
  return started.map(({ watching: _, ...row }, index) => ({
    ...row,
    rssMb: rssMb[index]!,
    seen: seen[index]!,
    idlePercent: idlePercent[index],
  }));
}

/** Creates the files of an arrangement; answers some from its beginning, middle and end. */
function createFiles(directory: string, layout: Layout): string[] {
  const { directories, filesEach } = LAYOUTS[layout];
  const files: string[] = [];
  for (let index = 0; index < directories; index++) {
    const folder = directories === 1 ? directory : join(directory, String(index));
    mkdirSync(folder, { recursive: true });
    for (let file = 0; file < filesEach; file++) {
      files.push(join(folder, `${file}.yaml`));
      writeFileSync(files.at(-1)!, `directory: ${index}\nfile: ${file}\n`);
    }
  }
  const middle = Math.floor(files.length / 2);
  return [files[0]!, files[middle]!, files.at(-1)!];
}

/** Writes to the files one after the other; each process watches one half of them. */
async function lookForChanges(
  watchings: readonly Watching[],
  canaries: readonly string[],
): Promise<number[]> {
  for (const watching of watchings) await watching.begin();
  for (const file of canaries) {
    appendFileSync(file, "more: true\n");
    await delay(CANARY_GAP_MS);
  }
  return await Promise.all(watchings.map((each) => each.filesTold(CANARIES, SEEN_WITHIN_MS)));
}

async function memoryOf(watching: Watching): Promise<number> {
  return ((await watching.state())?.rssMb ?? NaN) - watching.started.rssBeforeMb;
}

async function useWhileIdle(watchings: readonly Watching[], idleMs: number): Promise<number[]> {
  await delay(IDLE_AFTER_MS);
  for (const watching of watchings) await watching.begin();
  const begun = performance.now();
  await delay(idleMs);
  const states = await Promise.all(watchings.map((watching) => watching.state()));
  const elapsedMs = performance.now() - begun;
  return states.map((state) => (state?.cpuMs ?? NaN) / elapsedMs * 100);
}

/** The rows as a table. */
export function formatStarts(rows: readonly StartRow[]): string {
  const head = ["files", "runtime", "system", "start ms", "RSS MB more", "idle CPU %", "told of"];
  const cells = rows.map(({ layout, runtime, system, startMs, rssMb, idlePercent, seen }) => {
    const { directories, filesEach } = LAYOUTS[layout];
    return [
      directories === 1 ? `${filesEach} in one` : `${directories} × ${filesEach}`,
      ...[runtime, system, round(median(startMs), 1), round(rssMb, 1)],
      idlePercent === undefined ? "–" : round(idlePercent),
      `${seen} of ${CANARIES}`,
    ];
  });
  return formatTable(head, cells, 3);
}
