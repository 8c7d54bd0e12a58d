/**
 * Texts for want of types: environment variables know no numbers, but schemas do.
 *
 * @module
 */

import { getAt, type KeyPath } from "./key_path.ts";
import { isPlainObject, setOwn } from "./merge.ts";

/** As a number is written where nobody thinks of it as a text, such as `007` or `1e`. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/u;

/** The number or boolean that a text says, or the text itself. */
export function readText(text: string): string | number | boolean {
  if (text === "true") return true;
  if (text === "false") return false;
  const number = NUMBER.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : text;
}

/**
 * The candidate with the texts at `paths` read as numbers and booleans; `undefined` when none of
 * them says one. The candidate itself stays as it is.
 *
 * @param isText Whether the string at a path is a text for want of types.
 */
export function coerceTexts(
  candidate: unknown,
  paths: readonly KeyPath[],
  isText: (path: KeyPath) => boolean,
): unknown {
  let coerced: unknown;
  for (const path of paths) {
    const text = getAt(coerced ?? candidate, path);
    if (typeof text !== "string" || !isText(path)) continue;
    const value = readText(text);
    if (value !== text) coerced = withValue(coerced ?? candidate, path, value);
  }
  return coerced;
}

/** A copy of `container` with another value at `path`, sharing everything else. */
function withValue(container: unknown, path: KeyPath, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(container)) {
    return container.map((item, index) =>
      index === Number(key) ? withValue(item, rest, value) : item
    );
  }
  if (!isPlainObject(container)) return container;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(container)) {
    const member = container[name];
    setOwn(copy, name, name === String(key) ? withValue(member, rest, value) : member);
  }
  return copy;
}
