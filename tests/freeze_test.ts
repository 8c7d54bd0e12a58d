import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { freezeShared, isSameAtom, thaw } from "../src/freeze.ts";
import { anyValue, containersIn } from "./documents.ts";

describe("freezeShared()", () => {
  test("keeps the identity of what did not change (G6)", () => {
    const before = freezeShared(undefined, { a: { x: 1 }, b: { list: [{ y: 1 }, { z: 1 }] } });
    const after = freezeShared(before, { a: { x: 1 }, b: { list: [{ y: 1 }, { z: 2 }] } });
    assert.notEqual(after, before);
    assert.equal(pick(after, "a"), pick(before, "a"));
    assert.equal(pick(after, "b", "list", 0), pick(before, "b", "list", 0));
    assert.notEqual(pick(after, "b", "list", 1), pick(before, "b", "list", 1));
    assert.notEqual(pick(after, "b"), pick(before, "b"));
  });

  test("gives the previous value itself when nothing changed (G6)", () => {
    fc.assert(fc.property(anyValue, (value) => {
      const before = freezeShared(undefined, value);
      assert.ok(Object.is(freezeShared(before, structuredClone(value)), before));
    }));
  });

  test("is equal to the next value, whatever was before", () => {
    fc.assert(fc.property(anyValue, anyValue, (first, second) => {
      assert.deepEqual(freezeShared(freezeShared(undefined, first), second), second);
    }));
  });

  test("freezes every object and array (G6)", () => {
    fc.assert(fc.property(anyValue, anyValue, (first, second) => {
      for (const container of containersIn(freezeShared(freezeShared(undefined, first), second))) {
        if (!(container instanceof Date)) assert.ok(Object.isFrozen(container));
      }
    }));
  });

  test("leaves the objects it was given unfrozen and unchanged", () => {
    const next = { a: { b: [1] } };
    freezeShared(undefined, next);
    next.a.b.push(2);
    assert.deepEqual(next, { a: { b: [1, 2] } });
  });

  test("tells an empty array from an empty object", () => {
    const before = freezeShared(undefined, { a: [], b: {} });
    const after = freezeShared(before, { a: {}, b: [] });
    assert.deepEqual(after, { a: {}, b: [] });
    assert.ok(Array.isArray(pick(after, "b")));
    assert.ok(!Array.isArray(pick(after, "a")));
  });

  test("tells a shorter and a longer array and object from what they begin like", () => {
    const before = freezeShared(undefined, { list: [1, 2], map: { a: 1, b: 2 } });
    assert.deepEqual(freezeShared(before, { list: [1], map: { a: 1 } }), {
      list: [1],
      map: { a: 1 },
    });
    const longer = { list: [1, 2, 3], map: { a: 1, b: 2, c: 3 } };
    assert.deepEqual(freezeShared(before, longer), longer);
  });

  test("tells an array from an object with the same keys", () => {
    const before = freezeShared(undefined, { a: ["x"] });
    assert.deepEqual(freezeShared(before, { a: { 0: "x" } }), { a: { 0: "x" } });
  });

  test("tells -0 from 0, and NaN from nothing", () => {
    const before = freezeShared(undefined, { zero: 0, nan: NaN });
    assert.ok(Object.is(freezeShared(before, { zero: 0, nan: NaN }), before));
    assert.ok(Object.is(pick(freezeShared(before, { zero: -0, nan: NaN }), "zero"), -0));
  });

  test("tells a key that is undefined from one that is missing", () => {
    const before = freezeShared(undefined, { a: 1 });
    const after = freezeShared(before, { a: 1, b: undefined });
    assert.deepEqual(Object.keys(after as object), ["a", "b"]);
    assert.deepEqual(Object.keys(freezeShared(after, { a: 1 }) as object), ["a"]);
  });

  test("does not confuse another key's undefined with a missing one", () => {
    const before = freezeShared(undefined, { a: undefined });
    assert.deepEqual(Object.keys(freezeShared(before, { b: undefined }) as object), ["b"]);
  });

  test("keeps an equal Date and replaces another", () => {
    const before = freezeShared(undefined, { at: new Date(1), other: new Date(2) });
    const after = freezeShared(before, { at: new Date(1), other: new Date(3) });
    assert.equal(pick(after, "at"), pick(before, "at"));
    assert.equal((pick(after, "other") as Date).getTime(), 3);
    assert.ok(Object.is(freezeShared(before, { at: new Date(1), other: new Date(2) }), before));
  });

  test("leaves objects of a class as they are", () => {
    const url = new URL("http://localhost");
    const value = freezeShared(undefined, { url });
    assert.equal(pick(value, "url"), url);
    assert.ok(!Object.isFrozen(url));
  });

  test("keeps a __proto__ key a key (G12)", () => {
    const value = freezeShared(undefined, JSON.parse('{"__proto__": {"polluted": 1}}')) as object;
    assert.deepEqual(Object.keys(value), ["__proto__"]);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });

  test("does not take an inherited property for an earlier value (G12)", () => {
    const before = freezeShared(undefined, {});
    const after = freezeShared(before, { toString: Object.prototype.toString });
    assert.deepEqual(Object.keys(after as object), ["toString"]);
  });
});

describe("freezeShared() with a set of frozen objects", () => {
  test("gives a value that is known to be frozen back as it is", () => {
    const frozen = new WeakSet<object>();
    const value = freezeShared(undefined, { a: { b: [1] } }, frozen);
    assert.equal(freezeShared(undefined, value, frozen), value);
    assert.equal(freezeShared({ c: 1 }, value, frozen), value);
    assert.equal(pick(freezeShared(undefined, { x: value }, frozen), "x"), value);
  });

  test("is what it is without one, and shares as much (G6)", () => {
    fc.assert(fc.property(anyValue, anyValue, fc.boolean(), (first, second, isKnown) => {
      const frozen = new WeakSet<object>();
      const before = freezeShared(undefined, first, frozen);
      const next = isKnown ? freezeShared(undefined, second, frozen) : second;
      const after = freezeShared(before, next, frozen);
      const usual = freezeShared(before, second);
      assert.deepEqual(after, second);
      const sharedWith = (value: unknown) =>
        [...containersIn(value)].filter((part) => containersIn(before).has(part)).length;
      assert.equal(sharedWith(after), sharedWith(usual));
      for (const container of containersIn(after)) {
        if (!(container instanceof Date)) assert.ok(Object.isFrozen(container));
      }
    }));
  });

  test("takes all objects that it makes", () => {
    fc.assert(fc.property(anyValue, (value) => {
      const frozen = new WeakSet<object>();
      for (const container of containersIn(freezeShared(undefined, value, frozen))) {
        if (!(container instanceof Date)) assert.ok(frozen.has(container));
      }
    }));
  });

  test("puts parts of the previous value into a frozen one without touching it", () => {
    const frozen = new WeakSet<object>();
    const before = freezeShared(undefined, { a: { x: 1 }, list: [{ y: 1 }, 2] }, frozen);
    const next = freezeShared(undefined, { a: { x: 1 }, list: [{ y: 1 }, 3], b: 1 }, frozen);
    const after = freezeShared(before, next, frozen);
    assert.equal(pick(after, "a"), pick(before, "a"));
    assert.equal(pick(after, "list", 0), pick(before, "list", 0));
    assert.notEqual(pick(next, "a"), pick(before, "a"));
    assert.deepEqual(after, next);
  });

  test("does not look into what is frozen and stands for nothing, or for itself", () => {
    let looks = 0;
    const watched = new Proxy(Object.freeze({ x: 1 }), {
      ownKeys(target) {
        looks += 1;
        return Reflect.ownKeys(target);
      },
    });
    const frozen = new WeakSet<object>([watched]);
    const before = freezeShared(undefined, { a: watched, list: [watched] }, frozen);
    freezeShared(before, { a: watched, list: [watched], b: watched }, frozen);
    assert.equal(looks, 0);
    freezeShared(before, { a: watched }, new WeakSet());
    assert.equal(looks, 0);
    freezeShared({}, { a: watched }, new WeakSet());
    assert.equal(looks, 1);
  });
});

describe("thaw()", () => {
  test("gives an equal value that shares no object and may be written", () => {
    fc.assert(fc.property(anyValue, (value) => {
      const frozen = freezeShared(undefined, value);
      const copy = thaw(frozen);
      assert.deepEqual(copy, frozen);
      const originals = containersIn(frozen);
      for (const container of containersIn(copy)) {
        if (container instanceof Date) continue;
        assert.ok(!originals.has(container));
        assert.ok(!Object.isFrozen(container));
      }
    }));
  });

  test("keeps a __proto__ key a key (G12)", () => {
    const copy = thaw(JSON.parse('{"__proto__": {"polluted": 1}}')) as object;
    assert.deepEqual(Object.keys(copy), ["__proto__"]);
    assert.equal(Object.getPrototypeOf(copy), Object.prototype);
  });
});

test("isSameAtom() compares Dates by time and everything else by identity", () => {
  assert.ok(isSameAtom(new Date(5), new Date(5)));
  assert.ok(isSameAtom(new Date(NaN), new Date(NaN)));
  assert.ok(!isSameAtom(new Date(5), new Date(6)));
  assert.ok(!isSameAtom(new Date(5), 5));
  assert.ok(isSameAtom(NaN, NaN));
  assert.ok(!isSameAtom(0, -0));
  assert.ok(!isSameAtom(null, undefined));
});

function pick(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce((at, key) => (at as Record<string | number, unknown>)[key], value);
}
