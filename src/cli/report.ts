/**
 * What the command reports, whatever it looks like: to a person as text, to a program as JSON.
 *
 * @module
 */

import type { DebounceOptions } from "../debounce/strategy.ts";
import { ParseError, SourceError, ValidationError } from "../errors.ts";
import type {
  ConfigEvent,
  ReloadFailedEvent,
  ValidationFailedEvent,
  WatcherName,
} from "../events.ts";
import type { Issue } from "../issue.ts";
import type { RuntimeName } from "../runtime/runtime.ts";
import { toError } from "../to_error.ts";
import type { Polling } from "./polling.ts";
import { UsageError } from "./usage_error.ts";

/** A configuration that was loaded and is valid. */
export interface LoadedReport {
  /** Number of the snapshot: 1. */
  readonly revision: number;
  /** Checksum of the snapshot. */
  readonly checksum: string;
  /** Absolute paths of the files it came from. */
  readonly files: readonly string[];
  /** The runtime the command runs on. */
  readonly runtime: RuntimeName;
  /** What it was validated with, for people; `undefined` without a schema. */
  readonly schema: string | undefined;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** A configuration that is watched from now on. */
export interface ReadyReport extends LoadedReport {
  /** How its files are watched. */
  readonly watcher: WatcherName;
  /** Set when polling was asked for. */
  readonly polling: Polling | undefined;
  /** How hints are released. */
  readonly debounce: Required<DebounceOptions>;
}

/** Why there is no configuration. */
export type Failure = ReloadFailedEvent | ValidationFailedEvent;

/** Tells somebody. */
export interface Reporter {
  /** The configuration is valid; nothing is watched. */
  loaded(report: LoadedReport): void;
  /** Every save from now on will be seen. */
  ready(report: ReadyReport): void;
  /** There is no configuration, and nothing is watched. */
  failed(failure: Failure): void;
  /** Something happened while watching. */
  event(event: ConfigEvent): void;
  /** Watching ended as it was asked to. */
  closed(at: string): void;
}

/**
 * What a failed first load reports, with revision 0 as nothing runs.
 *
 * @throws {UsageError} When it is one: nothing failed then.
 */
export function toFailure(thrown: unknown, at: string): Failure {
  const common = { revision: 0, files: [], cause: "start", at } as const;
  if (thrown instanceof ValidationError) {
    return { type: "validationFailed", issues: thrown.issues, ...common };
  }
  if (thrown instanceof UsageError) throw thrown;
  return { type: "reloadFailed", error: toError(thrown), ...common };
}

/** Where an error says that something is wrong. */
export function placeOfError(
  error: Error,
): Pick<Issue, "file" | "line" | "column" | "checksum"> {
  // Bun gives every error a line and a column: those of the code that made it.
  if (error instanceof ParseError) {
    const { file, line, column, checksum } = error;
    return { file, line, column, checksum };
  }
  return error instanceof SourceError ? { file: error.file } : {};
}
