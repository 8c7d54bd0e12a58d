/**
 * What a source is: where bytes come from, and how to notice that they changed.
 *
 * @module
 */

import type { Format } from "../format/format.ts";
import type { WatchedDirectory } from "../watch/watched_directory.ts";

/** A file as it was read: whole, or at least unchanged while it was read. */
export interface SourceDocument {
  /** Absolute path of the file. */
  readonly path: string;
  /** Its content. */
  readonly bytes: Uint8Array;
  /** SHA-256 of the content in lower-case hex. */
  readonly checksum: string;
  /** Names the file object that was read: device, inode and time of creation. */
  readonly inode: string;
  /** Format to parse it with; by default its extension tells. */
  readonly format?: Format;
}

/** What a source may use while it reads. */
export interface ReadContext {
  /**
   * Reads a file.
   *
   * @throws {SourceError} When it is missing, unreadable, too large or not a regular file.
   */
  readDocument(path: string): Promise<SourceDocument>;
  /**
   * Reads files one after the other, without keeping others from the thread.
   *
   * @throws {SourceError} When one of them can't be read.
   */
  readDocuments(paths: readonly string[]): Promise<readonly SourceDocument[]>;
  /** The files of a directory that it accepts, sorted by path. */
  listFiles(directory: WatchedDirectory): readonly string[];
  /** Whether a path is editor litter or excluded by the user. */
  isIgnored(path: string): boolean;
  /** Whether a format is known for the path's extension. */
  hasFormat(path: string): boolean;
}

/** How a source says what to watch for it. */
export interface WatchContext extends Pick<ReadContext, "isIgnored" | "hasFormat"> {
  /** Watches a file, which need not exist. */
  file(path: string): void;
  /** Watches a directory. */
  directory(directory: WatchedDirectory): void;
}

/** Where configuration comes from. */
export interface Source {
  /** Name of the source, unique in a configuration; for a file its path. */
  readonly name: string;
  /**
   * Reads what the source holds now; later documents win over earlier ones.
   *
   * @throws {SourceError} When it can't be read: the last reading then stays.
   */
  read(context: ReadContext): Promise<readonly SourceDocument[]>;
  /** Says what to watch. Called once at the start, before the first read. */
  watch(context: WatchContext): void | Promise<void>;
}
