/**
 * Everything that is watched: files, the directories they are found in, and the watchers of all
 * directories that decide what is where.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { FileSystem } from "../runtime/file_system.ts";
import { DirectoryWatches, type DirectoryWatchesHandler } from "./directory_watches.ts";
import { LinkChains } from "./link_chain.ts";
import type { Listing } from "./listing.ts";
import { Listings } from "./listings.ts";
import { PolledMounts } from "./polled_mounts.ts";
import { Roots } from "./roots.ts";
import type { SharedWatches } from "./shared_watches.ts";
import type { WatchedDirectory } from "./watched_directory.ts";
import type { WatchedFile } from "./watched_file.ts";
import { chainOf, WatchedFiles } from "./watched_files.ts";
import type { DirectoryWatcher } from "./watcher.ts";

/** What to watch. */
export interface WatchTargets {
  /** Absolute paths of files; they need not exist. */
  readonly files: readonly string[];
  /** Directories. */
  readonly directories: readonly WatchedDirectory[];
}

/** Options of {@linkcode WatchedPlaces}. */
export interface WatchedPlacesOptions {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  /** Absent: nothing is watched by events. */
  readonly watcher: DirectoryWatcher | undefined;
  /** Where others watch the same directories; absent: nobody else does. */
  readonly sharedWatches?: SharedWatches;
  /** Whether to watch by events even where a file system does not report all changes. */
  readonly trustsMounts?: boolean;
  /** Whether watching keeps the process alive. @default {true} */
  readonly keepAlive?: boolean;
}

/** What is watched, and how; the watchers follow what is found. */
export class WatchedPlaces {
  /** All watched files. */
  readonly files: WatchedFiles;
  /** The directories that files are looked for in. */
  readonly listings: Listings;
  /** Those of them that were named. */
  readonly roots: Roots;
  readonly #fileSystem: FileSystem;
  readonly #watches: DirectoryWatches | undefined;
  readonly #mounts: PolledMounts | undefined;
  #distrusted = new Set<string>();
  #named: readonly WatchedFile[] = [];
  /** Directories that were polled and are watched by events again. */
  #freed: ReadonlySet<string> = new Set();
  #version = 0;

  /** Watches nothing yet. */
  constructor(options: WatchedPlacesOptions, handler: DirectoryWatchesHandler) {
    const { fileSystem, clock, watcher, trustsMounts } = options;
    this.#fileSystem = fileSystem;
    this.files = new WatchedFiles(fileSystem, clock);
    this.listings = new Listings(fileSystem, clock, this.files);
    this.roots = new Roots(fileSystem, this.listings);
    if (watcher === undefined) return;
    this.#watches = new DirectoryWatches({ ...options, watcher }, {
      hint: (directory, hint) => handler.hint(directory, hint),
      changed: (directory, news) => {
        // That it is another directory than before is no news after what was told of the mount.
        const isTold = !(news instanceof Error) && this.#freed.has(directory);
        if (!isTold) handler.changed(directory, news);
      },
    });
    if (trustsMounts) return;
    this.#mounts = new PolledMounts(fileSystem, (place, news) => handler.changed(place, news));
  }

  /** The files that were named. */
  get named(): readonly WatchedFile[] {
    return this.#named;
  }

  /** Whether some directory, or all, are watched by looking only. */
  get isPolling(): boolean {
    return this.#watches === undefined || this.failures.size > 0;
  }

  /** Directories, and files, that can't be watched by events, with the reason; one for each mount. */
  get failures(): ReadonlyMap<string, Error> {
    return new Map([...this.#watches?.failures ?? [], ...this.#mounts?.failures ?? []]);
  }

  /** Whether some directory is watched by events. */
  get hasWatchers(): boolean {
    return !!this.#watches?.isActive;
  }

  /** Number of directories watched by events. */
  get watchedDirectories(): number {
    return this.#watches?.active ?? 0;
  }

  /** Watches exactly `targets` from now on. */
  set({ files, directories }: WatchTargets): void {
    const before = this.#named;
    const chains = new LinkChains(this.#fileSystem);
    this.#named = [...new Set(files)].map((path) => this.files.hold(path, chainOf(chains, path)));
    this.roots.set(directories);
    for (const { path } of before) this.files.release(path);
    this.files.takeNews();
    this.listings.takeEntered();
    this.sync();
  }

  /** Watches what has to be watched by now. Says whether that is something else than before. */
  sync(): boolean {
    const version = this.files.index.version + this.listings.version + this.roots.version;
    if (version === this.#version) return false;
    this.#version = version;
    this.#watch();
    return true;
  }

  /** Looks whether something is mounted elsewhere by now. */
  syncMounts(): void {
    if (this.#mounts !== undefined) this.#watch();
  }

  /**
   * Looks whether the watchers of some directories still watch them; starts those again that do not.
   *
   * @returns The directories where changes may have gone unseen.
   */
  verify(directories: Iterable<string>): string[] {
    const moved = this.#watches?.verify(directories) ?? [];
    // Another directory in the place of one may be what is mounted there now.
    if (moved.length > 0) this.syncMounts();
    return moved;
  }

  /** The watcher of a directory may be dead: {@linkcode WatchedPlaces.verify} starts it again. */
  distrust(directory: string): void {
    this.#watches?.distrust(directory);
    this.#distrusted.add(directory);
  }

  /** The same of those of the directories that files are looked for in, from a name on. */
  distrustBelow(listing: Listing, name: string): void {
    const below = listing.below.get(name);
    if (below === undefined) return;
    this.distrust(below.real);
    for (const next of below.below.keys()) this.distrustBelow(below, next);
  }

  /** The directories with a watcher that may be dead, since the last call. */
  takeDistrusted(): Set<string> {
    const distrusted = this.#distrusted;
    this.#distrusted = new Set();
    return distrusted;
  }

  /** The same and those that have none. */
  takeDoubtful(): Set<string> {
    return new Set([...this.takeDistrusted(), ...this.#watches?.failures.keys() ?? []]);
  }

  /** Which files and directories nobody tells of; `undefined`: there are none. */
  polled(): Polled | undefined {
    if (this.#watches === undefined) return ALL_POLLED;
    const { failures } = this.#watches;
    if (failures.size === 0 && !this.#mounts?.failures.size) return undefined;
    const isPolled = (directory: string) =>
      failures.has(directory) || !!this.#mounts?.directories.has(directory);
    return {
      isEverything: false,
      hasListing: ({ real }) => isPolled(real),
      hasFile: ({ path, chain }) =>
        !!this.#mounts?.files.has(path) ||
        chain.entries.some(({ directory }) => isPolled(directory)),
    };
  }

  /** The files that nobody tells of because of their own mount. */
  get polledFiles(): WatchedFile[] {
    return [...this.#mounts?.files ?? []].flatMap((path) => this.files.get(path) ?? []);
  }

  /** Watches nothing any more, for good. */
  close(): void {
    this.#watches?.close();
  }

  #watch(): void {
    const directories = new Set([
      ...this.files.index.directories,
      ...this.roots.directories,
      ...this.listings.directories,
    ]);
    const filesAt: Parameters<PolledMounts["update"]>[0]["filesAt"] = (entry) =>
      this.files.index.at(entry).map(({ path }) => path);
    const before = this.#mounts?.directories ?? new Set();
    this.#mounts?.update({ directories, filesAt });
    const polled = this.#mounts?.directories ?? new Set();
    this.#freed = new Set([...before].filter((directory) => !polled.has(directory)));
    for (const directory of polled) directories.delete(directory);
    this.#watches?.set(directories);
  }
}

/** Tells what is looked at from time to time only. */
export interface Polled {
  /** Whether that is everything. */
  readonly isEverything: boolean;
  hasListing(listing: Listing): boolean;
  hasFile(file: WatchedFile): boolean;
}

const ALL_POLLED: Polled = { isEverything: true, hasListing: () => true, hasFile: () => true };
