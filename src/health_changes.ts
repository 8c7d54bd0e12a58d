/**
 * Tells when the state of a handle becomes another.
 *
 * @module
 */

import type { ConfigEvent, HealthChangedEvent, HealthStatus } from "./events.ts";
import type { Health } from "./health.ts";

/** What says nothing about the state of a handle. */
const IRRELEVANT: ReadonlySet<ConfigEvent["type"]> = new Set(
  ["fileChanged", "handlerFailed", "healthChanged", "alertFailed"] as const,
);

/** A number that stands alone, such as a time or a revision, but not one in the name of a file. */
const NUMBER = /(?<=\s)\d+(?:\.\d+)?(?=[\s,]|$)/gu;

/** Whether the state of a handle may be another after such an event. */
export function concernsHealth(type: ConfigEvent["type"]): boolean {
  return !IRRELEVANT.has(type);
}

/** What the state of a handle was when it was looked at last; at first it is `ok`. */
export class HealthChanges {
  #status: HealthStatus = "ok";
  #kinds = "";

  /** What became of the state since the last look; `undefined` when it is the same. */
  look({ status, reasons, revision }: Health, at: string): HealthChangedEvent | undefined {
    const before = this.#status;
    const kinds = kindsOf(reasons);
    if (status === before && kinds === this.#kinds) return undefined;
    this.#status = status;
    this.#kinds = kinds;
    return { type: "healthChanged", status, before, reasons, revision, at };
  }
}

/** What reasons are about: the same for those of the same kinds, whatever their details. */
export function kindsOf(reasons: readonly string[]): string {
  return [...new Set(reasons.map(kindOf))].sort().join("\n");
}

/** What a reason is about, without the details that change while it stays. */
function kindOf(reason: string): string {
  return reason.split(": ", 1)[0]!.replace(NUMBER, "…");
}
