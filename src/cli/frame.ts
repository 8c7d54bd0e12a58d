/**
 * Code frames: the line that an issue is about, and where in it.
 *
 * @module
 */

import type { Issue } from "../issue.ts";
import { columnsOf, printable } from "../printable.ts";
import { REDACTED } from "../redact_text.ts";
import { hiddenIn, type Range } from "./hidden_in.ts";

/** What a file holds now. */
export interface FileText {
  /** Its text. */
  readonly text: string;
  /** Its checksum. */
  readonly checksum: string;
}

/** Reads a file; `undefined` when it can't. */
export type ReadText = (path: string) => FileText | undefined;

/** Where frames come from, and what they hide. */
export interface FrameOptions {
  /** Reads the file. */
  readonly readText: ReadText;
  /** Patterns of secrets beside the names that are secret by themselves, as the load has them. */
  readonly secrets?: readonly string[] | undefined;
}

/** Longer lines are cut around the place. */
const WIDEST_LINE = 100;

/** Characters of a long line that are shown before the place. */
const BEFORE_PLACE = 30;

/**
 * Two lines: the line of the file with its number, and a mark below the column. Values of secrets
 * are hidden. Nothing when the issue has no line, or the file no such line, or is no text; one line
 * that says so when the file is not the one that was judged any more.
 */
export function codeFrame(issue: Issue, { readText, secrets = [] }: FrameOptions): string[] {
  const { file, line, column = 1, checksum } = issue;
  if (file === undefined || line === undefined) return [];
  const found = readText(file);
  if (found === undefined) return [];
  // Its lines would be others, and what is hidden in one may stand in another.
  if (found.checksum !== checksum) return ["the file has changed since"];
  const lines = found.text.split(/\r\n|[\n\r]/u);
  const text = lines[line - 1];
  if (text === undefined || !isText(text) || !isText(found.text)) return [];
  const known = issue.isSecret ? [...secrets, issue.path] : secrets;
  const hidden = hiddenIn(lines, line - 1, { path: issue.path, secrets: known });
  const shown = window(withoutRanges({ text, column }, hidden));
  const gutter = `${line} | `;
  const blank = `${" ".repeat(String(line).length)} | `;
  return [gutter + shown.text, blank + " ".repeat(shown.column - 1) + "^"];
}

/** No character of a text: what a terminal would obey, and what stands for bytes that are none. */
const STRANGE = /(?![\t\n\r])[\p{Cc}\p{Cs}\ufffd]/gu;

/** Whether hardly any of it is no text, as after a slip or in another encoding. */
function isText(content: string): boolean {
  const strange = content.match(STRANGE)?.length ?? 0;
  return strange <= 2 || strange * 8 <= content.length;
}

/** A line and a column in it, from 1. */
interface Marked {
  readonly text: string;
  readonly column: number;
}

/** The part of a line around a column, printable: a tab takes one column. */
function window({ text, column }: Marked): Marked {
  const flat = text.replaceAll("\t", " ");
  const place = Math.min(column - 1, flat.length);
  const from = flat.length <= WIDEST_LINE ? 0 : Math.max(0, place - BEFORE_PLACE);
  const start = from === 0 ? "" : "…";
  const before = printable(flat.slice(from, place));
  const shown = start + before + printable(flat.slice(place, place + WIDEST_LINE));
  const isLong = shown.length > WIDEST_LINE || place + WIDEST_LINE < flat.length;
  return {
    text: isLong ? `${shown.slice(0, WIDEST_LINE - 1)}…` : shown,
    column: columnsOf(start + before) + 1,
  };
}

/** The line with each range replaced, and the column where it is then. */
function withoutRanges({ text, column }: Marked, ranges: readonly Range[]): Marked {
  let shown = "";
  let done = 0;
  let moved = column;
  for (const { from, to } of ranges) {
    if (from === to) continue;
    shown += text.slice(done, from) + REDACTED;
    if (column - 1 >= to) moved += REDACTED.length - (to - from);
    else if (column - 1 > from) moved += from - (column - 1);
    done = to;
  }
  return { text: shown + text.slice(done), column: moved };
}
