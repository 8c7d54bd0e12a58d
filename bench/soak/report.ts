/**
 * What the soak says about what it measured: figures, and whether anything grows.
 *
 * @module
 */

import type { RuntimeName } from "../systems/mod.ts";
import { formatTable, median, round } from "../table.ts";
import type { Ending } from "./ending.ts";
import { findGrowths, type Growth, type Growths, type Judgement } from "./growth.ts";
import type { CyclesResult } from "./measure_cycles.ts";
import type { ReloadsResult } from "./measure_reloads.ts";
import type { Slope } from "./slope.ts";

/** Everything that was measured on one runtime. */
export interface SoakResult {
  readonly runtime: RuntimeName;
  readonly reloads: ReloadsResult;
  readonly cycles: CyclesResult;
  /** Milliseconds of each run. */
  readonly endings: Readonly<Record<Ending, readonly number[]>>;
}

/** A megabyte in the whole run is forgiven. */
const JUDGEMENTS: Readonly<Record<"reloads" | "cycles", Judgement>> = {
  reloads: { forgivenMb: 1, fromCount: 50_000 },
  cycles: { forgivenMb: 10, fromCount: 5000 },
};
/** In milliseconds. */
const ENDS_WITHIN_MS = 100;

const HELD: readonly (keyof Growths)[] = ["rss", "heap", "descriptors", "watches", "active"];

/** What is to be kept of one runtime's measurements. */
export interface SoakSummary {
  readonly runtime: RuntimeName;
  readonly reloads: Omit<ReloadsResult, "samples"> & { readonly msEach: number } & Growths;
  readonly cycles: { readonly count: number; readonly msEach: number } & Growths;
  readonly endings: SoakResult["endings"];
  /** What is not as it should be, in words. */
  readonly problems: readonly string[];
}

/** Sums up one runtime's measurements. */
export function summarize({ runtime, reloads, cycles, endings }: SoakResult): SoakSummary {
  const { samples, ...counts } = reloads;
  const counted = samples.map(({ reloads }) => reloads);
  const cycled = cycles.samples.map(({ cycles }) => cycles);
  const atReload = findGrowths(counted, samples, JUDGEMENTS.reloads);
  const atCycle = findGrowths(cycled, cycles.samples, JUDGEMENTS.cycles);
  const count = cycled.at(-1)!;
  return {
    runtime,
    reloads: { ...counts, msEach: samples.at(-1)!.elapsedMs / counts.committed, ...atReload },
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

function problemsOfReloads({ samples, committed, missed, surplus }: ReloadsResult): string[] {
  const { revision, notified: [subscribed] } = samples.at(-1)!;
  return [
    ...(missed > 0 ? [`${missed} saves had no outcome`] : []),
    ...(surplus > 0 ? [`${surplus} outcomes more than saves`] : []),
    ...(revision !== committed + 1 ? [`revision ${revision} after ${committed} reloads`] : []),
    ...(subscribed !== committed ? [`a subscriber was called ${subscribed} times`] : []),
  ];
}

function problemsOfGrowth(during: string, growths: Growths): string[] {
  return growing(growths)
    .map((name) => `${name} grows over the ${during}: ${describe(growths[name])}`);
}

function growing(growths: Growths): (keyof Growths)[] {
  return HELD.filter((name) => growths[name].grows === true);
}

function describe({ first, last, slope }: Growth): string {
  return slope === undefined ? `${first} to ${last}` : `${plusMinus(slope)} MB per 100,000`;
}

function problemsOfEndings(endings: SoakResult["endings"]): string[] {
  return Object.entries(endings)
    .filter(([ending, took]) => ending !== "bare" && Math.max(...took) > ENDS_WITHIN_MS)
    .map(([ending, took]) => `the slowest end, ${ending}, took ${round(Math.max(...took))} ms`);
}

/** The three tables, as Markdown. */
export function formatSummaries(summaries: readonly SoakSummary[]): string {
  const reloads = summaries.map(({ runtime, reloads }) => [
    ...[runtime, reloads.committed, reloads.refused, reloads.missed, round(reloads.msEach)],
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
    ...["descriptors", "watches", "grows"],
  ];
  return [
    formatTable(["runtime", "reloads", "refused", "missed", "ms each", ...held], reloads, 1),
    formatTable(["runtime", "open and close", "ms each", ...held], cycles, 1),
    formatTable(
      ["runtime", ...Object.keys(summaries[0]!.endings).map((how) => `ms to end, ${how}`)],
      endings,
      1,
    ),
  ].join("\n\n");
}

function cellsOf(growths: Growths): string[] {
  const { rss, heap, descriptors, watches } = growths;
  const unjudged = rss.grows === undefined ? "too short to say" : "nothing";
  const span = ({ first, last }: Growth, decimals = 0) =>
    first === undefined || last === undefined
      ? "–"
      : `${first.toFixed(decimals)} → ${last.toFixed(decimals)}`;
  return [
    ...[span(rss, 1), plusMinus(rss.slope!)],
    ...[span(heap, 2), plusMinus(heap.slope!)],
    ...[span(descriptors), span(watches), growing(growths).join(", ") || unjudged],
  ];
}

function plusMinus({ value, margin }: Slope): string {
  return `${value.toFixed(2)} ± ${margin.toFixed(2)}`;
}
