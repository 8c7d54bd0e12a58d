/**
 * What a hint about a name in a directory means for the files that are watched.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { Clock } from "../clock.ts";
import type { FileStat, FileSystem } from "../runtime/file_system.ts";
import type { FileHint } from "./file_hint.ts";
import { type Chain, type Entry, LinkChains, pathOf } from "./link_chain.ts";
import type { MissedChanges } from "./missed_changes.ts";
import { momentOf, noteHint, type WatchedFile } from "./watched_file.ts";
import { lstatOf, statOf } from "./watched_files.ts";
import type { WatchedPlaces } from "./watched_places.ts";
import type { HintKind } from "./watcher.ts";

/** Options of {@linkcode EntryHints}. */
export interface EntryHintsOptions {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly places: WatchedPlaces;
  /** Where to tell that a watcher told of a file. */
  readonly missed: MissedChanges;
  /** Takes what the hint means. */
  onHint(hint: FileHint): void;
  /** A watched directory is another one: its files are known already. */
  onFound(): void;
  /** A hint says too little about a directory. */
  onUnclear(directory: string): void;
}

/** Turns hints about names into hints about files. */
export class EntryHints {
  readonly #options: EntryHintsOptions;

  /** Has had no hint yet. */
  constructor(options: EntryHintsOptions) {
    this.#options = options;
  }

  /** Says whether something that is watched depends on the entry. */
  on(entry: Entry, kind: HintKind): boolean {
    const { places, fileSystem, onFound, onUnclear } = this.#options;
    const { files, roots } = places;
    const known = files.index.at(entry);
    const directories = kind === "renamed" ? roots.followAt(entry) : undefined;
    if (known.length === 0 && directories === undefined) return this.#onNew(entry, kind);
    const chains = new LinkChains(fileSystem);
    for (const file of known) {
      const { chain } = file;
      const stat = kind === "renamed" ? files.relinkAt(file, entry, chains) : files.stat(file);
      const isDropped = kind === "renamed" && stat === undefined &&
        wasDropped(fileSystem, file, chain);
      this.#hint(file, isDropped ? "dropped" : kind, stat);
    }
    if (directories !== undefined) onFound();
    for (const directory of directories ?? []) onUnclear(directory);
    return true;
  }

  #onNew({ directory, name }: Entry, kind: HintKind): boolean {
    const { places, missed, onUnclear } = this.#options;
    const { files, listings, watchers } = places;
    let isOurs = false;
    for (const listing of listings.at(directory)) {
      const path = pathOf({ directory: listing.path, name });
      missed.told(path);
      const found = listings.find(listing, name);
      if (found === undefined) continue;
      isOurs = true;
      // That a file appeared is told just now.
      files.takeNews();
      if (found !== "directory") this.#hint(found, kind, found.stat);
      else {
        // Deno ends the watchers of what is below a name that is moved, without a word.
        if (kind === "renamed") watchers.distrustBelow(listing, name);
        onUnclear(directory);
      }
    }
    return isOurs;
  }

  #hint(file: WatchedFile, kind: HintKind | "dropped", stat: FileStat | undefined): void {
    const { places, missed, clock, onHint } = this.#options;
    missed.told(file.path);
    // A link on the way may lead elsewhere now; its directory must be watched before the read.
    places.sync();
    const isTouch = noteHint(file, kind, stat, momentOf(clock));
    const { path } = file;
    onHint({ path, kind: isTouch ? "touched" : kind, quietForMs: 0 });
  }
}

/** Whether a file is gone for good, by its name and by the link that its name led through. */
function wasDropped(fileSystem: FileSystem, { path }: WatchedFile, { entries }: Chain): boolean {
  const own = entries.findIndex(({ name }) => name === nodePath.basename(path));
  const last = entries.at(-1)!;
  const through = entries[entries.length - 2];
  if (own < 0 || through === undefined || entries.indexOf(through) <= own) return false;
  const volume = pathOf(through);
  return lstatOf(fileSystem, path) === undefined &&
    statOf(fileSystem, volume)?.kind === "directory" &&
    lstatOf(fileSystem, nodePath.join(volume, last.name)) === undefined;
}
