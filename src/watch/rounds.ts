/**
 * Going round what was found in directories, a part at a time.
 *
 * @module
 */

import type { Listing } from "./listing.ts";
import type { Listings } from "./listings.ts";
import type { WatchedFile } from "./watched_file.ts";

/** Goes from directory to directory and in each from file to file, and begins again. */
export class Rounds {
  readonly #listings: Listings;
  #rest: Iterator<Listing | WatchedFile> | undefined;

  /** Begins with the first directory. */
  constructor(listings: Listings) {
    this.#listings = listings;
  }

  /** The next directories and files, but none twice. */
  *take(count: number): Generator<Listing | WatchedFile> {
    const end = Math.min(count, this.#listings.size);
    for (let taken = 0; taken < end; taken += 1) {
      const item = this.#next();
      if (item === undefined) return;
      yield item;
    }
  }

  #next(): Listing | WatchedFile | undefined {
    const next = this.#rest?.next();
    if (next !== undefined && !next.done) return next.value;
    this.#rest = this.#all();
    return this.#rest.next().value;
  }

  *#all(): Generator<Listing | WatchedFile> {
    for (const listing of this.#listings.all) {
      yield listing;
      for (const { file } of listing.files.values()) yield file;
    }
  }
}
