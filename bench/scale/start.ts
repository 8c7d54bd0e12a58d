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
  /** Whether it told of a file in the last directory that was written to. */
  readonly sees: boolean;
  /** Share of one core used while nothing happens. */
  readonly idlePercent?: number;
}

/** Files and directories of each arrangement. */
export const LAYOUTS: Readonly<Record<Layout, { directories: number; filesEach: number }>> = {
  flat: { directories: 1, filesEach: 1000 },
  tree: { directories: 2000, filesEach: 5 },
};

const READY_WITHIN_MS = 30_000;
const SEEN_WITHIN_MS = 3000;
const MEMORY_AFTER_MS = 500;
/** Compiler threads and collectors tidy up for so long. */
const IDLE_AFTER_MS = 12_000;

/** Creates the files of an arrangement; answers the directory to watch and its last file. */
export function createLayout(root: string, layout: Layout): { directory: string; last: string } {
  const directory = join(root, layout);
  const { directories, filesEach } = LAYOUTS[layout];
  let last = "";
  for (let index = 0; index < directories; index++) {
    const folder = directories === 1 ? directory : join(directory, String(index));
    mkdirSync(folder, { recursive: true });
    for (let file = 0; file < filesEach; file++) {
      last = join(folder, `${file}.yaml`);
      writeFileSync(last, `directory: ${index}\nfile: ${file}\n`);
    }
  }
  return { directory, last };
}

/** What is measured, and how. */
export interface StartOptions {
  readonly layout: Layout;
  /** Every system on every runtime it runs on. */
  readonly pairs: readonly (readonly [WatchSystem, RuntimeName])[];
  /** Starts of each, every one in a new process. */
  readonly rounds: number;
  /** How long nothing is to happen; 0 leaves that out. */
  readonly idleMs: number;
  readonly commandFor: CommandFor;
  readonly root: string;
}

/** Starts the systems in turn, one process at a time; then lets all be idle side by side. */
export async function measureStarts(options: StartOptions): Promise<StartRow[]> {
  const { layout, pairs, rounds, idleMs, commandFor, root } = options;
  const { directory, last } = createLayout(root, layout);
  const startMs = pairs.map(() => [] as number[]);
  await using running = new AsyncDisposableStack();
  const watchings: Watching[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const [index, [system, runtime]] of pairs.entries()) {
      const command = [...commandFor(runtime, "scale/watcher.ts"), system, directory, layout];
      const watching = await Watching.start(command, READY_WITHIN_MS);
      startMs[index]!.push(watching.started.startMs);
      if (round < rounds) await watching[Symbol.asyncDispose]();
      else watchings.push(running.use(watching));
    }
  }
  await delay(MEMORY_AFTER_MS);
  const memory = await Promise.all(watchings.map(memoryOf));
  const idle = idleMs > 0 ? await useWhileIdle(watchings, idleMs) : undefined;
  for (const watching of watchings) await watching.begin();
  appendFileSync(last, "more: true\n");
  const sees = await Promise.all(watchings.map((watching) => watching.isTold(SEEN_WITHIN_MS)));
  return pairs.map(([system, runtime], index) => ({
    ...{ layout, runtime, system },
    startMs: startMs[index]!,
    rssMb: memory[index]!,
    sees: sees[index]!,
    idlePercent: idle?.[index],
  }));
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
  const head = ["files", "runtime", "system", "start ms", "RSS MB more", "idle CPU %", "sees"];
  const cells = rows.map(({ layout, runtime, system, startMs, rssMb, idlePercent, sees }) => {
    const { directories, filesEach } = LAYOUTS[layout];
    return [
      directories === 1 ? `${filesEach} in one` : `${directories} × ${filesEach}`,
      ...[runtime, system, round(median(startMs), 1), round(rssMb, 1)],
      idlePercent === undefined ? "–" : round(idlePercent),
      sees ? "yes" : "no",
    ];
  });
  return formatTable(head, cells, 3);
}
