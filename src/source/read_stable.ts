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
 * Reads a file.
 *
 * @param maxBytes Largest size that is accepted.
 * @throws {SourceError} When it is missing, unreadable, too large or not a regular file.
 */
export async function readStable(
  fileSystem: FileSystem,
  path: string,
  maxBytes: number,
): Promise<SourceDocument> {
  try {
    let before = check(path, fileSystem.stat(path), maxBytes);
    for (let attempt = 1;; attempt++) {
      const { bytes, inode } = await readOnce(fileSystem, path, maxBytes);
      const after = check(path, fileSystem.stat(path), maxBytes);
      const isStable = isSameStat(after, before) && inode === after.inode &&
        bytes.length === after.size;
      if (isStable || attempt === MAX_ATTEMPTS) {
        return { path, bytes, checksum: checksumOf(bytes), inode };
      }
      before = after;
    }
  } catch (error) {
    throw toSourceError(path, error);
  }
}

async function readOnce(
  fileSystem: FileSystem,
  path: string,
  maxBytes: number,
): Promise<{ bytes: Uint8Array; inode: string }> {
  const opened = fileSystem.open(path);
  try {
    // Another file may have taken the name since it was checked.
    const { inode } = check(path, opened.stat(), maxBytes);
    const bytes = await opened.read(maxBytes + 1);
    checkSize(path, bytes.length, maxBytes);
    return { bytes, inode };
  } finally {
    opened[Symbol.dispose]();
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
