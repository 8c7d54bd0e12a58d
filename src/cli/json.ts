/**
 * Reports for programs: one JSON object a line. The shapes are a public contract, see
 * docs/command.md: members may be added, none goes or changes its meaning.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Change, ConfigEvent, SettledBy } from "../events.ts";
import type { Issue } from "../issue.ts";
import type { Place } from "../layers.ts";
import { toJsonValue } from "./json_value.ts";
import { placeOfError, type Reporter } from "./report.ts";

/** Reports as JSON lines, each given to `write` with its line end. */
export function createJsonReporter(write: (line: string) => void): Reporter {
  const print = (line: object) => write(`${JSON.stringify(line)}\n`);
  return {
    loaded: ({ revision, checksum, files, runtime, at }) =>
      print({ type: "loaded", revision, checksum, files: absolute(files), runtime, at }),
    ready: ({ revision, checksum, files, runtime, watcher, at }) =>
      print({ type: "ready", revision, checksum, files: absolute(files), runtime, watcher, at }),
    failed: (failure) => print(eventToJson(failure)),
    event: (event) => print(eventToJson(event)),
    closed: (at) => print({ type: "closed", at }),
  };
}

/** An event as the contract has it: documented members only, in the documented order. */
export function eventToJson(event: ConfigEvent): object {
  const { type, at } = event;
  switch (event.type) {
    case "fileChanged": {
      const { kind, path, oldPath, checksum, settledBy } = event;
      return {
        type,
        kind,
        path: resolve(path),
        ...(oldPath !== undefined && { oldPath: resolve(oldPath) }),
        ...(checksum !== undefined && { checksum }),
        settledBy,
        at,
      };
    }
    case "reloadSucceeded": {
      const { revision, checksum, changes, files } = event;
      const { cause, durationMs, latencyMs, confirmBy } = event;
      return {
        type,
        revision,
        checksum,
        changes: changes.map(changeToJson),
        files: absolute(files),
        ...settled(event),
        cause,
        durationMs: toMicroseconds(durationMs),
        latencyMs: toMicroseconds(latencyMs),
        ...(confirmBy !== undefined && { confirmBy }),
        at,
      };
    }
    case "validationFailed":
      return {
        type,
        revision: event.revision,
        issues: event.issues.map(issueToJson),
        ...settled(event),
        cause: event.cause,
        at,
      };
    case "reloadFailed": {
      const { revision, error, cause, attempt, retryInMs } = event;
      return {
        type,
        revision,
        error: errorToJson(error),
        ...settled(event),
        cause,
        ...(attempt !== undefined && { attempt }),
        ...(retryInMs !== undefined && { retryInMs }),
        at,
      };
    }
    case "rolledBack": {
      const { revision, to, from, reason, checksum, changes } = event;
      return {
        type,
        revision,
        to,
        from,
        ...(reason !== undefined && { reason }),
        checksum,
        changes: changes.map(changeToJson),
        at,
      };
    }
    case "componentFailed": {
      const { component, step, revision, cause, error } = event;
      const about = { component, step, revision, ...(cause !== undefined && { cause }) };
      return { type, ...about, error: errorToJson(error), at };
    }
    case "stateFailed":
      return { type, revision: event.revision, error: errorToJson(event.error), at };
    case "confirmed":
      return { type, revision: event.revision, at };
    case "recovered":
      return { type, revision: event.revision, files: absolute(event.files), at };
    case "sourceStale": {
      const { revision, source, error } = event;
      return { type, revision, source, error: errorToJson(error), at };
    }
    case "sourceRestored":
      return { type, revision: event.revision, source: event.source, at };
    case "watcherChanged": {
      const { watcher, directory, reason, remedy } = event;
      return { type, watcher, directory, reason, ...(remedy !== undefined && { remedy }), at };
    }
    case "handlerFailed":
      return { type, listener: event.listener, error: errorToJson(event.error), at };
    case "healthChanged": {
      const { status, before, revision } = event;
      const reasons = event.reasons.map(({ kind, message, ...about }) => ({
        kind,
        message,
        ...about,
      }));
      return { type, status, before, reasons, revision, at };
    }
    case "alertFailed":
      return { type, sink: event.sink, error: errorToJson(event.error), at };
  }
}

function settled({ settledBy }: { readonly settledBy?: SettledBy }): object {
  return settledBy === undefined ? {} : { settledBy };
}

function changeToJson({ path, kind, before, after, ...origin }: Change): object {
  return {
    path,
    kind,
    ...(kind !== "added" && { before: toJsonValue(before) }),
    ...(kind !== "removed" && { after: toJsonValue(after) }),
    ...place(origin),
  };
}

function issueToJson({ path, message, ...where }: Issue): object {
  return { path, message, ...place(where) };
}

function errorToJson(error: Error): object {
  return { name: error.name, message: error.message, ...place(placeOfError(error)) };
}

function place({ file, line, column, variable, source }: Place): object {
  return {
    // Of what is no file it is a URL.
    ...(file !== undefined && { file: URL.canParse(file) ? file : resolve(file) }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(variable !== undefined && { variable }),
    ...(source !== undefined && { source }),
  };
}

function absolute(paths: readonly string[]): string[] {
  return paths.map((path) => resolve(path));
}

function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
