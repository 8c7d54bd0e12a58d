/**
 * Time as a parameter: the only module that reads the system clock or sets a timer.
 *
 * @module
 */

/** A source of time and timers. Pass a `ManualClock` (from `hotconf/testing`) to test without waiting. */
export interface Clock {
  /** Monotonic time in milliseconds, with fractions; only differences mean anything. */
  now(): number;
  /** Wall-clock time in milliseconds since 1970-01-01 UTC. */
  wallTime(): number;
  /** Runs `callback` once after `delayMs` milliseconds unless disposed before. */
  schedule(delayMs: number, callback: () => void, options?: ScheduleOptions): Disposable;
}

/** Options of {@linkcode Clock.schedule}. */
export interface ScheduleOptions {
  /** Whether the timer keeps the process alive. @default {true} */
  readonly keepAlive?: boolean;
}

/** The system's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  schedule(delayMs, callback, { keepAlive = true } = {}) {
    const timer: unknown = setTimeout(callback, delayMs);
    if (!keepAlive) (timer as { unref?: () => void }).unref?.();
    return { [Symbol.dispose]: () => clearTimeout(timer as number) };
  },
};

/** The wall-clock time of `clock` as an ISO 8601 string in UTC. */
export function isoTime(clock: Clock): string {
  return new Date(clock.wallTime()).toISOString();
}
