/**
 * What the YAML parser's events say about places in the text.
 *
 * @module
 */

import type { Event } from "js-yaml";
import { skipAll } from "./place.ts";
import type { YamlLibrary } from "./yaml_places.ts";

/** What may stand between the end of a value and a node without content. */
const BETWEEN_NODES = /[\s"'\]},?]+|#.*/yu;

/**
 * The events with a start for those that have none, the ends of collections and empty scalars:
 * building from them again makes the library's error tell where, instead of offset 0.
 */
export function eventsWithStarts(
  { EVENT_ID }: YamlLibrary,
  text: string,
  events: readonly Event[],
): Event[] {
  const open: number[] = [];
  let reached = 0;
  return events.map((event) => {
    if (event.type === EVENT_ID.POP) return { ...event, start: open.pop() ?? reached };
    const known = offsetOf(event);
    const start = known ?? skipAll(text, BETWEEN_NODES, reached);
    reached = Math.max(reached, "valueEnd" in event ? event.valueEnd : start, known ?? 0);
    if (event.type === EVENT_ID.SCALAR) return known === undefined ? { ...event, start } : event;
    if (event.type !== EVENT_ID.ALIAS) open.push(event.type === EVENT_ID.DOCUMENT ? 0 : start);
    return event;
  });
}

/** Where the event's tag, anchor or content starts; `undefined` when it has none of them. */
function offsetOf(event: Event): number | undefined {
  const starts = [
    "tagStart" in event ? event.tagStart : -1,
    "anchorStart" in event ? event.anchorStart : -1,
    "valueStart" in event ? event.valueStart : -1,
    "start" in event ? event.start : -1,
  ].filter((start) => start >= 0);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/** Offset in the text of the event at `index`, or of the last one before it that has any. */
export function offsetOfEvent(events: readonly Event[], index: number): number {
  for (let at = Math.min(index, events.length - 1); at >= 0; at--) {
    const offset = offsetOf(events[at]!);
    if (offset !== undefined) return offset;
  }
  return 0;
}
