import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toKeyOf } from "../src/array_keys.ts";

describe("toKeyOf()", () => {
  test("takes the first of several paths that fit", () => {
    const keyOf = toKeyOf({ "a.b": "first", "a.*": "second" });
    const item = { first: 1, second: 2 };
    assert.equal(keyOf(["a", "b"])?.(item), 1);
    assert.equal(keyOf(["a", 0])?.(item), 2);
    assert.equal(keyOf(["a"]), undefined);
    assert.equal(keyOf(["a", "b", "c"]), undefined);
  });

  test("refuses what is no path", () => {
    assert.throws(() => toKeyOf({ "a..b": "id" }), RangeError);
    assert.throws(() => toKeyOf({ "a": "" }), RangeError);
    const message = 'Cannot use arrayKeys, it must be as in { "services": "name" }';
    for (const wrong of [{ a: 1 }, [], null, "id"]) {
      assert.throws(() => toKeyOf(wrong as never), { name: "TypeError", message });
    }
  });
});
