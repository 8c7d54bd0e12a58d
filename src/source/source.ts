/**
 * What a source is: where bytes or values come from, and how to notice that they changed.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { DebounceOptions } from "../debounce/strategy.ts";
import type { Format, ParsedDocument, PositionedFormat } from "../format/format.ts";
import type { KeyPath } from "../key_path.ts";
import type { Environment } from "../runtime/environment.ts";
import type { WatchedDirectory } from "../watch/watched_directory.ts";

/** What a source holds: a file as it was read, whole, or at least unchanged while it was read. */
export interface SourceDocument {
  /** Absolute path of the file; of what is no file, a URL or a name. */
  readonly path: string;
  /** Its content. */
  readonly bytes: Uint8Array;
  /** SHA-256 of the content in lower-case hex. */
  readonly checksum: string;
  /** Names the file object that was read: device, inode and time of creation. Absent: no file. */
  readonly inode?: string | undefined;
  /** Format to parse it with; by default its extension tells. */
  readonly format?: Format | PositionedFormat | undefined;
  /** Extension that tells its format where `path` does not, such as `.json`. */
  readonly extension?: string | undefined;
  /** What it holds where there is nothing to parse: `bytes` then only tell whether it changed. */
  readonly parsed?: ParsedDocument | undefined;
  /** Where its value stands in the configuration. @default {[], the whole of it} */
  readonly at?: KeyPath | undefined;
  /**
   * Whether its strings are texts for want of types, as in environment variables: where the schema
   * asks for a number or a boolean they are taken as such. @default {false}
   */
  readonly isText?: boolean | undefined;
  /** Whether it may come to hold nothing, or go. @default {false: the guards refuse that} */
  readonly mayBeEmpty?: boolean | undefined;
}

/** What a source may use while it reads. */
export interface ReadContext {
  /** What it gave the last time; empty at first. */
  readonly last: readonly SourceDocument[];
  /** Whether it never gave a document. */
  readonly isNew: boolean;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Runs `callback` once after `delayMs` milliseconds, unless disposed. */
  readonly schedule: Clock["schedule"];
  /** The environment variables. */
  readonly environment: Environment;
  /** Largest document, in bytes. */
  readonly maxBytes: number;
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
  /** Says that what it gives may be out of date, such as `last`, and why. Others go on. */
  stale(error: Error): void;
}

/** How a file or a directory is watched. */
export interface WatchedOptions {
  /** When a burst of hints about it is released. @default {as for the whole configuration} */
  readonly debounce?: Required<DebounceOptions> | undefined;
}

/** How a source says what to watch for it. */
export interface WatchContext extends Pick<ReadContext, "isIgnored" | "hasFormat"> {
  /** Watches a file, which need not exist. */
  file(path: string, options?: WatchedOptions): void;
  /** Watches a directory. */
  directory(directory: WatchedDirectory, options?: WatchedOptions): void;
  /** Says that the source holds something else now: it is read again, at once. */
  changed(): void;
  /** Aborted when the source is watched no longer. */
  readonly signal: AbortSignal;
  /** The environment variables. */
  readonly environment: Environment;
  /** Runs `callback` once after `delayMs` milliseconds, unless disposed or watched no longer. */
  readonly schedule: Clock["schedule"];
}

/** Where configuration comes from. */
export interface Source {
  /** Name of the source, unique in a configuration; for a file its path. */
  readonly name: string;
  /**
   * Absolute path of the file or directory that it reads; absent where there is none. It tells
   * programs apart that keep state in one `stateDir`.
   */
  readonly path?: string;
  /**
   * Reads what the source holds now; later documents win over earlier ones. A source that watches
   * files is read whenever some change, any other one after `changed()` and on `reload()`.
   *
   * @throws {SourceError} When it can't be read: the last reading then stays.
   */
  read(context: ReadContext): Promise<readonly SourceDocument[]>;
  /**
   * Says what to watch, or begins to watch for itself. Called once, before the first read; where it
   * throws at the start, it is called again until it does not.
   */
  watch(context: WatchContext): void | Promise<void>;
}
