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
  // A whole number that would be rounded is most often none, but a name.
  const isExact = Number.isSafeInteger(number) || !/^-?\d+$/u.test(text);
  return Number.isFinite(number) && isExact ? number : text;
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
  const read: Replacement = { members: new Map() };
  for (const path of paths) {
    const text = getAt(candidate, path);
    if (typeof text !== "string" || !isText(path)) continue;
    const value = readText(text);
    if (value !== text) put(read, path, value);
  }
  return read.members.size === 0 && read.value === undefined
    ? undefined
    : withValues(candidate, read);
}

/** What takes the place of a value, or of some of its members: one pass for all, however many. */
interface Replacement {
  value?: unknown;
  readonly members: Map<string, Replacement>;
}

function put(root: Replacement, path: KeyPath, value: unknown): void {
  let at = root;
  for (const key of path.map(String)) {
    const member = at.members.get(key) ?? { members: new Map() };
    at.members.set(key, member);
    at = member;
  }
  at.value = value;
}

/** A copy of `container` with other values in it, sharing everything else. */
function withValues(container: unknown, { value, members }: Replacement): unknown {
  if (value !== undefined) return value;
  const replace = (key: string, member: unknown) => {
    const other = members.get(key);
    return other === undefined ? member : withValues(member, other);
  };
  if (Array.isArray(container)) return container.map((item, index) => replace(`${index}`, item));
  if (!isPlainObject(container)) return container;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(container)) setOwn(copy, key, replace(key, container[key]));
  return copy;
}
