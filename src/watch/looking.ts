/**
 * Looking at what is watched: soon where a watcher says too little, from time to time at everything.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { type FileStat, type FileSystem, isSameStat } from "../runtime/file_system.ts";
import { LinkChains } from "./link_chain.ts";
import type { Listing } from "./listing.ts";
import type { MissedChanges } from "./missed_changes.ts";
import { Rounds } from "./rounds.ts";
import {
  isSettled,
  mayHaveChanged,
  type Moment,
  momentOf,
  noteLook,
  roundedMs,
  type WatchedFile,
} from "./watched_file.ts";
import type { Polled, WatchedPlaces } from "./watched_places.ts";

/** Options of {@linkcode Looking}. */
export interface LookingOptions {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly places: WatchedPlaces;
  /** Where the changes go that no watcher told of. */
  readonly missed: MissedChanges;
  /** Takes a file that changed, and for how long it has not been written, in milliseconds. */
  onChange(file: WatchedFile, quietForMs: number): void;
}

/** One look at many things. */
interface Look {
  readonly moment: Moment;
  readonly chains: LinkChains;
  /** Whether it is a look beside the watchers: what it finds they should have told. */
  readonly isBackstop: boolean;
  /** What no watcher tells of; not known of other looks than those. */
  readonly polled: Polled | undefined;
}

/** So many files and directories are looked at in one go, in a round. */
const PART = 1_000;

/** After a round, the next one begins so many times as long later: it takes 2 % of a processor. */
const REST_FACTOR = 50;

/** Time between two parts of a round, in which other things may happen. */
const PART_DELAY_MS = 2;

/** Compares what is watched with what it was at the last look or hint. */
export class Looking {
  readonly #options: LookingOptions;
  readonly #places: WatchedPlaces;
  readonly #rounds: Rounds;
  #next: Disposable | undefined;
  /** What is left of a round, and how long it took so far. */
  #toGo = 0;
  #tookMs = 0;
  /** Whether what its stat may not tell of is looked at twice. */
  #isTwice = true;
  #restsUntil = -Infinity;
  #isClosed = false;

  /** Looks at nothing before it is asked. */
  constructor(options: LookingOptions) {
    this.#options = options;
    this.#places = options.places;
    this.#rounds = new Rounds(options.places.listings);
  }

  /** Looks at some files. Says whether one of them changed. */
  atFiles(files: Iterable<WatchedFile>): boolean {
    const look = this.#begin(false);
    let found = false;
    for (const file of files) found = this.#atFile(file, look, false) || found;
    return found;
  }

  /** Looks at everything in some directories; twice where hints were `lost`, if need be. */
  inDirectories(directories: Iterable<string>, lost: ReadonlySet<string>): void {
    this.#inDirectories(new Set(directories), lost, this.#begin(false));
  }

  /** Takes over what was found meanwhile. */
  report(): void {
    this.#report(this.#begin(false));
  }

  /**
   * Looks at what was named, at what no watcher tells of, and, a part after the other, at what was
   * found in directories: each time, unless that takes long.
   */
  beside(): void {
    const { listings, roots, named } = this.#places;
    const look = this.#begin(true);
    if (look.polled !== undefined) this.#places.syncMounts();
    const moved = this.#verify();
    roots.followAll();
    for (const listing of new Set([...roots.listings, ...listings.unsure])) {
      this.#atListing(listing, look, moved);
    }
    this.#inDirectories(moved, new Set(moved), look);
    for (const file of named) this.#atFile(file, look, isSettled(file, look.moment));
    if (look.polled !== undefined) this.#atPolled(look.polled, look);
    const isResting = this.#next !== undefined || look.moment.now < this.#restsUntil;
    if (this.#isClosed || isResting || look.polled?.isEverything) return;
    this.#beginRound(true);
    this.#goOn(look);
  }

  /** Looks at everything that was found in directories, from now on and however long that takes. */
  round(): void {
    if (this.#isClosed) return;
    // What was just written is being settled: only what differs from its last hint is news.
    this.#beginRound(false);
    this.#next ??= this.#schedule();
  }

  /** Looks at nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#next?.[Symbol.dispose]();
  }

  #begin(isBackstop: boolean): Look {
    const { fileSystem, clock } = this.#options;
    return {
      moment: momentOf(clock),
      chains: new LinkChains(fileSystem),
      isBackstop,
      polled: isBackstop ? this.#places.polled() : undefined,
    };
  }

  #beginRound(isTwice: boolean): void {
    this.#toGo = this.#places.listings.size;
    this.#tookMs = 0;
    this.#isTwice = isTwice;
  }

  /** Looks at the next part of a round. */
  #goOn(look: Look): void {
    const { clock } = this.#options;
    const startedAt = clock.now();
    this.#atPart(Math.min(PART, this.#toGo), look, this.#isTwice);
    const endedAt = clock.now();
    this.#toGo -= PART;
    this.#tookMs += endedAt - startedAt;
    if (this.#toGo <= 0) this.#restsUntil = endedAt + REST_FACTOR * this.#tookMs;
    else if (!this.#isClosed) this.#next = this.#schedule();
  }

  #schedule(): Disposable {
    const { clock } = this.#options;
    return clock.schedule(PART_DELAY_MS, () => {
      this.#next = undefined;
      this.#goOn(this.#begin(true));
    }, { keepAlive: false });
  }

  /** Starts the watchers again that are dead, as far as there may be any. */
  #verify(): Set<string> {
    const { named, roots } = this.#places;
    const directories = this.#places.takeDoubtful();
    for (const directory of roots.directories) directories.add(directory);
    for (const { chain } of named) {
      for (const { directory } of chain.entries) directories.add(directory);
    }
    return new Set(this.#places.verify(directories));
  }

  #atPolled(polled: Polled, look: Look): void {
    for (const listing of this.#places.listings.all) {
      if (!polled.hasListing(listing)) continue;
      // Not every file system that has to be polled changes a directory's time with what is in it.
      this.#atListing(listing, look, new Set(), true);
      for (const { file } of listing.files.values()) this.#atFound(file, look, true);
    }
    for (const file of this.#places.polledFiles) this.#atFound(file, look, true);
  }

  #atPart(count: number, look: Look, isTwice: boolean): void {
    const moved = new Set<string>();
    for (const item of this.#rounds.take(count)) {
      if ("holders" in item) this.#atFound(item, look, isTwice);
      else {
        for (const directory of this.#places.verify([item.real])) moved.add(directory);
        this.#atListing(item, look, moved);
      }
    }
    this.#inDirectories(moved, new Set(moved), look);
  }

  /** Looks in `directories`, and in those that are found to be others than before. */
  #inDirectories(directories: Set<string>, lost: ReadonlySet<string>, look: Look): void {
    const { files, listings, roots } = this.#places;
    const unseen = new Set(lost);
    for (const directory of directories) {
      if (this.#places.verify([directory]).length > 0) {
        unseen.add(directory);
        for (const file of files.index.in(directory)) files.relink(file, look.chains);
      }
      roots.followIn(directory);
      for (const listing of listings.at(directory)) this.#atListing(listing, look, directories);
    }
    this.#report(look);
    for (const directory of directories) {
      for (const file of files.index.in(directory)) this.#atFile(file, look, unseen.has(directory));
    }
  }

  #atListing(listing: Listing, look: Look, replaced: Set<string>, isForced = false): void {
    for (const { real } of this.#places.listings.relist(listing, isForced)) replaced.add(real);
    this.#report(look);
  }

  #atFound(file: WatchedFile, look: Look, isTwice: boolean): void {
    // It may have been found to be gone meanwhile.
    if (file.holders > 0) this.#atFile(file, look, isTwice && isSettled(file, look.moment));
  }

  /** Says whether the file changed; if its stat would not tell, it is told of all the same. */
  #atFile(file: WatchedFile, look: Look, isTwice: boolean): boolean {
    const { files } = this.#places;
    const stat = files.stat(file);
    const isChanged = !isSameStat(stat, file.stat);
    if (!isChanged && !(isTwice && mayHaveChanged(file, look.moment))) return false;
    if (isChanged) {
      // A link on the way may lead elsewhere now; its directory must be watched before the read.
      files.relink(file, look.chains);
      this.#places.sync();
      this.#suspect(file, look);
    }
    this.#tell(file, stat, look, isChanged);
    return isChanged;
  }

  #report(look: Look): void {
    const { files, listings } = this.#places;
    // What is in a new directory before it is watched is told by nobody.
    while (this.#places.sync()) {
      for (const listing of listings.takeEntered()) listings.relist(listing);
    }
    if (!files.hasNews) return;
    const { appeared, vanished } = files.takeNews();
    for (const file of [...appeared, ...vanished]) {
      // One that was hinted at when it vanished does not vanish again, and a link to nothing is none.
      if (file.stat === undefined) continue;
      this.#suspect(file, look);
      this.#tell(file, file.stat, look, true);
    }
  }

  #suspect(file: WatchedFile, { isBackstop, polled }: Look): void {
    if (!isBackstop || polled?.hasFile(file)) return;
    this.#options.missed.found(file.path, file.chain.entries.map(({ directory }) => directory));
  }

  /** Tells of a file: of one that is new or another than before, or of one that may have changed. */
  #tell(file: WatchedFile, stat: FileStat | undefined, { moment }: Look, isNew: boolean): void {
    // Whatever its time says, this very file was written since it was seen, perhaps just now: the
    // system sets the time of one that is emptied later than its size, tools keep old times, and a
    // server has a clock of its own.
    const isWritten = stat?.inode === file.stat?.inode && !isSameStat(stat, file.stat);
    let quietForMs = stat === undefined || isWritten ? 0 : moment.wallTime - stat.mtimeMs;
    // One that was not there when it was last looked for may be written still.
    if (isNew && stat !== undefined) quietForMs -= roundedMs(stat);
    noteLook(file, stat, moment);
    this.#options.onChange(file, Math.max(0, quietForMs));
  }
}
