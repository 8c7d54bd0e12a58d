/**
 * The text of a file of environment variables: names, values and where they stand.
 *
 * The grammar, which agrees with `parseEnv` of `node:util` wherever that is the same on all three
 * runtimes and refuses what it would drop without a word:
 *
 * - a line is `NAME=value`, blank, or a comment after `#`; `export` before the name and spaces
 *   around it and around the value mean nothing; of two lines with one name the later counts
 * - a value without quotes ends with its line, or before `#`
 * - one in quotes may go over several lines, and only a comment may follow it: in `"…"` the escapes
 *   `\n` and `\"` are known and every other backslash is one; in `` `…` `` and `'…'` there are none,
 *   and in `'…'` no placeholders either
 *
 * @module
 */

import { ParseError } from "../errors.ts";
import type { Position } from "../issue.ts";

/** A variable as a file defines it. */
export interface DefinedVariable extends Position {
  /** Its value, placeholders not filled in. */
  readonly text: string;
  /** Whether `${` in it is no placeholder. */
  readonly isLiteral: boolean;
}

const BLANK = /(?:[^\S\n]*(?:#[^\n]*)?(?:\n|$))*/uy;
const INDENT = /[^\S\n]*/uy;
const NAME = /[^\S\n]*(?:export[^\S\n]+)?([\w.-]+)[^\S\n]*=[^\S\n]*/uy;
const QUOTED = /"((?:\\"|[^"])*)"|'([^']*)'|`([^`]*)`/uy;
const BARE = /[^#\n]*/uy;
const REST = /[^\S\n]*(?:#[^\n]*)?(?:\n|$)/uy;

/**
 * The variables by name.
 *
 * @throws {ParseError} When a line is none of the above.
 */
export function parseVariables(
  given: string,
  file: string,
): ReadonlyMap<string, DefinedVariable> {
  const text = given.replaceAll("\r\n", "\n");
  const variables = new Map<string, DefinedVariable>();
  const placeOf = lineCounter(text);
  let index = match(BLANK, text, 0)![0].length;
  while (index < text.length) {
    const position = placeOf(index + match(INDENT, text, index)![0].length);
    const refuse = (reason: string) => new ParseError({ file, reason, position });
    const named = match(NAME, text, index);
    if (named === null) throw refuse("the line is not of the form NAME=value");
    const [before, name] = named as unknown as [string, string];
    index += before.length;
    const quoted = match(QUOTED, text, index);
    if (quoted === null && /["'`]/u.test(text[index] ?? "")) {
      throw refuse(`the quotes of ${name} are not closed`);
    }
    const [whole] = quoted ?? match(BARE, text, index)!;
    index += whole.length;
    const rest = match(REST, text, index);
    if (rest === null) throw refuse(`there is more than a comment after the quotes of ${name}`);
    index += rest[0].length;
    variables.set(name, { ...valueOf(quoted, whole), ...position });
    index += match(BLANK, text, index)![0].length;
  }
  return variables;
}

function valueOf(
  quoted: RegExpExecArray | null,
  whole: string,
): Pick<DefinedVariable, "text" | "isLiteral"> {
  const [, double, single, backtick] = quoted ?? [];
  const text = double?.replace(/\\(["n])/gu, (_match, letter) => letter === "n" ? "\n" : '"') ??
    single ?? backtick ?? whole.trim();
  return { text, isLiteral: single !== undefined };
}

function match(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}

/** Places in the text, asked for in order. */
function lineCounter(text: string): (index: number) => Position {
  let line = 1;
  let start = 0;
  return (index) => {
    for (let end = text.indexOf("\n", start); end >= 0 && end < index;) {
      line += 1;
      start = end + 1;
      end = text.indexOf("\n", start);
    }
    return { line, column: index - start + 1 };
  };
}
