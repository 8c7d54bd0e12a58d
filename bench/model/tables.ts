/**
 * Runs the programs of this folder and puts their figures into tables.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import type { CommandFor } from "../prepare.ts";
import type { RuntimeName } from "../systems/mod.ts";
import { formatTable, median, quantile, round } from "../table.ts";
import type { MergeTimes } from "./merge.ts";
import type { ReloadTimes } from "./reload.ts";

/** One change to a file of that size, from bytes to commit; times in milliseconds. */
export interface ReloadRow {
  readonly runtime: RuntimeName;
  readonly kilobytes: number;
  readonly schema: "none" | "arktype";
  /** Changes. */
  readonly n: number;
  /** js-yaml's `load` alone: median. */
  readonly loadMs: number;
  /** Median. */
  readonly commitMs: number;
  /** 95 of 100 are below. */
  readonly commitP95Ms: number;
  /** Median of the commit over that of `load`. */
  readonly ratio: number;
  /** From the commit until it is known what changed, and where: median. */
  readonly changesMs: number;
}

/** Three layers of a thousand keys, merged, frozen and compared; times in milliseconds, medians. */
export interface MergeRow {
  readonly runtime: RuntimeName;
  readonly n: number;
  /** With nothing to go by. */
  readonly firstMs: number;
  /** After one key changed. */
  readonly againMs: number;
  /** 95 of 100 are below. */
  readonly againP95Ms: number;
}

/** How often the programs are run, and where. */
export interface ModelOptions {
  readonly runtimes: readonly RuntimeName[];
  /** Changes in each process. */
  readonly changes: number;
  readonly commandFor: CommandFor;
}

const CASES: readonly Pick<ReloadRow, "kilobytes" | "schema">[] = [
  { kilobytes: 100, schema: "none" },
  { kilobytes: 100, schema: "arktype" },
  { kilobytes: 1000, schema: "none" },
];
const ENDS_WITHIN_MS = 170_000;
/** Merging is over in less time than the clock can tell apart, now and then. */
const MERGES_PER_CHANGE = 10;

/** Case by case, so that what the machine does meanwhile meets all runtimes alike. */
export function measureReloads(
  { runtimes, changes, commandFor }: ModelOptions,
): ReloadRow[] {
  return CASES.flatMap(({ kilobytes, schema }) =>
    runtimes.map((runtime) => {
      const command = commandFor(runtime, "model/reload.ts");
      const times = answer<ReloadTimes>(command, [
        `${kilobytes}`,
        schema,
        `${changes}`,
      ]);
      const [loadMs, commitMs] = [median(times.load), median(times.commit)];
      const row = {
        runtime,
        kilobytes,
        schema,
        n: changes,
        loadMs: round(loadMs),
      };
      return {
        ...row,
        commitMs: round(commitMs),
        commitP95Ms: round(quantile(times.commit, 0.95)),
        ratio: round(commitMs / loadMs),
        changesMs: round(median(times.changes)),
      };
    })
  );
}

/** Runtime by runtime. */
export function measureMerges(
  { runtimes, changes, commandFor }: ModelOptions,
): MergeRow[] {
  return runtimes.map((runtime) => {
    const n = changes * MERGES_PER_CHANGE;
    const times = answer<MergeTimes>(commandFor(runtime, "model/merge.ts"), [
      `${n}`,
    ]);
    return {
      runtime,
      n,
      firstMs: round(median(times.first), 3),
      againMs: round(median(times.again), 3),
      againP95Ms: round(quantile(times.again, 0.95), 3),
    };
  });
}

/** The rows as a table. */
export function formatReloads(rows: readonly ReloadRow[]): string {
  const head = [
    "file",
    "schema",
    "runtime",
    "n",
    "`load` ms",
    "commit ms",
    "p95",
    "ratio",
  ];
  return formatTable(
    [...head, "changes ms"],
    rows.map((row) => [
      `${row.kilobytes} KB`,
      row.schema,
      row.runtime,
      row.n,
      row.loadMs,
      row.commitMs,
      row.commitP95Ms,
      row.ratio,
      row.changesMs,
    ]),
    3,
  );
}

/** The rows as a table. */
export function formatMerges(rows: readonly MergeRow[]): string {
  return formatTable(
    ["runtime", "n", "first ms", "after a change ms", "p95"],
    rows.map(({ runtime, n, firstMs, againMs, againP95Ms }) => [
      runtime,
      n,
      firstMs,
      againMs,
      againP95Ms,
    ]),
    1,
  );
}

function answer<Answer>(
  [program = "", ...rest]: readonly string[],
  given: string[],
): Answer {
  const output = execFileSync(program, [...rest, ...given], {
    encoding: "utf8",
    timeout: ENDS_WITHIN_MS,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(output) as Answer;
}
