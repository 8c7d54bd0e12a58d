/**
 * A directory that files are looked for in.
 *
 * @module
 */

import type { FileKind, FileStat } from "../runtime/file_system.ts";
import type { Entry } from "./link_chain.ts";
import type { WatchedDirectory } from "./watched_directory.ts";
import type { WatchedFile } from "./watched_file.ts";

/** A file that was found in a directory. */
export interface FoundFile {
  /** What its name stands for: the file itself, or a link. */
  readonly kind: FileKind;
  readonly file: WatchedFile;
}

/** A directory that files are looked for in, and what was found. */
export interface Listing {
  /** The watched directory it is, or is below. */
  readonly target: WatchedDirectory;
  /** Its path, as the target's was given. */
  readonly path: string;
  /** Its path, free of links. */
  readonly real: string;
  /** The links that its path leads through. */
  readonly links: readonly Entry[];
  /** Files in it that count, by name. */
  readonly files: Map<string, FoundFile>;
  /** Directories in it that count, by name. */
  readonly below: Map<string, Listing>;
  /** What was known of it just before it was listed. */
  stat: FileStat | undefined;
  /** Whether it could not be listed: what was found before may be wrong. */
  isUnread: boolean;
  /** Whether it is looked at no more. */
  isDropped: boolean;
}

/** What was found in directories. */
export interface Found {
  /** Paths of the files. */
  readonly files: readonly string[];
  /** Paths of the directories, and of all below them. */
  readonly directories: readonly string[];
}

/** What was found in directories and below; `undefined` where one could not be listed. */
export function foundIn(listings: readonly Listing[]): Found | undefined {
  const files: string[] = [];
  const directories: string[] = [];
  const collect = (listing: Listing): boolean => {
    directories.push(listing.path);
    for (const { file } of listing.files.values()) {
      // A link may lead to nothing, and a file may be gone since.
      if (file.stat?.kind === "file") files.push(file.path);
    }
    return !listing.isUnread && [...listing.below.values()].every(collect);
  };
  return listings.every(collect) ? { files, directories } : undefined;
}

/** A directory that was not looked at yet; see {@linkcode Listing}. */
export function newListing(
  target: WatchedDirectory,
  path: string,
  real: string,
  links: readonly Entry[],
): Listing {
  return {
    target,
    path,
    real,
    links,
    files: new Map(),
    below: new Map(),
    stat: undefined,
    isUnread: false,
    isDropped: false,
  };
}
