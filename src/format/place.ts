/**
 * Places of values in a text: the way from a key path to a line and a column.
 *
 * @module
 */

import type { Position } from "../issue.ts";
import type { KeyPath } from "../key_path.ts";

/** Where a value stands, and where its members stand. */
export interface Place {
  /** Offset in UTF-16 code units of the value or, for a member of an object, of its key. */
  readonly offset: number;
  /** Places of the members by key or index, for an object or an array. */
  readonly members?: ReadonlyMap<string, Place> | undefined;
}

const LF = 10;
const CR = 13;

/** Offsets at which the lines of `text` start; a line ends with `\n`, `\r\n` or `\r`. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let offset = 0; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    const isLineEnd = code === LF || (code === CR && text.charCodeAt(offset + 1) !== LF);
    if (isLineEnd) starts.push(offset + 1);
  }
  return starts;
}

function positionIn(starts: readonly number[], offset: number): Position {
  let line = 0;
  let end = starts.length;
  while (end - line > 1) {
    const middle = (line + end) >>> 1;
    if (starts[middle]! <= offset) line = middle;
    else end = middle;
  }
  return { line: line + 1, column: offset - starts[line]! + 1 };
}

/** Line and column of one `offset` in `text`. */
export function positionAt(text: string, offset: number): Position {
  return positionIn(lineStarts(text.slice(0, offset + 1)), offset);
}

/** The `locate` of a document; `openRoot` is called at the first use, so an unused one is free. */
export function createLocate(
  text: string,
  openRoot: () => Place | undefined,
): (path: KeyPath) => Position | undefined {
  let root: Place | undefined;
  let starts: number[] | undefined;
  return (path) => {
    let place = root ??= openRoot();
    for (const segment of path) place = place?.members?.get(String(segment));
    return place && positionIn(starts ??= lineStarts(text), place.offset);
  };
}

/** The offset after everything from `offset` on that the sticky `pattern` matches, repeatedly. */
export function skipAll(text: string, pattern: RegExp, offset: number): number {
  let end = offset;
  pattern.lastIndex = offset;
  while (pattern.test(text)) end = pattern.lastIndex;
  return end;
}
