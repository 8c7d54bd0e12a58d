/**
 * What the soak says about what it measured: figures, and whether anything grows.
 *
 * @module
 */

import type { RuntimeName } from "../systems/mod.ts";
import { formatTable, median, round } from "../table.ts";
import type { Ending } from "./ending.ts";
import type { CyclesResult } from "./measure_others.ts";
import type { ReloadsResult } from "./measure_reloads.ts";
import type { Resources } from "./resources.ts";
import { fitSlope, type Slope } from "./slope.ts";

/** Everything that was measured on one runtime. */
export interface SoakResult {
  readonly runtime: RuntimeName;
  readonly reloads: ReloadsResult;
  readonly cycles: CyclesResult;
  /** Milliseconds of each run. */
  readonly endings: Readonly<Record<Ending, readonly number[]>>;
}

/** What became of one thing a process holds. */
export interface Growth {
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** For each 100,000 reloads or cycles; absent where a single one more is too much. */
  readonly slope?: Slope;
  readonly grows: boolean;
}

/** What became of everything a process holds; memory in megabytes. */
export type Growths = Readonly<Record<keyof Resources, Growth>>;

/** Compiled code, caches and pools of the runtime fill up in this part of the samples. */
const WARM_UP = 0.25;
const PER = 100_000;
/** Slower growth than this, in megabytes for each 100,000 reloads, is not told from none. */
const FORGIVEN_MB = 1;
/** Cycles are fewer: as much in all. */
const FORGIVEN_MB_CYCLES = 10;
/** In milliseconds. */
const ENDS_WITHIN_MS = 100;

/** What became of what a process held after `counts` reloads or cycles. */
export function findGrowths(
  counts: readonly number[],
  samples: readonly Resources[],
  forgivenMb: number,
): Growths {
  const start = Math.floor(samples.length * WARM_UP);
  const x = counts.slice(start).map((count) => count / PER);
  const warm = samples.slice(start);
  const memory = (key: "rss" | "heap"): Growth => {
    const megabytes = warm.map((sample) => sample[key] / 1e6);
    const slope = fitSlope(x, megabytes);
    const grows = slope.value - slope.margin > 0 && slope.value >= forgivenMb;
    return { first: megabytes[0], last: megabytes.at(-1), slope, grows };
  };
  const handles = (key: "descriptors" | "watches" | "active"): Growth => {
    const [first, last] = [warm[0]?.[key], warm.at(-1)?.[key]];
    return { first, last, grows: (last ?? 0) > (first ?? 0) };
  };
  return {
    rss: memory("rss"),
    heap: memory("heap"),
    descriptors: handles("descriptors"),
    watches: handles("watches"),
    active: handles("active"),
  };
}

/** What is to be kept of one runtime's measurements. */
export interface SoakSummary {
  readonly runtime: RuntimeName;
  readonly reloads:
    & Omit<ReloadsResult, "samples">
    & { readonly msEach: number }
    & Growths;
  readonly cycles:
    & { readonly count: number; readonly msEach: number }
    & Growths;
  readonly endings: SoakResult["endings"];
  /** What is not as it should be, in words. */
  readonly problems: readonly string[];
}

/** Sums up one runtime's measurements. */
export function summarize(
  { runtime, reloads, cycles, endings }: SoakResult,
): SoakSummary {
  const { samples, ...counts } = reloads;
  const atReload = findGrowths(
    samples.map(({ reloads }) => reloads),
    samples,
    FORGIVEN_MB,
  );
  const atCycle = findGrowths(
    cycles.samples.map(({ cycles }) => cycles),
    cycles.samples,
    FORGIVEN_MB_CYCLES,
  );
  const count = cycles.samples.at(-1)!.cycles;
  return {
    runtime,
    reloads: {
      ...counts,
      msEach: samples.at(-1)!.elapsedMs / counts.committed,
      ...atReload,
    },
    cycles: { count, msEach: cycles.elapsedMs / count, ...atCycle },
    endings,
    problems: [
      ...problemsOfReloads(reloads),
      ...problemsOfGrowth("reloads", atReload),
      ...problemsOfGrowth("cycles", atCycle),
      ...problemsOfEndings(endings),
    ],
  };
}

function problemsOfReloads(
  { samples, committed, missed, surplus }: ReloadsResult,
): string[] {
  const { revision, notified: [subscribed] } = samples.at(-1)!;
  return [
    ...(missed > 0 ? [`${missed} saves had no outcome`] : []),
    ...(surplus > 0 ? [`${surplus} outcomes more than saves`] : []),
    ...(revision !== committed + 1 ? [`revision ${revision} after ${committed} reloads`] : []),
    ...(subscribed !== committed ? [`a subscriber was called ${subscribed} times`] : []),
  ];
}

function problemsOfGrowth(during: string, growths: Growths): string[] {
  return Object.entries(growths).filter(([, { grows }]) => grows)
    .map(([name, growth]) => `${name} grows over the ${during}: ${describe(growth)}`);
}

function describe({ first, last, slope }: Growth): string {
  return slope === undefined ? `${first} to ${last}` : `${plusMinus(slope)} MB per 100,000`;
}

function problemsOfEndings(endings: SoakResult["endings"]): string[] {
  return Object.entries(endings)
    .filter(([ending, took]) => ending !== "bare" && Math.max(...took) > ENDS_WITHIN_MS)
    .map(([ending, took]) =>
      `a process closed while ${ending} took ${round(Math.max(...took))} ms`
    );
}

/** The three tables, as Markdown. */
export function formatSummaries(summaries: readonly SoakSummary[]): string {
  const reloads = summaries.map(({ runtime, reloads }) => [
    ...[
      runtime,
      reloads.committed,
      reloads.refused,
      reloads.missed,
      round(reloads.msEach),
    ],
    ...cellsOf(reloads),
  ]);
  const cycles = summaries.map(({ runtime, cycles }) => [
    ...[runtime, cycles.count, round(cycles.msEach)],
    ...cellsOf(cycles),
  ]);
  const endings = summaries.map(({ runtime, endings }) => [
    runtime,
    ...Object.values(endings).map((took) =>
      `${round(median(took), 1)} / ${round(Math.max(...took), 1)}`
    ),
  ]);
  const held = [
    ...["RSS MB", "RSS per 100,000", "heap MB", "heap per 100,000"],
    ...["descriptors", "watches"],
  ];
  return [
    formatTable(
      ["runtime", "reloads", "refused", "missed", "ms each", ...held],
      reloads,
      1,
    ),
    formatTable(["runtime", "open and close", "ms each", ...held], cycles, 1),
    formatTable(
      [
        "runtime",
        ...Object.keys(summaries[0]!.endings).map((how) => `ms to end, ${how}`),
      ],
      endings,
      1,
    ),
  ].join("\n\n");
}

function cellsOf({ rss, heap, descriptors, watches }: Growths): string[] {
  const span = ({ first, last }: Growth, decimals = 0) =>
    first === undefined || last === undefined
      ? "–"
      : `${first.toFixed(decimals)} → ${last.toFixed(decimals)}`;
  return [
    ...[span(rss, 1), plusMinus(rss.slope!)],
    ...[span(heap, 2), plusMinus(heap.slope!)],
    ...[span(descriptors), span(watches)],
  ];
}

function plusMinus({ value, margin }: Slope): string {
  return `${value.toFixed(2)} ± ${margin.toFixed(2)}`;
}
