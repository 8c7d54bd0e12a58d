/**
 * What has to be polled because it is mounted from where no changes are reported.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { FileSystem } from "../runtime/file_system.ts";
import type { Entry } from "./link_chain.ts";
import { type Mount, mountOf, parseMounts, whyPolled } from "./mounts.ts";
import type { WatcherNews } from "./watch_subscription.ts";

/** What is watched. */
export interface MountedPlaces {
  /** The directories, free of links. */
  readonly directories: ReadonlySet<string>;
  /** Paths of the watched files that lead to an entry. */
  filesAt(entry: Entry): readonly string[];
}

interface Polled {
  /** The first directory or file that is polled because of a mount. */
  readonly place: string;
  readonly reason: Error;
}

/** The directories and files that can't be watched by events because of their mounts. */
export class PolledMounts {
  readonly #fileSystem: FileSystem;
  readonly #onChanged: (place: string, news: WatcherNews) => void;
  #table = "";
  #mounts: readonly Mount[] = [];
  /** By mount point. */
  #polled = new Map<string, Polled>();
  #directories = new Set<string>();
  #files = new Set<string>();

  /** Knows of none yet; `onChanged` is told once for each mount, with one place in it. */
  constructor(fileSystem: FileSystem, onChanged: (place: string, news: WatcherNews) => void) {
    this.#fileSystem = fileSystem;
    this.#onChanged = onChanged;
  }

  /** Why there is polling, by one place for each mount. */
  get failures(): ReadonlyMap<string, Error> {
    return new Map([...this.#polled.values()].map(({ place, reason }) => [place, reason]));
  }

  /** The directories that are to be polled. */
  get directories(): ReadonlySet<string> {
    return this.#directories;
  }

  /** Paths of the files that are to be polled although their directory is not. */
  get files(): ReadonlySet<string> {
    return this.#files;
  }

  /** Reads the table of mounts. Says whether it is another one than before. */
  readTable(): boolean {
    const table = this.#fileSystem.mountTable();
    if (table === this.#table) return false;
    this.#table = table;
    this.#mounts = parseMounts(table);
    return true;
  }

  /** Looks up in the table, as it was read last, where `places` are. */
  update(places: MountedPlaces): void {
    const before = this.#polled;
    this.#polled = new Map();
    this.#directories = new Set();
    this.#files = new Set();
    this.#findDirectories(places.directories);
    this.#findFiles(places);
    for (const [mountPoint, { place, reason }] of this.#polled) {
      if (!before.has(mountPoint)) this.#onChanged(place, reason);
    }
    for (const [mountPoint, { place }] of before) {
      const isWatched = places.directories.has(place) || places.filesAt(entryOf(place)).length > 0;
      if (!this.#polled.has(mountPoint) && isWatched) this.#onChanged(place, "available");
    }
  }

  #findDirectories(directories: ReadonlySet<string>): void {
    if (!this.#mounts.some((mount) => whyPolled(mount) !== undefined)) return;
    for (const directory of directories) {
      const mount = mountOf(this.#mounts, directory);
      const why = mount && whyPolled(mount);
      if (mount === undefined || why === undefined) continue;
      this.#directories.add(directory);
      this.#add(mount, directory, why);
    }
  }

  #findFiles({ filesAt }: MountedPlaces): void {
    for (const mount of this.#mounts) {
      const { mountPoint } = mount;
      const paths = filesAt(entryOf(mountPoint));
      if (paths.length === 0 || mountOf(this.#mounts, mountPoint) !== mount) continue;
      for (const path of paths) this.#files.add(path);
      this.#add(mount, mountPoint, whyPolled(mount) ?? mountedByItself(mountPoint));
    }
  }

  #add({ mountPoint }: Mount, place: string, why: string): void {
    if (!this.#polled.has(mountPoint)) {
      this.#polled.set(mountPoint, { place, reason: new Error(why) });
    }
  }
}

/** A watcher of the directory hears of the file that the mount hides, not of this one. */
function mountedByItself(file: string): string {
  return `${file} is a mount of a single file, which its directory does not report changes of`;
}

function entryOf(path: string): Entry {
  return { directory: nodePath.dirname(path), name: nodePath.basename(path) };
}
