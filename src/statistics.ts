/**
 * Counts and times of reloads.
 *
 * @module
 */

import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

/** A distribution of times, in milliseconds. */
export interface Timing {
  /** Number of measurements. */
  readonly count: number;
  /** Arithmetic mean. */
  readonly meanMs: number;
  /** Median. */
  readonly p50Ms: number;
  /** 95th percentile. */
  readonly p95Ms: number;
  /** 99th percentile. */
  readonly p99Ms: number;
}

/** What a handle counted since it was opened. */
export interface Statistics {
  /** Reloads after the first load, by outcome and in total; a save with the same bytes is none. */
  readonly reloads: {
    readonly total: number;
    readonly succeeded: number;
    readonly unchanged: number;
    readonly rejected: number;
  };
  /** Rejected reloads whose candidate the schema, a validator or a guard refused. */
  readonly validationFailures: number;
  /** Rejected reloads whose sources could not be read or parsed. */
  readonly readFailures: number;
  /** Rejected reloads whose candidate a component could not take. */
  readonly componentFailures: number;
  /** Rollbacks. */
  readonly rollbacks: number;
  /** Rejected reloads since the last that was not. */
  readonly consecutiveFailures: number;
  /** When the last reload ended, as ISO 8601 in UTC. */
  readonly lastReloadAt?: string;
  /** When a reload last succeeded. */
  readonly lastSuccessAt?: string;
  /** When a reload was last rejected. */
  readonly lastFailureAt?: string;
  /** From the start of a reload to its end, whatever its outcome. */
  readonly duration: Timing;
  /** From the first hint of a save to the commit. */
  readonly latency: Timing;
  /** Files that changed, by source. */
  readonly filesChangedBySource: Readonly<Record<string, number>>;
  /** Reloads in which a file of the source changed. */
  readonly reloadsBySource: Readonly<Record<string, number>>;
  /** Changes that looking from time to time found before a watcher said anything. */
  readonly backstopCatches: number;
}

/** How a reload ended. */
export type ReloadResult = "succeeded" | "unchanged" | "invalid" | "failed" | "refused";

/** What is recorded of a reload. */
export interface ReloadRecord {
  readonly result: ReloadResult;
  readonly at: string;
  readonly durationMs: number;
  /** Absent when nothing was committed. */
  readonly latencyMs?: number;
  /** Source of each file that changed. */
  readonly sources: readonly string[];
}

const MICROSECONDS = 1000;

/** Longer times count as this one; a histogram without a limit takes 360 kB on Deno. */
const LONGEST_US = 3_600_000_000;

/** Records reloads. */
export class StatisticsRecorder {
  readonly #duration = new Times();
  readonly #latency = new Times();
  readonly #results: Record<ReloadResult, number> = {
    succeeded: 0,
    unchanged: 0,
    invalid: 0,
    failed: 0,
    refused: 0,
  };
  readonly #filesBySource = new Map<string, number>();
  readonly #reloadsBySource = new Map<string, number>();
  #rollbacks = 0;
  #consecutiveFailures = 0;
  #lastReloadAt: string | undefined;
  #lastSuccessAt: string | undefined;
  #lastFailureAt: string | undefined;

  /** Records a reload. */
  record({ result, at, durationMs, latencyMs, sources }: ReloadRecord): void {
    this.#results[result] += 1;
    this.#lastReloadAt = at;
    if (result !== "succeeded" && result !== "unchanged") {
      this.#consecutiveFailures += 1;
      this.#lastFailureAt = at;
    } else {
      this.#consecutiveFailures = 0;
      this.#lastSuccessAt = at;
    }
    this.#duration.record(durationMs);
    if (latencyMs !== undefined) this.#latency.record(latencyMs);
    for (const source of sources) increment(this.#filesBySource, source);
    for (const source of new Set(sources)) increment(this.#reloadsBySource, source);
  }

  /** Records a rollback. */
  recordRollback(): void {
    this.#rollbacks += 1;
  }

  /** The counts and times as a plain object. */
  snapshot(backstopCatches: number): Statistics {
    const { succeeded, unchanged, invalid, failed, refused } = this.#results;
    return {
      reloads: {
        total: succeeded + unchanged + invalid + failed + refused,
        succeeded,
        unchanged,
        rejected: invalid + failed + refused,
      },
      validationFailures: invalid,
      readFailures: failed,
      componentFailures: refused,
      rollbacks: this.#rollbacks,
      consecutiveFailures: this.#consecutiveFailures,
      ...(this.#lastReloadAt !== undefined && { lastReloadAt: this.#lastReloadAt }),
      ...(this.#lastSuccessAt !== undefined && { lastSuccessAt: this.#lastSuccessAt }),
      ...(this.#lastFailureAt !== undefined && { lastFailureAt: this.#lastFailureAt }),
      duration: this.#duration.timing(),
      latency: this.#latency.timing(),
      filesChangedBySource: Object.fromEntries(this.#filesBySource),
      reloadsBySource: Object.fromEntries(this.#reloadsBySource),
      backstopCatches,
    };
  }
}

/** Times, of which the distribution is kept from the first one on. */
class Times {
  #histogram: RecordableHistogram | undefined;

  record(milliseconds: number): void {
    this.#histogram ??= createHistogram({ lowest: 1, highest: LONGEST_US });
    const microseconds = Math.round(milliseconds * MICROSECONDS);
    this.#histogram.record(Math.min(Math.max(1, microseconds), LONGEST_US));
  }

  timing(): Timing {
    const histogram = this.#histogram;
    if (histogram === undefined) return { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 };
    return {
      count: histogram.count,
      meanMs: histogram.mean / MICROSECONDS,
      p50Ms: histogram.percentile(50) / MICROSECONDS,
      p95Ms: histogram.percentile(95) / MICROSECONDS,
      p99Ms: histogram.percentile(99) / MICROSECONDS,
    };
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
