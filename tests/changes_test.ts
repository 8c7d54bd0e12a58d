import assert from "node:assert/strict";
import { test } from "node:test";
import { findChanges } from "../src/changes.ts";
import { Secrets } from "../src/secrets.ts";

function nest(value: unknown): unknown {
  let nested = value;
  for (let level = 0; level < 100_000; level++) nested = { nested };
  return nested;
}

test("what is nested too deep to be compared has changed as a whole (G7)", () => {
  const before = { value: nest(1), layers: [] };
  const after = { value: nest(2), layers: [] };
  const { changes, changedPaths } = findChanges(before, after, new Secrets());
  assert.equal(changes.length, 1);
  const [change] = changes;
  assert.deepEqual([change!.path, change!.kind], ["", "changed"]);
  // What is secret in them can't be told.
  assert.ok(!("before" in change!) && !("after" in change!));
  assert.deepEqual(changedPaths, [[]]);
});
