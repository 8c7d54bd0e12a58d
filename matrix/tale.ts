/**
 * What a subject told, for people.
 *
 * @module
 */

import type { Digest } from "./digest.ts";
import type { SubjectEvent } from "./subject_events.ts";

/** Of what is longer only the beginning and the end are told. */
const MOST_EVENTS = 16;
const MOST_GROUPS = 4;

/** Everything told, in one line; of a storm its beginning and its end. */
export function tale(told: readonly SubjectEvent[]): string {
  if (told.length <= MOST_EVENTS) return told.map(describe).join("; ") || "nothing told";
  const end = MOST_EVENTS / 2;
  const left = `${told.length - MOST_EVENTS} more`;
  return [...told.slice(0, end).map(describe), left, ...told.slice(-end).map(describe)].join("; ");
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
  if (told.length > MOST_GROUPS) told.splice(MOST_GROUPS, Infinity, "and others");
  return told.join(", ") || "nothing";
}
