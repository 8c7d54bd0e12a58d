/**
 * What differs between two values, leaf by leaf.
 *
 * @module
 */

import { isSameAtom } from "./freeze.ts";
import type { KeyPath } from "./key_path.ts";
import { isPlainObject } from "./merge.ts";

/** One difference. */
export interface Difference {
  /** Where it is in the value after; for what was removed, where it was in the value before. */
  readonly path: KeyPath;
  /** Where a changed value was, when an item that it belongs to moved. */
  readonly pathBefore?: KeyPath;
  /** What happened. */
  readonly kind: "added" | "removed" | "changed";
  /** The value before, unless added. */
  readonly before?: unknown;
  /** The value after, unless removed. */
  readonly after?: unknown;
}

/**
 * Gives what tells the items of the array at a path from each other: a function from an item to its
 * key, which is text, a number or a bigint. `undefined`: their indices do.
 */
export type KeyOf = (path: KeyPath) => ((item: unknown) => unknown) | undefined;

/** Options of {@linkcode diff}. */
export interface DiffOptions {
  /** Which items of arrays are the same. @default {those with the same index} */
  readonly keyOf?: KeyOf;
}

/**
 * The differences from `before` to `after`, in the key order of `after`, removed ones last; none is
 * inside another. Objects are compared key by key, and arrays by index or, where `keyOf` says so,
 * by key. What appears or vanishes whole, or is neither plain object nor array, is one difference.
 * Equal references are not looked into.
 *
 * By key, an item that only moved is no difference. When nothing but the order differs, the array is
 * one. When two items have the same key, or one has none, the array is compared by index.
 */
export function diff(before: unknown, after: unknown, { keyOf }: DiffOptions = {}): Difference[] {
  const comparison = new Comparison(keyOf);
  comparison.compare(before, after);
  return comparison.found;
}

type Segment = string | number;

class Comparison {
  readonly found: Difference[] = [];
  readonly #keyOf: KeyOf | undefined;
  readonly #pathBefore: Segment[] = [];
  readonly #pathAfter: Segment[] = [];

  constructor(keyOf: KeyOf | undefined) {
    this.#keyOf = keyOf;
  }

  compare(before: unknown, after: unknown): void {
    if (Object.is(before, after)) return;
    if (isPlainObject(before) && isPlainObject(after)) this.#compareMembers(before, after);
    else if (Array.isArray(before) && Array.isArray(after)) this.#compareItems(before, after);
    else if (!isSameAtom(before, after)) this.#changed(before, after);
  }

  #compareMembers(before: Record<string, unknown>, after: Record<string, unknown>): void {
    for (const key of Object.keys(after)) {
      if (Object.hasOwn(before, key)) this.#compareAt(key, before[key], key, after[key]);
      else this.#added(key, after[key]);
    }
    for (const key of Object.keys(before)) {
      if (!Object.hasOwn(after, key)) this.#removed(key, before[key]);
    }
  }

  #compareItems(before: readonly unknown[], after: readonly unknown[]): void {
    const keyOf = this.#keyOf?.(this.#pathAfter);
    const old = keyOf && indicesByKey(before, keyOf);
    const now = keyOf && indicesByKey(after, keyOf);
    if (old !== undefined && now !== undefined) this.#compareByKey(before, old, after, now);
    else this.#compareByIndex(before, after);
  }

  #compareByIndex(before: readonly unknown[], after: readonly unknown[]): void {
    for (let index = 0; index < after.length; index++) {
      if (index < before.length) this.#compareAt(index, before[index], index, after[index]);
      else this.#added(index, after[index]);
    }
    for (let index = after.length; index < before.length; index++) {
      this.#removed(index, before[index]);
    }
  }

  #compareByKey(
    before: readonly unknown[],
    old: ReadonlyMap<unknown, number>,
    after: readonly unknown[],
    now: ReadonlyMap<unknown, number>,
  ): void {
    const foundBefore = this.found.length;
    let hasMoved = false;
    for (const [key, index] of now) {
      const oldIndex = old.get(key);
      hasMoved ||= oldIndex !== index;
      if (oldIndex === undefined) this.#added(index, after[index]);
      else this.#compareAt(oldIndex, before[oldIndex], index, after[index]);
    }
    for (const [key, index] of old) {
      if (!now.has(key)) this.#removed(index, before[index]);
    }
    if (hasMoved && this.found.length === foundBefore) this.#changed(before, after);
  }

  #compareAt(keyBefore: Segment, before: unknown, keyAfter: Segment, after: unknown): void {
    if (Object.is(before, after)) return;
    this.#pathBefore.push(keyBefore);
    this.#pathAfter.push(keyAfter);
    this.compare(before, after);
    this.#pathBefore.pop();
    this.#pathAfter.pop();
  }

  #changed(before: unknown, after: unknown): void {
    const [path, pathBefore] = [[...this.#pathAfter], this.#pathBefore];
    const hasMoved = path.some((segment, depth) => segment !== pathBefore[depth]);
    const moved = hasMoved && { pathBefore: [...pathBefore] };
    this.found.push({ path, ...moved, kind: "changed", before, after });
  }

  #added(key: Segment, after: unknown): void {
    this.found.push({ path: [...this.#pathAfter, key], kind: "added", after });
  }

  #removed(key: Segment, before: unknown): void {
    this.found.push({ path: [...this.#pathBefore, key], kind: "removed", before });
  }
}

/** Where the item of each key stands; `undefined` when keys don't tell all items apart. */
function indicesByKey(
  items: readonly unknown[],
  keyOf: (item: unknown) => unknown,
): ReadonlyMap<unknown, number> | undefined {
  const indices = new Map<unknown, number>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    const isKey = typeof key === "string" || typeof key === "number" || typeof key === "bigint";
    if (!isKey || indices.has(key)) return undefined;
    indices.set(key, index);
  }
  return indices;
}
