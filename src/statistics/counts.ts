/**
 * What is counted and timed between two resets.
 *
 * @module
 */

import type { ReloadCounts, ReloadReport, ReloadResult, Statistics } from "./figures.ts";
import type { Stage } from "./stages.ts";
import { Times } from "./timing.ts";

/** What one event is counted as. */
export type CountedEvent =
  | "rollbacks"
  | "confirmed"
  | "unconfirmed"
  | "componentFailures"
  | "handlerFailures"
  | "stateFailures"
  | "alertFailures";

/** The part of the statistics that begins anew. */
export type CountedStatistics = Pick<
  Statistics,
  | "reloads"
  | "validationFailures"
  | "readFailures"
  | "applyFailures"
  | "retries"
  | "duration"
  | "latency"
  | "stages"
  | "reloadsBySource"
  | "filesChangedBySource"
  | CountedEvent
>;

/** Of more sources than these, which came and went, the oldest are forgotten. */
const MOST_SOURCES = 1000;

/** Counts and times. */
export class Counts {
  readonly #results = new ResultCounts();
  readonly #duration = new Times();
  readonly #latency = new Times();
  readonly #stages: Record<Stage, Times> = {
    read: new Times(),
    parse: new Times(),
    validate: new Times(),
    apply: new Times(),
  };
  readonly #resultsBySource = new Map<string, ResultCounts>();
  readonly #filesBySource = new Map<string, number>();
  readonly #events: Record<CountedEvent, number> = {
    rollbacks: 0,
    confirmed: 0,
    unconfirmed: 0,
    componentFailures: 0,
    handlerFailures: 0,
    stateFailures: 0,
    alertFailures: 0,
  };
  #retries = 0;

  /** Counts a reload. */
  add(report: ReloadReport): void {
    const { result, cause, durationMs, latencyMs, sources } = report;
    this.#results.add(result);
    if (cause === "retry") this.#retries += 1;
    this.#duration.record(durationMs);
    if (latencyMs !== undefined) this.#latency.record(latencyMs);
    this.#addStages(report);
    for (const source of sources) {
      const files = this.#filesBySource.get(source) ?? 0;
      put(this.#filesBySource, source, files + 1);
    }
    for (const source of new Set(sources)) {
      const results = this.#resultsBySource.get(source) ?? new ResultCounts();
      results.add(result);
      put(this.#resultsBySource, source, results);
    }
  }

  /** Counts an event. */
  count(event: CountedEvent): void {
    this.#events[event] += 1;
  }

  /** The counts and times so far. */
  describe(): CountedStatistics {
    const { read, parse, validate, apply } = this.#stages;
    return {
      reloads: this.#results.describe(),
      validationFailures: this.#results.of("invalid"),
      readFailures: this.#results.of("unreadable"),
      applyFailures: this.#results.of("unapplied"),
      retries: this.#retries,
      ...this.#events,
      duration: this.#duration.timing(),
      latency: this.#latency.timing(),
      stages: {
        read: read.timing(),
        parse: parse.timing(),
        validate: validate.timing(),
        apply: apply.timing(),
      },
      reloadsBySource: Object.fromEntries(
        [...this.#resultsBySource].map(([source, results]) => [source, results.describe()]),
      ),
      filesChangedBySource: Object.fromEntries(this.#filesBySource),
    };
  }

  #addStages({ stages }: ReloadReport): void {
    const times = new Map<Stage, number>();
    for (const { stage, from, to } of stages) times.set(stage, (times.get(stage) ?? 0) + to - from);
    for (const [stage, milliseconds] of times) this.#stages[stage].record(milliseconds);
  }
}

/** Reloads by result. */
class ResultCounts {
  readonly #counts: Record<ReloadResult, number> = {
    succeeded: 0,
    unchanged: 0,
    invalid: 0,
    unreadable: 0,
    unapplied: 0,
  };

  add(result: ReloadResult): void {
    this.#counts[result] += 1;
  }

  of(result: ReloadResult): number {
    return this.#counts[result];
  }

  describe(): ReloadCounts {
    const { succeeded, unchanged, invalid, unreadable, unapplied } = this.#counts;
    const rejected = invalid + unreadable + unapplied;
    return { total: succeeded + unchanged + rejected, succeeded, unchanged, rejected };
  }
}

function put<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value);
  if (map.size > MOST_SOURCES) map.delete(map.keys().next().value!);
}
