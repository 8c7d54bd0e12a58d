/**
 * JSON with or without comments, from one pass over the text: value, places, limits.
 *
 * @module
 */

import type { ParseErrorCode } from "jsonc-parser";
import { ParseError } from "../errors.ts";
import { INEXACT_REASON, isInexactInteger } from "./exact.ts";
import type { DocumentParser, FormatLimits, ParsedDocument } from "./format.ts";
import {
  checkLimits,
  PROTOTYPE_KEY,
  PROTOTYPE_KEY_REASON,
  tooDeepReason,
  tooManyReason,
} from "./limits.ts";
import { createLocate, type Place, positionAt, skipAll } from "./place.ts";
import { explainThrown, parseOrExplain } from "./thrown.ts";

/** Which of the two formats is read. */
export interface JsonDialect {
  /** Whether comments and a comma after the last member are allowed. */
  readonly comments: boolean;
}

type Visit = typeof import("jsonc-parser").visit;

const REASONS: Record<ParseErrorCode, string> = {
  1: "unexpected symbol; keys and strings need double quotes",
  2: "a number is malformed",
  3: "expected a key in double quotes",
  4: "expected a value",
  5: "expected a colon",
  6: "expected a comma",
  7: "expected a closing brace",
  8: "expected a closing bracket",
  9: "unexpected content after the value",
  10: "comments are not allowed in .json; name the file .jsonc",
  11: "a comment is not closed",
  12: "a string is not closed",
  13: "a number is malformed",
  14: "a \\u escape needs four hexadecimal digits",
  15: "unknown escape sequence",
  16: "a control character in a string must be escaped",
};

/** Loads the parser of a dialect. */
export async function openJson(dialect: JsonDialect): Promise<DocumentParser> {
  const { visit } = await import("jsonc-parser");
  return (text, file, limits) =>
    parseOrExplain(file, () => parseJson(visit, text, file, limits, dialect), explainThrown);
}

interface MutablePlace extends Place {
  members?: ReadonlyMap<string, Place>;
}

/** An object or array that is being read. */
interface Frame {
  readonly container: Record<string, unknown> | unknown[];
  readonly members: Map<string, MutablePlace>;
  key: string;
}

function parseJson(
  visit: Visit,
  text: string,
  file: string,
  limits: FormatLimits,
  { comments }: JsonDialect,
): ParsedDocument {
  const frames: Frame[] = [];
  let value: unknown;
  let root: Place | undefined;

  // Throwing inside a callback stops the recursive parser, at the latest at the deepest level.
  function refuse(reason: string, offset: number): never {
    throw new ParseError({ file, reason, position: positionAt(text, offset) });
  }

  let nodes = 0;

  function put(item: unknown, offset: number): MutablePlace {
    const frame = frames.at(-1);
    nodes += 1;
    if (nodes > limits.maxNodes) {
      refuse(tooManyReason(limits), frame?.members.get(frame.key)?.offset ?? offset);
    }
    if (frame === undefined) {
      value = item;
      return root = { offset };
    }
    const { container, members } = frame;
    if (!Array.isArray(container)) {
      container[frame.key] = item;
      return members.get(frame.key)!;
    }
    const place = { offset };
    members.set(String(container.push(item) - 1), place);
    return place;
  }

  function open(container: Frame["container"], offset: number): void {
    if (frames.length >= limits.maxDepth) refuse(tooDeepReason(limits), offset);
    const members = new Map<string, MutablePlace>();
    put(container, offset).members = members;
    frames.push({ container, members, key: "" });
  }

  const close = (): void => void frames.pop();

  function checkNumber(value: number, offset: number, length: number): void {
    if (Number.isSafeInteger(value)) return;
    if (isInexactInteger(text.slice(offset, offset + length))) refuse(INEXACT_REASON, offset);
    if (!Number.isFinite(value)) refuse("the number is too large; put it in quotes", offset);
  }

  visit(text, {
    onObjectBegin: (offset) => open({}, offset),
    onObjectEnd: close,
    onArrayBegin: (offset) => open([], offset),
    onArrayEnd: close,
    onLiteralValue(literal, offset, length) {
      if (typeof literal === "number") checkNumber(literal, offset, length);
      put(literal, offset);
    },
    onObjectProperty(key, offset) {
      const frame = frames.at(-1)!;
      if (key === PROTOTYPE_KEY) refuse(PROTOTYPE_KEY_REASON, offset);
      if (frame.members.has(key)) refuse("this key occurs twice", offset);
      frame.members.set(key, { offset });
      frame.key = key;
    },
    onError: (code, offset) =>
      refuse(
        syntaxReason(code, text, offset),
        ESCAPE_CODES.has(code) ? badEscape(text, offset) : offset,
      ),
  }, { disallowComments: !comments, allowTrailingComma: comments, allowEmptyContent: true });

  const document: ParsedDocument = { value, locate: createLocate(text, () => root) };
  checkLimits(document, file, limits);
  return document;
}

/** The codes of what is wrong inside a string; the parser gives the place of the string. */
const ESCAPE_CODES: ReadonlySet<ParseErrorCode> = new Set<ParseErrorCode>([14, 15, 16]);

const GOOD_CHARACTERS = /[ !#-[\]-\u{10ffff}]{1,1000}|\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/yu;

/** The offset of the first character or escape that can't stand in the string at `offset`. */
function badEscape(text: string, offset: number): number {
  return skipAll(text, GOOD_CHARACTERS, offset + 1);
}

function syntaxReason(code: ParseErrorCode, text: string, offset: number): string {
  const character = text.charAt(offset);
  const before = text.slice(0, offset).trimEnd();
  if (/[\]}]/u.test(character) && before.endsWith(",")) {
    return "unexpected comma before the closing bracket";
  }
  if (character === "," && before.endsWith("{")) return REASONS[3];
  const isNumber = /^[-+.\d]|^(?:NaN|Infinity)\b/u.test(text.slice(offset, offset + 9)) ||
    /^\d[\w.]/u.test(text.slice(offset - 1, offset + 1));
  if (code === 1 && isNumber) return REASONS[2];
  return code === 6 && /^\d\d$/u.test(text.slice(offset - 1, offset + 1))
    ? REASONS[2]
    : REASONS[code];
}
