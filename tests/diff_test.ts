import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { diff, type Difference } from "../src/diff.ts";
import { freezeShared } from "../src/freeze.ts";
import { anyObject, anyValue } from "./documents.ts";

describe("diff()", () => {
  const cases: [name: string, before: unknown, after: unknown, differences: Difference[]][] = [
    ["finds nothing in equal values", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ["finds a changed leaf", { a: { b: 1 } }, { a: { b: 2 } }, [
      { path: ["a", "b"], kind: "changed", before: 1, after: 2 },
    ]],
    ["finds an added and a removed key", { old: 1 }, { fresh: 2 }, [
      { path: ["fresh"], kind: "added", after: 2 },
      { path: ["old"], kind: "removed", before: 1 },
    ]],
    ["compares arrays by index", { a: [1, 2, 3] }, { a: [1, 9] }, [
      { path: ["a", 1], kind: "changed", before: 2, after: 9 },
      { path: ["a", 2], kind: "removed", before: 3 },
    ]],
    ["tells a longer array by its new items", [1], [1, 2], [
      { path: [1], kind: "added", after: 2 },
    ]],
    ["gives an object that appears as one difference", {}, { a: { b: { c: 1 } } }, [
      { path: ["a"], kind: "added", after: { b: { c: 1 } } },
    ]],
    ["gives an object in place of an array as one difference", { a: [1] }, { a: { b: 1 } }, [
      { path: ["a"], kind: "changed", before: [1], after: { b: 1 } },
    ]],
    ["tells [] from {}", { a: [] }, { a: {} }, [
      { path: ["a"], kind: "changed", before: [], after: {} },
    ]],
    ["tells null from a missing key", { a: null }, {}, [
      { path: ["a"], kind: "removed", before: null },
    ]],
    ["tells undefined from a missing key", {}, { a: undefined }, [
      { path: ["a"], kind: "added", after: undefined },
    ]],
    ["tells a changed root", 1, 2, [{ path: [], kind: "changed", before: 1, after: 2 }]],
    ["takes equal Dates for equal", { a: new Date(1) }, { a: new Date(1) }, []],
    ["takes NaN for equal to itself", { a: NaN }, { a: NaN }, []],
    ["follows the key order of the value after, removed keys last", { z: 1, a: 1, x: 1 }, {
      a: 2,
      n: 1,
      z: 2,
    }, [
      { path: ["a"], kind: "changed", before: 1, after: 2 },
      { path: ["n"], kind: "added", after: 1 },
      { path: ["z"], kind: "changed", before: 1, after: 2 },
      { path: ["x"], kind: "removed", before: 1 },
    ]],
  ];
  for (const [name, before, after, differences] of cases) {
    test(name, () => assert.deepEqual(diff(before, after), differences));
  }

  test("and applying what it found lead from the value before to the value after", () => {
    fc.assert(fc.property(anyObject, anyObject, (before, after) => {
      assert.deepEqual(apply(before, diff(before, after)), after);
    }));
  });

  test("finds nothing between a value and itself, or a copy of it", () => {
    fc.assert(fc.property(anyValue, (value) => {
      assert.deepEqual(diff(value, value), []);
      assert.deepEqual(diff(value, structuredClone(value)), []);
    }));
  });

  test("finds something exactly when the frozen value is another object (G6)", () => {
    fc.assert(fc.property(anyValue, anyValue, (first, second) => {
      const before = freezeShared(undefined, first);
      const after = freezeShared(before, second);
      assert.equal(diff(before, after).length === 0, Object.is(before, after));
    }));
  });

  test("does not look into what is the same object", () => {
    const shared = {
      get trap(): never {
        throw new Error("looked into");
      },
    };
    assert.deepEqual(diff({ shared, a: 1 }, { shared, a: 2 }).map(({ path }) => path), [["a"]]);
  });

  test("does not take an inherited property for a value (G12)", () => {
    assert.deepEqual(diff({}, { toString: 1 }), [{ path: ["toString"], kind: "added", after: 1 }]);
    const evil = JSON.parse('{"__proto__": 1}');
    assert.deepEqual(diff({}, evil), [{ path: ["__proto__"], kind: "added", after: 1 }]);
  });
});

/** Carries differences out on a copy, arrays from their end so that indices stay right. */
function apply(value: unknown, differences: readonly Difference[]): unknown {
  let root = structuredClone(value);
  const removals = differences.filter(({ kind }) => kind === "removed").toReversed();
  for (const { path, kind, after } of [...removals, ...differences]) {
    const key = path.at(-1);
    if (key === undefined) {
      root = after;
      continue;
    }
    const parent = path.slice(0, -1).reduce(
      (at: unknown, segment) => Object.getOwnPropertyDescriptor(at, segment)!.value,
      root,
    ) as Record<string | number, unknown>;
    if (kind !== "removed") {
      const configurable = true, enumerable = true, writable = true;
      Object.defineProperty(parent, key, { value: after, configurable, enumerable, writable });
    } else if (!Object.hasOwn(parent, key)) continue;
    else if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  }
  return root;
}
