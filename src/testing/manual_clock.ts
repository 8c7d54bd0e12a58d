/**
 * A clock that stands still until it is told to go on.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Clock, ScheduleOptions } from "../clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Turns of the event loop in which promises that wait for nothing outside come to rest. */
const TURNS = 3;

/**
 * A clock for tests: time passes only in {@linkcode ManualClock.advance}, so nothing has to be
 * waited for.
 *
 * @example
 * ```ts
 * import { ManualClock } from "hotconf/testing";
 *
 * const clock = new ManualClock();
 * clock.schedule(50, () => console.log("50 ms later"));
 * await clock.advance(50);
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
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.settle();
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#now = Math.max(this.#now, timer.at);
      this.#timers.delete(timer);
      timer.callback();
      await this.settle();
    }
    this.#now = end;
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
