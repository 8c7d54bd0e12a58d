/**
 * The watched files, and what they depend on.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { Clock } from "../clock.ts";
import type { FileStat, FileSystem } from "../runtime/file_system.ts";
import { EntryIndex } from "./entry_index.ts";
import {
  type Chain,
  type Entry,
  isSameChain,
  isSameEntry,
  type LinkChains,
  pathOf,
} from "./link_chain.ts";
import { momentOf, newFile, type WatchedFile } from "./watched_file.ts";

/** Files that came and went. */
export interface FileNews {
  readonly appeared: readonly WatchedFile[];
  readonly vanished: readonly WatchedFile[];
}

/** Files by path, and by the entries that decide what their path leads to. */
export class WatchedFiles {
  readonly #fileSystem: FileSystem;
  readonly #clock: Clock;
  readonly #files = new Map<string, WatchedFile>();
  readonly #index = new EntryIndex<WatchedFile>();
  #appeared = new Set<WatchedFile>();
  #vanished = new Set<WatchedFile>();

  /** Knows no file yet. */
  constructor(fileSystem: FileSystem, clock: Clock) {
    this.#fileSystem = fileSystem;
    this.#clock = clock;
  }

  /** The files by the entries they depend on. */
  get index(): Pick<EntryIndex<WatchedFile>, "at" | "has" | "in" | "directories" | "version"> {
    return this.#index;
  }

  /** The file of a path. */
  get(path: string): WatchedFile | undefined {
    return this.#files.get(path);
  }

  /** Watches a file for one more who named it, and may know its stat. */
  hold(path: string, chain: Chain, stat?: FileStat): WatchedFile {
    const file = this.#files.get(path) ?? this.#create(path, chain, stat);
    file.holders += 1;
    this.#setChain(file, chain);
    return file;
  }

  /** Watches a file for one less, and no more after the last. */
  release(path: string): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    file.holders -= 1;
    if (file.holders > 0) return;
    this.#files.delete(path);
    this.#index.remove(file, file.chain.entries);
    if (!this.#appeared.delete(file)) this.#vanished.add(file);
  }

  /** Finds out anew what the path of a file leads to. */
  relink(file: WatchedFile, chains: LinkChains): void {
    this.#setChain(file, chainOf(chains, file.path));
  }

  /** The same after `entry` of its chain was renamed, if need be. Says what is known of it now. */
  relinkAt(file: WatchedFile, entry: Entry, chains: LinkChains): FileStat | undefined {
    const { entries, isComplete } = file.chain;
    const isLast = isComplete && isSameEntry(entry, entries.at(-1)!);
    const stat = isLast ? lstatOf(this.#fileSystem, pathOf(entry)) : undefined;
    // Another file at the end of the way, or none where its directory still is: the same way.
    const isSameWay = isLast &&
      (stat === undefined
        ? statOf(this.#fileSystem, entry.directory) !== undefined
        : stat.kind !== "symlink");
    if (!isSameWay) this.relink(file, chains);
    return isSameWay && entries.length === 1 ? stat : this.stat(file);
  }

  /** Whether files came or went since the last {@linkcode WatchedFiles.takeNews}. */
  get hasNews(): boolean {
    return this.#appeared.size > 0 || this.#vanished.size > 0;
  }

  /** The files that came and went since the last call. */
  takeNews(): FileNews {
    const news = { appeared: [...this.#appeared], vanished: [...this.#vanished] };
    this.#appeared = new Set();
    this.#vanished = new Set();
    return news;
  }

  /** What is known of a file now; nothing when it is missing or its path can't be followed. */
  stat({ path }: WatchedFile): FileStat | undefined {
    return statOf(this.#fileSystem, path);
  }

  #create(
    path: string,
    chain: Chain,
    stat: FileStat | undefined = statOf(this.#fileSystem, path),
  ): WatchedFile {
    const file = newFile(path, chain, stat, momentOf(this.#clock));
    this.#files.set(path, file);
    this.#index.add(file, chain.entries);
    this.#appeared.add(file);
    return file;
  }

  #setChain(file: WatchedFile, chain: Chain): void {
    if (file.chain === chain || isSameChain(file.chain, chain)) return;
    const before = file.chain.entries;
    file.chain = chain;
    this.#index.add(file, chain.entries);
    this.#index.remove(
      file,
      before.filter((entry) => !chain.entries.some((other) => isSameEntry(entry, other))),
    );
  }
}

/** The chain of a path; its own name only, when it can't be followed: reading will say why. */
export function chainOf(chains: LinkChains, path: string): Chain {
  try {
    return chains.of(path);
  } catch {
    const entry = { directory: nodePath.dirname(path), name: nodePath.basename(path) };
    return { entries: [entry], isComplete: false };
  }
}

/** What is known of what `path` leads to; nothing when it is missing or can't be followed. */
export function statOf(fileSystem: FileSystem, path: string): FileStat | undefined {
  try {
    return fileSystem.stat(path);
  } catch {
    return undefined;
  }
}

/** The same of `path` itself, which may be a link. */
export function lstatOf(fileSystem: FileSystem, path: string): FileStat | undefined {
  try {
    return fileSystem.lstat(path);
  } catch {
    return undefined;
  }
}
