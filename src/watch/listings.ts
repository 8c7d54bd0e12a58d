/**
 * The directories that files are looked for in, and what was found there.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import {
  type FileKind,
  type FileStat,
  type FileSystem,
  isSameStat,
} from "../runtime/file_system.ts";
import { type Chain, type Entry, LinkChains, pathOf } from "./link_chain.ts";
import { type Listing, newListing } from "./listing.ts";
import { isOrdinary, mayBeFile, readContent, type WatchedDirectory } from "./watched_directory.ts";
import { mayChangeUnseen, type WatchedFile } from "./watched_file.ts";
import { chainOf, lstatOf, statOf, type WatchedFiles } from "./watched_files.ts";

/** Finds the files of directories, and notices cheaply when there are others. */
export class Listings {
  readonly #fileSystem: FileSystem;
  readonly #clock: Clock;
  readonly #files: WatchedFiles;
  readonly #all = new Set<Listing>();
  readonly #byDirectory = new Map<string, Set<Listing>>();
  readonly #unsure = new Set<Listing>();
  #entered: Listing[] = [];
  #unread: Listing[] = [];
  #version = 0;
  #size = 0;

  /** Has nothing to look at; what it finds it adds to `files`. */
  constructor(fileSystem: FileSystem, clock: Clock, files: WatchedFiles) {
    this.#fileSystem = fileSystem;
    this.#clock = clock;
    this.#files = files;
  }

  /** All listings. Iterating goes on while some are added or dropped. */
  get all(): Iterable<Listing> {
    return this.#all;
  }

  /** Number of directories, and of files in them. */
  get size(): number {
    return this.#size;
  }

  /** Those that may have changed since they were listed, and their stat would not tell. */
  get unsure(): Iterable<Listing> {
    return this.#unsure;
  }

  /** Another number whenever other directories have to be watched. */
  get version(): number {
    return this.#version;
  }

  /** The directories that files are looked for in, free of links. */
  get directories(): Iterable<string> {
    return this.#byDirectory.keys();
  }

  /** Whether files are looked for in a directory. */
  has(directory: string): boolean {
    return this.#byDirectory.has(directory);
  }

  /** The listings of a directory. */
  at(directory: string): Listing[] {
    return [...this.#byDirectory.get(directory) ?? []];
  }

  /** The listings that were entered since the last call. */
  takeEntered(): Listing[] {
    const entered = this.#entered;
    this.#entered = [];
    return entered;
  }

  /** The listings that turned out to be unreadable since the last call. */
  takeUnread(): Listing[] {
    const unread = this.#unread;
    this.#unread = [];
    return unread;
  }

  /**
   * Looks for the files of `target` in a directory from now on.
   *
   * @param path Its path, as the target's was given.
   * @param real Its path, free of links.
   * @param links The links that its path leads through.
   */
  enter(target: WatchedDirectory, path: string, real: string, links: readonly Entry[]): Listing {
    const listing = newListing(target, path, real, links);
    this.#all.add(listing);
    this.#size += 1;
    this.#entered.push(listing);
    const known = this.#byDirectory.get(real);
    if (known !== undefined) known.add(listing);
    else {
      this.#byDirectory.set(real, new Set([listing]));
      this.#version += 1;
    }
    this.relist(listing);
    return listing;
  }

  /** Looks for no files any more in a directory and those below. */
  drop(listing: Listing): void {
    listing.isDropped = true;
    this.#all.delete(listing);
    this.#size -= 1;
    this.#unsure.delete(listing);
    const listings = this.#byDirectory.get(listing.real);
    listings?.delete(listing);
    if (listings?.size === 0) {
      this.#byDirectory.delete(listing.real);
      this.#version += 1;
    }
    for (const [name, { file }] of listing.files) this.#release(listing, name, file);
    for (const below of listing.below.values()) this.drop(below);
  }

  /**
   * Looks whether a directory changed, and lists it if so.
   *
   * @param isForced Whether to list it, changed or not.
   * @returns The directories, of this one and those below, that are others than before.
   */
  relist(listing: Listing, isForced: boolean = false): Listing[] {
    if (listing.isDropped) return [];
    const wallTime = this.#clock.wallTime();
    const stat = statOf(this.#fileSystem, listing.path);
    const isSure = !this.#unsure.has(listing) && !listing.isUnread;
    if (!isForced && isSure && isSameStat(stat, listing.stat)) return [];
    let content;
    try {
      content = readContent(this.#fileSystem, listing.target, listing.path, listing.files);
    } catch {
      // What was in it stays; reading the source reports why.
      if (!listing.isUnread) this.#unread.push(listing);
      listing.isUnread = true;
      return [];
    }
    listing.isUnread = false;
    const isReplaced = stat?.inode !== listing.stat?.inode;
    listing.stat = stat;
    if (stat !== undefined && mayChangeUnseen(stat, wallTime)) this.#unsure.add(listing);
    else this.#unsure.delete(listing);
    this.#compareFiles(listing, content.files);
    const replaced = this.#compareDirectories(listing, content.directories);
    return isReplaced ? [listing, ...replaced] : replaced;
  }

  /** What a name in a directory stands for, if it counts: a file, which is added, or a directory. */
  find(listing: Listing, name: string): WatchedFile | "directory" | undefined {
    const { target, files, below } = listing;
    const path = pathOf({ directory: listing.path, name });
    const countsAsDirectory = target.recursive && isOrdinary(name);
    const countsAsFile = target.accepts(path);
    if (!countsAsDirectory && !countsAsFile) return undefined;
    const itself = lstatOf(this.#fileSystem, path);
    if (itself?.kind === "directory" || below.has(name)) {
      return countsAsDirectory ? "directory" : undefined;
    }
    if (itself === undefined || !countsAsFile) return undefined;
    const stat = itself.kind === "file" ? itself : statOf(this.#fileSystem, path);
    if (!mayBeFile(itself.kind, stat?.kind)) return undefined;
    if (!files.has(name)) this.#hold(listing, name, itself.kind, stat);
    return files.get(name)?.file;
  }

  #compareFiles(listing: Listing, found: ReadonlyMap<string, FileKind>): void {
    for (const [name, { file }] of listing.files) {
      if (!found.has(name)) this.#release(listing, name, file);
    }
    for (const [name, kind] of found) {
      const before = listing.files.get(name);
      if (before?.kind === kind) continue;
      this.#hold(listing, name, kind);
      if (before !== undefined) this.#files.release(before.file.path);
    }
  }

  #compareDirectories(listing: Listing, found: ReadonlySet<string>): Listing[] {
    const { target, path, real, links, below } = listing;
    const replaced: Listing[] = [];
    for (const [name, known] of below) {
      if (found.has(name)) replaced.push(...this.relist(known));
      else {
        below.delete(name);
        this.drop(known);
      }
    }
    for (const name of found) {
      if (below.has(name)) continue;
      const childReal = pathOf({ directory: real, name });
      below.set(name, this.enter(target, pathOf({ directory: path, name }), childReal, links));
    }
    return replaced;
  }

  #hold(listing: Listing, name: string, kind: FileKind, stat?: FileStat): void {
    const path = pathOf({ directory: listing.path, name });
    if (!listing.files.has(name)) this.#size += 1;
    const file = this.#files.hold(path, this.#chainOf(listing, name, kind, path), stat);
    listing.files.set(name, { kind, file });
  }

  #release(listing: Listing, name: string, { path }: WatchedFile): void {
    listing.files.delete(name);
    this.#size -= 1;
    this.#files.release(path);
  }

  #chainOf({ links, real }: Listing, name: string, kind: FileKind, path: string): Chain {
    if (kind !== "file") return chainOf(new LinkChains(this.#fileSystem), path);
    return { entries: [...links, { directory: real, name }], isComplete: true };
  }
}
