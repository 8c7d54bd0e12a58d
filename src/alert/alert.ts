/**
 * What an alert is, and where it goes.
 *
 * @module
 */

import type { ReloadCause } from "../events.ts";
import type { Issue } from "../issue.ts";

/**
 * What an alert tells of; `heldBack` sums up those that would have been too many.
 */
export type AlertKind =
  | "reloadFailed"
  | "validationFailed"
  | "rolledBack"
  | "degraded"
  | "failing"
  | "recovered"
  | "heldBack";

/** How much it matters: `critical` when changes are not noticed any more. */
export type AlertSeverity = "info" | "warning" | "critical";

/** Something that people should know of: frozen, without control characters and without secrets. */
export interface Alert {
  /** What it tells of. */
  readonly kind: AlertKind;
  /** How much it matters. */
  readonly severity: AlertSeverity;
  /** A line. */
  readonly title: string;
  /** Lines that say why, with `file:line:column`; at most 2,000 characters. */
  readonly text: string;
  /** Number of the snapshot that runs. */
  readonly revision: number;
  /** The first five things that are wrong. */
  readonly issues: readonly Issue[];
  /** The first twenty files whose content changed. */
  readonly files: readonly string[];
  /** Of a `reloadFailed` or `validationFailed`: why the reload ran. */
  readonly cause?: ReloadCause;
  /** How often the same was left out since it was told the last time. */
  readonly leftOut: number;
  /** When it happened, as ISO 8601 in UTC. */
  readonly at: string;
}

/** What goes with an alert. */
export interface AlertContext {
  /** Aborted when the attempt is over: it ended, took longer than `deadlineMs`, or was cut off. */
  readonly signal: AbortSignal;
}

/** Bounds on what a sink is sent. */
export interface AlertSinkOptions {
  /** Time for an attempt, in milliseconds. @default {5000} */
  readonly deadlineMs?: number;
  /** Most attempts for an alert, the first included. @default {4} */
  readonly maxAttempts?: number;
  /** Most alerts in a minute; what is more is summed up in one. @default {10} */
  readonly maxPerMinute?: number;
  /**
   * Time after which a failure is told again that did not end and happens once more, in
   * milliseconds. @default {3_600_000}
   */
  readonly repeatAfterMs?: number;
}

/**
 * Somewhere alerts go, such as a {@linkcode webhook}; write one of your own for what is none. It is
 * given one alert at a time, and nothing waits for it.
 */
export interface AlertSink extends AlertSinkOptions {
  /** What it is called in `alertFailed`. */
  readonly name: string;
  /**
   * Sends an alert. When it throws or rejects it is called again for the same alert, after a while:
   * an {@linkcode AlertError} says whether, and not before when.
   */
  send(alert: Alert, context: AlertContext): unknown;
}
