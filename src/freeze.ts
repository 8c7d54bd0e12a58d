/**
 * Frozen values that share what did not change.
 *
 * @module
 */

import { isPlainObject, setOwn } from "./merge.ts";

/**
 * `next`, deeply frozen, with every part that equals the same part of `previous` replaced by it:
 * unchanged subtrees keep their identity. Objects that are not plain, such as a Date, stay as they
 * are; `-0` is not `0`, `NaN` is `NaN`, equal Dates are equal, the order of keys does not count.
 *
 * @param previous Deeply frozen.
 * @param next Stays as it is: what is frozen is a copy.
 * @param frozen Objects that are deeply frozen, and takes those that are made. One of them is not
 * copied, and only compared where it stands for another one of `previous`.
 */
export function freezeShared(
  previous: unknown,
  next: unknown,
  frozen?: WeakSet<object>,
): unknown {
  if (Object.is(previous, next)) return previous;
  if (Array.isArray(next)) {
    return freezeItems(Array.isArray(previous) ? previous : undefined, next, frozen);
  }
  if (isPlainObject(next)) {
    return freezeMembers(isPlainObject(previous) ? previous : undefined, next, frozen);
  }
  return previous !== undefined && isSameAtom(previous, next) ? previous : next;
}

function freezeItems(
  old: readonly unknown[] | undefined,
  next: readonly unknown[],
  frozen: WeakSet<object> | undefined,
): readonly unknown[] {
  const isFrozen = frozen?.has(next) ?? false;
  if (isFrozen && old === undefined) return next;
  const items: unknown[] = [];
  let isOld = old?.length === next.length;
  let isNext = isFrozen;
  for (let index = 0; index < next.length; index++) {
    const item = freezeShared(old?.[index], next[index], frozen);
    items.push(item);
    isOld &&= Object.is(item, old![index]);
    isNext &&= Object.is(item, next[index]);
  }
  if (isOld) return old!;
  if (isNext) return next;
  frozen?.add(items);
  return Object.freeze(items);
}

function freezeMembers(
  old: Readonly<Record<string, unknown>> | undefined,
  next: Readonly<Record<string, unknown>>,
  frozen: WeakSet<object> | undefined,
): Readonly<Record<string, unknown>> {
  const isFrozen = frozen?.has(next) ?? false;
  if (isFrozen && old === undefined) return next;
  const keys = Object.keys(next);
  const values: unknown[] = [];
  let isOld = old !== undefined && Object.keys(old).length === keys.length;
  let isNext = isFrozen;
  for (const key of keys) {
    const hasOld = old !== undefined && Object.hasOwn(old, key);
    const value = freezeShared(hasOld ? old[key] : undefined, next[key], frozen);
    values.push(value);
    isOld &&= hasOld && Object.is(value, old[key]);
    isNext &&= Object.is(value, next[key]);
  }
  if (isOld) return old!;
  if (isNext) return next;
  // Not before it is needed: mostly it is not, and an object takes longer than a list.
  const members: Record<string, unknown> = {};
  keys.forEach((key, index) => setOwn(members, key, values[index]));
  frozen?.add(members);
  return Object.freeze(members);
}

/**
 * A deep copy of `value` that may be written, with an object of its own in each place. Objects that
 * are not plain, such as a Date, are kept as they are.
 */
export function thaw(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(thaw);
  if (!isPlainObject(value)) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) setOwn(result, key, thaw(value[key]));
  return result;
}

/** Whether two values that are neither plain objects nor arrays are equal. */
export function isSameAtom(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  return Object.is(a, b);
}
