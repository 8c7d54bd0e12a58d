/**
 * How far apart the files of one save are: a tool that writes several may pause between two.
 *
 * @module
 */

import { REMEMBERED_SAVES } from "./strategy.ts";

/** Files wait for each other so many times the longest pause between two of them. */
const GAP_MULTIPLE = 4;

/** Learns the pauses from one file to the next while several are saved. */
export class SiblingGaps {
  readonly #nearMs: number;
  /** Files of the save under way. */
  #files = new Set<string>();
  /** Those of the save before, and when its last hint came. */
  #before: { readonly files: ReadonlySet<string>; readonly lastAt: number } | undefined;
  #lastAt: number | undefined;
  #longestGapMs = 0;
  /** The longest pause in each of the last saves, newest last. */
  #gapsMs: number[] = [];

  /** Files that come at most `nearMs` after the last one of a batch belonged to it. */
  constructor(nearMs: number) {
    this.#nearMs = nearMs;
  }

  /** How long a file should wait for others, in milliseconds. */
  get waitMs(): number {
    return GAP_MULTIPLE * Math.max(this.#longestGapMs, ...this.#gapsMs);
  }

  /** Takes a hint about the file `path`. */
  note(path: string, now: number): void {
    if (!this.#files.has(path)) this.#noteGap(path, now);
    this.#files.add(path);
    this.#lastAt = now;
  }

  /** Does not count the time until the next hint: it was spent waiting for an incomplete file. */
  interrupt(): void {
    this.#lastAt = undefined;
    this.#before = undefined;
  }

  /** Ends a save. */
  end(): void {
    if (this.#files.size === 0) return;
    this.#gapsMs = [...this.#gapsMs, this.#longestGapMs].slice(-REMEMBERED_SAVES);
    this.#before = this.#lastAt === undefined
      ? undefined
      : { files: this.#files, lastAt: this.#lastAt };
    this.#files = new Set();
    this.#lastAt = undefined;
    this.#longestGapMs = 0;
  }

  #noteGap(path: string, now: number): void {
    const isFirst = this.#files.size === 0;
    // One that was in the batch before is saved again.
    const lastAt = !isFirst || this.#before?.files.has(path) ? this.#lastAt : this.#before?.lastAt;
    const gapMs = now - (lastAt ?? now);
    if (isFirst && gapMs > this.#nearMs) return;
    this.#longestGapMs = Math.max(this.#longestGapMs, gapMs);
  }
}
