import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { guardLayers } from "../src/guard.ts";
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
