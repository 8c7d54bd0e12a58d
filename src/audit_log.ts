/**
 * The audit line: one record for each revision, with what it changed.
 *
 * @module
 */

import type { Change, ReloadSucceededEvent, RolledBackEvent } from "./events.ts";
import { formatValue } from "./format_value.ts";
import { firstFiles } from "./intake_log.ts";
import type { Log } from "./log.ts";
import { count, printable } from "./printable.ts";

/** More changes than that are counted and not shown. */
const MOST_CHANGES = 50;

/** Columns of a value; a longer one is shortened in the middle. */
const WIDEST_VALUE = 60;

/** A longer path is cut. */
const LONGEST_PATH = 200;

/** One change in the record; values are text, a secret is `[secret]`. */
interface AuditedChange extends Pick<Change, "kind" | "file" | "line" | "variable" | "source"> {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

/** Writes the record of the first revision. */
export function auditStart(
  log: Log,
  { revision, checksum, files }: {
    readonly revision: number;
    readonly checksum: string;
    readonly files: readonly string[];
  },
): void {
  log.audit.info?.("Revision {revision} (start), checksum {checksum}", {
    revision,
    cause: "start",
    ...firstFiles(files),
    checksum,
  });
}

/** Writes the record of a revision after `before`. */
export function auditCommit(
  log: Log,
  before: number,
  event: ReloadSucceededEvent | RolledBackEvent,
): void {
  const info = log.audit.info;
  if (info === undefined) return;
  const { revision, checksum } = event;
  const cause = event.type === "rolledBack" ? "rollback" : event.cause;
  const files = event.type === "rolledBack" ? [] : event.files;
  const changes = event.changes.slice(0, MOST_CHANGES).map(audited);
  const leftOut = event.changes.length - changes.length;
  const shown = changes.map(lineOf);
  if (leftOut > 0) shown.push(`… and ${count(leftOut, "more change")}`);
  const why = event.type === "rolledBack" ? `${cause} to ${event.to}` : cause;
  const line = `Revision ${before} → ${revision} (${why}): ${shown.join("; ")}`;
  info(`${asTemplate(line)}; checksum {checksum}`, {
    revision,
    before,
    cause,
    ...(event.type === "rolledBack" && { to: event.to }),
    ...firstFiles(files),
    changes,
    leftOut,
    checksum,
  });
}

function audited(change: Change): AuditedChange {
  const { path, kind, before, after, file, line, variable, source } = change;
  const shown = (value: unknown) => formatValue(value, WIDEST_VALUE);
  return {
    path: path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path,
    kind,
    ...(Object.hasOwn(change, "before") && { before: shown(before) }),
    ...(Object.hasOwn(change, "after") && { after: shown(after) }),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(variable !== undefined && { variable }),
    ...(source !== undefined && { source }),
  };
}

function lineOf({ path, kind, before, after }: AuditedChange): string {
  const what = printable(path === "" ? "(everything)" : path);
  if (kind === "added") return `${what}: added ${after ?? ""}`;
  if (kind === "removed") return `${what}: removed, was ${before ?? ""}`;
  return before === undefined ? `${what}: changed` : `${what}: ${before} → ${after}`;
}

/** The text as a message in which no brace stands for a property. */
function asTemplate(text: string): string {
  return text.replaceAll("{", "{{").replaceAll("}", "}}");
}
