import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memory } from "../mod.ts";
import type { Explanation, Validator } from "../mod.ts";
import { openLive } from "./live.ts";

describe("explain() names who gave a value, and only them (S4.6)", () => {
  test("when a layer between replaced the object that another one makes again", async () => {
    await using live = await openLive({}, {
      sources: [
        memory({ a: { b: 1, c: 1 } }, { name: "one" }),
        memory({ a: 5 }, { name: "two" }),
        memory({ a: { c: 3 } }, { name: "three" }),
      ],
    });
    assert.deepEqual(live.config.current, { a: { c: 3 } });
    assert.deepEqual(summary(live.config.explain("a.b")), [undefined, undefined, ["one"]]);
    assert.deepEqual(summary(live.config.explain("a.c")), [3, "three", ["one"]]);
    assert.deepEqual(summary(live.config.explain("a")), [{ c: 3 }, "three", ["two", "one"]]);
  });

  test("when a shorter array, null or nothing takes the place of what was there", async () => {
    await using live = await openLive({}, {
      sources: [
        memory({ list: ["a", "b"], o: { x: 1 }, n: { x: 1 } }, { name: "one" }),
        memory({ list: ["c"], o: null }, { name: "two" }),
        memory({}, { name: "three" }),
      ],
    });
    assert.deepEqual(summary(live.config.explain("list.0")), ["c", "two", ["one"]]);
    assert.deepEqual(summary(live.config.explain("list.1")), [undefined, undefined, ["one"]]);
    assert.deepEqual(summary(live.config.explain("o")), [null, "two", ["one"]]);
    assert.deepEqual(summary(live.config.explain("o.x")), [undefined, undefined, ["one"]]);
    assert.deepEqual(summary(live.config.explain("n.x")), [1, "one", []]);
  });

  test("with the place of a key with dots and of an item of an array", async () => {
    await using live = await openLive({
      "/app.yaml": 'a:\n  "x.y": 1\n  list:\n    - 5\n    - 6\n',
    });
    assert.equal(live.config.explain('a["x.y"]').origin?.line, 2);
    assert.equal(live.config.explain("a.list.1").origin?.line, 5);
  });
});

test("an issue is not placed where the value was replaced (S4.6)", async () => {
  const noItem: Validator<unknown> = () => [{ path: "list.1", message: "is missing" }];
  await assert.rejects(
    openLive({ "/app.yaml": "list: [a, b]\n" }, {
      sources: ["/app.yaml", memory({ list: ["c"] }, { name: "top" })],
      validators: [noItem],
    }),
    /top: list\.1: is missing/,
  );
});

function summary({ value, origin, shadowed }: Explanation): readonly unknown[] {
  return [value, origin?.source, shadowed.map(({ source }) => source)];
}
