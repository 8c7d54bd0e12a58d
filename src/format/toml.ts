/**
 * The TOML format.
 *
 * @module
 */

import { ParseError } from "../errors.ts";
import { INEXACT_REASON } from "./exact.ts";
import type { FormatLimits, ParsedDocument, PositionedFormat } from "./format.ts";
import { checkLimits, tooDeepReason, tooManyReason } from "./limits.ts";
import { createLocate, positionAt } from "./place.ts";
import { toPlain } from "./plain.ts";
import { explainThrown, type Explanation, parseOrExplain } from "./thrown.ts";
import { openTomlPlaces } from "./toml_places.ts";

type TomlLibrary = typeof import("smol-toml");

/** TOML 1.0; dates and times become ISO 8601 strings, integers beyond 2^53 are an error. */
export const toml: PositionedFormat = {
  name: "toml",
  async open() {
    const library = await import("smol-toml");
    return (text, file, limits) =>
      parseOrExplain(
        file,
        () => parseToml(library, text, file, limits),
        (thrown) => explainTomlError(thrown, limits),
      );
  },
};

function parseToml(
  library: TomlLibrary,
  text: string,
  file: string,
  limits: FormatLimits,
): ParsedDocument {
  refuseTooMany(text, file, limits);
  const table = library.parse(text, { maxDepth: limits.maxDepth });
  refuseImpossibleDates(text, file);
  if (Object.keys(table).length === 0) return { value: undefined, locate: () => undefined };
  const locate = createLocate(text, () => openTomlPlaces(text));
  checkLimits({ value: table, locate }, file, limits);
  return { value: toPlain(table, dateToText), locate };
}

/** Of the values and dots of a text, each takes two characters at least. */
const CHARACTERS_PER_NODE = 2;

/**
 * The parser makes the tables before anybody can count them, which takes ten seconds for 8 MB of
 * `a.a.a`; so the values of a text that may hold too many are counted before.
 */
function refuseTooMany(text: string, file: string, limits: FormatLimits): void {
  if (text.length < CHARACTERS_PER_NODE * limits.maxNodes) return;
  openTomlPlaces(text, {
    most: limits.maxNodes - 1, // and the root
    onMore(offset) {
      const position = positionAt(text, offset);
      throw new ParseError({ file, reason: tooManyReason(limits), position });
    },
  });
}

const LAST_DAYS = /\d{4}-(?:02-(?:29|3\d)|\d\d-31)/u;
const DATE = /^(\d{4})-(\d\d)-(\d\d)/u;

/** A `Date` makes the 1st of March of the 30th of February, on some runtimes. */
function refuseImpossibleDates(text: string, file: string): void {
  if (!LAST_DAYS.test(text)) return;
  openTomlPlaces(text, {
    onBareValue(written, offset) {
      const [year, month, day] = DATE.exec(written)?.slice(1).map(Number) ?? [];
      if (day === undefined || day <= daysIn(year!, month!)) return;
      const position = positionAt(text, offset);
      throw new ParseError({ file, reason: "the month has no such day", position });
    },
  });
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2) return isLeap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function dateToText(leaf: unknown): unknown {
  return leaf instanceof Date ? leaf.toISOString() : leaf;
}

/** The library's error is not kept as a cause: it quotes lines, and these may hold a secret. */
function explainTomlError(thrown: unknown, limits: FormatLimits): Explanation {
  const { reason, position } = explainThrown(thrown);
  if (reason.includes("excessively nested")) return { reason: tooDeepReason(limits), position };
  if (reason.includes("losslessly")) return { reason: INEXACT_REASON, position };
  return { reason: reason.replace(/^Invalid TOML document: /u, ""), position };
}
