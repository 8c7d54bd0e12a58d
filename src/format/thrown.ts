/**
 * What parsers throw, turned into the library's own error.
 *
 * @module
 */

import { ParseError, type ParseErrorOptions } from "../errors.ts";
import type { Position } from "../issue.ts";
import { toError } from "../to_error.ts";

/** Why a parser gave up, and where. */
export type Explanation = Omit<ParseErrorOptions, "file">;

/**
 * Reason and position of a thrown value, from what parsers commonly attach to it: a `mark` with
 * line and column from 0, or both on the error from 1; `reason`, or the message's first line.
 */
export function explainThrown(thrown: unknown): Explanation {
  const error: Error & { reason?: unknown; mark?: unknown } = toError(thrown);
  return {
    reason: shorten(
      typeof error.reason === "string" ? error.reason : error.message.split("\n", 1)[0]!,
    ),
    position: positionOf(error.mark, 0) ?? positionOf(error, 1),
  };
}

const LONGEST_REASON = 200;

/** A reason may quote a name from the text, which may be megabytes long. */
function shorten(reason: string): string {
  if (reason.length <= LONGEST_REASON) return reason;
  return `${reason.slice(0, LONGEST_REASON - 40)}…${reason.slice(-20)}`;
}

function positionOf(holder: unknown, first: 0 | 1): Position | undefined {
  // In Bun every error has a line and a column of the program, but these are not enumerable.
  const { line, column } = { ...Object(holder) } as { line?: unknown; column?: unknown };
  if (!Number.isInteger(line) || !Number.isInteger(column)) return undefined;
  return { line: line as number + 1 - first, column: column as number + 1 - first };
}

/**
 * Returns what `parse` returns.
 *
 * @throws {ParseError} When `parse` throws anything; another error is put into words by `explain`.
 */
export function parseOrExplain<T>(
  file: string,
  parse: () => T,
  explain: (thrown: unknown) => Explanation,
): T {
  try {
    return parse();
  } catch (thrown) {
    if (thrown instanceof ParseError) throw thrown;
    throw new ParseError({ file, ...explain(thrown) });
  }
}
