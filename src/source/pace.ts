/**
 * Working through many files without keeping others from the thread.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { turnsOf } from "../watch/turns.ts";

/** After so many milliseconds others have their turn. */
const TURN_MS = 5;

/** Tells when it is time for others, and gives it to them. */
export class Pace {
  readonly #clock: Clock;
  #since: number;

  /** Begins a turn. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** Whether it is time for others. */
  get isOver(): boolean {
    return this.#clock.now() - this.#since >= TURN_MS;
  }

  /** Lets others have the thread, and begins another turn. */
  async rest(): Promise<void> {
    await turnsOf(this.#clock, 0);
    this.#since = this.#clock.now();
  }
}
