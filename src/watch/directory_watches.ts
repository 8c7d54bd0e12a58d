/**
 * One watcher for each directory, however many files in it are watched; polling where there can
 * be none.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { toError } from "../errors.ts";
import type { FileSystem } from "../runtime/file_system.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { DirectoryWatcher, Hint } from "./watcher.ts";

/** What happens in the watched directories. */
export interface DirectoryWatchesHandler {
  /** Something happened in `directory`. */
  hint(directory: string, hint: Hint): void;
  /** A directory can't be watched by events any more (`error`), or can again. */
  changed(directory: string, error: Error | undefined): void;
}

interface Watch {
  /** The running watcher; absent while the directory is missing or can't be watched. */
  handle?: Disposable;
  /** Which directory object is watched: a replaced directory has another inode. */
  inode?: string;
  /** Why there is no watcher although the directory exists. */
  error?: Error;
  /** Set while the end of the last watcher is waited for. */
  opening?: Disposable;
}

/**
 * Time between the end of a watcher and the next one for the same path. Deno and Bun share what they
 * watch by path: in one that is opened too early, or while another handle has not noticed yet that
 * the directory was replaced, they go on watching the old directory.
 */
const REOPEN_MS = 10;

/** The directories that are watched right now. */
export class DirectoryWatches {
  readonly #watches = new Map<string, Watch>();
  /** When the last watcher of a directory ended, in the clock's milliseconds. */
  readonly #endedAt = new Map<string, number>();
  readonly #fileSystem: FileSystem;
  readonly #watcher: DirectoryWatcher;
  readonly #clock: Clock;
  readonly #handler: DirectoryWatchesHandler;

  /** Creates an empty set. */
  constructor(
    { fileSystem, watcher, clock }: Pick<Runtime, "fileSystem" | "watcher" | "clock">,
    handler: DirectoryWatchesHandler,
  ) {
    this.#fileSystem = fileSystem;
    this.#watcher = watcher;
    this.#clock = clock;
    this.#handler = handler;
  }

  /** Directories that exist but can't be watched by events, with the reason. */
  get failures(): ReadonlyMap<string, Error> {
    const failed = [...this.#watches].filter(([, watch]) => watch.error !== undefined);
    return new Map(failed.map(([directory, watch]) => [directory, watch.error!]));
  }

  /** Number of directories with a running watcher. */
  get active(): number {
    return [...this.#watches.values()].filter((watch) => watch.handle !== undefined).length;
  }

  /** Watches exactly `directories` from now on. */
  set(directories: ReadonlySet<string>): void {
    for (const [directory, watch] of this.#watches) {
      if (directories.has(directory)) continue;
      this.#stop(directory, watch);
      this.#watches.delete(directory);
    }
    for (const directory of directories) {
      if (this.#watches.has(directory)) continue;
      this.#watches.set(directory, {});
      this.#start(directory);
    }
  }

  /**
   * Looks whether each watcher still watches what its path leads to; starts it again where not.
   *
   * @returns The directories that were replaced, vanished or are there now.
   */
  verify(): string[] {
    return [...this.#watches.keys()].filter((directory) => {
      const { inode, handle, opening } = this.#watches.get(directory)!;
      if (opening !== undefined) return false;
      const now = this.#inodeOf(directory);
      const isAlive = handle !== undefined && inode !== undefined && inode === now;
      if (isAlive || (handle === undefined && now === undefined)) return false;
      return this.#start(directory) || handle !== undefined;
    });
  }

  /** Makes {@linkcode DirectoryWatches.verify} start a watcher again that may be dead. */
  distrust(directory: string): void {
    const watch = this.#watches.get(directory);
    // The inode alone does not tell: that of a removed directory is soon used again.
    if (watch !== undefined) delete watch.inode;
  }

  /** Stops all watchers. */
  close(): void {
    this.set(new Set());
  }

  /** Says whether there is a watcher now, or will be. */
  #start(directory: string): boolean {
    const watch = this.#watches.get(directory)!;
    this.#stop(directory, watch);
    const waitMs = (this.#endedAt.get(directory) ?? -Infinity) + REOPEN_MS - this.#clock.now();
    if (this.#inodeOf(directory) === undefined) return false;
    if (waitMs <= 0) return this.#open(directory, watch);
    watch.opening = this.#clock.schedule(waitMs, () => {
      delete watch.opening;
      // What happened meanwhile was seen by nobody.
      if (this.#open(directory, watch)) {
        this.#handler.hint(directory, { name: ".", kind: "unknown" });
      }
    });
    return true;
  }

  #open(directory: string, watch: Watch): boolean {
    const inode = this.#inodeOf(directory);
    if (inode === undefined) return false;
    try {
      const handle = this.#watcher.watch(
        directory,
        (hint) => this.#handler.hint(directory, hint),
        (error) => this.#fail(directory, watch, error),
      );
      const hadFailed = watch.error !== undefined;
      Object.assign(watch, { handle, inode, error: undefined });
      if (hadFailed) this.#handler.changed(directory, undefined);
      return true;
    } catch (error) {
      this.#fail(directory, watch, toError(error));
      return false;
    }
  }

  #fail(directory: string, watch: Watch, error: Error): void {
    if (this.#watches.get(directory) !== watch) return;
    this.#stop(directory, watch);
    const isNew = watch.error === undefined;
    watch.error = error;
    if (isNew) this.#handler.changed(directory, error);
  }

  #stop(directory: string, watch: Watch): void {
    watch.opening?.[Symbol.dispose]();
    delete watch.opening;
    if (watch.handle === undefined) return;
    const now = this.#clock.now();
    for (const [ended, at] of this.#endedAt) {
      if (now - at >= REOPEN_MS) this.#endedAt.delete(ended);
    }
    this.#endedAt.set(directory, now);
    watch.handle[Symbol.dispose]();
    delete watch.handle;
    delete watch.inode;
  }

  #inodeOf(directory: string): string | undefined {
    try {
      return this.#fileSystem.stat(directory)?.inode;
    } catch {
      return undefined;
    }
  }
}
