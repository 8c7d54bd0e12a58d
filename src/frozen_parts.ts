/**
 * What was found of the parts of a value, so that a value that shares most of them costs the rest.
 *
 * @module
 */

import type { KeyPath } from "./key_path.ts";
import { isPlainObject } from "./merge.ts";

/** Remembers what was found of parts that can't change, for as long as there are such parts. */
export class FrozenParts<Found> {
  readonly #known = new WeakMap<object, { readonly path: KeyPath; readonly found: Found }>();
  /** Number of objects that were met and may change. */
  #changeable = 0;

  /** What was found of a value that was the same part of the same parent's path before. */
  at(value: unknown, parent: KeyPath, key: string | number): Found | undefined {
    if (typeof value !== "object" || value === null) return undefined;
    const known = this.#known.get(value);
    return known !== undefined && isAt(known.path, parent, key) ? known.found : undefined;
  }

  /**
   * What `find` finds of a part, which is remembered. It calls this for every object in the part that
   * nothing is known of, as far as what it finds depends on it.
   */
  add(part: object, path: KeyPath, find: () => Found): Found {
    const before = this.#changeable;
    const found = find();
    const isConstant = Object.isFrozen(part) && (Array.isArray(part) || isPlainObject(part));
    if (!isConstant) this.#changeable += 1;
    if (this.#changeable === before) this.#known.set(part, { path, found });
    return found;
  }
}

/** Whether a path is that of a member; comparing costs less than to make the path. */
function isAt(path: KeyPath, parent: KeyPath, key: string | number): boolean {
  const depth = parent.length;
  if (path.length !== depth + 1 || path[depth] !== key) return false;
  for (let index = 0; index < depth; index++) {
    if (path[index] !== parent[index]) return false;
  }
  return true;
}
