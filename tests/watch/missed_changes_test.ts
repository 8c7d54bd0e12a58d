import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MissedChanges } from "../../src/watch/missed_changes.ts";
import { ManualClock } from "../../testing.ts";

/** A hint may come so much later than a look. */
const LATE_MS = 100;

function create() {
  const clock = new ManualClock();
  const silent: string[] = [];
  const missed = new MissedChanges(clock, (directory) => silent.push(directory));
  return { clock, missed, silent };
}

describe("a change that a look found (G1, G8)", () => {
  test("counts when no watcher told of it, and its directories are named once", async () => {
    const { clock, missed, silent } = create();
    missed.found("/d/a", ["/d", "/real"]);
    missed.found("/d/b", ["/d"]);
    assert.equal(missed.count, 0, "not yet");
    await clock.advance(LATE_MS);
    assert.equal(missed.count, 2);
    assert.deepEqual(silent, ["/d", "/real"]);
    missed.found("/d/a", ["/d"]);
    await clock.advance(LATE_MS);
    assert.equal(missed.count, 3);
  });

  test("does not count when its hint comes a little later", async () => {
    const { clock, missed, silent } = create();
    missed.found("/d/a", ["/d"]);
    await clock.advance(LATE_MS - 1);
    missed.told("/d/b");
    missed.told("/d/a");
    await clock.advance(LATE_MS);
    assert.deepEqual([missed.count, silent, clock.timers], [0, [], 0]);
  });

  test("is forgotten when watching ends (G9)", async () => {
    const { clock, missed, silent } = create();
    missed.found("/d/a", ["/d"]);
    missed.close();
    assert.equal(clock.timers, 0);
    await clock.advance(LATE_MS);
    assert.deepEqual([missed.count, silent], [0, []]);
  });
});
