/**
 * How often files may be taken: pure state, no timer inside.
 *
 * @module
 */

/** So many in {@linkcode WINDOW_MS} are taken as they come. */
const FREE = 50;

const WINDOW_MS = 1_000;

/** More than that are at least so far apart: the last of them waits no longer. */
const APART_MS = 50;

/**
 * Bounds reloads: fifty in a second as they come, more of them at least 50 ms apart, so that a storm
 * of whole files does not keep the program busy with itself and its end is not late.
 */
export class ReloadRate {
  /** When the last ones were, in the clock's milliseconds, the oldest first. */
  #times: readonly number[] = [];

  /** Notes one. */
  note(now: number): void {
    this.#times = [...this.#times, now].slice(-FREE);
  }

  /** When the next one may be, in the clock's milliseconds. */
  get notBefore(): number {
    const [oldest] = this.#times;
    const last = this.#times.at(-1);
    if (oldest === undefined || last === undefined || this.#times.length < FREE) return -Infinity;
    return last - oldest < WINDOW_MS ? last + APART_MS : -Infinity;
  }
}
