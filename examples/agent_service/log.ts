/**
 * What the service says about its configuration: one entry for each thing that happens.
 *
 * @module
 */

import { type Change, type ConfigEvent, formatIssue, formatPlace } from "../../mod.ts";

/** One line of the log. */
export interface LogEntry {
  /** How much it matters. */
  readonly level: "info" | "warn" | "error";
  /** The line. */
  readonly message: string;
  /** Stack of the error, when there is one. */
  readonly stack?: string;
}

/** Takes entries. */
export type Log = (entry: LogEntry) => void;

/** Old and new value of one change, for the audit: `providers.mock.reply: "a" → "b" (file:3)`. */
export function formatChange({ path, before, after, ...place }: Change): string {
  const from = before === undefined ? "(none)" : JSON.stringify(before);
  const to = after === undefined ? "(none)" : JSON.stringify(after);
  const where = formatPlace(place);
  return `${path}: ${from} → ${to}${where === "" ? "" : ` (${where})`}`;
}

/** The entries that tell of `event`. */
export function describeEvent(event: ConfigEvent): LogEntry[] {
  switch (event.type) {
    case "fileChanged": {
      const from = event.oldPath === undefined ? "" : ` from ${event.oldPath}`;
      return [{ level: "info", message: `${event.path} was ${event.kind}${from}` }];
    }
    case "reloadSucceeded":
    case "rolledBack": {
      const how = event.type === "rolledBack"
        ? `went back from revision ${event.from} to the settings of revision ${event.to}` +
          (event.reason === undefined ? "" : `: ${event.reason}`)
        : `took new settings in ${event.durationMs.toFixed(1)} ms`;
      return [`revision ${event.revision}: ${how}`, ...event.changes.map(formatChange)]
        .map((message) => ({ level: "info", message }));
    }
    case "validationFailed":
      return event.issues.map((issue) => ({
        level: "warn",
        message: `revision ${event.revision} stays, ValidationError: ${formatIssue(issue)}`,
      }));
    case "reloadFailed":
      return [{
        level: "error",
        message: `revision ${event.revision} stays, ${event.error.name}: ${event.error.message}`,
        stack: event.error.stack,
      }];
    case "componentFailed":
      return [{ level: "error", message: event.error.message, stack: event.error.stack }];
    case "confirmed":
      return [{ level: "info", message: `revision ${event.revision} is confirmed` }];
    case "recovered":
      return [{ level: "info", message: `revision ${event.revision} is what the files say again` }];
    case "sourceStale":
      return [{ level: "warn", message: `${event.source} is stale: ${event.error.message}` }];
    case "sourceRestored":
      return [{ level: "info", message: `${event.source} is up to date again` }];
    case "watcherChanged":
      return [{
        level: "warn",
        message: `${event.directory} is watched by ${event.watcher} now: ${event.reason}`,
      }];
    case "handlerFailed":
      return [{
        level: "error",
        message: `${event.listener} failed: ${event.error.message}`,
        stack: event.error.stack,
      }];
    case "healthChanged":
      // Whatever makes it another has an entry of its own.
      return [];
    case "stateFailed":
      return [{ level: "error", message: event.error.message }];
    case "alertFailed":
      return [{ level: "error", message: `an alert was lost: ${event.error.message}` }];
  }
}
