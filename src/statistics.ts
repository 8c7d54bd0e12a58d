/**
 * Counts and times of reloads.
 *
 * @module
 */

import { type Clock, isoTime } from "./clock.ts";
import { type ConfirmError, ValidationError } from "./errors.ts";
import type { ConfigEvent } from "./events.ts";
import { isLasting } from "./outcome.ts";
import { type CountedEvent, Counts } from "./statistics/counts.ts";
import type { LastError, ReloadReport, Statistics, WatcherState } from "./statistics/figures.ts";

/** What others know and the statistics show. */
export interface Surroundings {
  /** Changes that looking found, from the start on. */
  readonly catches: number;
  readonly isStale: boolean;
  readonly watcher: WatcherState;
}

/** What events are counted as. */
const COUNTED: Readonly<Record<string, CountedEvent>> = {
  rolledBack: "rollbacks",
  confirmed: "confirmed",
  componentFailed: "componentFailures",
  handlerFailed: "handlerFailures",
  stateFailed: "stateFailures",
  alertFailed: "alertFailures",
};

/** Name of the error that tells of a revision which was not confirmed in time. */
const UNCONFIRMED: ConfirmError["name"] = "ConfirmError";

/** Records reloads and events. */
export class StatisticsRecorder {
  readonly #clock: Clock;
  #counts = new Counts();
  #since: string;
  #catchesBefore = 0;
  #consecutiveFailures = 0;
  #lastReloadAt: string | undefined;
  #lastSuccessAt: string;
  #lastFailureAt: string | undefined;
  #lastError: LastError | undefined;
  /** In the clock's milliseconds. */
  #succeededAt: number;
  readonly #onReload: (report: ReloadReport) => void;

  /** Begins to count; hands each reload on to `onReload`. */
  constructor(clock: Clock, onReload: (report: ReloadReport) => void = () => {}) {
    this.#clock = clock;
    this.#onReload = onReload;
    this.#since = isoTime(clock);
    this.#lastSuccessAt = this.#since;
    this.#succeededAt = clock.now();
  }

  /** Records a reload. */
  record(report: ReloadReport): void {
    const { result, at } = report;
    this.#counts.add(report);
    this.#lastReloadAt = at;
    if (result === "succeeded" || result === "unchanged") {
      this.#consecutiveFailures = 0;
      this.#lastSuccessAt = at;
      this.#succeededAt = report.endedAt;
    } else {
      if (isLasting(report.cause)) this.#consecutiveFailures += 1;
      this.#lastFailureAt = at;
    }
    this.#onReload(report);
  }

  /** Counts an event, and remembers what it says of a failure. */
  note(event: ConfigEvent): void {
    const counted = COUNTED[event.type];
    if (counted !== undefined) this.#counts.count(counted);
    const failure = failureOf(event);
    if (failure === undefined) return;
    if (failure.type === UNCONFIRMED) this.#counts.count("unconfirmed");
    this.#lastError = { ...failure, at: event.at };
  }

  /** The statistics as a plain object. */
  describe({ catches, isStale, watcher }: Surroundings): Statistics {
    return {
      since: this.#since,
      ...this.#counts.describe(),
      backstopCatches: catches - this.#catchesBefore,
      consecutiveFailures: this.#consecutiveFailures,
      ...(this.#lastReloadAt !== undefined && { lastReloadAt: this.#lastReloadAt }),
      lastSuccessAt: this.#lastSuccessAt,
      ...(this.#lastFailureAt !== undefined && { lastFailureAt: this.#lastFailureAt }),
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
      sinceSuccessMs: this.#clock.now() - this.#succeededAt,
      isStale,
      watcher,
    };
  }

  /** Begins to count and to time anew. What was last, and how often in a row, stays. */
  reset({ catches }: Pick<Surroundings, "catches">): void {
    this.#counts = new Counts();
    this.#since = isoTime(this.#clock);
    this.#catchesBefore = catches;
  }
}

/** What an event says of a candidate that was refused or taken back; it quotes no secrets. */
function failureOf(event: ConfigEvent): Pick<LastError, "type" | "message"> | undefined {
  switch (event.type) {
    case "reloadFailed":
      return { type: event.error.name, message: event.error.message };
    case "validationFailed":
      return { type: "ValidationError", message: new ValidationError(event.issues).message };
    case "rolledBack":
      return event.reason === undefined ? undefined : { type: UNCONFIRMED, message: event.reason };
    default:
      return undefined;
  }
}
