/**
 * What one `Deno.watchFs` tells.
 *
 * @module
 */

import { toError } from "../to_error.ts";

/** What Deno says. */
export interface DenoEvent {
  readonly kind: string;
  readonly paths: readonly string[];
  /** `rescan` when events were lost. */
  readonly flag?: string | null;
}

/** What `Deno.watchFs` returns. */
export interface DenoWatcher extends AsyncIterable<DenoEvent> {
  close(): void;
  // These two are in no declaration. They concern the event that is waited for, and none after it.
  ref?(): void;
  unref?(): void;
}

/** Who takes what is told. */
export interface DenoStreamOptions {
  onEvent(event: DenoEvent): void;
  /** It tells nothing any more. */
  onError(error: Error): void;
}

/** The events of a watcher, as they come. */
export class DenoStream {
  readonly #watcher: DenoWatcher;
  /** Settles when it is closed, which takes Deno a turn of its event loop, or failed. */
  readonly ended: Promise<void>;
  #isKept = true;
  #isOpen = true;

  /** Takes what is told from now on. */
  constructor(watcher: DenoWatcher, { onEvent, onError }: DenoStreamOptions) {
    this.#watcher = watcher;
    this.ended = this.#deliver(onEvent)
      .catch((error) => void (this.#isOpen && onError(toError(error))));
  }

  /** Makes it keep the process alive, as it does at first, or not. */
  keepAlive(isNeeded: boolean): void {
    if (!this.#isOpen || this.#isKept === isNeeded) return;
    this.#isKept = isNeeded;
    isNeeded ? this.#watcher.ref?.() : this.#watcher.unref?.();
  }

  /** Closes it for good. */
  close(): void {
    this.#isOpen = false;
    this.#watcher.close();
  }

  async #deliver(onEvent: DenoStreamOptions["onEvent"]): Promise<void> {
    const events = this.#watcher[Symbol.asyncIterator]();
    const next = () => {
      const event = events.next();
      if (!this.#isKept) this.#watcher.unref?.();
      return event;
    };
    for (let event = await next(); !event.done; event = await next()) {
      if (this.#isOpen) onEvent(event.value);
    }
  }
}
