/**
 * Something that is done soon after it is asked for, but not at any cost.
 *
 * @module
 */

import type { Clock } from "../clock.ts";

/** What was done is not done again for so many times as long as it took. */
const REST_FACTOR = 10;

/** Options of {@linkcode BoundedTimer}. */
export interface BoundedTimerOptions {
  readonly clock: Clock;
  /** Time from the first request until it is done, in milliseconds. */
  readonly delayMs: number;
  /** Whether a request keeps the process alive. */
  readonly keepAlive: boolean;
  act(): void;
}

/** Does something once for all requests that come soon one after the other. */
export class BoundedTimer implements Disposable {
  readonly #options: BoundedTimerOptions;
  #timer: Disposable | undefined;
  #restsUntil = -Infinity;

  /** Does nothing before it is asked. */
  constructor(options: BoundedTimerOptions) {
    this.#options = options;
  }

  /** Asks for it to be done. */
  request(): void {
    const { clock, delayMs, keepAlive } = this.#options;
    if (this.#timer !== undefined) return;
    const waitMs = Math.max(delayMs, this.#restsUntil - clock.now());
    this.#timer = clock.schedule(waitMs, () => this.#act(), { keepAlive });
  }

  /** Forgets what it was asked for. */
  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #act(): void {
    const { clock, act } = this.#options;
    this.#timer = undefined;
    const startedAt = clock.now();
    try {
      act();
    } finally {
      const endedAt = clock.now();
      this.#restsUntil = endedAt + REST_FACTOR * (endedAt - startedAt);
    }
  }
}
