/**
 * A clock that stands still until it is told to go on.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Clock, ScheduleOptions } from "../clock.ts";
import { checkNumber } from "../option_checks.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Turns of the event loop in which promises that wait for nothing outside come to rest. */
const TURNS = 3;

/** How much time is let pass at most where a test waits for something. */
export const LONGEST_MS = 60_000;

/**
 * A clock for tests: time passes only when it is told to, so nothing has to be waited for.
 *
 * What follows from a timer without waiting for anything outside, such as promises, happens before
 * the next timer. Real files and sockets take real time: what waits for them may come later.
 *
 * @example
 * ```ts
 * import { ManualClock } from "hotconf/testing";
 *
 * const clock = new ManualClock(Date.UTC(2026, 0, 1));
 * clock.schedule(50, () => console.log("50 ms later"));
 * clock.schedule(90, () => console.log("90 ms later"));
 * await clock.advance(50);
 * console.log(clock.now(), clock.pending); // 50, [ 40 ]
 * await clock.advanceUntilIdle();
 * console.log(new Date(clock.wallTime()).toISOString()); // 2026-01-01T00:00:00.090Z
 * ```
 */
export class ManualClock implements Clock {
  readonly #startedAt: number;
  readonly #timers = new Set<Timer>();
  #now = 0;

  /** Creates a clock; `startedAt` is its wall-clock time in milliseconds since 1970. */
  constructor(startedAt: number = Date.UTC(2026, 0, 1)) {
    this.#startedAt = startedAt;
  }

  /** Number of timers that are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Milliseconds until each timer that is set, the soonest first. */
  get pending(): readonly number[] {
    return [...this.#timers].map(({ at }) => Math.max(0, at - this.#now)).sort((a, b) => a - b);
  }

  /** Milliseconds that have passed since the clock was created. */
  now(): number {
    return this.#now;
  }

  /** Wall-clock time in milliseconds since 1970. */
  wallTime(): number {
    return this.#startedAt + this.#now;
  }

  /** Sets a timer; whether it keeps the process alive makes no difference here. */
  schedule(delayMs: number, callback: () => void, _options?: ScheduleOptions): Disposable {
    const timer = { at: this.#now + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  /**
   * Lets `ms` milliseconds pass: runs the timers that are due, in order, and after each one what
   * follows from it.
   *
   * @throws {RangeError} When `ms` is negative or not finite.
   * @throws {unknown} What a timer's callback throws; time then stands where it did.
   */
  async advance(ms: number): Promise<void> {
    checkNumber("ms", ms, 0);
    const end = this.#now + ms;
    await this.settle();
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#now = Math.max(this.#now, timer.at);
      this.#timers.delete(timer);
      timer.callback();
      await this.settle();
    }
    // Another call may have gone further meanwhile.
    this.#now = Math.max(this.#now, end);
  }

  /**
   * Lets time pass from timer to timer until `condition` holds.
   *
   * @param withinMs Longest time to let pass, in milliseconds.
   * @throws {Error} When it does not hold by then.
   * @throws {RangeError} When `withinMs` is negative or not finite.
   */
  async advanceUntil(condition: () => boolean, withinMs: number = LONGEST_MS): Promise<void> {
    if (await letPass(this, condition, withinMs)) return;
    throw new Error(`Cannot wait any longer: the condition does not hold after ${withinMs} ms`);
  }

  /**
   * Lets time pass until no timer is set any more. A handle that watches files always has some: close
   * it before, or use {@linkcode ManualClock.advanceUntil}.
   *
   * @param withinMs Longest time to let pass, in milliseconds.
   * @throws {Error} When there are timers still by then.
   * @throws {RangeError} When `withinMs` is negative or not finite.
   */
  async advanceUntilIdle(withinMs: number = LONGEST_MS): Promise<void> {
    if (await letPass(this, () => this.#timers.size === 0, withinMs)) return;
    throw new Error(
      `Cannot wait any longer: after ${withinMs} ms timers are set still, the next one in ` +
        `${this.pending[0]} ms`,
    );
  }

  /** Lets everything happen that waits for no timer. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer;
    }
    return next;
  }
}

/** Lets time pass from timer to timer; answers whether `isOver` held before it was up. */
export async function letPass(
  clock: ManualClock,
  isOver: () => boolean,
  withinMs: number,
): Promise<boolean> {
  checkNumber("withinMs", withinMs, 0);
  const end = clock.now() + withinMs;
  await clock.settle();
  while (!isOver()) {
    if (clock.now() >= end) return false;
    await clock.advance(Math.min(clock.pending[0] ?? Infinity, end - clock.now()));
  }
  return true;
}
