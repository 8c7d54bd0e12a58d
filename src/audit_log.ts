/**
 * The audit line: one record for each revision, with what it changed.
 *
 * @module
 */

import type { Change, ConfigEvent, ReloadSucceededEvent, RolledBackEvent } from "./events.ts";
import { formatValue } from "./format_value.ts";
import { firstFiles, type TopicLog } from "./log.ts";
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

/** The first revision, as far as the record tells of it. */
export interface Started {
  readonly revision: number;
  readonly checksum: string;
  readonly files: readonly string[];
  readonly cause: string;
}

/** Writes a record of each revision. */
export class AuditLog {
  readonly #log: TopicLog;
  #revision = 0;

  /** Writes to `log`. */
  constructor(log: TopicLog) {
    this.#log = log;
  }

  /** The first revision runs. */
  start({ revision, checksum, files, cause }: Started): void {
    this.#revision = revision;
    const about = { revision, cause, ...firstFiles(files), checksum };
    this.#log.info?.("Revision {revision} ({cause}); checksum {checksum}", about);
  }

  /** Another one runs, if the event tells of one. Finds out what changed if somebody listens. */
  take(event: ConfigEvent): void {
    if (event.type !== "reloadSucceeded" && event.type !== "rolledBack") return;
    const before = this.#revision;
    this.#revision = event.revision;
    const info = this.#log.info;
    if (info === undefined) return;
    const changes = event.changes.slice(0, MOST_CHANGES).map(audited);
    const leftOut = event.changes.length - changes.length;
    const lines = changes.map(lineOf);
    if (leftOut > 0) lines.push(`… and ${count(leftOut, "more change")}`);
    const { revision, checksum } = event;
    const line = `Revision ${before} → ${revision} (${reasonOf(event)}): ${lines.join("; ")}`;
    info(`${asTemplate(line)}; checksum {checksum}`, {
      revision,
      before,
      ...originOf(event),
      changes,
      leftOut,
      checksum,
    });
  }
}

function reasonOf(event: ReloadSucceededEvent | RolledBackEvent): string {
  const { cause, to } = originOf(event);
  return to === undefined ? cause : `${cause}, back to ${to}`;
}

function originOf(
  event: ReloadSucceededEvent | RolledBackEvent,
): { readonly cause: string; readonly to?: number; readonly files?: readonly string[] } {
  if (event.type === "rolledBack") {
    return { cause: event.reason === undefined ? "rollback" : "confirm-failed", to: event.to };
  }
  return { cause: event.cause, ...firstFiles(event.files) };
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
  const what = path === "" ? "(everything)" : printable(path);
  if (before === undefined && after === undefined) return `${what} ${kind}`;
  if (kind === "added") return `${what}: added ${after}`;
  return kind === "removed" ? `${what}: removed ${before}` : `${what}: ${before} → ${after}`;
}

/** The text as a message in which no brace stands for a property. */
function asTemplate(text: string): string {
  return text.replaceAll("{", "{{").replaceAll("}", "}}");
}
