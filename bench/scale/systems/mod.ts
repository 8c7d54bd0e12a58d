/**
 * Everything that watches a directory here, and where it runs.
 *
 * @module
 */

import { type RuntimeName, RUNTIMES } from "../../systems/mod.ts";

/**
 * Takes what a system says: something happened to the file at `path`. A system that reads files
 * itself gives the checksum of what it found.
 */
export type Tell = (path: string, checksum?: string) => void;

/** Starts watching `directory`; settles when every later change should be told. */
export type WatchDirectory = (
  directory: string,
  recursive: boolean,
  tell: Tell,
) => Promise<void> | void;

/** Something to measure. `+ hash`: the program reads and hashes each file it is told about. */
export type WatchSystem =
  | "hotconf"
  | "chokidar"
  | "chokidar polling"
  | "@parcel/watcher"
  | "fs.watch"
  | "fs.watch + hash"
  | "fs.watch recursive"
  | "Deno.watchFs"
  | "Deno.watchFs + hash";

/** Where each system that is told of changes runs, in the order of the tables. */
export const WATCH_SYSTEMS: Readonly<
  Record<Exclude<WatchSystem, "chokidar polling">, readonly RuntimeName[]>
> = {
  "hotconf": RUNTIMES,
  "chokidar": RUNTIMES,
  "@parcel/watcher": RUNTIMES,
  "fs.watch": ["node", "bun"],
  "fs.watch + hash": ["node", "bun"],
  "fs.watch recursive": ["node"],
  "Deno.watchFs": ["deno"],
  "Deno.watchFs + hash": ["deno"],
};
