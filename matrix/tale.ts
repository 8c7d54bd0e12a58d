/**
 * What a subject told, for people.
 *
 * @module
 */

import type { Digest } from "./digest.ts";
import type { SubjectEvent } from "./subject_events.ts";

/** Everything told, in one line. */
export function tale(told: readonly SubjectEvent[]): string {
  return told.map(describe).join("; ") || "nothing told";
}

/** One line of a subject's, short. */
export function describe(event: SubjectEvent): string {
  switch (event.type) {
    case "ready":
    case "commit":
      return `${event.type} ${describeDigest(event.digest)}`;
    case "change":
      return [event.kind, event.oldPath, event.path].filter(Boolean).join(" ");
    case "recovered":
      return event.type;
    case "watcher":
      return `watcher ${event.watcher} (${event.why})`;
    default:
      return `${event.type} (${event.why})`;
  }
}

/** Parts that are of the same save are told together. */
function describeDigest(digest: Digest): string {
  const names = new Map<string, string[]>();
  for (const [key, [seq, end, values]] of Object.entries(digest)) {
    const whole = `${seq}…${end} (${values} values)`;
    names.set(whole, [...names.get(whole) ?? [], key]);
  }
  const told = [...names].map(([whole, keys]) => {
    const [first, last] = [keys[0], keys.at(-1)];
    const range = first === last ? first : `${keys.length} from ${first} to ${last}`;
    return `${range} ${whole}`.trim();
  });
  return told.join(", ") || "nothing";
}
