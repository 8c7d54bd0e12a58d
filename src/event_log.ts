/**
 * Events as records: what a handle reports, for whoever reads a log instead of listening.
 *
 * @module
 */

import { AuditLog, type Started } from "./audit_log.ts";
import { ComponentError, ConfirmError, ParseError, SourceError } from "./errors.ts";
import type { ConfigEvent, FilesEvent } from "./events.ts";
import { formatIssue } from "./issue.ts";
import { firstFiles, firstIssues, type Log, type LogProperties, type TopicLog } from "./log.ts";

/** Everything a handle reports. */
type LoggedEvent = ConfigEvent | FilesEvent;

/** The records of what a configuration reports, the audit line among them. */
export class EventLog {
  readonly #log: Log;
  readonly #audit: AuditLog;

  /** Writes to `log`. */
  constructor(log: Log) {
    this.#log = log;
    this.#audit = new AuditLog(log.audit);
  }

  /** The first revision runs. */
  start(snapshot: Started): void {
    const { revision, checksum, files, cause } = snapshot;
    const about = { revision, cause, ...firstFiles(files), checksum };
    this.#log.commit.info?.("Revision {revision} runs ({cause})", about);
    this.#audit.start(snapshot);
  }

  /** Writes the records of an event. */
  take(event: ConfigEvent): void {
    logEvent(this.#log, event);
    this.#audit.take(event);
  }
}

/** Writes the record of an event; never throws, although what an event holds may be anything. */
export function logEvent(log: Log, event: LoggedEvent): void {
  try {
    (WRITERS[event.type] as (log: Log, event: LoggedEvent) => void)(log, event);
  } catch {
    // A handler may throw what has no message that could be read.
  }
}

type Writers = {
  readonly [Type in LoggedEvent["type"]]: (
    log: Log,
    event: Extract<LoggedEvent, { readonly type: Type }>,
  ) => void;
};

const WRITERS: Writers = {
  fileChanged: (log, { type: _, at: __, ...about }) => {
    log.read.debug?.("{path} was {kind}", about);
  },
  reloadSucceeded: (log, event) => {
    // What changed takes time to find out, and is in the audit line.
    const { revision, cause, files, checksum, settledBy } = event;
    const { durationMs, latencyMs, confirmBy } = event;
    log.commit.info?.("Revision {revision} runs ({cause})", {
      revision,
      cause,
      ...firstFiles(files),
      checksum,
      ...(settledBy !== undefined && { settledBy }),
      durationMs,
      latencyMs,
      ...(confirmBy !== undefined && { confirmBy }),
    });
  },
  validationFailed: (log, { revision, cause, issues, files, settledBy }) => {
    log.validate.warning?.("Refused ({cause}), revision {revision} stays: {reason}", {
      revision,
      cause,
      type: "ValidationError",
      reason: issues.length === 1 ? formatIssue(issues[0]!) : `${issues.length} issues`,
      ...firstIssues(issues),
      ...firstFiles(files),
      ...(settledBy !== undefined && { settledBy }),
    });
  },
  reloadFailed: (log, { type: _, at: __, error, files, ...about }) => {
    const again = about.retryInMs === undefined ? "" : "; tried again in {retryInMs} ms";
    const message = `Refused ({cause}), revision {revision} stays: {reason}${again}`;
    writeError(topicOf(log, error), error, message, { ...about, ...firstFiles(files) });
  },
  rolledBack: (log, { revision, to, from, reason, checksum }) => {
    const message = "Revision {revision} runs: back from {from} to {to}";
    const about = { revision, to, from, checksum };
    if (reason === undefined) log.commit.info?.(message, about);
    else log.commit.warning?.(`${message}, as {reason}`, { ...about, reason });
  },
  recovered: (log, { revision, files }) => {
    const about = { revision, ...firstFiles(files) };
    log.commit.info?.("Revision {revision} is what the sources say again", about);
  },
  componentFailed: (log, { component, step, revision, cause, error }) => {
    const about = { component, step, revision, ...(cause !== undefined && { cause }) };
    writeError(log.apply, error, "{reason}", about, "error");
  },
  confirmed: (log, { revision }) => {
    log.confirm.info?.("Revision {revision} is confirmed", { revision });
  },
  sourceStale: (log, { revision, source, error }) => {
    const message = "What {source} gave last is used: {reason}";
    writeError(log.read, error, message, { revision, source }, "warning");
  },
  sourceRestored: (log, { revision, source }) => {
    log.read.info?.("{source} can be reached again", { revision, source });
  },
  watcherChanged: (log, { type: _, at: __, ...about }) => {
    if (about.watcher === "poll") log.watch.warning?.("{directory} is polled: {reason}", about);
    else log.watch.info?.("{directory} is watched by events: {reason}", about);
  },
  handlerFailed: (log, { listener, error }) => {
    const message = "The handler of {listener} failed: {reason}";
    writeError(log.notify, error, message, { listener }, "error");
  },
  healthChanged: (log, { status, before, reasons, revision }) => {
    const about = { status, before, reasons, revision };
    const reason = reasons.map(({ message }) => message).join("; ");
    if (status === "ok") log.health.info?.("Well again", about);
    else log.health.warning?.("It is {status}: {reason}", { ...about, reason });
  },
  alertFailed: (log, { sink, error }) => {
    const message = "The alert of {sink} was given up: {reason}";
    writeError(log.notify, error, message, { sink }, "warning");
  },
  stateFailed: (log, { revision, error }) => {
    writeError(log.state, error, "{reason}", { revision }, "warning");
  },
  readFailed: (log, { error }) => writeError(log.read, error, "{reason}", {}),
};

/** What was refused is a warning; what nobody expected is an error, unless it is said otherwise. */
function writeError(
  topic: TopicLog,
  error: Error,
  message: string,
  about: LogProperties,
  level: "warning" | "error" = isExpected(error) ? "warning" : "error",
): void {
  topic[level]?.(message, { ...about, reason: error.message, ...errorProperties(error) });
}

function isExpected(error: Error): boolean {
  const expected = [SourceError, ParseError, ComponentError, ConfirmError];
  return expected.some((known) => error instanceof known);
}

/** Type, place and stack of an error. What else it holds may be anything, also a secret. */
function errorProperties(error: Error): LogProperties {
  const { name: type, message, stack } = error;
  // Sinks that report errors want one.
  const bare = Object.assign(new Error(message), { name: type, stack });
  if (!(error instanceof ParseError || error instanceof SourceError)) {
    return { type, stack, error: bare };
  }
  const { file, line, column, code } = error as Partial<ParseError & SourceError>;
  return { type, file, line, column, code, stack, error: bare };
}

function topicOf(log: Log, error: Error): TopicLog {
  if (error instanceof ParseError) return log.parse;
  if (error instanceof ComponentError) return log.apply;
  if (error instanceof ConfirmError) return log.confirm;
  return error instanceof SourceError ? log.read : log.commit;
}
