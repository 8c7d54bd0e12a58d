import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkGuards, guardLayers, guardValue } from "../src/guard.ts";
import type { Layer } from "../src/layers.ts";

describe("the guard against emptied files", () => {
  for (const [name, value] of [["without content", undefined], ["null", null], ["{}", {}]]) {
    test(`refuses a file that is ${name} and was not before (G2)`, () => {
      const issues = guardLayers([layer("/a.yaml", { a: 1 })], [layer("/a.yaml", value)], {});
      assert.deepEqual(issues, [{
        path: "",
        message: "the file is empty and was not before (to allow it, set guards.empty to false)",
        file: "/a.yaml",
        line: 1,
        column: 1,
        checksum: "",
      }]);
    });
  }

  test("names every file that was emptied, and no other", () => {
    const current = [layer("/a", { a: 1 }), layer("/b", { b: 1 }), layer("/c", { c: 1 })];
    const next = [layer("/a", undefined), layer("/b", { b: 2 }), layer("/c", {})];
    assert.deepEqual(guardLayers(current, next, {}).map(({ file }) => file), ["/a", "/c"]);
  });

  test("accepts a file that was empty before, and a new one", () => {
    assert.deepEqual(guardLayers([layer("/a", undefined)], [layer("/a", {})], {}), []);
    assert.deepEqual(guardLayers([], [layer("/a", undefined)], {}), []);
  });

  test("accepts an empty list, false and 0: they are values", () => {
    for (const value of [[], false, 0, ""]) {
      assert.deepEqual(guardLayers([layer("/a", { a: 1 })], [layer("/a", value)], {}), []);
    }
  });

  test("can be switched off", () => {
    const [current, next] = [[layer("/a", { a: 1 })], [layer("/a", undefined)]];
    assert.deepEqual(guardLayers(current, next, { empty: false }), []);
    assert.equal(guardLayers(current, next, { empty: true }).length, 1);
  });
});

describe("the guard against vanished sources", () => {
  const optional = { ...layer("/b", { b: 1 }), mayBeEmpty: true };

  test("refuses that a source gives nothing any more, unless it may (G4)", () => {
    const issues = guardLayers([layer("/a", { a: 1 }), optional], [], {});
    assert.deepEqual(issues.map(({ message, file }) => [message, file]), [[
      "the source /a gives nothing any more (to allow it, set guards.vanished to false)",
      "/a",
    ]]);
    assert.deepEqual(guardLayers([optional], [{ ...optional, parsed: nothing() }], {}), []);
  });

  test("minds no file of a source that still gives others, and can be switched off", () => {
    const [one, two] = [{ ...layer("/d/1", { a: 1 }), source: "/d" }, layer("/d/2", { b: 1 })];
    assert.deepEqual(guardLayers([one, { ...two, source: "/d" }], [one], {}), []);
    assert.deepEqual(guardLayers([one], [], { vanished: false }), []);
  });
});

describe("the guard against mass removal (G4)", () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, { v: index }]));
  const removed = (before: unknown, after: unknown, massRemoval?: number | false) =>
    guardValue({ value: before, layers: [] }, { value: after, layers: [] }, { massRemoval });

  test("refuses that more than half of the values go, and says how many", () => {
    assert.deepEqual(removed(many(20), many(10)), []);
    assert.match(removed(many(20), many(9))[0]!.message, /^11 of 20 values \(55 %\) are gone/);
  });

  test("counts what stood in objects and arrays that are gone or something else now", () => {
    const before = { list: [1, 2, 3, 4, 5, 6, 7, 8, 9], other: 1, none: null };
    assert.match(removed(before, { other: 1, none: null })[0]!.message, /^9 of 11/);
    assert.match(removed(before, { list: 1, other: 1, none: null })[0]!.message, /^9 of 11/);
    assert.match(removed(before, { list: [1], other: 1, none: null })[0]!.message, /^8 of 11/);
    assert.deepEqual(removed(before, { list: [1, 2, 3, 4], other: 2, none: 1 }), []);
  });

  test("does not count fewer than ten values, and takes another part or none", () => {
    assert.deepEqual(removed(many(9), {}), []);
    assert.equal(removed(many(20), many(17), 0.1).length, 1);
    assert.deepEqual(removed(many(20), {}, false), []);
  });

  test("points at the place where the first of them was", () => {
    const base = layer("/a.yaml", many(20));
    const next = { ...layer("/a.yaml", { k0: 1 }), parsed: located({ k0: 1 }) };
    const [issue] = guardValue({ value: many(20), layers: [base] }, {
      value: { k0: 1 },
      layers: [next],
    }, {});
    assert.deepEqual([issue!.file, issue!.line, issue!.path], ["/a.yaml", 7, ""]);
  });
});

describe("the guard of protected paths (G4, S5.17)", () => {
  const value = (url: string, port: number) => ({ database: { url }, services: { a: { port } } });
  const guarded = (next: unknown) =>
    guardValue({ value: value("x", 1), layers: [] }, { value: next, layers: [] }, {
      protectedPaths: ["database.url", "services.*.port"],
    });

  test("refuses that their values change, come or go", () => {
    assert.deepEqual(guarded(value("x", 1)), []);
    assert.deepEqual(guarded(value("y", 1)).map(({ path }) => path), ["database.url"]);
    assert.deepEqual(guarded(value("x", 2)).map(({ path }) => path), ["services.a.port"]);
    assert.deepEqual(guarded({ services: {} }).map(({ path }) => path), [
      "database.url",
      "services.a.port",
    ]);
    const more = { ...value("x", 1), services: { a: { port: 1 }, b: { port: 2 } } };
    assert.deepEqual(guarded(more).map(({ path }) => path), ["services.b.port"]);
  });
});

test("options of the guards that are out of range are refused", () => {
  checkGuards({ massRemoval: false });
  checkGuards({ massRemoval: 1, protectedPaths: ["a.*.b"] });
  for (const massRemoval of [-0.1, 1.1, NaN]) {
    assert.throws(() => checkGuards({ massRemoval }), /Cannot use guards.massRemoval/);
  }
  assert.throws(() => checkGuards({ protectedPaths: ["a..b"] }), RangeError);
  for (const guards of [null, { empty: 0 }, { vanished: "no" }, { protectedPaths: "a" }]) {
    assert.throws(() => checkGuards(guards as object), { name: "TypeError", message: /guards/ });
  }
});

function nothing(): Layer["parsed"] {
  return { value: undefined, locate: () => undefined };
}

function located(value: unknown): Layer["parsed"] {
  return { value, locate: () => ({ line: 7, column: 1 }) };
}

function layer(file: string, value: unknown): Layer {
  return {
    source: file,
    file,
    hasText: true,
    checksum: "",
    parsed: { value, locate: () => undefined },
    isText: false,
    mayBeEmpty: false,
  };
}
