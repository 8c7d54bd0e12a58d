/** What has to hold for every text, whatever it is. */

import { isDeepStrictEqual } from "node:util";
import { diff } from "../src/diff.ts";
import { ParseError } from "../src/errors.ts";
import { decodeText } from "../src/format/decode.ts";
import type { DocumentParser, FormatLimits, ParsedDocument } from "../src/format/format.ts";
import { selectFormat } from "../src/format/select.ts";
import { freezeShared } from "../src/freeze.ts";
import { getAt, type KeyPath } from "../src/key_path.ts";
import { mergeLayers } from "../src/merge.ts";
import { type Extension, EXTENSIONS, type Sample } from "./corpus.ts";

/** The documented defaults. */
export const LIMITS: FormatLimits = { maxDepth: 100, maxNodes: 100_000 };

/** Limits that many small texts cross. */
const TIGHT: FormatLimits = { maxDepth: 4, maxNodes: 20 };

/** Most values that are located in one text; more of them would measure this program. */
const MOST_LOCATED = 2_000;

/** What became of a text. */
export type Outcome = "accepted" | "empty" | "refused";

/** The parsers of all formats. */
export type Parsers = ReadonlyMap<Extension, DocumentParser>;

/** Loads the parsers of all formats. */
export async function openParsers(): Promise<Parsers> {
  const opened = EXTENSIONS.map(async (extension) =>
    [extension, await selectFormat(`a${extension}`)!.open()] as const
  );
  return new Map(await Promise.all(opened));
}

const BASE = Object.freeze({ server: Object.freeze({ port: 1 }), a: Object.freeze([1]) });

const GLOBALS: readonly object[] = [
  Object.prototype,
  Array.prototype,
  String.prototype,
  Number.prototype,
  Boolean.prototype,
  Function.prototype,
  Map.prototype,
  Object,
];
const KEYS_BEFORE = GLOBALS.map((object) => Reflect.ownKeys(object).length);

/**
 * Sends a text all the way: bytes, parser, limits, merge, freeze, differences, places.
 *
 * @throws {Error} When something does not hold; the message says what.
 */
export function examine({ extension, bytes }: Sample, parsers: Parsers): Outcome {
  try {
    return travel(bytes, parsers.get(extension)!);
  } finally {
    checkGlobals();
  }
}

function travel(bytes: Uint8Array, parse: DocumentParser): Outcome {
  let text: string | undefined;
  let document: ParsedDocument;
  try {
    text = decodeText(bytes, "file");
    checkLimited(text, parse);
    document = parse(text, "file", LIMITS);
  } catch (error) {
    checkRefusal(error, text ?? new TextDecoder().decode(bytes));
    return "refused";
  }
  if (document.value === undefined) return "empty";
  checkPlain(document.value);
  checkPlaces(document, text);
  checkTravel(document.value);
  return "accepted";
}

function checkLimited(text: string, parse: DocumentParser): void {
  try {
    parse(text, "file", TIGHT);
  } catch (error) {
    checkRefusal(error, text);
  }
}

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

function checkGlobals(): void {
  GLOBALS.forEach((object, index) => {
    const before = KEYS_BEFORE[index];
    const name = Object.prototype.toString.call(object);
    demand(Reflect.ownKeys(object).length === before, `${name} has other keys than before`);
  });
}

function checkRefusal(error: unknown, text: string): void {
  demand(error instanceof ParseError, `threw ${error}`);
  const { line, column, cause, reason } = error;
  demand(line !== undefined && column !== undefined, `no place: ${reason}`);
  demand(isInside({ line, column }, linesOf(text)), `place ${line}:${column} outside: ${reason}`);
  demand(cause === undefined, `keeps a cause, which may quote the file: ${reason}`);
}

/** Whether a place is in the text, or directly behind a line of it. */
function isInside(
  { line, column }: { line: number; column: number },
  lines: readonly string[],
): boolean {
  const own = lines[line - 1];
  return Number.isInteger(line) && Number.isInteger(column) && own !== undefined && column >= 1 &&
    column <= own.length + 1;
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/u);
}

/** Only ordinary objects, arrays and scalars, within the limits, and nothing inside itself. */
function checkPlain(root: unknown): void {
  const inside = new Set<object>();
  let nodes = 0;
  const visit = (value: unknown): void => {
    nodes++;
    demand(nodes <= LIMITS.maxNodes, "more values than maxNodes");
    if (typeof value !== "object" || value === null) {
      demand(value === null || /^(?:string|number|boolean)$/u.test(typeof value), typeof value);
      return;
    }
    demand(!inside.has(value), "a value contains itself");
    demand(inside.size < LIMITS.maxDepth, "deeper than maxDepth");
    const prototype = Array.isArray(value) ? Array.prototype : Object.prototype;
    demand(Object.getPrototypeOf(value) === prototype, "an unusual prototype");
    inside.add(value);
    for (const key of Reflect.ownKeys(value)) {
      demand(typeof key === "string" && key !== "__proto__", `the key ${String(key)}`);
      const property = Object.getOwnPropertyDescriptor(value, key)!;
      demand("value" in property, `${key} is an accessor`);
      if (!Array.isArray(value) || key !== "length") visit(property.value);
    }
    inside.delete(value);
  };
  visit(root);
}

function checkPlaces({ value, locate }: ParsedDocument, text: string): void {
  const lines = linesOf(text);
  let left = MOST_LOCATED;
  const visit = (value: unknown, path: KeyPath): void => {
    if (left-- <= 0) return;
    const place = locate(path);
    demand(place !== undefined, `no place for ${JSON.stringify(path)}`);
    const where = `${JSON.stringify(path)} at ${place.line}:${place.column}`;
    demand(isInside(place, lines), `place outside the text: ${where}`);
    if (typeof value !== "object" || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      visit(member, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  visit(value, []);
}

/** Merging, freezing and comparing lose nothing, and leave what they are given alone. */
function checkTravel(value: unknown): void {
  const before = structuredClone(value);
  const first = freezeShared(undefined, mergeLayers([BASE]));
  const merged = mergeLayers([BASE, value]);
  const frozen = freezeShared(first, merged);
  demand(isDeepStrictEqual(value, before), "merging changed the layer");
  demand(isDeepStrictEqual(frozen, merged), "freezing changed the value");
  demand(Object.is(freezeShared(frozen, mergeLayers([BASE, value])), frozen), "not shared");
  demand(diff(frozen, frozen).length === 0, "differs from itself");
  for (const { path, kind, before, after } of diff(first, frozen)) {
    const name = `the difference at ${JSON.stringify(path)}`;
    demand(kind === "removed" || Object.is(getAt(frozen, path), after), `${name}: after`);
    demand(kind === "added" || Object.is(getAt(first, path), before), `${name}: before`);
  }
  checkFrozen(frozen);
}

function checkFrozen(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  demand(Object.isFrozen(value), "a part is not frozen");
  for (const member of Object.values(value)) checkFrozen(member);
}
