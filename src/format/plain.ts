/**
 * Plain values: what is left of a parsed value when prototypes and library classes are taken away.
 *
 * @module
 */

import { isContainer } from "../merge.ts";

/**
 * A copy with ordinary objects in place of prototype-less ones and leaves passed through `leaf`.
 * The value must have passed the limits: no cycle, no `__proto__` key. Shared objects stay shared.
 */
export function toPlain(value: unknown, leaf: (value: unknown) => unknown): unknown {
  const copies = new Map<object, unknown>();

  function copy(original: unknown): unknown {
    if (!isContainer(original)) return leaf(original);
    let plain = copies.get(original);
    if (plain === undefined) {
      plain = Array.isArray(original) ? original.map(copy) : Object.fromEntries(
        Object.entries(original).map(([key, member]) => [key, copy(member)]),
      );
      copies.set(original, plain);
    }
    return plain;
  }

  return copy(value);
}
