/**
 * Whether what a process holds grows.
 *
 * @module
 */

import type { Resources } from "./resources.ts";
import { fitSlope, type Slope } from "./slope.ts";

/** What became of one thing a process holds. */
export interface Growth {
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** For each 100,000 reloads or cycles; absent where a single one more is too much. */
  readonly slope?: Slope;
  /** Absent: there were too few samples to say. */
  readonly grows: boolean | undefined;
}

/** What became of everything a process holds; memory in megabytes. */
export type Growths = Readonly<Record<keyof Resources, Growth>>;

/** What counts as growth of memory. */
export interface Judgement {
  /** Slower growth than this, in megabytes for each 100,000, is not told from none. */
  readonly forgivenMb: number;
  /** In fewer reloads or cycles a runtime's own memory does not come to rest, and says nothing. */
  readonly fromCount: number;
}

/** Compiled code, caches and pools of the runtime fill up in this part of the samples. */
const WARM_UP = 0.25;
const PER = 100_000;

/** What became of what a process held after `counts` reloads or cycles. */
export function findGrowths(
  counts: readonly number[],
  samples: readonly Resources[],
  { forgivenMb, fromCount }: Judgement,
): Growths {
  const start = Math.floor(samples.length * WARM_UP);
  const x = counts.slice(start).map((count) => count / PER);
  const warm = samples.slice(start);
  const isLong = (counts.at(-1) ?? 0) >= fromCount;
  const memory = (key: "rss" | "heap"): Growth => {
    const megabytes = warm.map((sample) => sample[key] / 1e6);
    const slope = fitSlope(x, megabytes);
    const grows = slope.value - slope.margin > 0 && slope.value >= forgivenMb;
    const [first, last] = [megabytes[0], megabytes.at(-1)];
    return { first, last, slope, grows: isLong ? grows : undefined };
  };
  const handles = (key: "descriptors" | "watches" | "active"): Growth => {
    const counts = warm.map((sample) => sample[key] ?? 0);
    const quarter = Math.ceil(counts.length / 4);
    // A single look may meet a timer that is set for a moment.
    const grows = Math.min(...counts.slice(-quarter)) > Math.max(...counts.slice(0, quarter));
    return { first: warm[0]?.[key], last: warm.at(-1)?.[key], grows };
  };
  return {
    rss: memory("rss"),
    heap: memory("heap"),
    descriptors: handles("descriptors"),
    watches: handles("watches"),
    active: handles("active"),
  };
}
