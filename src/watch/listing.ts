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
  /** Whether it is looked at no more. */
  isDropped: boolean;
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
    isDropped: false,
  };
}
