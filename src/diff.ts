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
  /** Where. */
  readonly path: KeyPath;
  /** What happened. */
  readonly kind: "added" | "removed" | "changed";
  /** The value before, unless added. */
  readonly before?: unknown;
  /** The value after, unless removed. */
  readonly after?: unknown;
}

/**
 * The differences from `before` to `after`, in the key order of `after`, removed keys last. Objects
 * are compared key by key and arrays by index; an object or array that appears or vanishes whole is
 * one difference. Equal references are not looked into.
 */
export function diff(before: unknown, after: unknown): Difference[] {
  const differences: Difference[] = [];
  compare(before, after, [], differences);
  return differences;
}

function compare(before: unknown, after: unknown, path: KeyPath, found: Difference[]): void {
  if (Object.is(before, after)) return;
  if (isPlainObject(before) && isPlainObject(after)) {
    compareKeys(before, after, Object.keys(before), Object.keys(after), path, found);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    compareKeys(before, after, [...before.keys()], [...after.keys()], path, found);
  } else if (!isSameAtom(before, after)) {
    found.push({ path, kind: "changed", before, after });
  }
}

function compareKeys(
  before: object,
  after: object,
  keysBefore: readonly (string | number)[],
  keysAfter: readonly (string | number)[],
  path: KeyPath,
  found: Difference[],
): void {
  const old = before as Record<string | number, unknown>;
  const now = after as Record<string | number, unknown>;
  for (const key of keysAfter) {
    if (Object.hasOwn(old, key)) compare(old[key], now[key], [...path, key], found);
    else found.push({ path: [...path, key], kind: "added", after: now[key] });
  }
  for (const key of keysBefore) {
    if (!Object.hasOwn(now, key)) {
      found.push({ path: [...path, key], kind: "removed", before: old[key] });
    }
  }
}
