import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isPlainObject, mergeLayers } from "../src/merge.ts";
import { anyKey, anyObject, anyValue, containersIn } from "./documents.ts";

const scalars = fc.dictionary(
  fc.constantFrom("s1", "s2"),
  fc.oneof(fc.integer(), fc.constant(null), fc.array(fc.integer(), { maxLength: 2 })),
);

/** Objects in which the name of a key tells whether it holds an object. */
const steady = fc.letrec((tie) => ({
  object: fc.oneof(
    { maxDepth: 3 },
    scalars,
    fc.tuple(scalars, fc.dictionary(fc.constantFrom("o1", "o2"), tie("object")))
      .map(([values, objects]) => ({ ...values, ...(objects as object) })),
  ),
})).object;

describe("mergeLayers()", () => {
  const cases: [name: string, layers: unknown[], merged: unknown][] = [
    ["gives an empty object for no layers", [], {}],
    ["gives an empty object for empty layers only", [undefined, undefined], {}],
    ["passes over an empty layer", [{ a: 1 }, undefined, { b: 2 }], { a: 1, b: 2 }],
    ["lets the later layer win (S4.6)", [{ a: 1 }, { a: 2 }, { a: 3 }], { a: 3 }],
    ["merges objects key by key, at any depth", [
      { server: { host: "a", tls: { key: 1 } }, log: 1 },
      { server: { port: 1, tls: { cert: 2 } } },
    ], { server: { host: "a", tls: { key: 1, cert: 2 }, port: 1 }, log: 1 }],
    ["replaces arrays whole", [{ a: [1, 2, 3] }, { a: [4] }], { a: [4] }],
    ["replaces an array with an empty one", [{ a: [1] }, { a: [] }], { a: [] }],
    ["lets null override", [{ a: { b: 1 } }, { a: null }], { a: null }],
    ["replaces a scalar with an object", [{ a: 1 }, { a: { b: 1 } }], { a: { b: 1 } }],
    ["replaces an object with a scalar", [{ a: { b: 1 } }, { a: 1 }], { a: 1 }],
    ["keeps what an empty object does not name", [{ a: { b: 1 } }, { a: {} }], { a: { b: 1 } }],
    ["takes a scalar as the whole configuration", [{ a: 1 }, 5], 5],
    ["takes an array as the whole configuration", [{ a: 1 }, [5]], [5]],
  ];
  for (const [name, layers, merged] of cases) {
    test(name, () => assert.deepEqual(mergeLayers(layers), merged));
  }

  test("keeps the order of the keys: those of the first layer, then new ones", () => {
    const merged = mergeLayers([{ b: 1, a: 1 }, { c: 1, a: 2 }]) as object;
    assert.deepEqual(Object.keys(merged), ["b", "a", "c"]);
  });

  test("is a left fold: merging in two steps is merging at once", () => {
    fc.assert(fc.property(fc.array(anyValue, { maxLength: 3 }), anyObject, (layers, last) => {
      assert.deepEqual(mergeLayers([mergeLayers(layers), last]), mergeLayers([...layers, last]));
    }));
  });

  test("is associative as long as a key holds objects in all layers or in none", () => {
    fc.assert(fc.property(steady, steady, steady, (a, b, c) => {
      const left = mergeLayers([mergeLayers([a, b]), c]);
      const right = mergeLayers([a, mergeLayers([b, c])]);
      assert.deepEqual(left, right);
    }));
  });

  test("gives a single layer back as an equal copy", () => {
    fc.assert(fc.property(anyObject, (layer) => assert.deepEqual(mergeLayers([layer]), layer)));
  });

  test("shares no object with a layer, so that neither can change the other", () => {
    fc.assert(fc.property(fc.array(anyValue, { minLength: 1, maxLength: 3 }), (layers) => {
      const theirs = containersIn(layers);
      for (const container of containersIn(mergeLayers(layers))) {
        if (container instanceof Date) continue;
        assert.ok(!theirs.has(container), "an object of a layer is part of the result");
      }
    }));
  });

  test("leaves the layers as they are", () => {
    fc.assert(fc.property(fc.array(anyObject, { maxLength: 3 }), (layers) => {
      const before = structuredClone(layers);
      mergeLayers(layers);
      assert.deepEqual(layers, before);
    }));
  });

  test("never touches a prototype, whatever the keys are called (G12)", () => {
    const evil = JSON.parse(
      '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"x": 1}}}',
    );
    const merged = mergeLayers([{}, evil, evil]) as Record<string, unknown>;
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    assert.equal(({} as Record<string, unknown>)["x"], undefined);
    assert.equal(Object.getPrototypeOf(merged), Object.prototype);
    assert.deepEqual(Object.keys(merged), ["__proto__", "constructor"]);
  });

  test("sets every key as an own one (G12)", () => {
    fc.assert(fc.property(anyKey, anyValue, anyValue, (key, first, second) => {
      const layer = (value: unknown) => Object.fromEntries([[key, value]]);
      const merged = mergeLayers([layer(first), layer(second)]) as object;
      assert.deepEqual(Object.keys(merged), [key]);
      assert.equal(Object.getPrototypeOf(merged), Object.prototype);
    }));
  });
});

test("isPlainObject() takes object literals and prototype-less objects only", () => {
  for (const yes of [{}, Object.create(null), JSON.parse('{"__proto__":1}')]) {
    assert.equal(isPlainObject(yes), true);
  }
  for (const no of [null, undefined, 1, "x", [], new Date(), new Map(), new (class A {})()]) {
    assert.equal(isPlainObject(no), false);
  }
});
