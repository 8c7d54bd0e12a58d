/**
 * What the alerts of events say.
 *
 * @module
 */

import { ConfirmError, ParseError, SourceError } from "../errors.ts";
import type {
  ConfigEvent,
  HealthChangedEvent,
  ReloadCause,
  ReloadFailedEvent,
  RolledBackEvent,
  ValidationFailedEvent,
} from "../events.ts";
import { type HealthReason, subjectsOf } from "../health_reason.ts";
import type { Issue } from "../issue.ts";
import { isLasting } from "../outcome.ts";
import type { Alert, AlertKind } from "./alert.ts";
import { firstFiles, firstIssues, issueLines, line, textOf } from "./alert_text.ts";
import type { FailureGroup, Recovery } from "./told_failures.ts";

/** An alert before it is known how often the same was left out. */
export interface Draft extends Omit<Alert, "leftOut"> {
  /** The same for alerts that say the same. */
  readonly key: string;
  /** What it is over with; absent where it has no end. */
  readonly group?: FailureGroup;
}

/** Changed paths that are named. */
const MOST_PATHS = 5;

/**
 * What to alert of an event; `undefined`: nothing.
 *
 * @param given Cause of the revision that a rollback takes back.
 */
export function draftOf(event: ConfigEvent, given: ReloadCause): Draft | undefined {
  if (event.type === "reloadFailed") return reloadFailed(event);
  if (event.type === "validationFailed") return validationFailed(event);
  if (event.type === "rolledBack") return rolledBack(event, given);
  return event.type === "healthChanged" ? unwell(event) : undefined;
}

/** The end of failures. */
export interface End {
  readonly group: FailureGroup;
  /** Number of the snapshot that runs. */
  readonly revision: number;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
}

/** What is over with an event; `undefined`: nothing. */
export function endOf(event: ConfigEvent): End | undefined {
  // What has to be confirmed may be taken back.
  const isAccepted = event.type === "recovered" || event.type === "confirmed" ||
    (event.type === "reloadSucceeded" && event.confirmBy === undefined);
  if (isAccepted) return { group: "refused", revision: event.revision, at: event.at };
  if (event.type !== "healthChanged" || otherReasons(event).length > 0) return undefined;
  return { group: "health", revision: event.revision, at: event.at };
}

/** The alert that something is over. */
export function recovered({ group, revision, at }: End, { count, since }: Recovery): Alert {
  const times = count === 1 ? "once" : `${count} times`;
  return {
    kind: "recovered",
    severity: "info",
    title: group === "refused"
      ? `Configuration accepted again, revision ${revision} runs`
      : `Watching is as it should be again, revision ${revision} runs`,
    text: group === "refused"
      ? `It had been refused ${times}, since ${since}`
      : `It had not been since ${since}`,
    revision,
    issues: [],
    files: [],
    leftOut: 0,
    at,
  };
}

function reloadFailed(event: ReloadFailedEvent): Draft | undefined {
  const { error, revision, cause, files, at } = event;
  // It may work the next time, and is told when it did not the last time.
  if (event.retryInMs !== undefined) return undefined;
  const text = textOf([error.message]);
  return {
    ...groupedOf("reloadFailed", text, cause),
    kind: "reloadFailed",
    severity: "warning",
    title: titleOf(event),
    text,
    revision,
    issues: firstIssues(issuesOf(error)),
    files: firstFiles(files),
    cause,
    at,
  };
}

function validationFailed(event: ValidationFailedEvent): Draft {
  const { issues, revision, cause, files, at } = event;
  const text = textOf(issueLines(issues));
  return {
    ...groupedOf("validationFailed", text, cause),
    kind: "validationFailed",
    severity: "warning",
    title: `${subjectOf(cause)} refused, revision ${revision} stays`,
    text,
    revision,
    issues: firstIssues(issues),
    files: firstFiles(files),
    cause,
    at,
  };
}

function rolledBack(
  { revision, from, to, reason, changes, at }: RolledBackEvent,
  given: ReloadCause,
): Draft {
  const paths = changes.slice(0, MOST_PATHS).map(({ path }) => path || "everything");
  const more = changes.length - paths.length;
  const changed = `Other values now: ${paths.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const text = textOf(reason === undefined ? [changed] : [reason, changed]);
  return {
    // Whoever asks for it twice means it.
    ...(reason === undefined
      ? { key: `rolledBack ${revision}`, severity: "info" }
      : { ...groupedOf("rolledBack", text, given), severity: "warning" }),
    kind: "rolledBack",
    title: `Rolled back from revision ${from} to the values of revision ${to}`,
    text,
    revision,
    issues: [],
    files: [],
    at,
  };
}

function unwell(event: HealthChangedEvent): Draft | undefined {
  const { status, revision, at } = event;
  const reasons = otherReasons(event);
  if (status === "ok" || reasons.length === 0) return undefined;
  const text = textOf(reasons.map(({ message }) => message));
  return {
    // Of the same kind, it was told with other details.
    key: `${status} ${subjectsOf(reasons)}`,
    group: "health",
    kind: status,
    severity: status === "failing" ? "critical" : "warning",
    title: line(`Health is ${status}, revision ${revision} runs`),
    text,
    revision,
    issues: [],
    files: [],
    at,
  };
}

/**
 * What the sources hold is refused until they hold something else; a call was, and that is all. The
 * same failure has the same key, whatever runs.
 */
function groupedOf(
  kind: AlertKind,
  text: string,
  cause: ReloadCause,
): Required<Pick<Draft, "group" | "key">> {
  const group = isLasting(cause) ? "refused" : "call";
  return { group, key: `${group} ${kind} ${text.replaceAll(/\brevision \d+/giu, "revision")}` };
}

function subjectOf(cause: ReloadCause): string {
  if (cause === "sources") return "Other sources";
  // Nobody asked for it: what was not confirmed was to be left.
  if (cause === "confirm-failed") return "Going back";
  return cause === "rollback" ? "Rollback" : "Configuration";
}

function titleOf({ error, revision, cause }: ReloadFailedEvent): string {
  if (error instanceof ConfirmError) return `Revision ${revision} runs, and is not confirmed`;
  const isUnreadable = error instanceof ParseError || error instanceof SourceError;
  const why = isUnreadable ? "can't be loaded" : "refused";
  return `${subjectOf(cause)} ${why}, revision ${revision} stays`;
}

/**
 * Why it is not well, beside a refused change, which has an alert of its own, and a pause, which
 * somebody asked for.
 */
function otherReasons({ reasons }: HealthChangedEvent): readonly HealthReason[] {
  return reasons.filter(({ kind }) => kind !== "refused" && kind !== "paused");
}

function issuesOf(error: Error): readonly Issue[] {
  if (error instanceof ParseError) {
    const { file, line, column, reason: message } = error;
    return [{ path: "", message, file, ...(line && { line }), ...(column && { column }) }];
  }
  if (!(error instanceof SourceError)) return [];
  return [{ path: "", message: error.reason, file: error.file }];
}
