/**
 * Every error class of the library. A message says what was attempted, then why it failed.
 *
 * @module
 */

import { formatIssue, formatPlace, type Issue, type Position } from "./issue.ts";

/** Options of {@linkcode ParseError}. */
export interface ParseErrorOptions extends ErrorOptions {
  /** File that was parsed. */
  readonly file: string;
  /** Why the text is refused, in a few words. */
  readonly reason: string;
  /** Where in the file. */
  readonly position?: Position | undefined;
  /** SHA-256 of the file, in lower-case hex. */
  readonly checksum?: string | undefined;
}

/** A text is not well-formed, or crosses a limit on size, depth or number of nodes. */
export class ParseError extends SyntaxError {
  /** Name of the class. */
  override readonly name = "ParseError";
  /** File that was parsed. */
  readonly file: string;
  /** Why the text is refused, without the place. */
  readonly reason: string;
  /** Line, from 1, when known. */
  readonly line: number | undefined;
  /** Column, from 1, when known. */
  readonly column: number | undefined;
  /** SHA-256 of the file that was parsed, in lower-case hex, when known. */
  readonly checksum: string | undefined;

  /** Creates the error; the message is composed from the options. */
  constructor({ file, reason, position, checksum, cause }: ParseErrorOptions) {
    super(`Cannot parse ${formatPlace({ file, ...position })}: ${reason}`, causeOnly(cause));
    // Bun fills in where the error was created, as `line` and `column`, when they are first looked
    // at; looking at the stack does it now, before they are set.
    void this.stack;
    this.file = file;
    this.reason = reason;
    this.line = position?.line;
    this.column = position?.column;
    this.checksum = checksum;
  }
}

/** Options of {@linkcode SourceError}. */
export interface SourceErrorOptions extends ErrorOptions {
  /** File or directory that was read. */
  readonly file: string;
  /** Why it can't be read, in a few words. */
  readonly reason: string;
  /** The system's error code, for example `ENOENT`. */
  readonly code?: string | undefined;
}

/** A source can't be read: it is missing, unreadable, too large or not what it was said to be. */
export class SourceError extends Error {
  /** Name of the class. */
  override readonly name = "SourceError";
  /** File or directory that was read. */
  readonly file: string;
  /** Why it can't be read, without the place. */
  readonly reason: string;
  /** The system's error code, for example `ENOENT`, when there is one. */
  readonly code: string | undefined;

  /** Creates the error; the message is composed from the options. */
  constructor({ file, reason, code, cause }: SourceErrorOptions) {
    super(`Cannot read ${file}: ${reason}`, causeOnly(cause));
    this.file = file;
    this.reason = reason;
    this.code = code;
  }
}

/** Options of {@linkcode StateError}. */
export interface StateErrorOptions extends ErrorOptions {
  /** What was attempted, for example `write the last known good configuration to`. */
  readonly attempt: string;
  /** Folder or file of the state. */
  readonly path: string;
  /** Why it can't be done, in a few words. */
  readonly reason: string;
  /** What to do about it, where something can be done. */
  readonly remedy?: string | undefined;
  /** The system's error code, for example `ENOSPC`. */
  readonly code?: string | undefined;
}

/** The last known good configuration can't be written, read or started from. */
export class StateError extends Error {
  /** Name of the class. */
  override readonly name = "StateError";
  /** Folder or file of the state. */
  readonly path: string;
  /** Why it can't be done, without the place. */
  readonly reason: string;
  /** What to do about it, where something can be done. */
  readonly remedy: string | undefined;
  /** The system's error code, for example `ENOSPC`, when there is one. */
  readonly code: string | undefined;

  /** Creates the error; the message is composed from the options. */
  constructor({ attempt, path, reason, remedy, code, cause }: StateErrorOptions) {
    const advice = remedy === undefined ? "" : `; ${remedy}`;
    super(`Cannot ${attempt} ${path}: ${reason}${advice}`, causeOnly(cause));
    this.path = path;
    this.reason = reason;
    this.remedy = remedy;
    this.code = code;
  }
}

/** A candidate was refused by the schema, a validator or a guard. */
export class ValidationError extends TypeError {
  /** Name of the class. */
  override readonly name = "ValidationError";
  /** Everything that is wrong, in key order; at least one. */
  readonly issues: readonly Issue[];

  /** Creates the error from its issues. */
  constructor(issues: readonly Issue[], options?: ErrorOptions) {
    super(
      `Cannot accept the configuration: ${issues.map(formatIssue).join("; ")}`,
      causeOnly(options?.cause),
    );
    this.issues = issues;
  }
}

/** The steps of a component, and choosing its part of the configuration. */
export type ComponentStepName = "select" | "prepare" | "commit" | "undo";

/** Options of {@linkcode ComponentError}. */
export interface ComponentErrorOptions extends ErrorOptions {
  /** Name of the component. */
  readonly component: string;
  /** What it failed to do. */
  readonly step: ComponentStepName;
  /** Why, in a few words. */
  readonly reason: string;
}

/** A component could not take a configuration, or not go back. */
export class ComponentError extends Error {
  /** Name of the class. */
  override readonly name = "ComponentError";
  /** Name of the component. */
  readonly component: string;
  /** What it failed to do. */
  readonly step: ComponentStepName;
  /** Why, without the rest of the message. */
  readonly reason: string;

  /** Creates the error; the message is composed from the options. */
  constructor({ component, step, reason, cause }: ComponentErrorOptions) {
    super(`Cannot ${step} the configuration in component ${component}: ${reason}`, { cause });
    this.component = component;
    this.step = step;
    this.reason = reason;
  }
}

/** A revision was not confirmed in time. */
export class ConfirmError extends Error {
  /** Name of the class. */
  override readonly name = "ConfirmError";
  /** Number of the revision that was to be confirmed. */
  readonly revision: number;

  /** Creates the error; the message is composed from the arguments. */
  constructor(revision: number, reason: string, options?: ErrorOptions) {
    super(`Cannot keep revision ${revision}: ${reason}`, options);
    this.revision = revision;
  }
}

/** A method that waits for the reload under way was called by that reload itself. */
export class ReentryError extends Error {
  /** Name of the class. */
  override readonly name = "ReentryError";

  /** Creates the error for the attempted `action`, called by `caller`. */
  constructor(action: string, caller: string) {
    super(`Cannot ${action}: it is called by ${caller}, which would wait for itself`);
  }
}

/** A method was called on a handle that is already closed. */
export class ClosedError extends Error {
  /** Name of the class. */
  override readonly name = "ClosedError";

  /** Creates the error for the attempted `action`, for example `reload the configuration`. */
  constructor(action: string) {
    super(`Cannot ${action}: the handle is closed`);
  }
}

/** Options of {@linkcode AlertError}. */
export interface AlertErrorOptions extends ErrorOptions {
  /** Name of the sink. */
  readonly sink: string;
  /** Why it was not sent, in a few words. */
  readonly reason: string;
  /** Whether to try again. @default {true} */
  readonly canRetry?: boolean;
  /** Least time until then, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** An alert could not be sent. */
export class AlertError extends Error {
  /** Name of the class. */
  override readonly name = "AlertError";
  /** Name of the sink. */
  readonly sink: string;
  /** Why it was not sent, without the sink. */
  readonly reason: string;
  /** Whether to try again. */
  readonly canRetry: boolean;
  /** Least time until then, in milliseconds, when known. */
  readonly retryAfterMs: number | undefined;

  /** Creates the error; the message is composed from the options. */
  constructor({ sink, reason, canRetry = true, retryAfterMs, cause }: AlertErrorOptions) {
    super(`Cannot send an alert to ${sink}: ${reason}`, { cause });
    this.sink = sink;
    this.reason = reason;
    this.canRetry = canRetry;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Options of an error; a cause that is `undefined` would be shown as one. */
function causeOnly(cause: unknown): ErrorOptions {
  return cause === undefined ? {} : { cause };
}
