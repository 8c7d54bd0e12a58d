import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EntryIndex } from "../../src/watch/entry_index.ts";

const one = { name: "one" };
const two = { name: "two" };
const a = { directory: "/d", name: "a" };
const b = { directory: "/d", name: "b" };
const c = { directory: "/e", name: "c" };

describe("an index of entries", () => {
  test("finds what depends on a name, and on any name in a directory, each once", () => {
    const index = new EntryIndex<typeof one>();
    index.add(one, [a, b, a]);
    index.add(two, [b, c]);
    assert.deepEqual(index.at(a), [one]);
    assert.deepEqual(index.at(b), [one, two]);
    assert.deepEqual(index.at({ directory: "/e", name: "a" }), []);
    assert.deepEqual([...index.in("/d")], [one, two]);
    assert.deepEqual([...index.in("/e")], [two]);
    assert.deepEqual([...index.in("/f")], []);
    assert.deepEqual([...index.directories], ["/d", "/e"]);
  });

  test("forgets what depends on a name no more, and says so when a directory comes or goes", () => {
    const index = new EntryIndex<typeof one>();
    index.add(one, [a, b]);
    const { version } = index;
    index.add(two, [a]);
    index.remove(one, [b]);
    index.remove(two, [b, c]);
    assert.equal(index.version, version);
    index.remove(one, [a]);
    assert.deepEqual(index.at(a), [two]);
    index.remove(two, [a]);
    assert.deepEqual([index.at(a), [...index.directories]], [[], []]);
    assert.notEqual(index.version, version);
  });
});
