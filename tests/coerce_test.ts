import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { coerceTexts, readText } from "../src/coerce.ts";

describe("a text says", () => {
  const cases: readonly [text: string, value: unknown][] = [
    ["0", 0],
    ["8080", 8080],
    ["-1.5", -1.5],
    ["1e3", 1000],
    ["true", true],
    ["false", false],
    ["007", "007"],
    ["1_000", "1_000"],
    ["0x10", "0x10"],
    [" 1", " 1"],
    ["+1", "+1"],
    ["1e999", "1e999"],
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", "9007199254740993"],
    ["1e21", 1e21],
    ["True", "True"],
    ["yes", "yes"],
    ["null", "null"],
    ["NaN", "NaN"],
    ["", ""],
  ];
  for (const [text, value] of cases) {
    test(`${JSON.stringify(text)}: ${typeof value} ${value}`, () => {
      assert.deepEqual(readText(text), value);
    });
  }
});

describe("the texts of a candidate", () => {
  const candidate = Object.freeze({
    server: Object.freeze({ port: "80", host: "1" }),
    list: Object.freeze(["1", "x"]),
    number: 5,
  });

  test("are read where they are asked for, and nothing else is touched (G6)", () => {
    const coerced = coerceTexts(candidate, [["server", "port"], ["list", 0]], () => true);
    assert.deepEqual(coerced, { server: { port: 80, host: "1" }, list: [1, "x"], number: 5 });
    assert.equal(candidate.server.port, "80");
  });

  test("stay when none of them says a number or a boolean, or they are no texts", () => {
    const paths = [["list", 1], ["number"], ["nowhere", "at", "all"], []];
    assert.equal(coerceTexts(candidate, paths, () => true), undefined);
    assert.equal(coerceTexts(candidate, [["server", "port"]], () => false), undefined);
  });

  test("do not pollute prototypes (G12)", () => {
    const hostile: unknown = JSON.parse('{"__proto__": {"polluted": "1"}}');
    const coerced = coerceTexts(hostile, [["__proto__", "polluted"]], () => true);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    assert.deepEqual(Object.keys(coerced as object), ["__proto__"]);
  });
});

test("very many texts are read in one pass (G12)", () => {
  const list = Object.freeze(Array.from({ length: 30_000 }, (_, index) => `${index}`));
  const paths = list.map((_, index) => ["list", index]);
  const coerced = coerceTexts(Object.freeze({ list }), paths, () => true);
  // A pass for each of them takes 20 s.
  assert.deepEqual(coerced, { list: [...list.keys()] });
});
