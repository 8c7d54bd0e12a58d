/**
 * Hints about files in memory, and what can happen to them on their way.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { Hint, RunningWatcher } from "../watch/watcher.ts";

/**
 * How hints come.
 *
 * - `normally`: at once, each of them
 * - `never`: all are lost, as on a network file system
 * - `twice`: each is given twice
 * - `backwards`: those of one moment are given in reverse order, once the clock goes on
 */
export type HintDelivery = "normally" | "never" | "twice" | "backwards";

/** A directory and who is told of it. */
export interface MemoryWatch {
  readonly inode: number;
  readonly onHint: (hint: Hint) => void;
  readonly onEnd: (error: Error) => void;
}

/** Gives hints to those who watch. */
export class MemoryHints {
  readonly #clock: Clock;
  readonly #watches = new Set<MemoryWatch>();
  #delivery: HintDelivery = "normally";
  /** Those of this moment, the newest first. */
  #held: (() => void)[] = [];

  /** Creates it without watches. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Number of running watches. */
  get size(): number {
    return this.#watches.size;
  }

  /** Watches until disposed. */
  watch(watch: MemoryWatch): RunningWatcher {
    this.#watches.add(watch);
    return { [Symbol.dispose]: () => void this.#watches.delete(watch) };
  }

  /** How hints come from now on. */
  deliver(delivery: HintDelivery): void {
    this.#delivery = delivery;
  }

  /** Ends the watchers of a directory, as when the system gives up on them. */
  end(inode: number, error: Error): void {
    for (const watch of this.#of(inode)) {
      this.#watches.delete(watch);
      watch.onEnd(error);
    }
  }

  /** Tells those who watch the directory. */
  tell(inode: number, hint: Hint): void {
    const delivery = this.#delivery;
    if (delivery === "never") return;
    for (const watch of this.#of(inode)) {
      const give = () => this.#watches.has(watch) && watch.onHint(hint);
      if (delivery === "backwards") this.#hold(give);
      else give();
      if (delivery === "twice") give();
    }
  }

  #hold(give: () => void): void {
    if (this.#held.length === 0) this.#clock.schedule(0, () => this.#release());
    this.#held.unshift(give);
  }

  #release(): void {
    const held = this.#held;
    this.#held = [];
    for (const give of held) give();
  }

  #of(inode: number): MemoryWatch[] {
    return [...this.#watches].filter((watch) => watch.inode === inode);
  }
}
