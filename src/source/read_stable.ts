/**
 * Reads a file whole: what its name stands for must be the same before and after.
 *
 * @module
 */

import { checksumOf } from "../checksum.ts";
import { SourceError, toSourceError } from "../errors.ts";
import { type FileStat, type FileSystem, isSameStat } from "../runtime/file_system.ts";
import type { SourceDocument } from "./source.ts";

/** A file that still changes after so many readings is read as it is; a hint will follow. */
const MAX_ATTEMPTS = 5;

/**
 * Reads a file: a small one at once, which takes half of the time.
 *
 * @param maxBytes Largest size that is accepted.
 * @throws {SourceError} When it is missing, unreadable, too large or not a regular file.
 */
export function readStable(
  fileSystem: FileSystem,
  path: string,
  maxBytes: number,
): SourceDocument | Promise<SourceDocument> {
  try {
    const before = check(path, fileSystem.stat(path), maxBytes);
    const document = attempt({ fileSystem, path, maxBytes }, before, MAX_ATTEMPTS);
    if (!(document instanceof Promise)) return document;
    return document.catch((error) => {
      throw toSourceError(path, error);
    });
  } catch (error) {
    throw toSourceError(path, error);
  }
}

interface Reading {
  readonly fileSystem: FileSystem;
  readonly path: string;
  readonly maxBytes: number;
}

interface Content {
  readonly bytes: Uint8Array;
  /** Names the file that was opened. */
  readonly inode: string;
}

function attempt(
  reading: Reading,
  before: FileStat,
  attemptsLeft: number,
): SourceDocument | Promise<SourceDocument> {
  const { fileSystem, path, maxBytes } = reading;
  const judge = ({ bytes, inode }: Content) => {
    checkSize(path, bytes.length, maxBytes);
    const after = check(path, fileSystem.stat(path), maxBytes);
    const isStable = isSameStat(after, before) && inode === after.inode &&
      bytes.length === after.size;
    if (!isStable && attemptsLeft > 1) return attempt(reading, after, attemptsLeft - 1);
    return { path, bytes, checksum: checksumOf(bytes), inode };
  };
  const content = readOnce(reading);
  return content instanceof Promise ? content.then(judge) : judge(content);
}

function readOnce({ fileSystem, path, maxBytes }: Reading): Content | Promise<Content> {
  const opened = fileSystem.open(path);
  const close = () => opened[Symbol.dispose]();
  let bytes: Uint8Array | Promise<Uint8Array> | undefined;
  try {
    // Another file may have taken the name since it was checked.
    const { inode } = check(path, opened.stat(), maxBytes);
    bytes = opened.read(maxBytes + 1);
    if (!(bytes instanceof Promise)) return { bytes, inode };
    return bytes.then((bytes) => ({ bytes, inode })).finally(close);
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
