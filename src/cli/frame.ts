/**
 * Code frames: the line that an issue is about, and where in it.
 *
 * @module
 */

import type { Issue } from "../errors.ts";
import { isSecretName, REDACTED } from "../secrets.ts";
import { columnsOf, printable } from "../printable.ts";

/** Reads a file's text; `undefined` when it can't. */
export type ReadText = (path: string) => string | undefined;

/** Longer lines are cut around the place. */
const WIDEST_LINE = 100;

/** Characters of a long line that are shown before the place. */
const BEFORE_PLACE = 30;

/** A key or variable at the start of a line, after a dash or a brace, and what is given to it. */
const GIVEN = /^(\s*(?:[-{[,]\s*|export\s+)*["']?([\p{L}\p{N}_.-]+)["']?\s*[:=]\s*)(.*)$/u;

/**
 * Two lines: the line of the file with its number, and a mark below the column. Values of secret
 * names are hidden. Nothing when the issue has no line, or the file no such line any more.
 */
export function codeFrame({ file, line, column }: Issue, readText: ReadText): string[] {
  if (file === undefined || line === undefined) return [];
  const lines = readText(file)?.split(/\r\n|[\n\r]/u);
  const text = lines?.[line - 1];
  if (lines === undefined || text === undefined) return [];
  const shown = window(withoutSecret(lines, line - 1), column ?? 1);
  const gutter = `${line} | `;
  const blank = `${" ".repeat(String(line).length)} | `;
  return [gutter + shown.text, blank + " ".repeat(shown.column - 1) + "^"];
}

/** The part of a line around a column, printable: a tab takes one column. */
function window(text: string, column: number): { readonly text: string; readonly column: number } {
  const flat = text.replaceAll("\t", " ");
  const from = flat.length <= WIDEST_LINE ? 0 : Math.max(0, column - 1 - BEFORE_PLACE);
  const start = from === 0 ? "" : "…";
  const before = printable(flat.slice(from, column - 1));
  const shown = start + before + printable(flat.slice(Math.max(from, column - 1)));
  const isLong = shown.length > WIDEST_LINE;
  return {
    text: isLong ? `${shown.slice(0, WIDEST_LINE - 1)}…` : shown,
    column: columnsOf(start + before) + 1,
  };
}

/** The line without what it gives to a secret name, or what belongs to one above it. */
function withoutSecret(lines: readonly string[], index: number): string {
  const line = lines[index]!;
  const given = GIVEN.exec(line);
  if (given !== null && isSecretName(given[2]!)) return hide(given[1]!, given[3]!);
  if (belongsToSecret(lines, index)) return hide(given?.[1] ?? /^\s*/u.exec(line)![0], line.trim());
  return hideInner(line);
}

function hide(before: string, value: string): string {
  return value === "" ? before : before + REDACTED;
}

/** Whether a line above with a smaller indent, the first at each step outwards, is a secret's. */
function belongsToSecret(lines: readonly string[], index: number): boolean {
  let indent = indentOf(lines[index]!);
  for (let above = index - 1; above >= 0 && indent > 0; above--) {
    const line = lines[above]!;
    if (line.trim() === "" || indentOf(line) >= indent) continue;
    indent = indentOf(line);
    const name = GIVEN.exec(line)?.[2];
    if (name !== undefined && isSecretName(name)) return true;
  }
  return false;
}

function indentOf(line: string): number {
  return /^\s*/u.exec(line)![0].length;
}

/** Hides secrets further on in a line, as in `{a: 1, token: x}`. */
function hideInner(line: string): string {
  return line.replace(
    /(["']?([\p{L}\p{N}_.-]+)["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^,}\]{[]+)/gu,
    (whole, before: string, name: string, value: string) =>
      isSecretName(name) ? hide(before, value) : whole,
  );
}
