/**
 * Patterns of key paths, as in `services.*.token` and `**.password`.
 *
 * @module
 */

import { getAt, type KeyPath, parsePattern, type PathPattern } from "./key_path.ts";

/** Stands for any number of segments. */
const ANY_DEPTH: unique symbol = Symbol("**");

/** A pattern with `**` in it. */
export type DeepPattern = readonly (PathPattern[number] | typeof ANY_DEPTH)[];

/**
 * The pattern that is written as text: `*` is any one segment, `**` any number of them.
 *
 * @throws {RangeError} When the text is not a path.
 */
export function parseDeepPattern(text: string): DeepPattern {
  const segments = parsePattern(text).map((segment) => segment === "**" ? ANY_DEPTH : segment);
  // Two in a row are one, and would only take longer.
  return segments.filter((segment, index) =>
    segment !== ANY_DEPTH || segments[index - 1] !== ANY_DEPTH
  );
}

/** Whether the pattern is about the path itself. */
export function matchesPath(pattern: DeepPattern, path: KeyPath): boolean {
  return matches(pattern, path, false);
}

/** Whether the pattern is about the path, or about a value that holds it. */
export function matchesPathOrAncestor(pattern: DeepPattern, path: KeyPath): boolean {
  return matches(pattern, path, true);
}

/** Goes through the pattern once for each step: what it can be at is a set, so that no `**` doubles. */
function matches(pattern: DeepPattern, path: KeyPath, mayEndEarly: boolean): boolean {
  let positions = startOf(pattern);
  for (const key of path) {
    if (mayEndEarly && positions.has(pattern.length)) return true;
    positions = advance(pattern, positions, key);
  }
  return positions.has(pattern.length);
}

/** What the pattern can be at before the first segment of a path. */
function startOf(pattern: DeepPattern): Set<number> {
  return withoutDepth(pattern, new Set([0]));
}

/** What the pattern can be at one segment later. */
function advance(
  pattern: DeepPattern,
  positions: ReadonlySet<number>,
  key: string | number,
): Set<number> {
  const next = new Set<number>();
  for (const position of positions) {
    const segment = pattern[position];
    if (position === pattern.length) continue;
    if (segment === ANY_DEPTH) next.add(position);
    else if (segment === null || segment === String(key)) next.add(position + 1);
  }
  return withoutDepth(pattern, next);
}

/** The positions, and those after a `**` that stands for nothing. */
function withoutDepth(pattern: DeepPattern, positions: Set<number>): Set<number> {
  for (const position of positions) {
    if (pattern[position] === ANY_DEPTH) positions.add(position + 1);
  }
  return positions;
}

/** The paths in `values` that the pattern is about; of several values, what any of them has. */
export function expandPattern(pattern: DeepPattern, values: readonly unknown[]): KeyPath[] {
  return expandFrom(startOf(pattern), pattern, values);
}

function expandFrom(
  positions: ReadonlySet<number>,
  pattern: DeepPattern,
  values: readonly unknown[],
): KeyPath[] {
  const found: KeyPath[] = positions.has(pattern.length) ? [[]] : [];
  for (const key of new Set(values.flatMap(keysOf))) {
    const next = advance(pattern, positions, key);
    if (next.size === 0) continue;
    const members = values.map((value) => getAt(value, [key])).filter(isDefined);
    for (const path of expandFrom(next, pattern, members)) found.push([key, ...path]);
  }
  return found;
}

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

function isDefined(value: unknown): boolean {
  return value !== undefined;
}
