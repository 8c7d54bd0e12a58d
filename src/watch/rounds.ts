/**
 * Going round what was found in directories, a part at a time.
 *
 * @module
 */

import type { Listing, Listings } from "./listings.ts";
import type { Roots } from "./roots.ts";
import type { WatchedFile } from "./watched_file.ts";

/**
 * So many files and directories are looked at each time; where there are more, a change that nobody
 * reported is found later than it could be.
 */
const ALL_AT_ONCE = 1_000;

/** So many are looked at each time where there are more: what that takes is not noticed. */
const SHARE = 100;

/** Goes from directory to directory and in each from file to file, and begins again. */
export class Rounds {
  readonly #listings: Listings;
  readonly #roots: Roots;
  #rest: Iterator<Listing | WatchedFile> | undefined;

  /** Begins with the first directory. */
  constructor({ listings, roots }: { readonly listings: Listings; readonly roots: Roots }) {
    this.#listings = listings;
    this.#roots = roots;
  }

  /** How many to take each time. */
  get share(): number {
    const { size } = this.#listings;
    // The directories that were named do not count.
    return size - this.#roots.listings.length <= ALL_AT_ONCE ? size : SHARE;
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
