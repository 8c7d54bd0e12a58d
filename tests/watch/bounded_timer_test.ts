import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BoundedTimer } from "../../src/watch/bounded_timer.ts";
import { ManualClock } from "../../testing.ts";

/** A timer for something that takes `costMs`, and the times it was done at. */
function create(costMs: () => number) {
  const manual = new ManualClock();
  let spentMs = 0;
  const clock = {
    now: () => manual.now() + spentMs,
    wallTime: () => manual.wallTime(),
    schedule: manual.schedule.bind(manual),
  };
  const doneAt: number[] = [];
  const act = () => {
    doneAt.push(manual.now());
    spentMs = costMs();
  };
  const timer = new BoundedTimer({ clock, delayMs: 2, keepAlive: true, act });
  return { clock: manual, timer, doneAt };
}

describe("a bounded timer", () => {
  test("answers all requests of its delay at once", async () => {
    const { clock, timer, doneAt } = create(() => 0);
    for (let request = 0; request < 5; request++) timer.request();
    await clock.advance(10);
    assert.deepEqual(doneAt, [2]);
    timer.request();
    await clock.advance(10);
    assert.deepEqual(doneAt, [2, 12]);
  });

  test("rests ten times as long as it took (G10)", async () => {
    const { clock, timer, doneAt } = create(() => 30);
    timer.request();
    await clock.advance(2);
    for (let ms = 0; ms < 1000; ms++) {
      timer.request();
      await clock.advance(1);
    }
    assert.deepEqual(doneAt.slice(0, 2), [2, 302]);
  });

  test("does nothing any more when it is disposed", async () => {
    const { clock, timer, doneAt } = create(() => 0);
    timer.request();
    timer[Symbol.dispose]();
    await clock.advance(10);
    assert.deepEqual([doneAt, clock.timers], [[], 0]);
  });

  test("goes on after what it did threw", async () => {
    const clock = new ManualClock();
    let calls = 0;
    const timer = new BoundedTimer({
      clock,
      delayMs: 2,
      keepAlive: true,
      act() {
        calls += 1;
        throw new Error("broken");
      },
    });
    for (const call of [1, 2]) {
      timer.request();
      await assert.rejects(clock.advance(5), /broken/);
      assert.equal(calls, call);
    }
  });
});
