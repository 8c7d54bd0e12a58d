/**
 * The one thread that watches for all of a Deno process, as far as it shows from outside.
 *
 * Deno (2.9) opens for reading whatever an event names. A FIFO is not opened before a writer comes:
 * until then nobody in the process is told of anything, and whoever opens or closes a watcher waits
 * as well, the end of the program included.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { fifoError } from "./fifos.ts";

/** Time in which a thread that was freed tells of something, in milliseconds. */
const HOLD_MS = 1_000;

/** Time after which a watcher that was closed has ended, in milliseconds. */
const RELEASE_MS = 10;

/** Knows whether anything may be asked of the thread, and closes watchers when it may. */
export class DenoThread {
  readonly #clock: Clock;
  #doubt: Error | undefined;
  #heardAt = 0;
  /** Whether it was heard of since there was doubt, which is over soon. */
  #goesOn = false;
  #closings: (() => void)[] = [];
  #held: Disposable[] = [];
  #release: Disposable | undefined;

  /** There is no doubt that it goes on. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why it may be waiting for a FIFO. Nobody should open a watcher meanwhile. */
  get doubt(): Error | undefined {
    return this.#doubt;
  }

  /** When it was heard of last, in milliseconds since 1970. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Whether it is being freed. That takes a moment, in which the program must not end. */
  get isBeingFreed(): boolean {
    return this.#held.length > 0;
  }

  /** It told of something, or answered. */
  heard(): void {
    this.#heardAt = this.#clock.wallTime();
    if (this.#doubt === undefined || this.#goesOn) return;
    this.#goesOn = true;
    for (const close of this.#closings.splice(0)) close();
    this.#releaseIn(RELEASE_MS);
  }

  /**
   * It may be waiting, until it is heard of.
   *
   * @param held The FIFOs that it can't be waiting for any more. To close them is an event as well,
   * for which it would open them again: first their directories must be watched no more.
   */
  mayWait(reason: Error, held?: Disposable): void {
    this.#doubt = reason;
    this.#goesOn = false;
    if (held === undefined) return;
    this.#held.push(held);
    this.#releaseIn(HOLD_MS);
  }

  /** Closes a watcher: now, or when the thread is heard of. */
  close(close: () => void): void {
    if (this.#doubt === undefined || this.#goesOn) close();
    else this.#closings.push(close);
  }

  #releaseIn(ms: number): void {
    this.#release?.[Symbol.dispose]();
    this.#release = this.#clock.schedule(ms, () => {
      for (const held of this.#held.splice(0)) held[Symbol.dispose]();
      this.#doubt = this.#goesOn ? undefined : silence("since it was freed from a FIFO");
    });
  }
}

/** Why nothing is asked of a thread that told of nothing when it should have. */
export function silence(since: string): Error {
  return fifoError(
    `Deno has told of nothing ${since}: a FIFO may have stopped its watching ` +
      "until the program is started again",
  );
}
