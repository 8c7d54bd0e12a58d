/**
 * What the alerts of events say.
 *
 * @module
 */

import { type Issue, ParseError, SourceError } from "../errors.ts";
import type {
  ConfigEvent,
  HealthChangedEvent,
  ReloadFailedEvent,
  RolledBackEvent,
  ValidationFailedEvent,
} from "../events.ts";
import { REFUSED } from "../health.ts";
import type { Alert } from "./alert.ts";
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

/** What to alert of an event; `undefined`: nothing. */
export function draftOf(event: ConfigEvent): Draft | undefined {
  if (event.type === "reloadFailed") return reloadFailed(event);
  if (event.type === "validationFailed") return validationFailed(event);
  if (event.type === "rolledBack") return rolledBack(event);
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
  if (event.type === "reloadSucceeded" || event.type === "recovered") {
    return { group: "refused", revision: event.revision, at: event.at };
  }
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

function reloadFailed({ error, revision, files, at }: ReloadFailedEvent): Draft {
  const text = textOf([error.message]);
  return {
    key: `reloadFailed ${text}`,
    group: "refused",
    kind: "reloadFailed",
    severity: "warning",
    title: `Configuration can't be loaded, revision ${revision} stays`,
    text,
    revision,
    issues: firstIssues(issuesOf(error)),
    files: firstFiles(files),
    at,
  };
}

function validationFailed({ issues, revision, files, at }: ValidationFailedEvent): Draft {
  const text = textOf(issueLines(issues));
  return {
    key: `validationFailed ${text}`,
    group: "refused",
    kind: "validationFailed",
    severity: "warning",
    title: `Configuration refused, revision ${revision} stays`,
    text,
    revision,
    issues: firstIssues(issues),
    files: firstFiles(files),
    at,
  };
}

function rolledBack({ revision, from, to, changes, at }: RolledBackEvent): Draft {
  const paths = changes.slice(0, MOST_PATHS).map(({ path }) => path || "everything");
  const more = changes.length - paths.length;
  return {
    key: `rolledBack ${revision}`,
    kind: "rolledBack",
    severity: "warning",
    title: `Rolled back from revision ${from} to the values of revision ${to}`,
    text: textOf([`Other values now: ${paths.join(", ")}${more > 0 ? ` and ${more} more` : ""}`]),
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
  const text = textOf(reasons);
  return {
    key: `${status} ${text}`,
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

/** Why it is not well, beside a refused change: that has an alert of its own. */
function otherReasons({ reasons }: HealthChangedEvent): readonly string[] {
  return reasons.filter((reason) => !reason.startsWith(REFUSED));
}

function issuesOf(error: Error): readonly Issue[] {
  if (error instanceof ParseError) {
    const { file, line, column, reason: message } = error;
    return [{ path: "", message, file, ...(line && { line }), ...(column && { column }) }];
  }
  if (!(error instanceof SourceError)) return [];
  return [{ path: "", message: error.reason, file: error.file }];
}
