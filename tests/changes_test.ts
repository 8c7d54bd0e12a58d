import assert from "node:assert/strict";
import { test } from "node:test";
import { findChanges } from "../src/changes.ts";

function nest(value: unknown): unknown {
  let nested = value;
  for (let level = 0; level < 100_000; level++) nested = { nested };
  return nested;
}

test("what is nested too deep to be compared has changed as a whole (G7)", () => {
  const before = { value: nest(1), layers: [] };
  const after = { value: nest(2), layers: [] };
  const { changes, changedPaths } = findChanges(before, after);
  assert.equal(changes.length, 1);
  const [change] = changes;
  assert.deepEqual([change!.path, change!.kind], ["", "changed"]);
  assert.ok(change!.before === before.value && change!.after === after.value);
  assert.deepEqual(changedPaths, [[]]);
});
