/**
 * FIFOs in directories, and being the writer that somebody waits for.
 *
 * @module
 */

import * as fs from "node:fs";
import * as nodePath from "node:path";
import type { FileSystem } from "../runtime/file_system.ts";

/** What is in a directory beside files and directories. */
export interface Specials {
  /** Paths of FIFOs, and of links to them. */
  readonly fifos: readonly string[];
  /** Whether there are links. */
  readonly hasLinks: boolean;
}

/** What is in `directory` beside files and directories; nothing when it can't be listed. */
export function specialsIn(fileSystem: FileSystem, directory: string): Specials {
  try {
    const specials = fileSystem.list(directory)
      .filter(({ kind }) => kind !== "file" && kind !== "directory");
    return {
      fifos: specials.map(({ name }) => nodePath.join(directory, name)).filter(isFifo),
      hasLinks: specials.some(({ kind }) => kind === "symlink"),
    };
  } catch {
    return { fifos: [], hasLinks: false };
  }
}

function isFifo(path: string): boolean {
  try {
    // What /dev/stdin leads to may be one as well, without a path.
    return fs.statSync(path).isFIFO() && fs.existsSync(fs.realpathSync(path));
  } catch {
    return false;
  }
}

/** Why a directory is not watched, on account of a FIFO. */
export function fifoError(message: string): Error {
  return Object.assign(new Error(message), { code: "EFIFO" });
}

/**
 * Has FIFOs open for writing until disposed, so that nobody waits who opens one for reading; first
 * opens and closes each once more, which watchers are told of.
 *
 * @param mayWrite Whether opening a path for writing is allowed, and asks nobody.
 * @returns Nothing when none of them can be opened.
 */
export function holdFifos(
  paths: readonly string[],
  mayWrite: (path: string) => boolean,
): Disposable | undefined {
  const held = paths.filter(mayWrite).flatMap((path) => {
    const descriptor = open(path);
    return descriptor === undefined ? [] : [{ path, descriptor }];
  });
  if (held.length === 0) return undefined;
  for (const { path } of held) close(open(path));
  return {
    [Symbol.dispose]() {
      for (const { descriptor } of held) close(descriptor);
    },
  };
}

/**
 * The functions of Linux in which a thread waits that opens a FIFO; before 5.10 it is the one for
 * whoever waits for any pipe.
 */
const WAITING: readonly string[] = ["wait_for_partner", "fifo_open", "pipe_wait"];

const THREADS = "/proc/self/task";

/**
 * Whether a thread of this process waits for a FIFO to open; `undefined`: that can't be told.
 *
 * @param mayRead Whether reading a path is allowed, and asks nobody.
 */
export function isWaitingForFifo(mayRead: (path: string) => boolean): boolean | undefined {
  if (!mayRead(THREADS)) return undefined;
  try {
    return isFifoAmong(
      fs.readdirSync(THREADS)
        .map((thread) => fs.readFileSync(nodePath.join(THREADS, thread, "wchan"), "utf8")),
    );
  } catch {
    return undefined;
  }
}

/** Whether one of the functions in which threads wait is that for a FIFO; `undefined`: none is told. */
export function isFifoAmong(places: readonly string[]): boolean | undefined {
  // That of one that runs, as this one does, and any where it is kept secret.
  const told = places.filter((place) => place !== "0");
  // Compilers give a function that they changed an ending: `wait_for_partner.isra.0`.
  return told.length === 0
    ? undefined
    : told.some((place) => WAITING.includes(place.split(".", 1)[0]!));
}

/** Opening for both directions waits for nobody. */
function open(path: string): number | undefined {
  try {
    return fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

function close(descriptor: number | undefined): void {
  if (descriptor !== undefined) fs.closeSync(descriptor);
}
