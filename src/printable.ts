/**
 * Text that is safe to print, and the room it takes.
 *
 * @module
 */

import * as nodePath from "node:path";

/** What a terminal obeys, what ends a line, and what moves or hides the text around it. */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Nothing of {@linkcode UNSAFE}; told much faster. */
const SAFE = /^[\x20-\x7e\xa1-\xac\xae-\u02ff]*$/;

const URL_SCHEME = /^[a-z][a-z\d+.-]+:\/\//iu;

/** Below it, every character that is safe to print takes one column. */
const FIRST_COMBINING = 0x300;

const NO_COLUMN = /[\p{M}\u200c\u200d]/u;

const TWO_COLUMNS =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** The text with control characters escaped as in JSON: `\u001b`. */
export function escapeControls(text: string): string {
  if (SAFE.test(text)) return text;
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** The text on one line, without control characters that a terminal would obey. */
export function printable(text: string): string {
  const lines = text.split("\n");
  // Not by one pattern for the space around line ends, as a long run of spaces takes for ever.
  const start = lines.length === 1 ? "" : `${lines.shift()!.trimEnd()} `;
  const end = start === "" ? lines.pop()! : lines.pop()!.trimStart();
  const between = lines.map((line) => line.trim()).filter((line) => line !== "");
  return escapeControls(start + [...between, end].join(" "));
}

/** The path from `cwd` when it is inside, else the path as it is; safe to print. */
export function displayPath(path: string, cwd: string): string {
  if (URL_SCHEME.test(path)) return printable(path);
  const fromCwd = nodePath.relative(cwd, path);
  const isInside = fromCwd !== "" && !/^\.\.(?:[/\\]|$)/u.test(fromCwd) &&
    !nodePath.isAbsolute(fromCwd);
  return printable(isInside ? fromCwd : path);
}

/** The columns of a terminal that the text takes; an estimate where characters combine. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (let index = 0; index < text.length; index++) {
    columns++;
    if (text.charCodeAt(index) < FIRST_COMBINING) continue;
    const character = String.fromCodePoint(text.codePointAt(index)!);
    index += character.length - 1;
    if (TWO_COLUMNS.test(character)) columns++;
    else if (NO_COLUMN.test(character)) columns--;
  }
  return columns;
}

/** A number of things: `1 change`, `3 changes`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** A time for people, of milliseconds: `3 hours`. */
export function formatAge(ms: number): string {
  const units = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]] as const;
  const [unit, size] = units.find(([, least]) => ms >= 2 * least) ?? ["second", 1_000] as const;
  return count(Math.round(ms / size), unit);
}
