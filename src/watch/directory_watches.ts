/**
 * One watcher for each directory, however many files in it are watched; polling where there can
 * be none.
 *
 * @module
 */

import { toError } from "../errors.ts";
import type { FileSystem } from "../runtime/file_system.ts";
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
}

/** The directories that are watched right now. */
export class DirectoryWatches {
  readonly #watches = new Map<string, Watch>();
  readonly #fileSystem: FileSystem;
  readonly #watcher: DirectoryWatcher;
  readonly #handler: DirectoryWatchesHandler;

  /** Creates an empty set. */
  constructor(
    fileSystem: FileSystem,
    watcher: DirectoryWatcher,
    handler: DirectoryWatchesHandler,
  ) {
    this.#fileSystem = fileSystem;
    this.#watcher = watcher;
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
      this.#stop(watch);
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
      const { inode, handle } = this.#watches.get(directory)!;
      const now = this.#inodeOf(directory);
      if (handle !== undefined && inode === now) return false;
      if (handle === undefined && now === undefined) return false;
      return this.#start(directory) || handle !== undefined;
    });
  }

  /** Stops all watchers. */
  close(): void {
    this.set(new Set());
  }

  #start(directory: string): boolean {
    const watch = this.#watches.get(directory)!;
    this.#stop(watch);
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
    this.#stop(watch);
    const isNew = watch.error === undefined;
    watch.error = error;
    if (isNew) this.#handler.changed(directory, error);
  }

  #stop(watch: Watch): void {
    watch.handle?.[Symbol.dispose]();
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
