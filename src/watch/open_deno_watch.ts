/**
 * A watcher of Deno's, from its opening to its end.
 *
 * @module
 */

import { toError } from "../errors.ts";
import type { FileStat } from "../runtime/file_system.ts";
import type { DenoDirectories, WatchedByDeno } from "./deno_directories.ts";
import type { RunningWatcher } from "./watcher.ts";

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

/** Who takes what it says. */
export interface OpenDenoWatchOptions {
  readonly directory: string;
  readonly directories: DenoDirectories;
  onEvent(event: DenoEvent): void;
  onEnd(error: Error): void;
}

/** A watcher that is open as long as something is wanted of it; it may be closed later than that. */
export class OpenDenoWatch implements RunningWatcher, WatchedByDeno {
  readonly #watcher: DenoWatcher;
  readonly #options: OpenDenoWatchOptions;
  #isOpen = true;
  #isKept = true;

  /** Takes what is said from now on. */
  constructor(watcher: DenoWatcher, options: OpenDenoWatchOptions) {
    this.#watcher = watcher;
    this.#options = options;
    options.directories.add(this);
    this.#deliver().catch((error) => this.#isOpen && this.#fail(toError(error)));
  }

  /** Path of the directory. */
  get directory(): string {
    return this.#options.directory;
  }

  /** Makes it keep the process alive or not. */
  keepAlive(isNeeded: boolean): void {
    if (!this.#isOpen) return;
    this.#isKept = isNeeded;
    isNeeded ? this.#watcher.ref?.() : this.#watcher.unref?.();
  }

  /** Looks whether it can go on. */
  verify(stat: FileStat): void {
    this.#options.directories.verify(this, stat);
  }

  /** Ends it because of an error, of which it tells in a moment. */
  end(error: Error): void {
    if (this.#finish()) queueMicrotask(() => this.#options.onEnd(error));
  }

  /** Closes it for good. */
  close(): void {
    this.#watcher.close();
  }

  [Symbol.dispose](): void {
    if (this.#finish()) this.#options.directories.remove(this);
  }

  #fail(error: Error): void {
    this[Symbol.dispose]();
    this.#options.onEnd(error);
  }

  /** Nothing more is wanted of it. Says whether there was. */
  #finish(): boolean {
    if (!this.#isOpen) return false;
    this.keepAlive(false);
    this.#isOpen = false;
    return true;
  }

  async #deliver(): Promise<void> {
    const { directories, onEvent } = this.#options;
    const events = this.#watcher[Symbol.asyncIterator]();
    const next = () => {
      const event = events.next();
      if (!this.#isKept) this.#watcher.unref?.();
      return event;
    };
    for (let event = await next(); !event.done; event = await next()) {
      directories.heard();
      if (this.#isOpen) onEvent(event.value);
    }
  }
}
