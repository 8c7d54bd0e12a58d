/**
 * Counts the changes that watchers did not tell of.
 *
 * @module
 */

import type { Clock } from "../clock.ts";

/** A hint may come so much later than the change it tells of. */
const LATE_MS = 100;

/** Changes that a look found first, until it is clear whether a watcher tells of them as well. */
export class MissedChanges {
  readonly #clock: Clock;
  readonly #onMissed: (directory: string) => void;
  /** The directories that should have told of it, by the path of the changed file. */
  readonly #suspects = new Map<string, readonly string[]>();
  #timer: Disposable | undefined;
  #count = 0;
  #isClosed = false;

  /** Counts nothing yet; `onMissed` is told of each directory that did not tell of a change. */
  constructor(clock: Clock, onMissed: (directory: string) => void) {
    this.#clock = clock;
    this.#onMissed = onMissed;
  }

  /** Number of changes that no watcher told of. */
  get count(): number {
    return this.#count;
  }

  /** A look found that the file `path` changed. */
  found(path: string, directories: readonly string[]): void {
    if (this.#isClosed) return;
    this.#suspects.set(path, directories);
    this.#timer ??= this.#clock.schedule(LATE_MS, () => this.#decide(), { keepAlive: false });
  }

  /** A watcher told of the file `path`. */
  told(path: string): void {
    if (this.#suspects.size > 0) this.#suspects.delete(path);
  }

  /** Decides nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    this.#suspects.clear();
  }

  #decide(): void {
    this.#timer = undefined;
    this.#count += this.#suspects.size;
    const directories = new Set([...this.#suspects.values()].flat());
    this.#suspects.clear();
    for (const directory of directories) this.#onMissed(directory);
  }
}
