/**
 * Tells when the state of a handle becomes another.
 *
 * @module
 */

import type { ConfigEvent, HealthChangedEvent, HealthStatus } from "./events.ts";
import type { Health } from "./health.ts";
import { subjectsOf } from "./health_reason.ts";

/** What says nothing about the state of a handle. */
const IRRELEVANT: ReadonlySet<ConfigEvent["type"]> = new Set(
  ["fileChanged", "handlerFailed", "healthChanged", "alertFailed"] as const,
);

/** Whether the state of a handle may be another after such an event. */
export function concernsHealth(type: ConfigEvent["type"]): boolean {
  return !IRRELEVANT.has(type);
}

/** What the state of a handle was when it was looked at last; at first it is `ok`. */
export class HealthChanges {
  #status: HealthStatus = "ok";
  #subjects = "";

  /** What became of the state since the last look; `undefined` when it is the same. */
  look({ status, reasons, revision }: Health, at: string): HealthChangedEvent | undefined {
    const before = this.#status;
    const subjects = subjectsOf(reasons);
    if (status === before && subjects === this.#subjects) return undefined;
    this.#status = status;
    this.#subjects = subjects;
    return { type: "healthChanged", status, before, reasons, revision, at };
  }
}
