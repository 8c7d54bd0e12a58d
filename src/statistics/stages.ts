/**
 * When the stages of one reload began and ended.
 *
 * @module
 */

import type { Clock } from "../clock.ts";

/**
 * A part of a reload that is timed.
 *
 * - `read`: reading the sources
 * - `parse`: from text to values, placeholders filled in
 * - `validate`: merging, the schema, the validators, the guards
 * - `apply`: what differs, the components, the commit
 */
export type Stage = "read" | "parse" | "validate" | "apply";

/** When a stage began and ended, in the clock's milliseconds. */
export interface StageTime {
  /** Which one; a stage may come twice, as texts are parsed to see whether they are whole. */
  readonly stage: Stage;
  /** When it began. */
  readonly from: number;
  /** When it ended. */
  readonly to: number;
}

/** Notes when stages begin that follow each other: one ends where the next one begins. */
export class StageMarks {
  readonly #clock: Clock;
  readonly #times: StageTime[];
  #running: Omit<StageTime, "to"> | undefined;

  /** Goes on after the stages that were timed `before`. */
  constructor(clock: Clock, before: readonly StageTime[] = []) {
    this.#clock = clock;
    this.#times = [...before];
  }

  /** When the first stage began; `undefined` before. */
  get startedAt(): number | undefined {
    return (this.#times[0] ?? this.#running)?.from;
  }

  /** Ends the stage that runs, and begins `stage`. */
  begin(stage: Stage): void {
    this.end();
    this.#running = { stage, from: this.#clock.now() };
  }

  /** Ends the stage that runs, and gives all in order. */
  end(): readonly StageTime[] {
    if (this.#running !== undefined) {
      this.#times.push({ ...this.#running, to: this.#clock.now() });
      this.#running = undefined;
    }
    return this.#times;
  }
}
