/**
 * State on the disk through `node:fs`, on all three runtimes.
 *
 * @module
 */

import * as fs from "node:fs";
import process from "node:process";
import type { NewStateFile, StateFiles, StateStat } from "./state_files.ts";

/** The sliver of `Deno` that is used here. */
interface DenoPermissions {
  readonly permissions: {
    querySync(permission: { name: "sys"; kind: "uid" }): { readonly state: string };
  };
}

const { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } = fs.constants;

/** Windows has neither of them. */
const NO_FOLLOW = fs.constants.O_NOFOLLOW ?? 0;
const NO_WAIT = fs.constants.O_NONBLOCK ?? 0;

/**
 * What may have to wait for the disk leaves the thread free, as that may take seconds; the rest asks
 * what the system knows by heart: on a busy machine the way through other threads takes longer.
 */
export const nodeStateFiles: StateFiles = {
  processId: process.pid,
  userId,
  makeDirectory: async (path) => {
    await ask<string | undefined>((done) => fs.mkdir(path, { recursive: true, mode: 0o700 }, done));
  },
  create: async (path) =>
    newFile(
      await ask((done) => fs.open(path, O_WRONLY | O_CREAT | O_EXCL | NO_FOLLOW, 0o600, done)),
    ),
  rename: (from, to) => ask((done) => fs.rename(from, to, done)),
  syncDirectory,
  list: (path) => promised(() => fs.readdirSync(path)),
  stat,
  read,
  remove: (path) => ask((done) => fs.unlink(path, done)),
};

/** The effective user: it is who files are made as. */
function userId(): number | undefined {
  const { Deno: deno } = globalThis as { Deno?: DenoPermissions };
  // Asking without the permission could stop the program at a prompt.
  if (deno && deno.permissions.querySync({ name: "sys", kind: "uid" }).state !== "granted") {
    throw new Error(
      "Deno has no permission to tell whom files belong to; allow it with --allow-sys=uid",
    );
  }
  return deno ? process.getuid?.() : process.geteuid?.();
}

function newFile(descriptor: number): NewStateFile {
  return {
    async write(bytes) {
      for (let done = 0; done < bytes.length;) {
        done += await ask<number>((then) =>
          fs.write(descriptor, bytes, done, bytes.length - done, null, then)
        );
      }
    },
    sync: () => ask((done) => fs.fsync(descriptor, done)),
    close: () => promised(() => fs.closeSync(descriptor)),
  };
}

async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories, and keeps their names by itself.
  if (process.platform === "win32") return;
  const descriptor = fs.openSync(path, O_RDONLY);
  try {
    await ask((done) => fs.fsync(descriptor, done));
  } finally {
    fs.closeSync(descriptor);
  }
}

function stat(path: string): Promise<StateStat | undefined> {
  return promised(() => {
    const stats = fs.lstatSync(path, { throwIfNoEntry: false });
    return stats && toStat(stats);
  });
}

async function read(
  path: string,
  maxBytes: number,
): Promise<{ readonly stat: StateStat; readonly bytes: Uint8Array }> {
  const descriptor = await ask<number>((done) =>
    fs.open(path, O_RDONLY | NO_FOLLOW | NO_WAIT, done)
  );
  try {
    const stat = toStat(await ask<fs.Stats>((done) => fs.fstat(descriptor, done)));
    const isReadable = stat.kind === "file" && stat.size <= maxBytes;
    const bytes = isReadable ? await readAll(descriptor, stat.size) : new Uint8Array();
    return { stat, bytes };
  } finally {
    fs.closeSync(descriptor);
  }
}

async function readAll(descriptor: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const count = await ask<number>((done) =>
      fs.read(descriptor, bytes, length, size - length, length, done)
    );
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

function toStat(stats: fs.Stats): StateStat {
  const kind = stats.isFile()
    ? "file"
    : stats.isDirectory()
    ? "directory"
    : stats.isSymbolicLink()
    ? "symlink"
    : "other";
  return { kind, size: stats.size, mode: stats.mode & 0o7777, userId: stats.uid };
}

type Done<Result> = (error: Error | null, result?: Result) => void;

/** What a function that takes a callback answers. */
function ask<Result = void>(start: (done: Done<Result>) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    start((error, result) => {
      if (error) reject(error);
      else resolve(result as Result);
    });
  });
}

/** What a function answers at once, or throws. */
function promised<Result>(answer: () => Result): Promise<Result> {
  return new Promise((resolve) => resolve(answer()));
}
