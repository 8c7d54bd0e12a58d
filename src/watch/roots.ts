/**
 * The watched directories, wherever links lead.
 *
 * @module
 */

import type { FileSystem } from "../runtime/file_system.ts";
import { EntryIndex } from "./entry_index.ts";
import { type Chain, type Entry, isSameChain, LinkChains, pathOf } from "./link_chain.ts";
import { type Found, foundIn, type Listing } from "./listing.ts";
import type { Listings } from "./listings.ts";
import type { WatchedDirectory } from "./watched_directory.ts";
import { chainOf } from "./watched_files.ts";

interface Root {
  readonly target: WatchedDirectory;
  /** What its path leads through. */
  chain: Chain;
  /** Absent while a directory above it is missing. */
  listing: Listing | undefined;
}

/** The watched directories themselves, without those below. */
export class Roots {
  readonly #fileSystem: FileSystem;
  readonly #listings: Listings;
  readonly #index = new EntryIndex<Root>();
  #roots: readonly Root[] = [];

  /** Has none yet; what is in them is left to `listings`. */
  constructor(fileSystem: FileSystem, listings: Listings) {
    this.#fileSystem = fileSystem;
    this.#listings = listings;
  }

  /** Those that can be looked at. */
  get listings(): Listing[] {
    return this.#roots.flatMap(({ listing }) => listing ?? []);
  }

  /** What was found in a directory that was named; `undefined` when that is not known. */
  foundIn({ path, recursive }: WatchedDirectory): Found | undefined {
    const roots = this.#roots.filter(({ target }) =>
      target.path === path && target.recursive === recursive
    );
    const listings = roots.flatMap(({ listing }) => listing ?? []);
    return listings.length > 0 ? foundIn(listings) : undefined;
  }

  /** The directories by whose names the roots are reached. */
  get directories(): Iterable<string> {
    return this.#index.directories;
  }

  /** Another number whenever {@linkcode Roots.directories} are others. */
  get version(): number {
    return this.#index.version;
  }

  /** Has exactly `targets` from now on. */
  set(targets: readonly WatchedDirectory[]): void {
    const before = this.#roots;
    const chains = new LinkChains(this.#fileSystem);
    this.#roots = targets.map((target) => {
      const chain = chainOf(chains, target.path);
      const root = { target, chain, listing: this.#enter(target, chain) };
      this.#index.add(root, chain.entries);
      return root;
    });
    // After the new ones: a file that is in both stays as it is.
    for (const root of before) {
      this.#index.remove(root, root.chain.entries);
      if (root.listing !== undefined) this.#listings.drop(root.listing);
    }
  }

  /** Whether one leads through `entry`. */
  has(entry: Entry): boolean {
    return this.#index.has(entry);
  }

  /** Finds out where those lead that lead through `entry`; their directories, if there are any. */
  followAt(entry: Entry): string[] | undefined {
    const roots = this.#index.at(entry);
    if (roots.length === 0) return undefined;
    this.#follow(roots);
    return roots.flatMap(({ listing }) => listing?.real ?? []);
  }

  /** Finds out where those lead that lead through `directory`. */
  followIn(directory: string): void {
    this.#follow(this.#index.in(directory));
  }

  /** Finds out where all lead. */
  followAll(): void {
    this.#follow(this.#roots);
  }

  #follow(roots: Iterable<Root>): void {
    const chains = new LinkChains(this.#fileSystem);
    for (const root of roots) {
      const chain = chainOf(chains, root.target.path);
      if (isSameChain(chain, root.chain)) continue;
      const before = root.listing;
      this.#index.remove(root, root.chain.entries);
      this.#index.add(root, chain.entries);
      root.chain = chain;
      root.listing = this.#enter(root.target, chain);
      if (before !== undefined) this.#listings.drop(before);
    }
  }

  #enter(target: WatchedDirectory, { entries, isComplete }: Chain): Listing | undefined {
    if (!isComplete) return undefined;
    return this.#listings.enter(target, target.path, pathOf(entries.at(-1)!), entries.slice(0, -1));
  }
}
