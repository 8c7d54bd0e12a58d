/**
 * The TOML format.
 *
 * @module
 */

import { INEXACT_REASON } from "./exact.ts";
import type { FormatLimits, ParsedDocument, PositionedFormat } from "./format.ts";
import { checkLimits, tooDeepReason } from "./limits.ts";
import { createLocate } from "./place.ts";
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
  const table = library.parse(text, { maxDepth: limits.maxDepth });
  if (Object.keys(table).length === 0) return { value: undefined, locate: () => undefined };
  const locate = createLocate(text, () => openTomlPlaces(text));
  checkLimits({ value: table, locate }, file, limits);
  return { value: toPlain(table, dateToText), locate };
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
