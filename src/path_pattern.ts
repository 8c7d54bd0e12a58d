/**
 * Patterns of key paths, as in `services.*.token` and `**.password`.
 *
 * @module
 */

import { getAt, type KeyPath, parsePath } from "./key_path.ts";

/** A pattern's segments: `*` is any one segment, `**` any number of them. */
export type PathPattern = readonly string[];

/**
 * The pattern that is written as text.
 *
 * @throws {RangeError} When the text is not a path.
 */
export function parsePattern(text: string): PathPattern {
  return parsePath(text);
}

/** Whether the pattern is about the path itself. */
export function matchesPath(pattern: PathPattern, path: KeyPath): boolean {
  return matches(pattern, path, false);
}

/** Whether the pattern is about the path, or about a value that holds it. */
export function matchesPathOrAncestor(pattern: PathPattern, path: KeyPath): boolean {
  return matches(pattern, path, true);
}

function matches(pattern: PathPattern, path: KeyPath, mayEndEarly: boolean): boolean {
  const [segment, ...others] = pattern;
  if (segment === undefined) return mayEndEarly || path.length === 0;
  if (segment === "**") {
    return matches(others, path, mayEndEarly) ||
      (path.length > 0 && matches(pattern, path.slice(1), mayEndEarly));
  }
  if (path.length === 0) return false;
  const isHere = segment === "*" || segment === String(path[0]);
  return isHere && matches(others, path.slice(1), mayEndEarly);
}

/** The paths in `values` that the pattern is about; of several values, what any of them has. */
export function expandPattern(pattern: PathPattern, values: readonly unknown[]): KeyPath[] {
  const [segment, ...others] = pattern;
  if (segment === undefined) return [[]];
  const keys = new Set(values.flatMap(keysOf));
  const below = (key: string, rest: PathPattern) =>
    expandPattern(rest, values.map((value) => getAt(value, [key])).filter(isDefined))
      .map((path) => [key, ...path]);
  if (segment === "**") {
    return [...expandPattern(others, values), ...[...keys].flatMap((key) => below(key, pattern))];
  }
  if (segment === "*") return [...keys].flatMap((key) => below(key, others));
  return keys.has(segment) ? below(segment, others) : [];
}

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

function isDefined(value: unknown): boolean {
  return value !== undefined;
}
