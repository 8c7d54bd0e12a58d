/**
 * What tells the items of arrays from each other, as options name it.
 *
 * @module
 */

import type { KeyOf } from "./diff.ts";
import { getAt, parsePath } from "./key_path.ts";
import { isPlainObject } from "./merge.ts";
import { matchesPath, parseDeepPattern } from "./path_pattern.ts";

/**
 * For each array, by its path, the path of the member that tells its items from each other, as in
 * `{ "services": "name", "services.*.ports": "number" }`; `*` is any one segment, and of several
 * paths that fit the first counts.
 */
export type ArrayKeys = Readonly<Record<string, string>>;

/**
 * The keys of items as `diff()` needs them.
 *
 * @throws {TypeError} When `arrayKeys` is not an object of text.
 * @throws {RangeError} When a text in it is not a path.
 */
export function toKeyOf(arrayKeys: ArrayKeys): KeyOf {
  if (!isPlainObject(arrayKeys) || Object.values(arrayKeys).some((it) => typeof it !== "string")) {
    throw new TypeError(`Cannot use arrayKeys, it must be as in { "services": "name" }`);
  }
  const rules = Object.entries(arrayKeys).map(([path, member]) => {
    const memberPath = parsePath(member);
    return { pattern: parseDeepPattern(path), keyOf: (item: unknown) => getAt(item, memberPath) };
  });
  return (path) => rules.find(({ pattern }) => matchesPath(pattern, path))?.keyOf;
}
