import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { freezeShared } from "../src/freeze.ts";
import { getAt, type KeyPath } from "../src/key_path.ts";
import { isPlainObject, mergeLayers, Merger, setOwn } from "../src/merge.ts";
import { anyKey, anyObject, anyValue, containersIn } from "./documents.ts";

const anyLayers = fc.array(fc.oneof(anyObject, anyValue), { maxLength: 4 })
  .map((layers) => layers.map(freeze));

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
    test(name, () => assert.deepEqual(mergeLayers(layers.map(freeze)), merged));
  }

  test("keeps the order of the keys: those of the first layer, then new ones", () => {
    const merged = mergeLayers([{ b: 1, a: 1 }, { c: 1, a: 2 }]) as object;
    assert.deepEqual(Object.keys(merged), ["b", "a", "c"]);
  });

  test("is what a merge into copies gives, in value and in the order of keys (S4.6)", () => {
    fc.assert(fc.property(anyLayers, (layers) => {
      const merged = mergeLayers(layers);
      assert.deepEqual(merged, naiveMerge(layers));
      assert.deepEqual(keyOrder(merged), keyOrder(naiveMerge(layers)));
    }));
  });

  test("is a left fold: merging in two steps is merging at once (S4.6)", () => {
    fc.assert(fc.property(anyLayers, anyObject.map(freeze), (layers, last) => {
      assert.deepEqual(mergeLayers([mergeLayers(layers), last]), mergeLayers([...layers, last]));
    }));
  });

  test("is associative as long as a key holds objects in all layers or in none (S4.6)", () => {
    const layer = steady.map(freeze);
    fc.assert(fc.property(layer, layer, layer, (a, b, c) => {
      const merged = mergeLayers([a, b, c]);
      assert.deepEqual(mergeLayers([mergeLayers([a, b]), c]), merged);
      assert.deepEqual(mergeLayers([a, mergeLayers([b, c])]), merged);
    }));
  });

  test("is deeply frozen (G6)", () => {
    fc.assert(fc.property(anyLayers, (layers) => {
      for (const container of containersIn(mergeLayers(layers))) {
        if (!(container instanceof Date)) assert.ok(Object.isFrozen(container));
      }
    }));
  });

  test("leaves the layers as they are", () => {
    fc.assert(fc.property(anyLayers, (layers) => {
      const before = structuredClone(layers);
      mergeLayers(layers);
      assert.deepEqual(layers, before);
    }));
  });

  test("gives a single layer back", () => {
    fc.assert(fc.property(anyObject.map(freeze), (layer) => {
      assert.equal(mergeLayers([undefined, layer, undefined]), layer);
    }));
  });

  test("gives the lower layer back when the upper one changes nothing", () => {
    const lower = freeze({ a: { x: 1 }, b: [1] });
    assert.equal(mergeLayers([lower, freeze({ a: { x: 1 } }), freeze({})]), lower);
  });

  test("gives the upper layer back when it says all that the lower one says", () => {
    const upper = freeze({ a: { x: 2 }, b: 3 });
    assert.equal(mergeLayers([freeze({ a: { x: 1 } }), upper]), upper);
  });

  test("makes an object only where two are merged: all others are those of the layers", () => {
    fc.assert(fc.property(anyLayers, (layers) => {
      const theirs = containersIn(layers);
      for (const [path, object] of objectsIn(mergeLayers(layers))) {
        if (theirs.has(object) || layers.every((layer) => layer === undefined)) continue;
        const merged = layers.filter((layer) => isPlainObject(getAt(layer, path)));
        assert.ok(merged.length > 1, `a copy stands at ${path.join(".")}`);
      }
    }));
  });
  test("never touches a prototype, whatever the keys are called (G12)", () => {
    const evil = JSON.parse(
      '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"x": 1}}}',
    );
    const merged = mergeLayers([{}, evil, evil, { b: 1 }].map(freeze)) as Record<string, unknown>;
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    assert.equal(({} as Record<string, unknown>)["x"], undefined);
    assert.equal(Object.getPrototypeOf(merged), Object.prototype);
    assert.deepEqual(Object.keys(merged), ["__proto__", "constructor", "b"]);
  });

  test("sets every key as an own one (G12)", () => {
    fc.assert(fc.property(anyKey, anyValue, anyValue, (key, first, second) => {
      const layer = (value: unknown, other: string) =>
        freeze(Object.fromEntries([[key, value], [other, 1]]));
      const merged = mergeLayers([layer(first, "one"), layer(second, "two")]) as object;
      assert.deepEqual(new Set(Object.keys(merged)), new Set([key, "one", "two"]));
      assert.equal(Object.getPrototypeOf(merged), Object.prototype);
    }));
  });
});

describe("Merger", () => {
  test("gives the very same value again for the same layers (G6)", () => {
    fc.assert(fc.property(anyLayers, (layers) => {
      const merger = new Merger();
      assert.ok(Object.is(merger.merge(layers), merger.merge(layers)));
    }));
  });

  test("is equal to merging anew, whatever was merged before", () => {
    fc.assert(fc.property(fc.array(anyLayers, { maxLength: 4 }), (folds) => {
      const merger = new Merger();
      for (const layers of folds) assert.deepEqual(merger.merge(layers), naiveMerge(layers));
    }));
  });

  test("keeps what is beside the key that one layer changed (G6)", () => {
    const layers = fc.array(anyObject.map(freeze), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(layers, fc.nat(), anyKey, anyValue, (layers, nat, key, value) => {
      const merger = new Merger();
      const before = merger.merge(layers) as Record<string, unknown>;
      const changed = nat % layers.length;
      const again = layers.map((layer, index) =>
        index === changed ? withMember(layer, key, value) : layer
      );
      const after = merger.merge(again) as Record<string, unknown>;
      assert.deepEqual(after, naiveMerge(again));
      for (const other of Object.keys(after)) {
        if (other !== key) assert.ok(Object.is(after[other], before[other]), `${other} is another`);
      }
    }));
  });

  test("keeps what is beside the change at every level of its way (G6)", () => {
    const merger = new Merger();
    const upper = freeze({ a: { b: { y: 1 }, c: { y: 1 } }, d: { y: 1 } });
    const layer = (x: number) => ({ a: { b: { x }, c: { x: 1 } }, d: { x: 1 } });
    const lower = freeze(layer(1));
    const before = merger.merge([lower, upper]);
    const after = merger.merge([freezeShared(lower, layer(2)), upper]);
    assert.deepEqual(getAt(after, ["a", "b"]), { x: 2, y: 1 });
    assert.equal(getAt(after, ["a", "c"]), getAt(before, ["a", "c"]));
    assert.equal(getAt(after, ["d"]), getAt(before, ["d"]));
  });

  test("looks at what is on the way to the change and beside it, and at nothing else", () => {
    const [base, middle, top] = [freeze(tree(20, 3)), freeze(tree(20, 3)), freeze(tree(5, 3))];
    const next = freezeShared(
      middle,
      withMember(middle, "3", withMember(getAt(middle, ["3"]), "4", { leaf: "changed" })),
    );
    const merger = new Merger();
    const whole = looksOf([base, middle, top], (layers) => merger.merge(layers));
    const again = looksOf([base, next, top], (layers) => merger.merge(layers));
    assert.ok(whole > 2 * 20 ** 3, `${whole} looks at everything`);
    // Two merges, three levels of twenty members, a few looks at each member.
    assert.ok(again < 2 * 3 * 20 * 10, `${again} looks at what changed`);
  });

  test("makes one object of very many layers, and none on the way (G10)", () => {
    let made = 0;
    const merger = new Merger({ add: () => made += 1 });
    const layers = Array.from({ length: 1_000 }, (_, index) => freeze({ [`key${index}`]: index }));
    const merged = merger.merge(layers);
    assert.equal(made, 1);
    assert.equal(Object.keys(merged as object).length, 1_000);
    merger.merge(
      layers.map((layer, index) => index === 500 ? freeze({ key500: "changed" }) : layer),
    );
    assert.equal(made, 2);
  });

  test("still knows the layers above one that became empty (G6)", () => {
    const merger = new Merger();
    const [base, upper] = [freeze({ a: { x: 1 } }), freeze({ a: { y: 2 }, b: 1 })];
    const before = merger.merge([base, undefined, upper]);
    assert.equal(merger.merge([base, freeze({}), upper]), before);
  });

  test("takes nothing inherited for a member of what was merged before (G12)", () => {
    const merger = new Merger();
    const evil = freeze(JSON.parse('{"__proto__": {"a": 1}, "toString": {"b": 1}, "c": 1}'));
    for (
      const layers of [[freeze({ d: 1 }), freeze({ e: 1 })], [evil, freeze({ f: 1 })], [
        evil,
        freeze(JSON.parse('{"__proto__": {"x": 2}, "toString": {"y": 2}}')),
      ]]
    ) {
      assert.deepEqual(merger.merge(layers), naiveMerge(layers));
    }
  });

  test("tells of the objects it made, so that freezing has nothing to do", () => {
    const frozen = new WeakSet<object>();
    const merged = new Merger(frozen).merge([{ a: { x: 1 } }, { a: { y: 1 } }].map(freeze));
    assert.ok(frozen.has(merged as object));
    assert.ok(frozen.has(getAt(merged, ["a"]) as object));
    assert.equal(freezeShared(undefined, merged, frozen), merged);
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

function freeze(value: unknown): unknown {
  return freezeShared(undefined, value);
}

/** What merging means, without any thought of cost. */
function naiveMerge(layers: readonly unknown[]): unknown {
  return structuredClone(layers).reduce(
    (lower, upper) => upper === undefined ? lower : naiveMergeTwo(lower, upper),
    {},
  );
}

function naiveMergeTwo(lower: unknown, upper: unknown): unknown {
  if (!isPlainObject(lower) || !isPlainObject(upper)) return upper;
  for (const [key, value] of Object.entries(upper)) {
    setOwn(lower, key, Object.hasOwn(lower, key) ? naiveMergeTwo(lower[key], value) : value);
  }
  return lower;
}

/** The keys of all objects in it, in order. */
function keyOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.keys(value).map((key) => [key, keyOrder(value[key as keyof typeof value])]);
}

/** Every object that is reached through objects, with its path. */
function objectsIn(value: unknown, path: KeyPath = []): [KeyPath, object][] {
  if (!isPlainObject(value)) return [];
  const below = Object.keys(value).flatMap((key) => objectsIn(value[key], [...path, key]));
  return [[path, value], ...below];
}

/** A frozen object like `layer` but for one member; all others are the same objects. */
function withMember(layer: unknown, key: string, value: unknown): unknown {
  const changed = { ...(layer as Record<string, unknown>) };
  setOwn(changed, key, freeze(value));
  return Object.freeze(changed);
}

/** Objects of `width` members, nested `depth` deep. */
function tree(width: number, depth: number): unknown {
  if (depth === 0) return { leaf: width };
  const keys = Array.from({ length: width }, (_, index) => `${index}`);
  return Object.fromEntries(keys.map((key) => [key, tree(width, depth - 1)]));
}

/** Watchers by what they watch, so that the same object is always watched by the same one. */
const watchers = new WeakMap<object, object>();
let looks = 0;

/** How many members are looked at while `merge` runs. */
function looksOf(layers: readonly unknown[], merge: (layers: readonly unknown[]) => void): number {
  const watched = layers.map(watchedValue);
  looks = 0;
  merge(watched);
  return looks;
}

function watchedValue(value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  const known = watchers.get(value);
  if (known !== undefined) return known;
  const members = Object.fromEntries(
    Object.keys(value).map((key) => [key, watchedValue(value[key])]),
  );
  const watcher = new Proxy(Object.freeze(members), {
    get(target, key, receiver) {
      looks += 1;
      return Reflect.get(target, key, receiver);
    },
    getOwnPropertyDescriptor(target, key) {
      looks += 1;
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
  watchers.set(value, watcher);
  return watcher;
}
