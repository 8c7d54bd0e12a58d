/**
 * The YAML format: YAML 1.2 core schema with `<<` merge keys.
 *
 * @module
 */

import type { Event, Schema } from "js-yaml";
import { ParseError } from "../errors.ts";
import { INEXACT_REASON, isInexactInteger } from "./exact.ts";
import type { FormatLimits, ParsedDocument, PositionedFormat } from "./format.ts";
import { checkLimits, tooManyReason } from "./limits.ts";
import { createLocate, positionAt } from "./place.ts";
import { parseOrExplain } from "./thrown.ts";
import { buildAgain, type BuiltYaml, type YamlText } from "./yaml_again.ts";
import { eventsWithStarts, offsetOfEvent } from "./yaml_events.ts";
import { isCertainlyWithinLimits } from "./yaml_limits.ts";
import { openYamlPlaces, type YamlLibrary } from "./yaml_places.ts";
import { explainYamlError } from "./yaml_reason.ts";

/** YAML 1.2 with merge keys; one document a file. A document of comments only is empty. */
export const yaml: PositionedFormat = {
  name: "yaml",
  async open() {
    const library = await import("js-yaml");
    const schema = library.CORE_SCHEMA.withTags(library.mergeTag);
    return (text, file, limits) => parseYaml({ library, schema, file, limits }, text);
  },
};

/** The parser counts the scalar in the deepest object, and once more where block style ends. */
const EXTRA_LEVELS = 2;

/** A key, a begin and an end: a text with more events has too many values, and is not built. */
const EVENTS_PER_NODE = 3;

/** What is the same for each text of a file. */
interface Context {
  readonly library: YamlLibrary;
  readonly schema: Schema;
  readonly file: string;
  readonly limits: FormatLimits;
}

function parseYaml(context: Context, text: string, last?: BuiltYaml): ParsedDocument {
  return parseOrExplain(
    context.file,
    () => parseText(context, text, last),
    (thrown) => explainYamlError(thrown, text, context.limits),
  );
}

function parseText(context: Context, text: string, last: BuiltYaml | undefined): ParsedDocument {
  const { library, schema, file, limits } = context;
  const events = library.parseEvents(text, { maxDepth: limits.maxDepth + EXTRA_LEVELS });
  refuseSecondDocument(library, text, events, file);
  const mostEvents = EVENTS_PER_NODE * limits.maxNodes + EVENTS_PER_NODE;
  if (events.length > mostEvents) {
    const position = positionAt(text, offsetOfEvent(events, mostEvents));
    throw new ParseError({ file, reason: tooManyReason(limits), position });
  }
  if (isEmpty(library, events)) return { value: undefined, locate: () => undefined };
  checkIntegers(library, text, events, file);
  const isWithin = isCertainlyWithinLimits(library, text, events, limits);
  const shared = isWithin && last ? tryAgain(context, last, { text, events }) : undefined;
  const value = shared ?? construct(library, schema, text, events, limits)[0];
  const document: ParsedDocument = {
    value,
    locate: createLocate(text, () => openYamlPlaces(library, schema, text, events)),
    again: (nextText, value) => parseYaml(context, nextText, { text, events, value }),
  };
  if (!isWithin) checkLimits(document, file, limits);
  return document;
}

function tryAgain({ library, schema }: Context, last: BuiltYaml, next: YamlText): unknown {
  try {
    return buildAgain(library, schema, last, next);
  } catch {
    // Building all of it says what is wrong, and where.
    return undefined;
  }
}

function construct(
  library: YamlLibrary,
  schema: Schema,
  text: string,
  events: Event[],
  limits: FormatLimits,
): unknown[] {
  const options = { source: text, schema, maxTotalMergeKeys: limits.maxNodes };
  try {
    return library.constructFromEvents(events, options);
  } catch (error) {
    // What the library knows no place for, it says stands at the start.
    if ((error as { mark?: { position?: number } }).mark?.position !== 0) throw error;
    return library.constructFromEvents(eventsWithStarts(library, text, events), options);
  }
}

const SHORTEST_INEXACT = "9007199254740993".length;
const OTHER_TAG = /^!(?!!(?:int|float)$)/u;

/** Refuses a plain scalar that is an integer and would come out as another one. */
function checkIntegers(
  { EVENT_ID, SCALAR_STYLE }: YamlLibrary,
  text: string,
  events: readonly Event[],
  file: string,
): void {
  for (const event of events) {
    if (event.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.PLAIN) continue;
    if (event.valueEnd - event.valueStart < SHORTEST_INEXACT) continue;
    if (event.tagStart >= 0 && OTHER_TAG.test(text.slice(event.tagStart, event.tagEnd))) continue;
    if (!isInexactInteger(text.slice(event.valueStart, event.valueEnd))) continue;
    throw new ParseError({
      file,
      reason: INEXACT_REASON,
      position: positionAt(text, event.valueStart),
    });
  }
}

/** Whether there is no document, or one with neither content nor a tag or an anchor. */
function isEmpty({ EVENT_ID }: YamlLibrary, events: readonly Event[]): boolean {
  const root = events[1];
  if (root === undefined) return true;
  return events.length === 3 && root.type === EVENT_ID.SCALAR &&
    root.valueStart < 0 && root.tagStart < 0 && root.anchorStart < 0;
}

/** What ends the first document or starts the second; it stands in no other place. */
const MARKER = /(?<![^\r\n])(?:---|\.\.\.)(?!\S)/gu;

function refuseSecondDocument(
  { EVENT_ID }: YamlLibrary,
  text: string,
  events: readonly Event[],
  file: string,
): void {
  const first = events[0];
  const others = events.findIndex(({ type }, index) => index > 0 && type === EVENT_ID.DOCUMENT);
  if (others < 0) return;
  const isExplicit = first !== undefined && "explicitStart" in first && first.explicitStart;
  const markers = text.matchAll(MARKER);
  if (isExplicit) markers.next();
  const offset: number = markers.next().value?.index ?? 0;
  throw new ParseError({
    file,
    reason: "the file holds several documents; only one is allowed",
    position: positionAt(text, offset),
  });
}
