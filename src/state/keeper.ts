/**
 * Keeps the configuration that runs on disk, without keeping anybody waiting for the disk.
 *
 * @module
 */

import { type Clock, isoTime } from "../clock.ts";
import type { StateError } from "../errors.ts";
import { isInTime, noAnswer } from "./disk_answer.ts";
import type { Entry } from "./entry.ts";
import type { Journal } from "./journal.ts";
import { toStateError, WRITE } from "./state_folder.ts";

/** Options of {@linkcode StateKeeper}. */
export interface StateKeeperOptions {
  readonly clock: Clock;
  readonly journal: Pick<Journal, "append" | "removeOutdated">;
  /** Folder of the journal, for messages. */
  readonly folder: string;
  /** How old entries may be that are started from, in milliseconds. */
  readonly maxAgeMs: number;
  /** Whether the sources say what runs, as far as is known. */
  isGood(): boolean;
  /** Takes why a revision is not on disk. */
  onFailure(error: StateError, revision: number): void;
}

/** Longest time that a reload waits for the disk, in milliseconds. */
const DEADLINE_MS = 2_000;

/** Time until what failed is tried again where nothing else is accepted, in milliseconds. */
const RETRY_MS = 60_000;

/** Time after which the entry says again that it is good, unless that is too seldom. */
const REFRESH_MS = 86_400_000;

/** Writes what was accepted, one after the other; of what waits only the last. */
export class StateKeeper {
  readonly #options: StateKeeperOptions;
  /** What was accepted last. */
  #entry: Entry | undefined;
  #next: { readonly entry: Entry; readonly isSame: boolean } | undefined;
  #writing: Promise<void> | undefined;
  #removing: Promise<void> | undefined;
  #isOverdue = false;
  #timer: Disposable | undefined;
  /** Why the entry is not on disk. */
  #notWritten: StateError | undefined;
  /** Why what is outdated is still there. */
  #notRemoved: StateError | undefined;
  #isClosed = false;

  /** Creates it; nothing is written yet. */
  constructor(options: StateKeeperOptions) {
    this.#options = options;
  }

  /** Why what was accepted last is not on disk, or more than that; `undefined` when all is well. */
  get failure(): StateError | undefined {
    return this.#notWritten ?? this.#notRemoved;
  }

  /** Writes what was accepted. Waits for the disk, but not for long; never throws. */
  async keep(revision: number, makeEntry: () => Entry): Promise<void> {
    if (this.#isClosed) return;
    const isSame = this.#entry?.revision === revision && this.#notWritten === undefined;
    try {
      this.#entry = makeEntry();
    } catch (error) {
      this.#entry = undefined;
      this.#notWritten = toStateError(WRITE, this.#options.folder, error);
      return this.#options.onFailure(this.#notWritten, revision);
    }
    await this.#write(this.#entry, isSame, true);
  }

  /** Ends it. What is being written may still come to an end. */
  close(): void {
    this.#isClosed = true;
    this.#next = undefined;
    this.#timer?.[Symbol.dispose]();
  }

  async #write(entry: Entry, isSame: boolean, isNews: boolean): Promise<void> {
    this.#next = { entry, isSame };
    this.#writing ??= this.#drain();
    // Who did not answer in time is not waited for each time.
    const { clock, folder } = this.#options;
    const isWritten = !this.#isOverdue && await isInTime(this.#writing, DEADLINE_MS, clock);
    if (!isWritten) {
      this.#isOverdue = true;
      this.#notWritten = toStateError(WRITE, folder, new Error(noAnswer(DEADLINE_MS)));
    }
    if (this.#isClosed) return;
    if (this.#notWritten !== undefined && isNews) {
      this.#options.onFailure(this.#notWritten, entry.revision);
    }
    this.#scheduleNext();
  }

  async #drain(): Promise<void> {
    while (this.#next !== undefined) {
      const { entry, isSame } = this.#next;
      this.#next = undefined;
      await this.#removing;
      try {
        await this.#options.journal.append(entry, isSame);
        this.#notWritten = undefined;
        this.#removing = this.#removeOutdated(entry.revision);
      } catch (error) {
        this.#notWritten = toStateError(WRITE, this.#options.folder, error);
      }
    }
    this.#writing = undefined;
    this.#isOverdue = false;
  }

  /** Nobody waits for it but the next one. */
  async #removeOutdated(revision: number, isNews: boolean = true): Promise<void> {
    const { journal, folder, onFailure } = this.#options;
    try {
      await journal.removeOutdated();
      this.#notRemoved = undefined;
      if (isNews || this.#isClosed) return;
    } catch (error) {
      this.#notRemoved = toStateError(WRITE, folder, error);
      if (this.#isClosed) return;
      if (isNews) onFailure(this.#notRemoved, revision);
    }
    this.#scheduleNext();
  }

  #scheduleNext(): void {
    const { maxAgeMs } = this.#options;
    const delayMs = this.failure === undefined ? Math.min(REFRESH_MS, maxAgeMs / 2) : RETRY_MS;
    this.#schedule(delayMs, () => this.#entry !== undefined && this.#goOn(this.#entry));
  }

  /** What there is to do when nothing was accepted for a while. */
  #goOn(entry: Entry): void {
    const { clock, isGood } = this.#options;
    if (this.#notWritten !== undefined) return void this.#write(entry, false, false);
    if (this.#notRemoved !== undefined) {
      this.#removing = this.#removeOutdated(entry.revision, false);
      return;
    }
    // What the sources do not say any more grows old.
    if (!isGood()) return this.#scheduleNext();
    this.#entry = { ...entry, goodAt: isoTime(clock) };
    void this.#write(this.#entry, true, false);
  }

  #schedule(delayMs: number, callback: () => void): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#options.clock.schedule(delayMs, callback, { keepAlive: false });
  }
}
