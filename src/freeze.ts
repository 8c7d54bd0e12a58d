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
  let copy: unknown[] | undefined = isFrozen ? undefined : [];
  let isSame = old?.length === next.length;
  for (let index = 0; index < next.length; index++) {
    const item = freezeShared(old?.[index], next[index], frozen);
    if (copy === undefined && !Object.is(item, next[index])) copy = next.slice(0, index);
    copy?.push(item);
    isSame &&= Object.is(item, old![index]);
  }
  if (isSame) return old!;
  if (copy === undefined) return next;
  frozen?.add(copy);
  return Object.freeze(copy);
}

function freezeMembers(
  old: Readonly<Record<string, unknown>> | undefined,
  next: Readonly<Record<string, unknown>>,
  frozen: WeakSet<object> | undefined,
): Readonly<Record<string, unknown>> {
  const isFrozen = frozen?.has(next) ?? false;
  if (isFrozen && old === undefined) return next;
  const keys = Object.keys(next);
  let copy: Record<string, unknown> | undefined = isFrozen ? undefined : {};
  let isSame = old !== undefined && Object.keys(old).length === keys.length;
  for (const key of keys) {
    const hasOld = old !== undefined && Object.hasOwn(old, key);
    const value = freezeShared(hasOld ? old[key] : undefined, next[key], frozen);
    if (isFrozen && !Object.is(value, next[key])) copy ??= { ...next };
    if (copy !== undefined) setOwn(copy, key, value);
    isSame &&= hasOld && Object.is(value, old[key]);
  }
  if (isSame) return old!;
  if (copy === undefined) return next;
  frozen?.add(copy);
  return Object.freeze(copy);
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
