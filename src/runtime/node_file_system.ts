/**
 * Files through `node:fs`, on all three runtimes; on Deno through its own functions where those of
 * `node:fs` are two to five times slower.
 *
 * @module
 */

import * as fs from "node:fs";
import type { DirectoryEntry, FileKind, FileStat, FileSystem, OpenFile } from "./file_system.ts";

interface DenoEntry {
  readonly name: string;
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly isSymlink: boolean;
}

interface DenoInfo extends Omit<DenoEntry, "name"> {
  readonly size: number;
  readonly mtime: Date | null;
  readonly ctime?: Date | null;
  readonly birthtime: Date | null;
  readonly dev: number;
  readonly ino: number | null;
}

/** The sliver of `Deno` that is used here. */
interface DenoFiles {
  statSync(path: string): DenoInfo;
  lstatSync(path: string): DenoInfo;
  readDirSync(path: string): Iterable<DenoEntry>;
  readonly permissions: {
    querySync(permission: { name: "read"; path: string }): { readonly state: string };
  };
}

/** Reads above this size leave the thread free; below, a synchronous read is 2 to 9 times cheaper. */
const SYNC_READ_BYTES = 1_000_000;

/** Never wait for a writer when a FIFO takes the file's place between the check and the open. */
const OPEN_FLAGS = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0);

/** An error for each file that is missing takes five times as long. */
const QUIETLY = { throwIfNoEntry: false } as const;

/** Linux' table of mounts; Deno lets only a process that may do everything read it. */
const MOUNT_TABLE = "/proc/self/mountinfo";

/** The files of this machine. */
export function createNodeFileSystem(): FileSystem {
  const deno = (globalThis as { Deno?: DenoFiles }).Deno;
  return {
    stat: deno
      ? (path) => orMissing(() => fromDeno(deno.statSync(path)))
      : (path) => orMissing(() => fromNode(fs.statSync(path, QUIETLY))),
    lstat: deno
      ? (path) => orMissing(() => fromDeno(deno.lstatSync(path)))
      : (path) => orMissing(() => fromNode(fs.lstatSync(path, QUIETLY))),
    readLink: (path) => fs.readlinkSync(path),
    list: deno
      ? (path) => Array.from(deno.readDirSync(path), fromDenoEntry)
      : (path) => fs.readdirSync(path, { withFileTypes: true }).map(fromNodeEntry),
    open,
    mountTable: () => readMountTable(deno),
  };
}

function open(path: string): OpenFile {
  const descriptor = fs.openSync(path, OPEN_FLAGS);
  return {
    read: (length) =>
      length < SYNC_READ_BYTES ? readNow(descriptor, length) : readLater(descriptor, length),
    [Symbol.dispose]: () => fs.closeSync(descriptor),
  };
}

function readNow(descriptor: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const count = fs.readSync(descriptor, bytes, length, size - length, length);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

async function readLater(descriptor: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const count = await new Promise<number>((resolve, reject) => {
      fs.read(descriptor, bytes, length, size - length, length, (error, read) => {
        if (error) reject(error);
        else resolve(read);
      });
    });
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

function readMountTable(deno: DenoFiles | undefined): string {
  try {
    // Reading it without asking first could stop the program at a prompt.
    const state = deno?.permissions.querySync({ name: "read", path: MOUNT_TABLE }).state;
    return deno && state !== "granted" ? "" : fs.readFileSync(MOUNT_TABLE, "utf8");
  } catch {
    return "";
  }
}

function orMissing(stat: () => FileStat | undefined): FileStat | undefined {
  try {
    return stat();
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    if (code === "ENOENT" || code === "ENOTDIR" || name === "NotFound") return undefined;
    throw error;
  }
}

function fromNode(stats: fs.Stats | undefined): FileStat | undefined {
  return stats && {
    kind: kindOf(stats.isFile(), stats.isDirectory(), stats.isSymbolicLink()),
    size: stats.size,
    mtimeMs: stats.mtimeMs,
    ctimeMs: stats.ctimeMs,
    inode: `${stats.dev}:${stats.ino}:${stats.birthtimeMs}`,
  };
}

function fromDeno(info: DenoInfo): FileStat {
  return {
    kind: kindOf(info.isFile, info.isDirectory, info.isSymlink),
    size: info.size,
    mtimeMs: info.mtime?.getTime() ?? 0,
    ctimeMs: info.ctime?.getTime() ?? 0,
    inode: `${info.dev}:${info.ino}:${info.birthtime?.getTime() ?? 0}`,
  };
}

function fromNodeEntry(entry: fs.Dirent): DirectoryEntry {
  return {
    name: entry.name,
    kind: kindOf(entry.isFile(), entry.isDirectory(), entry.isSymbolicLink()),
  };
}

function fromDenoEntry({ name, isFile, isDirectory, isSymlink }: DenoEntry): DirectoryEntry {
  return { name, kind: kindOf(isFile, isDirectory, isSymlink) };
}

function kindOf(isFile: boolean, isDirectory: boolean, isSymlink: boolean): FileKind {
  if (isFile) return "file";
  if (isDirectory) return "directory";
  return isSymlink ? "symlink" : "other";
}
