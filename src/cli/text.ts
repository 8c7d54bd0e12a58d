/**
 * Reports for people: what is watched, a diff after each save, what is wrong and where.
 *
 * @module
 */

import { ParseError, SourceError } from "../errors.ts";
import type {
  ConfigEvent,
  ReloadFailedEvent,
  ReloadSucceededEvent,
  WatcherName,
} from "../events.ts";
import { version } from "../version.ts";
import type { Polling } from "./polling.ts";
import {
  count,
  formatMs,
  formatTime,
  indent,
  renderChanges,
  renderFacts,
  renderFiles,
  renderIssues,
  type View,
} from "./render.ts";
import { type Failure, placeOfError, type ReadyReport, type Reporter } from "./report.ts";
import { displayPath, printable } from "./style.ts";

/** Size and checksum of a file, as far as it can be read. */
export type DescribeFile = (
  path: string,
) => { readonly bytes?: number; readonly checksum?: string };

/** What a text reporter needs. */
export interface TextReporterOptions {
  /** Takes lines for standard output. */
  readonly print: (lines: readonly string[]) => void;
  /** Takes lines for standard error. */
  readonly printError: (lines: readonly string[]) => void;
  /** How lines on standard output look. */
  readonly view: View;
  /** How lines on standard error look. */
  readonly errorView: View;
  /** Whether a failure means that nothing is watched, as opposed to checked. */
  readonly isWatching: boolean;
  /** Describes the files in the table. */
  readonly describeFile: DescribeFile;
}

/** Reports as text. */
export function createTextReporter(options: TextReporterOptions): Reporter {
  const { print, printError, view, errorView, isWatching, describeFile } = options;
  const { style } = view;
  const table = (files: readonly string[]) =>
    indent(renderFiles(files.map((path) => ({ path, ...describeFile(path) })), view));
  return {
    loaded: ({ files, checksum, schema }) =>
      print([
        `${style("good", "valid")}: ${count(files.length, "file")}, ` +
        `${schema === undefined ? "no schema" : `schema ${printable(schema)}`}, ` +
        style("quiet", checksum.slice(0, 12)),
        ...table(files),
      ]),
    ready: (report) => {
      const { files, revision } = report;
      print([
        style("strong", `hotconf ${version} watches ${count(files.length, "file")}`),
        ...table(files),
        ...indent(renderFacts(describeWatching(report), view)),
        `${style("good", `revision ${revision}`)} is valid; waiting for saves, Ctrl-C ends`,
      ]);
    },
    failed: (failure) =>
      printError([
        errorView.style("bad", isWatching ? "not watching: invalid at the start" : "invalid"),
        ...indent(renderFailure(failure, errorView)),
        ...(isWatching ? ["put the above right, then start hotconf watch again"] : []),
      ]),
    event: (event) => print(renderEvent(event, view)),
    closed: () => print([style("quiet", "stopped watching")]),
  };
}

/** An event as lines of text; the time only where something begins. */
export function renderEvent(event: ConfigEvent, view: View): string[] {
  const { style, cwd } = view;
  const time = style("quiet", formatTime(event.at));
  switch (event.type) {
    case "fileChanged": {
      const from = event.oldPath === undefined ? "" : `${displayPath(event.oldPath, cwd)} → `;
      return [`${time} ${event.kind} ${from}${style("strong", displayPath(event.path, cwd))}`];
    }
    case "reloadSucceeded":
      return [
        ...indent(renderChanges(event.changes, view)),
        `  ${style("good", `revision ${event.revision}`)}, ${describeCommit(event)}`,
      ];
    case "validationFailed":
    case "reloadFailed":
      return [
        ...indent(renderFailure(event, view)),
        `  ${style("bad", "rejected")}, kept revision ${event.revision}`,
      ];
    case "rolledBack":
      return [
        `${time} rolled back${event.reason === undefined ? "" : `: ${printable(event.reason)}`}`,
        ...indent(renderChanges(event.changes, view)),
        `  ${style("good", `revision ${event.revision}`)} has the value of revision ${event.to}`,
      ];
    case "componentFailed":
      return [`${time} ${style("bad", printable(event.error.message))}`];
    case "stateFailed":
      return [`${time} ${style("bad", printable(event.error.message))}`];
    case "confirmed":
      return [`${time} revision ${event.revision} is ${style("good", "confirmed")}`];
    case "recovered":
      return [`  ${style("good", "valid again")}, same as revision ${event.revision}`];
    case "sourceStale": {
      const source = style("strong", printable(event.source));
      return [
        `${time} ${source} is stale, what it gave last is used: ${printable(event.error.message)}`,
      ];
    }
    case "sourceRestored":
      return [`${time} ${style("strong", printable(event.source))} is up to date again`];
    case "watcherChanged": {
      const { watcher, directory, reason, remedy } = event;
      const how = watcher === "poll" ? "now polled" : "watched anew by events";
      return [
        `${time} ${style("strong", displayPath(directory, cwd))} is ${how}: ${printable(reason)}`,
        ...(remedy === undefined ? [] : [`  ${printable(remedy)}`]),
      ];
    }
    case "handlerFailed":
      return [`${time} ${style("bad", "a handler failed")}: ${printable(event.error.message)}`];
    case "healthChanged":
      // Whatever makes it another has lines of its own.
      return [];
    case "alertFailed":
      return [`${time} ${style("bad", "an alert was lost")}: ${printable(event.error.message)}`];
  }
}

function renderFailure(failure: Failure, view: View): string[] {
  const issues = failure.type === "validationFailed" ? failure.issues : [issueOf(failure)];
  return renderIssues(issues, view);
}

function issueOf({ error }: ReloadFailedEvent): { path: string; message: string } {
  const isPlaced = error instanceof ParseError || error instanceof SourceError;
  const message = isPlaced ? error.reason : error.message;
  return { path: "", message, ...placeOfError(error) };
}

function describeCommit({ changes, latencyMs, settledBy }: ReloadSucceededEvent): string {
  const what = changes.length === 0 ? "no value changed" : count(changes.length, "change");
  const why = settledBy === undefined ? "" : `, settled by ${settledBy}`;
  return `${what}, ${formatMs(latencyMs)}${why}`;
}

function describeWatching(report: ReadyReport): Readonly<Record<string, string>> {
  const { runtime, watcher, polling, debounce, schema } = report;
  return {
    runtime,
    watcher: describeWatcher(watcher, polling),
    debounce: `${debounce.strategy}, ${debounce.baseDelayMs} ms of quiet, ` +
      `at most ${debounce.maxDelayMs} ms`,
    schema: schema ?? "none (see --schema)",
  };
}

function describeWatcher(watcher: WatcherName, polling: Polling | undefined): string {
  if (polling === undefined) return watcher === "poll" ? "polling" : `${watcher} events`;
  const { ms, askedBy } = polling;
  return `polling every ${ms} ms${askedBy === "--poll" ? "" : `, as ${askedBy} says`}`;
}
