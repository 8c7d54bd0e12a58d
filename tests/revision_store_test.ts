import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { RevisionStore, type Snapshot } from "../src/revision_store.ts";

describe("a RevisionStore", () => {
  test("numbers snapshots from 1 and never uses a number again", () => {
    const store = createStore(2);
    for (const expected of [2, 3, 4, 5]) {
      assert.equal(commit(store).revision, expected);
      assert.equal(store.current.revision, expected);
    }
  });

  test("freezes what it commits (G6)", () => {
    assert.ok(Object.isFrozen(commit(createStore(2))));
  });

  test("keeps the newest and, besides, the first (G10)", () => {
    const store = createStore(3);
    for (let count = 0; count < 6; count++) commit(store);
    assert.deepEqual(revisions(store), [1, 5, 6, 7]);
  });

  test("never keeps more than its size and the first (G10)", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(30), (size, commits) => {
      const store = createStore(size);
      for (let count = 0; count < commits; count++) commit(store);
      const kept = revisions(store);
      assert.ok(kept.length <= size + 1);
      assert.equal(kept[0], 1);
      assert.equal(kept.at(-1), commits + 1);
    }));
  });

  test("gives its history as a copy", () => {
    const store = createStore(3);
    (store.history as Snapshot<string>[]).pop();
    assert.deepEqual(revisions(store), [1]);
  });

  test("finds the first snapshot long after it left the history (S5.8)", () => {
    const store = createStore(1);
    for (let count = 0; count < 10; count++) commit(store);
    assert.equal(store.find("initial").revision, 1);
    assert.equal(store.find(1).revision, 1);
  });

  test("finds the previous one and any that is kept", () => {
    const store = createStore(3);
    for (let count = 0; count < 4; count++) commit(store);
    assert.equal(store.find("previous").revision, 4);
    assert.equal(store.find(3).revision, 3);
    assert.equal(store.find(5).revision, 5);
  });

  test("goes back a step further for each rollback in a row", () => {
    const store = createStore(20);
    for (let count = 0; count < 3; count++) commit(store);
    assert.equal(store.find("previous").revision, 3);
    commit(store, 3);
    assert.equal(store.find("previous").revision, 2);
    commit(store, 2);
    assert.equal(store.find("previous").revision, 1);
    commit(store, 1);
    assert.throws(() => store.find("previous"), RangeError);
  });

  test("never goes back further than asked, when the one before is not kept any more", () => {
    const store = createStore(3);
    for (let count = 0; count < 5; count++) commit(store);
    commit(store, store.find("previous").revision);
    assert.deepEqual(revisions(store), [1, 5, 6, 7]);
    assert.throws(() => store.find("previous"), {
      name: "RangeError",
      message: "Cannot roll back to the previous revision 4: the kept revisions are 1, 5, 6, 7",
    });
    assert.equal(store.find("initial").revision, 1);
  });

  test("goes back from a save after a rollback to what ran before it", () => {
    const store = createStore(20);
    commit(store);
    commit(store, 1);
    commit(store);
    assert.equal(store.find("previous").revision, 3);
    assert.equal(store.find(3).rolledBackTo, 1);
  });

  test("says what is kept when there is nothing to go back to", () => {
    const store = createStore(2);
    assert.throws(() => store.find("previous"), {
      name: "RangeError",
      message: "Cannot roll back to the previous revision: the kept revisions are 1",
    });
    for (let count = 0; count < 4; count++) commit(store);
    assert.throws(() => store.find(2), {
      name: "RangeError",
      message: "Cannot roll back to revision 2: the kept revisions are 1, 4, 5",
    });
  });
});

function createStore(size: number): RevisionStore<string> {
  return new RevisionStore({ revision: 1, ...content(), cause: "start" }, size);
}

function commit(store: RevisionStore<string>, rolledBackTo?: number): Snapshot<string> {
  const isRollback = rolledBackTo !== undefined && { rolledBackTo };
  return store.commit({ ...content(), cause: "save", ...isRollback });
}

function content() {
  return { value: "x", checksum: "c", at: "2026-01-01T00:00:00.000Z", files: [] };
}

function revisions(store: RevisionStore<string>): number[] {
  return store.history.map(({ revision }) => revision);
}
