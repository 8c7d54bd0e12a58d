/**
 * The few operations that write state to a disk, each by itself, so that tests can let every one of
 * them fail.
 *
 * @module
 */

import type { FileKind } from "./file_system.ts";

/** What is known of a file or a directory of a state folder; a link is not followed. */
export interface StateStat {
  /** What the name stands for. */
  readonly kind: FileKind;
  /** Size in bytes. */
  readonly size: number;
  /** Permission bits, such as `0o600`. */
  readonly mode: number;
  /** Number of the user it belongs to. */
  readonly userId: number;
}

/** A new file that is open for writing. */
export interface NewStateFile {
  /** Writes all of the bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Waits until what was written is on the disk. */
  sync(): Promise<void>;
  /** Closes the file. */
  close(): Promise<void>;
}

/** Files that outlast the process. Errors carry the system's `code`, such as `ENOSPC`. */
export interface StateFiles {
  /** Number of this process. */
  readonly processId: number;
  /**
   * Number of the user this process makes files as; `undefined` where files have no such owner.
   *
   * @throws {Error} When the runtime does not allow to ask.
   */
  userId(): number | undefined;
  /** Makes a directory, and those it is in, which nobody else may look into (mode 0700). */
  makeDirectory(path: string): Promise<void>;
  /** Makes a file, which nobody else may read (mode 0600) and which must not exist. */
  create(path: string): Promise<NewStateFile>;
  /** Gives a file another name, at once; what had that name is gone. */
  rename(from: string, to: string): Promise<void>;
  /** Waits until the names in a directory are on the disk. */
  syncDirectory(path: string): Promise<void>;
  /** The names in a directory, in no particular order. */
  list(path: string): Promise<readonly string[]>;
  /** What `path` is; `undefined` when there is nothing. */
  stat(path: string): Promise<StateStat | undefined>;
  /**
   * What a file is and holds; never follows a link, never waits for a FIFO.
   *
   * @returns No bytes where it is no regular file, or larger than `maxBytes`.
   */
  read(
    path: string,
    maxBytes: number,
  ): Promise<{ readonly stat: StateStat; readonly bytes: Uint8Array }>;
  /** Removes a file or a link. */
  remove(path: string): Promise<void>;
}
