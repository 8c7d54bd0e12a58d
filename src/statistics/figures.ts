/**
 * What a handle can tell about its reloads.
 *
 * @module
 */

import type { ReloadCause, WatcherName } from "../events.ts";
import type { Issue } from "../issue.ts";
import type { StageTime } from "./stages.ts";
import type { Timing } from "./timing.ts";

/** Reloads by how they ended. */
export interface ReloadCounts {
  /** All of them. */
  readonly total: number;
  /** A new configuration was committed. */
  readonly succeeded: number;
  /** The bytes were others, the configuration was the same. */
  readonly unchanged: number;
  /** The candidate was refused. */
  readonly rejected: number;
}

/** Times of the stages of reloads. A stage that was not come to is not timed. */
export interface StageTimings {
  /** Reading the sources. */
  readonly read: Timing;
  /** From text to values, placeholders filled in. */
  readonly parse: Timing;
  /** Merging, the schema, the validators and the guards. */
  readonly validate: Timing;
  /** What components did, and the commit. */
  readonly apply: Timing;
}

/** Why a reload was refused, without secrets. */
export interface LastError {
  /** Name of the error's class, for example `ParseError`. */
  readonly type: string;
  /** What was attempted, and why it failed. */
  readonly message: string;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** How changes are noticed now. */
export interface WatcherState {
  /** The runtime's events, or polling. */
  readonly name: WatcherName;
  /** Whether changes are noticed, one way or the other. */
  readonly isWatching: boolean;
  /** Whether some directory, or all, are watched by polling. */
  readonly isPolling: boolean;
  /** Directories watched by the runtime's events. */
  readonly watchedDirectories: number;
}

/** What a handle counted and timed. Counts and times begin anew when reset; the rest does not. */
export interface Statistics {
  /** Since when is counted, as ISO 8601 in UTC. */
  readonly since: string;
  /** Reloads after the first load; a save with the same bytes is none. */
  readonly reloads: ReloadCounts;
  /** Rejected reloads whose candidate the schema, a validator or a guard refused. */
  readonly validationFailures: number;
  /** Rejected reloads whose sources could not be read or parsed. */
  readonly readFailures: number;
  /** Rejected reloads whose candidate a component could not take. */
  readonly applyFailures: number;
  /** Rollbacks, those for want of confirmation included. */
  readonly rollbacks: number;
  /** Reloads that tried once more what was refused for a reason that may pass. */
  readonly retries: number;
  /** Commits that were confirmed. */
  readonly confirmed: number;
  /** Commits that were not confirmed in time. */
  readonly unconfirmed: number;
  /** Times that a component could not prepare, commit or undo. */
  readonly componentFailures: number;
  /** Times that a handler or subscriber threw or rejected. */
  readonly handlerFailures: number;
  /** Times that the state on disk could not be written, or older files not be removed. */
  readonly stateFailures: number;
  /** Alerts that could not be sent. */
  readonly alertFailures: number;
  /** Changes that looking from time to time found before a watcher said anything. */
  readonly backstopCatches: number;
  /** From the beginning of reading to the end of a reload, whatever its outcome. */
  readonly duration: Timing;
  /** From the first hint of a save to the commit. */
  readonly latency: Timing;
  /** The parts of `duration`. */
  readonly stages: StageTimings;
  /** Reloads in which something of the source changed, by the source's name. */
  readonly reloadsBySource: Readonly<Record<string, ReloadCounts>>;
  /** Files that changed, by the source's name. */
  readonly filesChangedBySource: Readonly<Record<string, number>>;
  /** Rejected reloads since the last that was not; sources that were refused are none. */
  readonly consecutiveFailures: number;
  /** When the last reload ended, as ISO 8601 in UTC. */
  readonly lastReloadAt?: string;
  /** When a reload last ended well, the first load included: the sources say what runs. */
  readonly lastSuccessAt: string;
  /** When a reload was last rejected. */
  readonly lastFailureAt?: string;
  /** Why a reload was last rejected. */
  readonly lastError?: LastError;
  /** Time since `lastSuccessAt`, in milliseconds. */
  readonly sinceSuccessMs: number;
  /** Whether a source can't be reached, and gives what may be out of date. */
  readonly isStale: boolean;
  /** How changes are noticed now. */
  readonly watcher: WatcherState;
}

/**
 * How a reload ended.
 *
 * - `succeeded`, `unchanged`: as in {@linkcode ReloadCounts}
 * - `invalid`: the schema, a validator or a guard refused the candidate
 * - `unreadable`: the sources could not be read or parsed
 * - `unapplied`: a component could not take the candidate
 */
export type ReloadResult = "succeeded" | "unchanged" | "invalid" | "unreadable" | "unapplied";

/** One reload: how it ended, and how long its stages took. */
export interface ReloadReport {
  /** How it ended. */
  readonly result: ReloadResult;
  /** Why it ran. */
  readonly cause: ReloadCause;
  /** Number of the snapshot that runs afterwards. */
  readonly revision: number;
  /** When it ended, as ISO 8601 in UTC. */
  readonly at: string;
  /** From the beginning of reading to its end, in milliseconds. */
  readonly durationMs: number;
  /** From the first hint to the commit, in milliseconds; absent when nothing was committed. */
  readonly latencyMs?: number;
  /** Name of the source of each file that changed, and of each other source that did. */
  readonly sources: readonly string[];
  /** When the stages began and ended, in order, on the same time scale as `endedAt`. */
  readonly stages: readonly StageTime[];
  /** When it ended, in the clock's milliseconds. */
  readonly endedAt: number;
  /** Why it was rejected, without secrets, if for want of a part that failed. */
  readonly error?: Error | undefined;
  /** Why it was rejected, if by the rules. */
  readonly issues?: readonly Issue[] | undefined;
}
