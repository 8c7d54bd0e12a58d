/**
 * The watchers of a handle, and what has to be polled instead.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { FileSystem } from "../runtime/file_system.ts";
import { DirectoryWatches, type DirectoryWatchesHandler } from "./directory_watches.ts";
import type { Listing } from "./listing.ts";
import { type MountedPlaces, PolledMounts } from "./polled_mounts.ts";
import type { SharedWatches } from "./shared_watches.ts";
import type { WatchedFile } from "./watched_file.ts";
import type { DirectoryWatcher } from "./watcher.ts";

/** Options of {@linkcode WatcherSet}. */
export interface WatcherSetOptions {
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
  /** Is told of hints, and of watchers that begin, end or are doubted. */
  readonly log?: Log | undefined;
}

/** Tells what is looked at from time to time only. */
export interface Polled {
  /** Whether that is everything. */
  readonly isEverything: boolean;
  hasListing(listing: Listing): boolean;
  hasFile(file: WatchedFile): boolean;
}

const ALL_POLLED: Polled = { isEverything: true, hasListing: () => true, hasFile: () => true };

/** The watchers of directories, as far as events can be relied upon. */
export class WatcherSet {
  readonly #watches: DirectoryWatches | undefined;
  readonly #mounts: PolledMounts | undefined;
  #places: MountedPlaces = { directories: new Set(), filesAt: () => [] };
  /** Directories that were polled and are watched by events again. */
  #freed: ReadonlySet<string> = new Set();
  /** Directories with a watcher that may be dead. */
  #distrusted = new Set<string>();

  /** Has no watcher yet. */
  constructor(options: WatcherSetOptions, handler: DirectoryWatchesHandler) {
    const { fileSystem, watcher, trustsMounts } = options;
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

  /** Directories, and files, that can't be watched by events, with the reason; one for each mount. */
  get failures(): ReadonlyMap<string, Error> {
    return new Map([...this.#watches?.failures ?? [], ...this.#mounts?.failures ?? []]);
  }

  /** Whether some directory, or all, are watched by looking only. */
  get isPolling(): boolean {
    return this.#watches === undefined || this.failures.size > 0;
  }

  /** Whether some directory is watched by events. */
  get isActive(): boolean {
    return !!this.#watches?.isActive;
  }

  /** Number of directories watched by events. */
  get active(): number {
    return this.#watches?.active ?? 0;
  }

  /** Paths of the files that nobody tells of because of their own mount. */
  get polledFiles(): Iterable<string> {
    return this.#mounts?.files ?? [];
  }

  /** Which files and directories nobody tells of; `undefined`: there are none. */
  get polled(): Polled | undefined {
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

  /** Watches exactly `places` from now on. */
  set(places: MountedPlaces): void {
    this.#places = places;
    this.#mounts?.readTable();
    this.#update();
  }

  /** Looks whether something is mounted elsewhere by now. */
  checkMounts(): void {
    if (this.#mounts?.readTable()) this.#update();
  }

  /**
   * Looks whether the watchers of some directories still watch them; starts those again that do not.
   *
   * @returns The directories where changes may have gone unseen.
   */
  verify(directories: Iterable<string>): string[] {
    const moved = this.#watches?.verify(directories) ?? [];
    // Another directory in the place of one may be what is mounted there now.
    if (moved.length > 0) this.checkMounts();
    return moved;
  }

  /** The watcher of a directory may be dead: {@linkcode WatcherSet.verify} starts it again. */
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

  /** Watches nothing any more, for good. */
  close(): void {
    this.#watches?.close();
  }

  #update(): void {
    const { directories } = this.#places;
    const before = this.#mounts?.directories ?? new Set();
    this.#mounts?.update(this.#places);
    const polled = this.#mounts?.directories ?? new Set();
    this.#freed = new Set([...before].filter((directory) => !polled.has(directory)));
    this.#watches?.set(new Set([...directories].filter((directory) => !polled.has(directory))));
  }
}
