import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { doubt, type ReadingFacts } from "../../src/debounce/settle.ts";

const TEXT = '{"a": 1, "b": {"c": [1, 2]}}\n';

/** What is known of a reading of `text`, which is JSON in these tests. */
function facts(text: string | undefined): ReadingFacts {
  if (text === undefined) return { size: undefined };
  const plain = { size: text.length, endsLine: text.endsWith("\n") };
  if (text === "") return { ...plain, parsed: { value: undefined } };
  try {
    return { ...plain, parsed: { value: JSON.parse(text) } };
  } catch {
    return { ...plain, parsed: "unparsable" };
  }
}

describe("what speaks against a file (G2)", () => {
  const cases: [
    name: string,
    next: string | undefined,
    plain: string | undefined,
    afterRename: string | undefined,
    afterClose: string | undefined,
  ][] = [
    ["it is gone", undefined, "missing", "missing", "missing"],
    ["it is empty", "", "empty", "empty", "empty"],
    ["it does not parse", '{"a": 1, "b": {"c": [1,', "unparsable", undefined, "unparsable"],
    ["it has less than half of its bytes", '{"a": 1}\n', "shrank", undefined, undefined],
    [
      "its final newline is gone",
      '{"a": 2, "b": {"c": [1, 2]}}',
      "newline lost",
      undefined,
      undefined,
    ],
    ["a key is gone", '{"a": 1, "other": "some"}\n', "keys vanished", undefined, undefined],
    ["a nested key is gone", '{"a": 1, "b": {"d": [1]}}\n', "keys vanished", undefined, undefined],
    ["a list is shorter", '{"a": 1, "b": {"c": [1]}}\n', "keys vanished", undefined, undefined],
    ["an object is a scalar now", '{"a": 1, "b": 123456}\n', "keys vanished", undefined, undefined],
    ["it is the same", TEXT, undefined, undefined, undefined],
    ["a value changed", '{"a": 9, "b": {"c": [3, 4]}}\n', undefined, undefined, undefined],
    ["it grew", `{"new": 1, ${TEXT.slice(1)}`, undefined, undefined, undefined],
  ];
  for (const [name, next, plain, afterRename, afterClose] of cases) {
    test(`${name}: ${plain}, after a rename ${afterRename}, after a close ${afterClose}`, () => {
      assert.equal(doubt(facts(TEXT), facts(next), undefined), plain);
      assert.equal(doubt(facts(TEXT), facts(next), "rename"), afterRename);
      assert.equal(doubt(facts(TEXT), facts(next), "close"), afterClose);
    });
  }

  test("a file that is seen for the first time is only asked to be there and to parse", () => {
    for (const previous of [undefined, facts(undefined), facts("")]) {
      assert.equal(doubt(previous, facts('{"a": 1}'), undefined), undefined);
      assert.equal(doubt(previous, facts("{"), undefined), "unparsable");
      assert.equal(doubt(previous, facts(""), undefined), "empty");
    }
  });

  test("exactly half of the bytes is not sharply less", () => {
    assert.equal(doubt({ size: 100 }, { size: 50 }, undefined), undefined);
    assert.equal(doubt({ size: 100 }, { size: 49 }, undefined), "shrank");
  });

  test("a file that did not parse before may have any keys now", () => {
    assert.equal(doubt(facts('{"abc": 1, "d": '), facts('{"x": 1234567}'), undefined), undefined);
  });

  test("where nobody parses, only bytes count", () => {
    const bytes = (text: string) => ({ size: text.length, endsLine: text.endsWith("\n") });
    assert.equal(doubt(bytes(TEXT), bytes('{"zzz": 1, "yy": 5}\n'), undefined), undefined);
    assert.equal(doubt(bytes(TEXT), bytes('{"zzz": 1, "yy": 5}'), undefined), "newline lost");
    assert.equal(doubt(bytes(TEXT), bytes(""), undefined), "empty");
  });
});
