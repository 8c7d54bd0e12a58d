/**
 * Everything a handle can report: plain objects in one union, told apart by `type`.
 *
 * @module
 */

import type { ComponentStepName } from "./errors.ts";
import type { HealthReason } from "./health_reason.ts";
import type { Issue } from "./issue.ts";
import type { FileChangeKind } from "./source/file_change.ts";

/** One value that differs between two revisions; a secret is shown as `[secret]`. */
export interface Change {
  /** Key path as text, for example `server.port`. */
  readonly path: string;
  /** What happened to the value. */
  readonly kind: "added" | "removed" | "changed";
  /** The value before; absent when added. */
  readonly before?: unknown;
  /** The value now; absent when removed. */
  readonly after?: unknown;
  /** File that gives the value now (for a removed one: the file that gave it). */
  readonly file?: string;
  /** Line in `file`, from 1. */
  readonly line?: number;
  /** Environment variable that gives the value now, in the environment or in `file`. */
  readonly variable?: string;
  /** Name of the source, where it is no file. */
  readonly source?: string;
}

/**
 * Why a reload ran.
 *
 * - `start`: it is the first one
 * - `save`: a source said that it may hold something else, or {@linkcode LiveConfig.resume}
 * - `manual`: {@linkcode LiveConfig.reload}
 * - `sources`: one was added or removed; when that is refused, all is as it was before the call
 * - `retry`: components are asked again
 * - `rollback`: {@linkcode LiveConfig.rollback}; when that is refused, all is as it was
 * - `confirm-failed`: what ran was not confirmed
 * - `last-known-good`: the start, on what is on disk
 */
export type ReloadCause =
  | "start"
  | "save"
  | "manual"
  | "sources"
  | "retry"
  | "rollback"
  | "confirm-failed"
  | "last-known-good";

/**
 * Why a file was taken to be whole.
 *
 * - `rename`: it was moved here, or a link on the way to it was
 * - `close`: its writer closed it
 * - `quiet`: nothing was written for the quiet time, or it was asked for
 * - `maxDelay`: nothing told, and it was waited for long enough
 */
export type SettledBy = "rename" | "close" | "quiet" | "maxDelay";

/** A watched file was created, modified, deleted or moved; its content did change. */
export interface FileChangedEvent {
  /** Tells this event from others. */
  readonly type: "fileChanged";
  /** What happened to the file. */
  readonly kind: FileChangeKind;
  /** Path of the file, now. */
  readonly path: string;
  /** Path it was moved from. */
  readonly oldPath?: string;
  /** SHA-256 of the content in lower-case hex; absent when deleted. */
  readonly checksum?: string;
  /** Name of the source the file belongs to. */
  readonly source: string;
  /** Why the file was taken to be whole. */
  readonly settledBy: SettledBy;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** A candidate became the current snapshot. */
export interface ReloadSucceededEvent {
  /** Tells this event from others. */
  readonly type: "reloadSucceeded";
  /** Number of the new snapshot. */
  readonly revision: number;
  /** Checksum of the new snapshot. */
  readonly checksum: string;
  /** What differs from the previous snapshot, in key order. */
  readonly changes: readonly Change[];
  /** Files whose content changed. */
  readonly files: readonly string[];
  /** The weakest reason to take one of them to be whole; absent when no file was waited for. */
  readonly settledBy?: SettledBy;
  /** Why the reload ran. */
  readonly cause: ReloadCause;
  /** From the start of the reload to the commit, in milliseconds. */
  readonly durationMs: number;
  /** From the first hint of the batch to the commit, in milliseconds. */
  readonly latencyMs: number;
  /** Until when it has to be confirmed, as ISO 8601 in UTC; absent when it need not be. */
  readonly confirmBy?: string;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** A candidate was refused by the schema, a validator or a guard; the current snapshot stays. */
export interface ValidationFailedEvent {
  /** Tells this event from others. */
  readonly type: "validationFailed";
  /** Number of the snapshot that stays. */
  readonly revision: number;
  /** Everything that is wrong; at least one. */
  readonly issues: readonly Issue[];
  /** Files whose content changed. */
  readonly files: readonly string[];
  /** The weakest reason to take one of them to be whole; absent when no file was waited for. */
  readonly settledBy?: SettledBy;
  /** Why the reload ran. */
  readonly cause: ReloadCause;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** A source could not be read or parsed, or a component failed; the current snapshot stays. */
export interface ReloadFailedEvent {
  /** Tells this event from others. */
  readonly type: "reloadFailed";
  /** Number of the snapshot that stays. */
  readonly revision: number;
  /** What failed: a `ParseError` or `SourceError` carries file, line and column. */
  readonly error: Error;
  /** Files whose content changed. */
  readonly files: readonly string[];
  /** The weakest reason to take one of them to be whole; absent when no file was waited for. */
  readonly settledBy?: SettledBy;
  /** Why the reload ran. */
  readonly cause: ReloadCause;
  /** How often this content was tried, from 1; absent when trying again would not help. */
  readonly attempt?: number;
  /** When it is tried again, in milliseconds from now; absent when it is not. */
  readonly retryInMs?: number;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** An earlier snapshot's value was committed again. */
export interface RolledBackEvent {
  /** Tells this event from others. */
  readonly type: "rolledBack";
  /** Number of the new snapshot. */
  readonly revision: number;
  /** Number of the snapshot whose value it has. */
  readonly to: number;
  /** Number of the snapshot it replaced. */
  readonly from: number;
  /** Why it was taken back by itself; absent when somebody asked for it. */
  readonly reason?: string;
  /** Checksum of the new snapshot. */
  readonly checksum: string;
  /** What differs from the replaced snapshot, in key order. */
  readonly changes: readonly Change[];
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/**
 * After a refused candidate the sources hold the running configuration again: nothing had to be
 * committed.
 */
export interface RecoveredEvent {
  /** Tells this event from others. */
  readonly type: "recovered";
  /** Number of the snapshot that runs. */
  readonly revision: number;
  /** Files whose content changed. */
  readonly files: readonly string[];
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** A source can't be reached; what it gave last is used, and other sources go on. */
export interface SourceStaleEvent {
  /** Tells this event from others. */
  readonly type: "sourceStale";
  /** Number of the snapshot that runs. */
  readonly revision: number;
  /** Name of the source. */
  readonly source: string;
  /** Why it can't be reached. */
  readonly error: Error;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** A source that could not be reached can be again. */
export interface SourceRestoredEvent {
  /** Tells this event from others. */
  readonly type: "sourceRestored";
  /** Number of the snapshot that runs. */
  readonly revision: number;
  /** Name of the source. */
  readonly source: string;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** The way files are watched changed, for example from events to polling. */
export interface WatcherChangedEvent {
  /** Tells this event from others. */
  readonly type: "watcherChanged";
  /** How files are watched now. */
  readonly watcher: WatcherName;
  /** Directory it concerns. */
  readonly directory: string;
  /** Why it changed. */
  readonly reason: string;
  /** What to do about it, when something can be done. */
  readonly remedy?: string;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** A component could not take a configuration, or could not go back. */
export interface ComponentFailedEvent {
  /** Tells this event from others. */
  readonly type: "componentFailed";
  /** Name of the component. */
  readonly component: string;
  /** What it failed to do. After `undo` it may run on what was refused. */
  readonly step: ComponentStepName;
  /** Number of the snapshot that runs. */
  readonly revision: number;
  /** Why the reload ran; absent when it was being attached, or went on after its deadline. */
  readonly cause?: ReloadCause;
  /** Why. */
  readonly error: Error;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** The snapshot that runs was confirmed, and stays. */
export interface ConfirmedEvent {
  /** Tells this event from others. */
  readonly type: "confirmed";
  /** Number of the snapshot. */
  readonly revision: number;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** A handler or subscriber threw or rejected; the others still ran. */
export interface HandlerFailedEvent {
  /** Tells this event from others. */
  readonly type: "handlerFailed";
  /** What the handler listened to: an event type, or `subscribe <path>`. */
  readonly listener: string;
  /** What it threw. */
  readonly error: Error;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** Whether the handle is well became another, or the reasons why it is not did. */
export interface HealthChangedEvent {
  /** Tells this event from others. */
  readonly type: "healthChanged";
  /** What it is now, as `health()` says. */
  readonly status: HealthStatus;
  /** What it was. */
  readonly before: HealthStatus;
  /** Why it is not `ok`. */
  readonly reasons: readonly HealthReason[];
  /** Number of the snapshot that runs. */
  readonly revision: number;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** An alert was given up; nobody is alerted of it. */
export interface AlertFailedEvent {
  /** Tells this event from others. */
  readonly type: "alertFailed";
  /** Name of the sink. */
  readonly sink: string;
  /** Why the last attempt failed. */
  readonly error: Error;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** What was accepted is not on disk, or what is older can't be removed; it runs all the same. */
export interface StateFailedEvent {
  /** Tells this event from others. */
  readonly type: "stateFailed";
  /** Number of the snapshot that was to be written. */
  readonly revision: number;
  /** Why: a `StateError` carries the path, and what to do about it. */
  readonly error: Error;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** Whether a handle is well; `degraded`: it runs, but not as it should. */
export type HealthStatus = "ok" | "degraded" | "failing";

/** A way to watch: the runtime's own events, or polling. */
export type WatcherName = "deno" | "node" | "poll" | "memory";

/** Everything a {@linkcode LiveConfig} can report. */
export type ConfigEvent =
  | FileChangedEvent
  | ReloadSucceededEvent
  | ValidationFailedEvent
  | ReloadFailedEvent
  | RolledBackEvent
  | RecoveredEvent
  | ComponentFailedEvent
  | ConfirmedEvent
  | SourceStaleEvent
  | SourceRestoredEvent
  | WatcherChangedEvent
  | HandlerFailedEvent
  | HealthChangedEvent
  | AlertFailedEvent
  | StateFailedEvent;

/** Everything a {@linkcode LiveFiles} can report. */
export type FilesEvent =
  | FileChangedEvent
  | FilesFailedEvent
  | WatcherChangedEvent
  | HandlerFailedEvent;

/** A watched file or directory could not be read. */
export interface FilesFailedEvent {
  /** Tells this event from others. */
  readonly type: "readFailed";
  /** What failed; a `SourceError` carries the file. */
  readonly error: Error;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}
