/**
 * Many files written as fast as possible: what each system knows in the end, and what it took.
 *
 * @module
 */

import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { CommandFor } from "../prepare.ts";
import { BARE, type RuntimeName } from "../systems/mod.ts";
import { formatTable, median, round } from "../table.ts";
import type { WatchSystem } from "./systems/mod.ts";
import { Watching } from "./watching.ts";

/** A way to write many files. */
export type Storm = "create" | "rewrite";

/** What is written: each of `files` files `times` times, in turn. */
export type StormPlan = Readonly<Record<Storm, { readonly files: number; readonly times: number }>>;

/** What one system did in one storm. */
export interface StormRow {
  readonly storm: Storm;
  readonly runtime: RuntimeName;
  readonly system: WatchSystem;
  /** Files whose last content it knew in the end, of how many. */
  readonly right: number;
  readonly files: number;
  /** Changes it reported. */
  readonly told: number;
  /** From the end of the writing until it reported the last change; absent: it did not come to rest. */
  readonly doneMs?: number;
  /** Processor time from the first write to the last report, and in the time after it. */
  readonly cpuMs?: number;
  readonly afterMs?: number;
  /** Highest resident memory, and what it was before. */
  readonly peakMb?: number;
  readonly beforeMb?: number;
}

/** Nothing here keeps a change back for longer; chokidar reads a directory once a second. */
const QUIET_MS = 2000;
const REST_WITHIN_MS = 10_000;
const READY_WITHIN_MS = 30_000;

/** Lets one system watch while the files are written. */
export async function measureStorm(
  { storm, runtime, system }: Pick<StormRow, "storm" | "runtime" | "system">,
  plan: StormPlan,
  commandFor: CommandFor,
  root: string,
): Promise<StormRow> {
  const directory = join(root, "storm");
  const { files, times } = plan[storm];
  mkdirSync(directory);
  try {
    if (storm === "rewrite") writeAll(directory, files, 1);
    const command = [...commandFor(runtime, "scale/watcher.ts"), system, directory, "flat"];
    await using watching = await Watching.start(command, READY_WITHIN_MS);
    const before = await watching.state();
    await watching.begin();
    writeAll(directory, files, times);
    const writtenAt = performance.now();
    const row = { storm, runtime, system, files, told: 0, right: 0, beforeMb: before?.rssMb };
    const state = await watching.whenQuiet(QUIET_MS, REST_WITHIN_MS);
    if (state === undefined) return row;
    return {
      ...row,
      ...await watching.verify(),
      told: state.told,
      doneMs: Math.max(0, performance.now() - writtenAt - state.quietForMs),
      cpuMs: state.cpuAtLastMs,
      afterMs: state.cpuMs - state.cpuAtLastMs,
      peakMb: state.peakMb,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function writeAll(directory: string, files: number, times: number): void {
  for (let time = 1; time <= times; time++) {
    for (let file = 0; file < files; file++) {
      const descriptor = openSync(join(directory, `${file}.yaml`), "w");
      writeSync(descriptor, `file: ${file}\ntime: ${time}\n${FILLER}`);
      closeSync(descriptor);
    }
  }
}

const FILLER = "key: a value that is longer than it has to be\n".repeat(4);

/** The rows as a table; of several rows for one system the median. */
export function formatStorms(rows: readonly StormRow[]): string {
  const head = ["storm", "runtime", "system", "files right", "CPU ms", "× bare", "× bare + hash"];
  const groups = Map.groupBy(rows, ({ storm, runtime, system }) => `${storm} ${runtime} ${system}`);
  const cpuOf = (key: string) => medianOf(groups.get(key), "cpuMs");
  const cells = [...groups].map(([key, group]) => {
    const { storm, runtime, system, files } = group[0]!;
    const bare = `${storm} ${runtime} ${BARE[runtime]}`;
    const cpuMs = cpuOf(key);
    return [
      ...[storm, runtime, system],
      `${Math.min(...group.map(({ right }) => right))} of ${files}`,
      ...[figure(cpuMs, 0), ratio(cpuMs, cpuOf(bare)), ratio(cpuMs, cpuOf(`${bare} + hash`))],
      figure(medianOf(group, "doneMs"), 0),
      figure(medianOf(group, "peakMb"), 0),
      figure(medianOf(group, "told"), 0),
    ];
  });
  return formatTable([...head, "done ms", "peak MB", "reports"], cells, 3);
}

function medianOf(
  rows: readonly StormRow[] | undefined,
  key: "cpuMs" | "doneMs" | "peakMb" | "told",
): number | undefined {
  const values = (rows ?? []).flatMap((row) => row[key] ?? []);
  return values.length === 0 ? undefined : median(values);
}

function figure(value: number | undefined, decimals: number): string {
  return value === undefined ? "–" : String(round(value, decimals));
}

function ratio(value: number | undefined, to: number | undefined): string {
  return value === undefined || to === undefined ? "–" : round(value / to, 1).toFixed(1);
}
