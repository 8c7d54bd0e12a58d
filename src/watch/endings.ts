/**
 * How long to wait for the end of a watcher.
 *
 * @module
 */

/**
 * Time between the end of a watcher and the next one for the same path, in milliseconds. Deno and
 * Bun share what they watch by path: one that is opened too early goes on watching the directory
 * that was there before.
 */
const REOPEN_MS = 10;

/**
 * The part of that time that begins when the rest is over. Without it both may pass while the thread
 * is busy, and the next watcher is opened in the turn of the event loop in which the last one ended.
 */
export const LAST_WAIT_MS = 5;

/** When the last watchers ended; those of long ago are forgotten. */
export class Endings {
  readonly #endedAt = new Map<string, number>();

  /** The watcher of `directory` ends `now`, in the clock's milliseconds. */
  add(directory: string, now: number): void {
    // They are in the order of time.
    for (const [ended, at] of this.#endedAt) {
      if (now - at < REOPEN_MS) break;
      this.#endedAt.delete(ended);
    }
    this.#endedAt.delete(directory);
    this.#endedAt.set(directory, now);
  }

  /** Time to wait before `directory` is watched again, in milliseconds. */
  waitMs(directory: string, now: number): number {
    const at = this.#endedAt.get(directory);
    return at === undefined ? 0 : Math.max(0, at + REOPEN_MS - now);
  }
}
