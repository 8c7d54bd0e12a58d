/** What the tests of every format share: parsing, refusals and the text at a path. */

import assert from "node:assert/strict";
import { ParseError } from "../../src/errors.ts";
import type { FormatLimits, ParsedDocument, PositionedFormat } from "../../src/format/format.ts";
import type { KeyPath } from "../../src/key_path.ts";

/** The documented defaults. */
export const LIMITS: FormatLimits = { maxDepth: 100, maxNodes: 100_000 };

/** Parses `text` as the file `app`. */
export async function parse(
  format: PositionedFormat,
  text: string,
  limits: Partial<FormatLimits> = {},
): Promise<ParsedDocument> {
  const parser = await format.open();
  return parser(text, "app", { ...LIMITS, ...limits });
}

/** The error with which `text` is refused. */
export async function refusal(
  format: PositionedFormat,
  text: string,
  limits: Partial<FormatLimits> = {},
): Promise<ParseError> {
  const error: unknown = await parse(format, text, limits).then(
    () => assert.fail(`accepted: ${text.slice(0, 80)}`),
    (thrown) => thrown,
  );
  assert.ok(error instanceof ParseError, String(error));
  assert.equal(error.file, "app");
  return error;
}

/** `line:column` of `path`, or `nowhere`. */
export function place(document: ParsedDocument, path: KeyPath): string {
  const position = document.locate(path);
  return position ? `${position.line}:${position.column}` : "nowhere";
}

/** What stands in `text` from the place of `path` on; lines end with a line feed. */
export function textAt(document: ParsedDocument, text: string, path: KeyPath): string {
  const position = document.locate(path);
  assert.ok(position, `nothing at ${JSON.stringify(path)} in\n${text}`);
  const lines = text.split("\n").slice(position.line - 1);
  lines[0] = lines[0]!.slice(position.column - 1);
  return lines.join("\n");
}
