/**
 * The watching of a directory by Deno, from its beginning to its end.
 *
 * @module
 */

import type { FileStat } from "../runtime/file_system.ts";
import type { DenoDirectories, WatchedByDeno } from "./deno_directories.ts";
import type { DenoEvent } from "./deno_stream.ts";
import type { DenoStreams, DenoTaker } from "./deno_streams.ts";
import type { RunningWatcher } from "./watcher.ts";

/** What is watched, and who takes what is told of it. */
export interface OpenDenoWatchOptions {
  readonly directory: string;
  readonly directories: DenoDirectories;
  readonly streams: DenoStreams;
  onEvent(event: DenoEvent): void;
  onEnd(error: Error): void;
}

/** Open as long as something is wanted of it; its watcher may be closed later than that. */
export class OpenDenoWatch implements RunningWatcher, WatchedByDeno, DenoTaker {
  readonly #options: OpenDenoWatchOptions;
  #isOpen = true;
  #isKept = true;
  #ended: Promise<void> | undefined;

  /**
   * Takes what is told from now on.
   *
   * @throws {Error} When the directory can't be watched.
   */
  constructor(options: OpenDenoWatchOptions) {
    this.#options = options;
    options.streams.add(this);
    options.directories.add(this);
  }

  /** Path of the directory. */
  get directory(): string {
    return this.#options.directory;
  }

  /** Whether it keeps the process alive. */
  get isKept(): boolean {
    return this.#isKept;
  }

  /** Makes it keep the process alive or not. */
  keepAlive(isNeeded: boolean): void {
    if (!this.#isOpen) return;
    this.#isKept = isNeeded;
    this.#options.streams.keepAlive(this);
  }

  /** Takes an event. */
  take(event: DenoEvent): void {
    if (this.#isOpen) this.#options.onEvent(event);
  }

  /** Looks whether it can go on. */
  verify(stat: FileStat): void {
    this.#options.directories.verify(this, stat);
  }

  /** Ends it because of an error, of which it tells in a moment. */
  end(error: Error): void {
    if (this.#finish()) queueMicrotask(() => this.#options.onEnd(error));
  }

  /** Ends it because of an error. */
  fail(error: Error): void {
    if (!this.#isOpen) return;
    this[Symbol.dispose]();
    this.#options.onEnd(error);
  }

  /** Closes its watcher for good. */
  close(): void {
    this.#ended = this.#options.streams.remove(this);
  }

  /** Settles when its watcher is closed; absent as long as that can't be begun. */
  get ended(): Promise<void> | undefined {
    return this.#ended;
  }

  [Symbol.dispose](): void {
    if (this.#finish()) this.#options.directories.remove(this);
  }

  /** Nothing more is wanted of it. Says whether there was. */
  #finish(): boolean {
    if (!this.#isOpen) return false;
    this.keepAlive(false);
    this.#isOpen = false;
    return true;
  }
}
