/**
 * Events as records: what a handle reports, for whoever reads a log instead of listening.
 *
 * @module
 */

import { formatIssue, ParseError, SourceError } from "./errors.ts";
import type { ConfigEvent, FilesEvent } from "./events.ts";
import { firstFiles } from "./intake_log.ts";
import type { Log, LogProperties, TopicLog } from "./log.ts";

/** More issues than that are counted and not shown. */
const MOST_ISSUES = 10;

/** Writes the record of an event; never throws, although what an event holds may be anything. */
export function logEvent(log: Log, event: ConfigEvent | FilesEvent): void {
  try {
    write(log, event);
  } catch {
    // A handler may throw what has no message that could be read.
  }
}

function write(log: Log, event: ConfigEvent | FilesEvent): void {
  switch (event.type) {
    case "fileChanged": {
      const { kind, path, oldPath, checksum, source, settledBy } = event;
      const moved = oldPath !== undefined && { oldPath };
      const about = { kind, path, ...moved, checksum, source, settledBy };
      return log.read.debug?.("{path} was {kind}", about);
    }
    case "reloadSucceeded": {
      const { revision, cause, files, checksum, settledBy, durationMs, latencyMs } = event;
      return log.commit.info?.("Revision {revision} runs ({cause})", {
        revision,
        cause,
        ...firstFiles(files),
        checksum,
        settledBy,
        durationMs,
        latencyMs,
      });
    }
    case "validationFailed": {
      const { revision, issues, files, settledBy } = event;
      return log.validate.warning?.("Refused, revision {revision} stays: {reason}", {
        revision,
        reason: issues.length === 1 ? formatIssue(issues[0]!) : `${issues.length} issues`,
        issues: issues.slice(0, MOST_ISSUES).map(formatIssue),
        issueCount: issues.length,
        ...firstFiles(files),
        settledBy,
      });
    }
    case "reloadFailed": {
      const { revision, error, files, settledBy } = event;
      return writeError(
        topicOf(log, error),
        error,
        "Refused, revision {revision} stays: {reason}",
        {
          revision,
          ...firstFiles(files),
          settledBy,
        },
      );
    }
    case "rolledBack": {
      const { revision, to, from, checksum } = event;
      const about = { revision, to, from, checksum };
      return log.commit.info?.("Revision {revision} runs: back from {from} to {to}", about);
    }
    case "recovered": {
      const { revision, files } = event;
      const about = { revision, ...firstFiles(files) };
      return log.commit.info?.("Revision {revision} is what the sources say again", about);
    }
    case "sourceStale": {
      const { revision, source, error } = event;
      const about = { revision, source };
      return writeError(log.read, error, "What {source} gave last is used: {reason}", about);
    }
    case "sourceRestored": {
      const { revision, source } = event;
      return log.read.info?.("{source} can be reached again", { revision, source });
    }
    case "watcherChanged": {
      const { watcher, directory, reason, remedy } = event;
      const about = { watcher, directory, reason, ...(remedy !== undefined && { remedy }) };
      return watcher === "poll"
        ? log.watch.warning?.("{directory} is polled: {reason}", about)
        : log.watch.info?.("{directory} is watched by events: {reason}", about);
    }
    case "handlerFailed": {
      const { listener, error } = event;
      return writeError(log.notify, error, "The handler of {listener} failed: {reason}", {
        listener,
      });
    }
    case "readFailed":
      return writeError(log.read, event.error, "{reason}", {});
  }
}

/** What was refused is a warning; what nobody expected is an error. */
function writeError(
  topic: TopicLog,
  error: Error,
  message: string,
  about: LogProperties,
): void {
  const isExpected = error instanceof SourceError || error instanceof ParseError;
  const writeRecord = isExpected ? topic.warning : topic.error;
  writeRecord?.(message, { ...about, reason: error.message, ...errorProperties(error) });
}

/** Type, place and stack of an error. What else it holds may be anything, also a secret. */
function errorProperties(error: Error): LogProperties {
  const { file, line, column, code } = error as Partial<ParseError & SourceError>;
  const bare = new Error(error.message);
  bare.name = error.name;
  bare.stack = error.stack;
  const place = error instanceof ParseError || error instanceof SourceError
    ? { file, line, column, code }
    : {};
  return { type: error.name, ...place, stack: error.stack, error: bare };
}

function topicOf(log: Log, error: Error): TopicLog {
  if (error instanceof ParseError) return log.parse;
  return error instanceof SourceError ? log.read : log.commit;
}
