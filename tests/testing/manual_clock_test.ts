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

  test("tells the timers that are set, the soonest first", async () => {
    const clock = new ManualClock();
    clock.schedule(30, () => {});
    clock.schedule(10, () => {});
    assert.deepEqual(clock.pending, [10, 30]);
    await clock.advance(15);
    assert.deepEqual(clock.pending, [15]);
  });

  test("goes on until a condition holds, and not further", async () => {
    const clock = new ManualClock();
    let ticks = 0;
    const tick = () => {
      ticks++;
      clock.schedule(10, tick);
    };
    tick();
    await clock.advanceUntil(() => ticks === 4);
    assert.equal(clock.now(), 30);
    await clock.advanceUntil(() => true);
    assert.equal(clock.now(), 30);
    await assert.rejects(clock.advanceUntil(() => false, 25), {
      message: "Cannot wait any longer: the condition does not hold after 25 ms",
    });
    assert.equal(clock.now(), 55);
  });

  test("goes on until no timer is set, unless one always is", async () => {
    const clock = new ManualClock();
    clock.schedule(20, () => clock.schedule(20, () => {}));
    await clock.advanceUntilIdle();
    assert.deepEqual([clock.now(), clock.timers], [40, 0]);
    const again = () => void clock.schedule(10, again);
    again();
    await assert.rejects(
      clock.advanceUntilIdle(100),
      /timers are set still, the next one in 10 ms/u,
    );
  });

  test("gives up where no timer could make a condition hold", async () => {
    const clock = new ManualClock();
    await assert.rejects(clock.advanceUntil(() => false, 1000), /does not hold after 1000 ms/u);
    assert.equal(clock.now(), 1000);
  });

  test("never goes back, also when it is told twice at the same time", async () => {
    const clock = new ManualClock();
    await Promise.all([clock.advance(10), clock.advance(1000), clock.advance(20)]);
    assert.equal(clock.now(), 1000);
  });

  test("refuses a time that would never come, and stands where it stood", async () => {
    const clock = new ManualClock();
    for (const ms of [NaN, Infinity, -1, undefined as unknown as number]) {
      await assert.rejects(clock.advance(ms), RangeError);
    }
    for (const withinMs of [NaN, Infinity, -1]) {
      await assert.rejects(clock.advanceUntil(() => false, withinMs), RangeError);
      await assert.rejects(clock.advanceUntilIdle(withinMs), RangeError);
    }
    assert.equal(clock.now(), 0);
  });

  test("hands on what a timer's callback throws", async () => {
    const clock = new ManualClock();
    clock.schedule(5, () => {
      throw new TypeError("no");
    });
    await assert.rejects(clock.advance(10), TypeError);
    assert.equal(clock.now(), 5);
  });
});
