/**
 * One alert for many.
 *
 * @module
 */

import type { Alert, AlertSeverity } from "./alert.ts";
import { textOf } from "./alert_text.ts";

const SEVERITIES: readonly AlertSeverity[] = ["info", "warning", "critical"];

/** Titles that are named. */
const MOST_TITLES = 10;

/** Alerts that are not kept. */
export interface Dropped {
  /** How many they are. */
  readonly count: number;
  /** That of the worst of them. */
  readonly severity: AlertSeverity;
}

/** The most severe one. */
export function worst(severities: readonly AlertSeverity[]): AlertSeverity {
  return SEVERITIES[Math.max(...severities.map((severity) => SEVERITIES.indexOf(severity)))]!;
}

/**
 * Sums up alerts that were too many to be sent one by one.
 *
 * @param alerts Oldest first; at least one.
 * @param dropped Those that came before.
 */
export function heldBack(alerts: readonly Alert[], dropped: Dropped): Alert {
  const last = alerts.at(-1)!;
  const titles = new Map<string, number>();
  for (const { title } of alerts) titles.set(title, (titles.get(title) ?? 0) + 1);
  const lines = [...titles].slice(0, MOST_TITLES).map(([title, times]) => `${times} × ${title}`);
  const others = alerts.length + dropped.count -
    [...titles.values()].slice(0, MOST_TITLES).reduce((sum, times) => sum + times, 0);
  return {
    kind: "heldBack",
    severity: worst([dropped.severity, ...alerts.map(({ severity }) => severity)]),
    title: `${alerts.length + dropped.count} alerts in short time`,
    text: textOf([
      ...lines,
      ...(others > 0 ? [`${others} × others`] : []),
      `The last one: ${last.title}`,
      ...last.text.split("\n"),
    ]),
    revision: last.revision,
    issues: last.issues,
    files: last.files,
    leftOut: alerts.reduce((sum, { leftOut }) => sum + leftOut, 0),
    at: last.at,
  };
}
