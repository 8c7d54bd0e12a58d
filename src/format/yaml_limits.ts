/**
 * Tells from a YAML parser's events that a document crosses no limit, without looking at its value.
 *
 * @module
 */

import type { Event } from "js-yaml";
import type { FormatLimits } from "./format.ts";
import { PROTOTYPE_KEY } from "./limits.ts";
import type { YamlLibrary } from "./yaml_places.ts";

/** What a double-quoted key can hide letters in: an escaped code, or an escaped end of line. */
const HIDING_ESCAPE = /\\[uUx\r\n]/u;

/**
 * Whether the value that `events` stand for is certainly within the limits; `false` where only the
 * value itself can tell: with aliases, or when there are as many scalars as values are allowed.
 */
export function isCertainlyWithinLimits(
  { EVENT_ID: { ALIAS, DOCUMENT, POP, SCALAR } }: YamlLibrary,
  text: string,
  events: readonly Event[],
  { maxDepth, maxNodes }: FormatLimits,
): boolean {
  if (text.includes(PROTOTYPE_KEY)) return false;
  if (text.includes("\\") && HIDING_ESCAPE.test(text)) return false;
  let nodes = 0;
  let depth = 0;
  for (const { type } of events) {
    if (type === ALIAS) return false;
    if (type === POP) depth -= 1;
    else if (type === DOCUMENT) depth = 0;
    else {
      nodes += 1;
      if (type !== SCALAR && ++depth > maxDepth) return false;
    }
  }
  return nodes <= maxNodes;
}
