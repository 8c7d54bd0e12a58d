/**
 * Frozen values that share what did not change.
 *
 * @module
 */

import { isPlainObject, setOwn } from "./merge.ts";

/**
 * `next`, deeply frozen, with every part that equals the same part of `previous` replaced by it:
 * unchanged subtrees keep their identity. Objects that are not plain, such as a Date, stay as they
 * are.
 */
export function freezeShared(previous: unknown, next: unknown): unknown {
  if (Object.is(previous, next)) return previous;
  if (Array.isArray(next)) {
    const old = Array.isArray(previous) ? previous as unknown[] : [];
    const items = next.map((item, index) => freezeShared(old[index], item));
    const isSame = Array.isArray(previous) && old.length === items.length &&
      items.every((item, index) => Object.is(item, old[index]));
    return isSame ? previous : Object.freeze(items);
  }
  if (isPlainObject(next)) {
    const old = isPlainObject(previous) ? previous : undefined;
    const keys = Object.keys(next);
    let isSame = old !== undefined && Object.keys(old).length === keys.length;
    const result: Record<string, unknown> = {};
    for (const key of keys) {
      const hasOld = old !== undefined && Object.hasOwn(old, key);
      const value = freezeShared(hasOld ? old[key] : undefined, next[key]);
      if (!hasOld || !Object.is(value, old[key])) isSame = false;
      setOwn(result, key, value);
    }
    return isSame ? previous : Object.freeze(result);
  }
  return previous !== undefined && isSameAtom(previous, next) ? previous : next;
}

/** Whether two values that are neither plain objects nor arrays are equal. */
export function isSameAtom(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  return Object.is(a, b);
}
