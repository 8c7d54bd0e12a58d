/**
 * Looking at what is watched: soon where a watcher says too little, from time to time at everything.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { FileLooks, type FileLooksOptions, type Look } from "./file_looks.ts";
import type { Listing } from "./listing.ts";
import { Rounds } from "./rounds.ts";
import { isSettled, type WatchedFile } from "./watched_file.ts";
import type { WatchedPlaces } from "./watched_places.ts";
import type { Polled } from "./watcher_set.ts";

/** So many files and directories are looked at in one go, in a round. */
const PART = 1_000;

/** After a round of more, the next one begins so many times as long later: 0.1 % of a processor. */
const REST_FACTOR = 1_000;

/** The same where watchers lose hints: 2 % of a processor. */
const SHORT_REST_FACTOR = 50;

/** Longest time between two rounds, in milliseconds. */
const MAX_REST_MS = 120_000;

/** Time between two parts of a round, in which other things may happen. */
const PART_DELAY_MS = 2;

/** Compares what is watched with what it was at the last look or hint. */
export class Looking {
  readonly #clock: Clock;
  readonly #places: WatchedPlaces;
  readonly #files: FileLooks;
  readonly #rounds: Rounds;
  #next: Disposable | undefined;
  /** What is left of a round, and how long it took so far. */
  #toGo = 0;
  #tookMs = 0;
  /** Whether what its stat may not tell of is looked at twice. */
  #isTwice = true;
  #roundEndedAt = -Infinity;
  #isClosed = false;

  /** Looks at nothing before it is asked. */
  constructor(options: FileLooksOptions) {
    this.#clock = options.clock;
    this.#places = options.places;
    this.#files = new FileLooks(options);
    this.#rounds = new Rounds(options.places.listings);
  }

  /** Looks at some files. Says whether one of them changed. */
  atFiles(files: Iterable<WatchedFile>): boolean {
    const look = this.#files.begin(false);
    let found = false;
    for (const file of files) found = this.#files.at(file, look, false) || found;
    return found;
  }

  /** Looks for other files in the directories that some files depend on, as far as those are polled. */
  forNewBeside(files: Iterable<WatchedFile>): void {
    const { watchers: { polled }, listings } = this.#places;
    if (polled === undefined) return;
    const look = this.#files.begin(false);
    const entries = [...files].flatMap(({ chain }) => chain.entries);
    for (const directory of new Set(entries.map(({ directory }) => directory))) {
      for (const listing of listings.at(directory)) {
        if (polled.hasListing(listing)) this.#atListing(listing, look, new Set());
      }
    }
  }

  /** Looks at everything in some directories; twice where hints were `lost`, if need be. */
  inDirectories(directories: Iterable<string>, lost: ReadonlySet<string>): void {
    this.#inDirectories(new Set(directories), lost, this.#files.begin(false));
  }

  /** Takes over what was found meanwhile. */
  report(): void {
    this.#files.report(this.#files.begin(false));
  }

  /**
   * Looks at what was named, at what no watcher tells of, and, a part after the other, at what was
   * found in directories: each time, unless there is much.
   *
   * @param losesSome Whether the watchers lose hints.
   */
  beside(losesSome: boolean): void {
    const { listings, roots, named } = this.#places;
    const look = this.#files.begin(true);
    if (look.polled !== undefined) this.#places.watchers.checkMounts();
    const moved = this.#verify();
    roots.followAll();
    for (const listing of new Set([...roots.listings, ...listings.unsure])) {
      this.#atListing(listing, look, moved);
    }
    this.#inDirectories(moved, new Set(moved), look);
    for (const file of named) this.#files.at(file, look, isSettled(file, look.moment));
    if (look.polled !== undefined) this.#atPolled(look.polled, look);
    const isResting = this.#next !== undefined ||
      look.moment.now < this.#roundEndedAt + this.#restMs(losesSome);
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

  #restMs(losesSome: boolean): number {
    const { listings, roots } = this.#places;
    if (listings.size - roots.listings.length <= PART) return 0;
    const factor = losesSome ? SHORT_REST_FACTOR : REST_FACTOR;
    return Math.min(MAX_REST_MS, factor * this.#tookMs);
  }

  #beginRound(isTwice: boolean): void {
    this.#toGo = this.#places.listings.size;
    this.#tookMs = 0;
    this.#isTwice = isTwice;
  }

  /** Looks at the next part of a round. */
  #goOn(look: Look): void {
    const startedAt = this.#clock.now();
    this.#atPart(Math.min(PART, this.#toGo), look, this.#isTwice);
    const endedAt = this.#clock.now();
    this.#toGo -= PART;
    this.#tookMs += endedAt - startedAt;
    if (this.#toGo <= 0) this.#roundEndedAt = endedAt;
    else if (!this.#isClosed) this.#next = this.#schedule();
  }

  #schedule(): Disposable {
    return this.#clock.schedule(PART_DELAY_MS, () => {
      this.#next = undefined;
      this.#goOn(this.#files.begin(true));
    }, { keepAlive: false });
  }

  /** Starts the watchers again that are dead, as far as there may be any. */
  #verify(): Set<string> {
    const { named, roots } = this.#places;
    const directories = this.#places.watchers.takeDoubtful();
    for (const directory of roots.directories) directories.add(directory);
    for (const { chain } of named) {
      for (const { directory } of chain.entries) directories.add(directory);
    }
    return new Set(this.#places.watchers.verify(directories));
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
        for (const directory of this.#places.watchers.verify([item.real])) moved.add(directory);
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
      if (this.#places.watchers.verify([directory]).length > 0) {
        unseen.add(directory);
        for (const file of files.index.in(directory)) files.relink(file, look.chains);
      }
      roots.followIn(directory);
      for (const listing of listings.at(directory)) this.#atListing(listing, look, directories);
    }
    this.#files.report(look);
    for (const directory of directories) {
      for (const file of files.index.in(directory)) {
        // What was told of just now, because it is new, need not be told of twice.
        const isTold = file.hintedAt === look.moment.now;
        this.#files.at(file, look, unseen.has(directory) && !isTold);
      }
    }
  }

  #atListing(listing: Listing, look: Look, replaced: Set<string>, isForced = false): void {
    for (const { real } of this.#places.listings.relist(listing, isForced)) replaced.add(real);
    this.#files.report(look);
  }

  #atFound(file: WatchedFile, look: Look, isTwice: boolean): void {
    // It may have been found to be gone meanwhile.
    if (file.holders > 0) this.#files.at(file, look, isTwice && isSettled(file, look.moment));
  }
}
