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

/**
 * The end of a watcher is not waited for any longer, in milliseconds: Deno may be late to tell of it
 * by as long as nothing else happens.
 */
const MAX_ENDING_MS = 200;

interface Ending {
  /** When it was told to end, in the clock's milliseconds. */
  readonly at: number;
  /** Whether it watches still, as far as is known. */
  isUnderWay: boolean;
}

/** When the last watchers ended; those of long ago are forgotten. */
export class Endings {
  readonly #endings = new Map<string, Ending>();

  /**
   * The watcher of `directory` was told to end `now`, in the clock's milliseconds.
   *
   * @param ended Settles when it has; absent: it has.
   */
  add(directory: string, now: number, ended?: Promise<void>): void {
    // They are in the order of time.
    for (const [other, { at, isUnderWay }] of this.#endings) {
      if (now - at < (isUnderWay ? MAX_ENDING_MS : REOPEN_MS)) break;
      this.#endings.delete(other);
    }
    this.#endings.delete(directory);
    const ending: Ending = { at: now, isUnderWay: ended !== undefined };
    this.#endings.set(directory, ending);
    void ended?.then(() => ending.isUnderWay = false);
  }

  /** Time to wait before `directory` is watched again, in milliseconds. */
  waitMs(directory: string, now: number): number {
    const ending = this.#endings.get(directory);
    if (ending === undefined) return 0;
    const waitMs = Math.max(0, ending.at + REOPEN_MS - now);
    return this.isUnderWay(directory, now) ? Math.max(LAST_WAIT_MS, waitMs) : waitMs;
  }

  /** Whether the last watcher of `directory` is to be waited for still. */
  isUnderWay(directory: string, now: number): boolean {
    const ending = this.#endings.get(directory);
    return ending !== undefined && ending.isUnderWay && now - ending.at < MAX_ENDING_MS;
  }
}
