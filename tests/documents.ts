/** Arbitrary configuration values for property tests. */

import fc from "fast-check";

/** Keys as people write them, and keys that attack. */
export const anyKey: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("a", "b", "server", "port", "0", "1", "", "a.b", "*", "[x]", 'say "hi"'),
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty"),
  fc.string({ maxLength: 5, unit: "binary" }),
);

const atom = fc.oneof(
  fc.constantFrom(null, true, false, 0, -0, NaN, Infinity, ""),
  fc.integer(),
  fc.string({ maxLength: 4 }),
  fc.date({ min: new Date(0), max: new Date(5), noInvalidDate: true }),
);

/** A value as a parser or a schema gives it; an object with any key, `__proto__` too. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    { weight: 3, arbitrary: atom },
    { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
    { weight: 2, arbitrary: objectOf(tie("value")) },
  ),
})).value;

/** An object of such values. */
export const anyObject: fc.Arbitrary<Record<string, unknown>> = objectOf(anyValue);

function objectOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  return fc.array(fc.tuple(anyKey, value), { maxLength: 4 }).map((entries) =>
    // Unlike an assignment, this makes `__proto__` a key like any other.
    Object.fromEntries(entries)
  );
}

/** Every object and array in a value, itself included. */
export function containersIn(value: unknown, found: Set<object> = new Set()): Set<object> {
  if (typeof value !== "object" || value === null || found.has(value)) return found;
  found.add(value);
  for (const key of Object.keys(value)) {
    containersIn((value as Record<string, unknown>)[key], found);
  }
  return found;
}
