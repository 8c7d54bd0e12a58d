/**
 * Everything that is watched: files, the directories they are found in, and the watchers of all
 * directories that decide what is where.
 *
 * @module
 */

import type { FileSystem } from "../runtime/file_system.ts";
import type { DirectoryWatchesHandler } from "./directory_watches.ts";
import { type Entry, LinkChains } from "./link_chain.ts";
import { Listings } from "./listings.ts";
import { Roots } from "./roots.ts";
import type { WatchedDirectory } from "./watched_directory.ts";
import type { WatchedFile } from "./watched_file.ts";
import { chainOf, WatchedFiles } from "./watched_files.ts";
import { WatcherSet, type WatcherSetOptions } from "./watcher_set.ts";

/** What to watch. */
export interface WatchTargets {
  /** Absolute paths of files; they need not exist. */
  readonly files: readonly string[];
  /** Directories. */
  readonly directories: readonly WatchedDirectory[];
}

/** What is watched, and how; the watchers follow what is found. */
export class WatchedPlaces {
  /** All watched files. */
  readonly files: WatchedFiles;
  /** The directories that files are looked for in. */
  readonly listings: Listings;
  /** Those of them that were named. */
  readonly roots: Roots;
  /** The watchers of all directories that decide what is where. */
  readonly watchers: WatcherSet;
  readonly #fileSystem: FileSystem;
  #named: readonly WatchedFile[] = [];
  #version = 0;

  /** Watches nothing yet. */
  constructor(options: WatcherSetOptions, handler: DirectoryWatchesHandler) {
    const { fileSystem, clock } = options;
    this.#fileSystem = fileSystem;
    this.files = new WatchedFiles(fileSystem, clock);
    this.listings = new Listings(fileSystem, clock, this.files);
    this.roots = new Roots(fileSystem, this.listings);
    this.watchers = new WatcherSet(options, handler);
  }

  /** The files that were named. */
  get named(): readonly WatchedFile[] {
    return this.#named;
  }

  /** The files that nobody tells of because of their own mount. */
  get polledFiles(): WatchedFile[] {
    return [...this.watchers.polledFiles].flatMap((path) => this.files.get(path) ?? []);
  }

  /** Whether something that is watched, or may be as soon as it is there, depends on an entry. */
  dependOn(entry: Entry): boolean {
    return this.files.index.has(entry) || this.roots.has(entry) ||
      this.listings.has(entry.directory);
  }

  /** Watches exactly `targets` from now on. */
  set({ files, directories }: WatchTargets): void {
    const before = this.#named;
    const chains = new LinkChains(this.#fileSystem);
    this.#named = [...new Set(files)].map((path) => this.files.hold(path, chainOf(chains, path)));
    this.roots.set(directories);
    for (const { path } of before) this.files.release(path);
    this.watchEntered();
    this.files.takeNews();
    this.listings.takeUnread();
  }

  /** Watches what has to be watched by now, and knows all that came to it before it was watched. */
  watchEntered(): void {
    for (;;) {
      this.sync();
      const entered = this.listings.takeEntered();
      if (entered.length === 0) return;
      // What came to a new directory after it was listed, and before it was watched, is told by nobody.
      for (const listing of entered) this.listings.relist(listing);
    }
  }

  /** Watches what has to be watched by now. Says whether that is something else than before. */
  sync(): boolean {
    const version = this.files.index.version + this.listings.version + this.roots.version;
    if (version === this.#version) return false;
    this.#version = version;
    const directories = new Set([
      ...this.files.index.directories,
      ...this.roots.directories,
      ...this.listings.directories,
    ]);
    const filesAt = (entry: Entry) => this.files.index.at(entry).map(({ path }) => path);
    this.watchers.set({ directories, filesAt });
    return true;
  }
}
