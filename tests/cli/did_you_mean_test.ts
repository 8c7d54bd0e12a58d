import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { editDistance, nearestWord, suggest } from "../../src/cli/did_you_mean.ts";

describe("editDistance()", () => {
  const cases: readonly [string, string, number][] = [
    ["", "", 0],
    ["poll", "poll", 0],
    ["", "poll", 4],
    ["pol", "poll", 1],
    ["polll", "poll", 1],
    ["pill", "poll", 1],
    ["jsno", "json", 1],
    ["kitten", "sitting", 3],
  ];
  for (const [from, to, expected] of cases) {
    test(`from ${JSON.stringify(from)} to ${JSON.stringify(to)} is ${expected}`, () => {
      assert.equal(editDistance(from, to), expected);
    });
  }

  test("is symmetric, bounded by the longer word, and 0 only for the same word", () => {
    const word = fc.string({ maxLength: 8, unit: fc.constantFrom("a", "b", "c") });
    fc.assert(fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert.ok(distance <= Math.max(a.length, b.length));
      assert.equal(distance === 0, a === b);
    }));
  });
});

describe("nearestWord()", () => {
  const known = ["debounce", "debounce-ms", "json", "poll", "once"];

  test("finds the word with the fewest mistakes", () => {
    assert.equal(nearestWord("debonce", known), "debounce");
    assert.equal(nearestWord("debounc-ms", known), "debounce-ms");
    assert.equal(nearestWord("jsno", known), "json");
  });

  test("completes a word that was cut short", () => {
    assert.equal(nearestWord("deb", known), "debounce");
  });

  test("suggests nothing for a word unlike all others", () => {
    assert.equal(nearestWord("verbose", known), undefined);
    assert.equal(nearestWord("x", known), undefined);
    assert.equal(suggest(undefined), "");
  });
});
