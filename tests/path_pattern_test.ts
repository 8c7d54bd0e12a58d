import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { KeyPath } from "../src/key_path.ts";
import {
  expandPattern,
  matchesPath,
  matchesPathOrAncestor,
  parseDeepPattern,
} from "../src/path_pattern.ts";

describe("a pattern of paths is about", () => {
  const cases: readonly [pattern: string, path: KeyPath, itself: boolean, orAncestor: boolean][] = [
    ["a.b", ["a", "b"], true, true],
    ["a.b", ["a"], false, false],
    ["a.b", ["a", "b", "c"], false, true],
    ["a.*.c", ["a", "x", "c"], true, true],
    ["a.*.c", ["a", 0, "c"], true, true],
    ["a.*.c", ["a", "c"], false, false],
    ["*", ["a"], true, true],
    ["*", [], false, false],
    ["**.pin", ["pin"], true, true],
    ["**.pin", ["a", "b", "pin"], true, true],
    ["**.pin", ["a", "pin", "b"], false, true],
    ["a.**", ["a"], true, true],
    ["a.**", ["a", "b", "c"], true, true],
    ['a["x.y"]', ["a", "x.y"], true, true],
  ];
  for (const [text, path, itself, orAncestor] of cases) {
    test(`${text}: ${JSON.stringify(path)}? ${itself}, or what holds it? ${orAncestor}`, () => {
      const pattern = parseDeepPattern(text);
      assert.equal(matchesPath(pattern, path), itself);
      assert.equal(matchesPathOrAncestor(pattern, path), orAncestor);
    });
  }

  test('a["*"] is about the key of that name', () => {
    const pattern = parseDeepPattern('a["*"]');
    assert.ok(matchesPath(pattern, ["a", "*"]));
    assert.ok(!matchesPath(pattern, ["a", "b"]));
  });

  test("many stars about a long path in no time (G12)", () => {
    const pattern = parseDeepPattern(Array(30).fill("**.a").join(".") + ".b");
    assert.ok(!matchesPath(pattern, Array(2_000).fill("a")));
  });

  test("no text that is no path", () => {
    assert.throws(() => parseDeepPattern("a..b"), RangeError);
  });
});

describe("the paths of a pattern", () => {
  const before = { a: { x: { c: 1 }, y: { c: 2 } }, list: [{ c: 1 }] };
  const after = { a: { y: { c: 2 }, z: { d: 3 } } };

  test("are those that any of the values has", () => {
    assert.deepEqual(expandPattern(parseDeepPattern("a.*.c"), [before, after]), [
      ["a", "x", "c"],
      ["a", "y", "c"],
    ]);
    assert.deepEqual(expandPattern(parseDeepPattern("list.*.c"), [before, after]), [[
      "list",
      "0",
      "c",
    ]]);
    assert.deepEqual(expandPattern(parseDeepPattern("b"), [before, after]), []);
  });

  test("are at any depth for two stars", () => {
    assert.deepEqual(
      expandPattern(parseDeepPattern("**.c"), [before]).map((path) => path.join(".")),
      ["a.x.c", "a.y.c", "list.0.c"],
    );
  });
});

test("a pattern with several ** gives each path once, and soon (G12)", () => {
  const pattern = parseDeepPattern("**.a.**.a.**.a.**.a.**.b");
  let deep: unknown = { b: 1 };
  for (let depth = 0; depth < 60; depth++) deep = { a: deep };
  assert.deepEqual(expandPattern(pattern, [deep]), [[...Array(60).fill("a"), "b"]]);
});
