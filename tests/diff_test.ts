import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { toKeyOf } from "../src/array_keys.ts";
import { diff, type Difference, type DiffOptions } from "../src/diff.ts";
import { freezeShared } from "../src/freeze.ts";
import { formatPath, getAt, type KeyPath } from "../src/key_path.ts";
import { isPlainObject } from "../src/merge.ts";
import { anyObject, anyValue } from "./documents.ts";

class Service {
  readonly port = 1;
}

describe("diff()", () => {
  const [map, set, service, call] = [new Map([[1, 2]]), new Set([1]), new Service(), () => 1];
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
    ["tells an array from an object with its indices", { a: [1] }, { a: { 0: 1 } }, [
      { path: ["a"], kind: "changed", before: [1], after: { 0: 1 } },
    ]],
    ["tells null from a missing key", { a: null }, {}, [
      { path: ["a"], kind: "removed", before: null },
    ]],
    ["tells undefined from a missing key", {}, { a: undefined }, [
      { path: ["a"], kind: "added", after: undefined },
    ]],
    ["tells undefined from null", { a: undefined }, { a: null }, [
      { path: ["a"], kind: "changed", before: undefined, after: null },
    ]],
    ["takes a hole of an array for undefined", [undefined, , 1], [, undefined, 1], []],
    ["tells a changed root", 1, 2, [{ path: [], kind: "changed", before: 1, after: 2 }]],
    ["takes equal Dates for equal", { a: new Date(1) }, { a: new Date(1) }, []],
    ["takes invalid Dates for equal", { a: new Date(NaN) }, { a: new Date(NaN) }, []],
    ["tells Dates apart", new Date(1), new Date(2), [
      { path: [], kind: "changed", before: new Date(1), after: new Date(2) },
    ]],
    ["takes NaN for equal to itself", { a: NaN }, { a: NaN }, []],
    ["tells -0 from 0", { a: -0 }, { a: 0 }, [
      { path: ["a"], kind: "changed", before: -0, after: 0 },
    ]],
    ["compares bigints by value", [1n, 2n], [1n, 3n], [
      { path: [1], kind: "changed", before: 2n, after: 3n },
    ]],
    ["tells text from what looks like it", ["1", "true", "null", "1n"], [1, true, null, 1n], [
      { path: [0], kind: "changed", before: "1", after: 1 },
      { path: [1], kind: "changed", before: "true", after: true },
      { path: [2], kind: "changed", before: "null", after: null },
      { path: [3], kind: "changed", before: "1n", after: 1n },
    ]],
    [
      "does not look into a Map, a Set, a function or the instance of a class",
      {
        map,
        set,
        service,
        call,
        same: map,
      },
      { map: new Map(map), set: new Set(set), service: new Service(), call, same: map },
      [
        { path: ["map"], kind: "changed", before: map, after: new Map(map) },
        { path: ["set"], kind: "changed", before: set, after: new Set(set) },
        { path: ["service"], kind: "changed", before: service, after: new Service() },
      ],
    ],
    ["compares objects without a prototype like others", { a: 1 }, {
      __proto__: null,
      a: 1,
    }, []],
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

  test("reports nothing inside something else that it reports, and each where it stands", () => {
    fc.assert(fc.property(anyObject, anyObject, (before, after) => {
      assertPlaced(before, after, diff(before, after));
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

describe("diff() with keys of items", () => {
  const keyOf = toKeyOf({ "services": "id", "*.*.ports": "number", "pods": "metadata.name" });
  const [a, b, c] = [{ id: "a", port: 1 }, { id: "b", port: 2 }, { id: "c", port: 3 }];
  const textual = (before: unknown, after: unknown) =>
    diff(before, after, { keyOf }).map(({ path, kind, before, after }) =>
      [kind, formatPath(path), before, after].filter((part) => part !== undefined)
    );
  const cases: [name: string, before: unknown[], after: unknown[], differences: unknown[]][] = [
    ["takes an item inserted in front for one that was added", [a, b], [c, a, b], [
      ["added", "services.0", c],
    ]],
    ["gives what was removed its index in the array before", [c, a, b], [a, b], [
      ["removed", "services.0", c],
    ]],
    ["gives a change in an item that moved its index in the array after", [a, b], [
      c,
      { ...b, port: 9 },
      a,
    ], [["added", "services.0", c], ["changed", "services.1.port", 2, 9]]],
    ["gives what an item that moved lost its path in the value before", [a, b], [{ id: "b" }, a], [
      ["removed", "services.1.port", 2],
    ]],
    ["tells another order alone as one change of the array", [a, b, c], [c, a, b], [
      ["changed", "services", [a, b, c], [c, a, b]],
    ]],
    ["does not tell another order beside other changes of the array", [a, b, c], [
      c,
      { ...a, port: 9 },
      b,
    ], [["changed", "services.1.port", 1, 9]]],
    ["tells an item with another key from the one in its place", [a], [{ ...a, id: "z" }], [
      ["added", "services.0", { id: "z", port: 1 }],
      ["removed", "services.0", a],
    ]],
    ["tells a number from text that looks like it", [{ id: 1 }], [{ id: "1" }], [
      ["added", "services.0", { id: "1" }],
      ["removed", "services.0", { id: 1 }],
    ]],
    ["goes by index where two items have one key", [a, a, b], [c, a, a, b], [
      ["changed", "services.0.id", "a", "c"],
      ["changed", "services.0.port", 1, 3],
      ["changed", "services.2.id", "b", "a"],
      ["changed", "services.2.port", 2, 1],
      ["added", "services.3", b],
    ]],
    ["goes by index where only the array after has one key twice", [a, b], [b, b], [
      ["changed", "services.0.id", "a", "b"],
      ["changed", "services.0.port", 1, 2],
    ]],
    ["goes by index where an item has no key", [a, { port: 1 }], [{ port: 1 }, a], [
      ["removed", "services.0.id", "a"],
      ["added", "services.1.id", "a"],
    ]],
    ["goes by index where a key is neither text nor a number", [{ id: null }], [{ id: {} }], [
      ["changed", "services.0.id", null, {}],
    ]],
    ["goes by index where an item is no object", ["x"], ["y", "x"], [
      ["changed", "services.0", "x", "y"],
      ["added", "services.1", "x"],
    ]],
    ["does the same in arrays inside items", [{ ...a, ports: [{ number: 1, tls: true }] }], [
      b,
      { ...a, ports: [{ number: 2 }, { number: 1, tls: false }] },
    ], [
      ["added", "services.0", b],
      ["added", "services.1.ports.0", { number: 2 }],
      ["changed", "services.1.ports.1.tls", true, false],
    ]],
  ];
  for (const [name, before, after, differences] of cases) {
    test(name, () => {
      assert.deepEqual(textual({ services: before }, { services: after }), differences);
    });
  }

  test("finds the key along a path", () => {
    const pod = (name: string, node: number) => ({ metadata: { name }, node });
    assert.deepEqual(
      textual({ pods: [pod("x", 1)] }, { pods: [pod("y", 1), pod("x", 2)] }),
      [["added", "pods.0", pod("y", 1)], ["changed", "pods.1.node", 1, 2]],
    );
  });

  test("goes by index in every other array", () => {
    assert.deepEqual(textual({ others: [a, b] }, { others: [b] }), [
      ["changed", "others.0.id", "a", "b"],
      ["changed", "others.0.port", 1, 2],
      ["removed", "others.1", b],
    ]);
  });

  test("finds the same as in objects with those keys, and another order", () => {
    fc.assert(fc.property(anyServices, anyServices, (before, after) => {
      const isReordering = ({ path, kind, after }: Difference) =>
        kind === "changed" && path.at(-1) === "services" && Array.isArray(after);
      const found = diff(before, after, keyed);
      const told = found.filter((difference) => !isReordering(difference));
      const expected = diff(asObjects(before), asObjects(after));
      assert.deepEqual(
        told.map((difference) => describeByKey(difference, before, after)).sort(),
        expected.map(({ path, kind, ...values }) => JSON.stringify([kind, path, values])).sort(),
      );
      assert.equal(found.length === 0, isDeepStrictEqual(before, after));
    }));
  });

  test("and applying what it found lead to the value after, where items kept their order", () => {
    fc.assert(fc.property(anyServices, anyServices, (before, after) => {
      const inOrder = sortAll(before);
      const wanted = sortAll(after);
      assert.deepEqual(apply(inOrder, diff(inOrder, wanted, keyed)), wanted);
    }));
  });

  test("reports nothing inside something else that it reports, and each where it stands", () => {
    fc.assert(fc.property(anyServices, anyServices, (before, after) => {
      assertPlaced(before, after, diff(before, after, keyed));
    }));
  });

  test("asks for no key of items that are the same objects in the same array", () => {
    const items = [a, b];
    const shy: DiffOptions = { keyOf: () => assert.fail("asked") };
    assert.deepEqual(diff({ items, x: 1 }, { items, x: 1 }, shy), []);
  });
});

const keyed: DiffOptions = {
  keyOf: (path) => path.at(-1) === "services" ? (item) => getAt(item, ["id"]) : undefined,
};

interface Services {
  readonly services: readonly Item[];
  readonly other?: unknown;
}

interface Item extends Partial<Services> {
  readonly id: string;
  readonly port?: number;
}

/** Services that hold services, each with an id of its own. */
const anyServices: fc.Arbitrary<Services> = fc.letrec<{ list: Services; item: Item }>((tie) => ({
  list: fc.record({
    services: fc.uniqueArray(tie("item"), { maxLength: 5, selector: ({ id }) => id }),
  }, { noNullPrototype: true }),
  item: fc.oneof(
    { maxDepth: 2 },
    fc.record({
      id: fc.constantFrom("a", "b", "c", "d", "e"),
      port: fc.integer({ min: 1, max: 3 }),
      list: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    }, { requiredKeys: ["id"], noNullPrototype: true }),
    fc.tuple(fc.constantFrom("a", "b", "c"), tie("list")).map(([id, list]) => ({ id, ...list })),
  ),
})).list;

/** The same with an object instead of each array of services, by id. */
function asObjects(value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === "services"
        ? Object.fromEntries((member as Item[]).map((item) => [item.id, asObjects(item)]))
        : member,
    ]),
  );
}

/** A difference as `diff()` finds it in what `asObjects()` makes of the values. */
function describeByKey(
  { path, pathBefore: _pathBefore, kind, ...values }: Difference,
  before: unknown,
  after: unknown,
): string {
  const side = kind === "removed" ? before : after;
  const byKey = path.map((segment, depth) =>
    path[depth - 1] === "services" ? getAt(side, [...path.slice(0, depth + 1), "id"]) : segment
  );
  const asObject = Object.entries(values).map(([name, value]) => [
    name,
    path.at(-1) === "services"
      ? getAt(asObjects({ services: value }), ["services"])
      : asObjects(value),
  ]);
  return JSON.stringify([kind, byKey, Object.fromEntries(asObject)]);
}

function sortAll<V>(value: V): V {
  if (!isPlainObject(value)) return value;
  const { services, ...others } = value as { services?: Item[] };
  if (services === undefined) return value;
  const sorted = services.map(sortAll).sort((a, b) => a.id < b.id ? -1 : 1);
  return { ...others, services: sorted } as V;
}

/** Each path leads to the value that is given with it, and to no other difference's value. */
function assertPlaced(before: unknown, after: unknown, differences: readonly Difference[]): void {
  for (const difference of differences) {
    const { path, kind } = difference;
    const isRemoved = kind === "removed";
    assert.ok(Object.is(
      getAt(isRemoved ? before : after, path),
      isRemoved ? difference.before : difference.after,
    ));
    const { pathBefore = path } = difference;
    if (kind === "changed") assert.ok(Object.is(getAt(before, pathBefore), difference.before));
    const onItsSide = differences.filter((other) => (other.kind === "removed") === isRemoved);
    const inside = onItsSide.filter((other) =>
      other !== difference && startsWith(other.path, path)
    );
    assert.deepEqual(inside, []);
  }
}

function startsWith(path: KeyPath, start: KeyPath): boolean {
  return path.length >= start.length && start.every((segment, index) => segment === path[index]);
}

/**
 * Carries differences out on a copy. What is removed goes first, as its path is one of the value
 * before: the deepest first, and from the end of each array, so that other paths stay right.
 */
function apply(value: unknown, differences: readonly Difference[]): unknown {
  let root = structuredClone(value);
  const removals = differences.filter(({ kind }) => kind === "removed").reverse()
    .sort((a, b) => b.path.length - a.path.length);
  const others = differences.filter(({ kind }) => kind !== "removed");
  for (const { path, kind, after } of [...removals, ...others]) {
    const key = path.at(-1);
    if (key === undefined) {
      root = after;
      continue;
    }
    const parent = path.slice(0, -1).reduce(
      (at: unknown, segment) => Object.getOwnPropertyDescriptor(at, segment)!.value,
      root,
    ) as Record<string | number, unknown>;
    const configurable = true, enumerable = true, writable = true;
    if (Array.isArray(parent)) {
      const [index, isNew] = [Number(key), kind === "added"];
      parent.splice(index, isNew ? 0 : 1, ...(kind === "removed" ? [] : [after]));
    } else if (kind === "removed") delete parent[key];
    else Object.defineProperty(parent, key, { value: after, configurable, enumerable, writable });
  }
  return root;
}
