/**
 * Distributions of times.
 *
 * @module
 */

import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

/** A distribution of times, in milliseconds; percentiles are exact to 1 %. */
export interface Timing {
  /** Number of measurements. */
  readonly count: number;
  /** All of them together. */
  readonly sumMs: number;
  /** Arithmetic mean. */
  readonly meanMs: number;
  /** Median. */
  readonly p50Ms: number;
  /** 95th percentile. */
  readonly p95Ms: number;
  /** 99th percentile. */
  readonly p99Ms: number;
}

const MICROSECONDS = 1000;

/** Longer times count as this one; a histogram without a limit takes 360 kB on Deno. */
const LONGEST_MS = 3_600_000;

/** With three digits, each would take 230 kB on Deno and not 33. */
const DIGITS = 2;

/** Times, of which the distribution is kept from the first one on. */
export class Times {
  #histogram: RecordableHistogram | undefined;
  #sumMs = 0;

  /** Adds a measurement. */
  record(milliseconds: number): void {
    this.#histogram ??= createHistogram({
      lowest: 1,
      highest: LONGEST_MS * MICROSECONDS,
      figures: DIGITS,
    });
    const limited = Math.min(Math.max(0, milliseconds), LONGEST_MS);
    this.#sumMs += limited;
    this.#histogram.record(Math.max(1, Math.round(limited * MICROSECONDS)));
  }

  /** The distribution so far. */
  timing(): Timing {
    const histogram = this.#histogram;
    if (histogram === undefined) {
      return { count: 0, sumMs: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 };
    }
    const percentile = (share: number) => histogram.percentile(share) / MICROSECONDS;
    return {
      count: histogram.count,
      sumMs: this.#sumMs,
      meanMs: this.#sumMs / histogram.count,
      p50Ms: percentile(50),
      p95Ms: percentile(95),
      p99Ms: percentile(99),
    };
  }
}
