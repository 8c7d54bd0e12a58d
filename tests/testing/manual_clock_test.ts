import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "../../testing.ts";

describe("a manual clock", () => {
  test("stands still until it is advanced", async () => {
    const clock = new ManualClock(1000);
    assert.deepEqual([clock.now(), clock.wallTime()], [0, 1000]);
    await clock.settle();
    assert.equal(clock.now(), 0);
    await clock.advance(250);
    assert.deepEqual([clock.now(), clock.wallTime()], [250, 1250]);
  });

  test("runs due timers in the order of their times, each at its own time", async () => {
    const clock = new ManualClock();
    const ran: string[] = [];
    const note = (name: string) => () => void ran.push(`${name} at ${clock.now()}`);
    clock.schedule(30, note("c"));
    clock.schedule(10, note("a"));
    clock.schedule(20, note("b"));
    clock.schedule(31, note("late"));
    await clock.advance(30);
    assert.deepEqual(ran, ["a at 10", "b at 20", "c at 30"]);
    assert.equal(clock.timers, 1);
  });

  test("runs timers that timers and promises set, if they are due", async () => {
    const clock = new ManualClock();
    const ran: number[] = [];
    const again = () => {
      ran.push(clock.now());
      void Promise.resolve().then(() => clock.schedule(10, again));
    };
    clock.schedule(10, again);
    await clock.advance(35);
    assert.deepEqual(ran, [10, 20, 30]);
  });

  test("runs no timer that was disposed, not even by one that is due with it", async () => {
    const clock = new ManualClock();
    let ran = 0;
    const second = () => timer[Symbol.dispose]();
    clock.schedule(5, second);
    const timer = clock.schedule(5, () => void ran++);
    await clock.advance(10);
    assert.equal(ran, 0);
    assert.equal(clock.timers, 0);
  });

  test("takes a time in the past for now", async () => {
    const clock = new ManualClock();
    let ranAt: number | undefined;
    clock.schedule(-5, () => void (ranAt = clock.now()));
    await clock.advance(0);
    assert.equal(ranAt, 0);
  });
});
