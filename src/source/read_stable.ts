/**
 * Reads a file whole: what its name stands for must be the same before and after.
 *
 * @module
 */

import { checksumOf } from "../checksum.ts";
import { SourceError } from "../errors.ts";
import { type FileStat, type FileSystem, isSameStat } from "../runtime/file_system.ts";
import { toSourceError } from "../to_error.ts";
import type { SourceDocument } from "./source.ts";

/** A file that still changes after so many readings is read as it is; a hint will follow. */
const MAX_ATTEMPTS = 5;

/** What to read. */
export interface ReadStableOptions {
  readonly fileSystem: FileSystem;
  readonly path: string;
  /** Largest size that is accepted. */
  readonly maxBytes: number;
  /** What was known of the file not long ago. */
  readonly seen?: FileStat | undefined;
}

/**
 * Reads a file: a small one at once, which takes half of the time.
 *
 * @throws {SourceError} When it is missing, unreadable, too large or not a regular file.
 */
export function readStable(options: ReadStableOptions): SourceDocument | Promise<SourceDocument> {
  const { fileSystem, path, maxBytes, seen } = options;
  try {
    const mayBeRead = seen?.kind === "file" && seen.size <= maxBytes;
    const before = mayBeRead ? seen : check(path, fileSystem.stat(path), maxBytes);
    const document = attempt(options, before, MAX_ATTEMPTS);
    if (!(document instanceof Promise)) return document;
    return document.catch((error) => {
      throw toSourceError(path, error);
    });
  } catch (error) {
    throw toSourceError(path, error);
  }
}

function attempt(
  options: ReadStableOptions,
  before: FileStat,
  attemptsLeft: number,
): SourceDocument | Promise<SourceDocument> {
  const { fileSystem, path, maxBytes } = options;
  const judge = (bytes: Uint8Array) => {
    const after = check(path, fileSystem.stat(path), maxBytes);
    // The file that was opened had this name between two moments at which the same one had it.
    const isStable = isSameStat(after, before) && bytes.length === after.size;
    if (!isStable && attemptsLeft > 1) return attempt(options, after, attemptsLeft - 1);
    return { path, bytes, checksum: checksumOf(bytes), inode: after.inode };
  };
  const bytes = readOnce(options, before.size);
  return bytes instanceof Promise ? bytes.then(judge) : judge(bytes);
}

function readOnce(
  { fileSystem, path, maxBytes }: ReadStableOptions,
  size: number,
): Uint8Array | Promise<Uint8Array> {
  const opened = fileSystem.open(path);
  const close = () => opened[Symbol.dispose]();
  let bytes: Uint8Array | Promise<Uint8Array> | undefined;
  try {
    bytes = opened.read(size);
    return bytes instanceof Promise ? bytes.finally(close) : bytes;
  } catch (error) {
    // Something that is no file may have taken the name since it was checked.
    check(path, fileSystem.stat(path), maxBytes);
    throw error;
  } finally {
    if (!(bytes instanceof Promise)) close();
  }
}

function check(path: string, stat: FileStat | undefined, maxBytes: number): FileStat {
  if (stat === undefined) {
    throw new SourceError({ file: path, reason: "there is no such file", code: "ENOENT" });
  }
  if (stat.kind === "directory") {
    throw new SourceError({
      file: path,
      reason: "it is a directory; name it with directory() to read the files in it",
      code: "EISDIR",
    });
  }
  if (stat.kind !== "file") {
    throw new SourceError({ file: path, reason: "it is not a regular file", code: "EINVAL" });
  }
  checkSize(path, stat.size, maxBytes);
  return stat;
}

function checkSize(path: string, size: number, maxBytes: number): void {
  if (size <= maxBytes) return;
  throw new SourceError({
    file: path,
    reason: `it has ${size} bytes, more than limits.maxBytes (${maxBytes}) allows`,
    code: "EFBIG",
  });
}
