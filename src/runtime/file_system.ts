/**
 * The few file operations the library needs, so that tests can bring their own files.
 *
 * @module
 */

/** What a name stands for. */
export type FileKind = "file" | "directory" | "symlink" | "other";

/** What is known of a file without reading it. */
export interface FileStat {
  /** What the name stands for. */
  readonly kind: FileKind;
  /** Size in bytes. */
  readonly size: number;
  /** Time of the last write, in milliseconds since 1970; Deno knows whole milliseconds only. */
  readonly mtimeMs: number;
  /** Time of the last change of content or metadata; Deno knows whole seconds only. */
  readonly ctimeMs: number;
  /**
   * Device, inode and time of creation, which together name the file object behind the name: the
   * number of an inode is soon used again.
   */
  readonly inode: string;
}

/** An entry of a directory. */
export interface DirectoryEntry {
  /** Name without the directory. */
  readonly name: string;
  /** What the name stands for; a link is not followed. */
  readonly kind: FileKind;
}

/** A file opened for reading. */
export interface OpenFile extends Disposable {
  /** Reads the first `length` bytes, or fewer where the file ends before. */
  read(length: number): Uint8Array | Promise<Uint8Array>;
}

/**
 * The file operations of a runtime. Errors carry the system's `code`, such as `EACCES`;
 * a missing file is not an error for `stat` and `lstat`.
 */
export interface FileSystem {
  /** What `path` leads to, links followed; `undefined` when there is nothing. */
  stat(path: string): FileStat | undefined;
  /** What `path` is, a link not followed; `undefined` when there is nothing. */
  lstat(path: string): FileStat | undefined;
  /** Where the link `path` leads to, as it is written there. */
  readLink(path: string): string;
  /** The entries of a directory, in no particular order. */
  list(path: string): DirectoryEntry[];
  /** Opens a regular file for reading; never blocks on a FIFO. */
  open(path: string): OpenFile;
  /** The text of Linux' `/proc/self/mountinfo`; empty where there is none, or it may not be read. */
  mountTable(): string;
}

/** Whether two stats say the same: then it is probably the same file with the same content. */
export function isSameStat(one: FileStat | undefined, other: FileStat | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return isSameContent(one, other) && one.ctimeMs === other.ctimeMs && one.kind === other.kind;
}

/** Whether a file was not written between two stats, as far as they tell. */
export function isSameContent(one: FileStat | undefined, other: FileStat | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.size === other.size && one.mtimeMs === other.mtimeMs && one.inode === other.inode;
}
