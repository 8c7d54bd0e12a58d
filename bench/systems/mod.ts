/**
 * Everything that is measured, and where it runs.
 *
 * @module
 */

/** A runtime. */
export type RuntimeName = "node" | "bun" | "deno";

/** Something to measure. */
export type SystemName =
  | "hotconf"
  | "c12"
  | "chokidar"
  | "awaitWriteFinish"
  | "@parcel/watcher"
  | "fs.watch"
  | "Deno.watchFs";

/** All runtimes, in the order of the table. */
export const RUNTIMES: readonly RuntimeName[] = ["node", "bun", "deno"];

/** Where each system runs, in the order of the table. */
export const SYSTEMS: Readonly<Record<SystemName, readonly RuntimeName[]>> = {
  "hotconf": RUNTIMES,
  "c12": RUNTIMES,
  "chokidar": RUNTIMES,
  "awaitWriteFinish": RUNTIMES,
  "@parcel/watcher": RUNTIMES,
  "fs.watch": ["node", "bun"],
  "Deno.watchFs": ["deno"],
};

/** The runtime's own watcher with nothing around it: what no library can be faster than. */
export const BARE: Readonly<Record<RuntimeName, SystemName>> = {
  node: "fs.watch",
  bun: "fs.watch",
  deno: "Deno.watchFs",
};
