/**
 * What the library needs of a runtime, and the one it runs on.
 *
 * @module
 */

import { type Clock, systemClock } from "../clock.ts";
import { createDenoWatcher } from "../watch/deno_watcher.ts";
import { createNodeWatcher } from "../watch/node_watcher.ts";
import { SharedWatches } from "../watch/shared_watches.ts";
import type { DirectoryWatcher } from "../watch/watcher.ts";
import type { Environment } from "./environment.ts";
import type { FileSystem } from "./file_system.ts";
import { createNodeFileSystem } from "./node_file_system.ts";
import { nodeStateFiles } from "./node_state_files.ts";
import { processEnvironment } from "./process_environment.ts";
import type { StateFiles } from "./state_files.ts";

/** The runtimes the library knows. */
export type RuntimeName = "deno" | "bun" | "node";

/** Files, hints, time and environment: everything that differs between runtimes, and between them and a test. */
export interface Runtime {
  /** Name of the runtime. */
  readonly name: RuntimeName;
  /** Its files. */
  readonly fileSystem: FileSystem;
  /** Its way to watch directories. */
  readonly watcher: DirectoryWatcher;
  /** Its time. */
  readonly clock: Clock;
  /** Its environment variables. */
  readonly environment: Environment;
  /** What all handles on it watch with one watcher; absent: each handle has its own. */
  readonly sharedWatches?: SharedWatches;
  /** Files that outlast the process, for `stateDir`; absent: there are none. */
  readonly stateFiles?: StateFiles;
  /** The number of the next handle on it, from 1, by which logs tell handles apart; absent: all are 1. */
  nextHandle?(): number;
}

/**
 * The one exception to "no module state": a runtime's watchers can be shared by the whole process
 * only when it has one runtime.
 */
let current: Runtime | undefined;

/** The runtime this code runs on, always the same one. */
export function currentRuntime(): Runtime {
  return current ??= createRuntime();
}

function createRuntime(): Runtime {
  const name = detectRuntime();
  const clock = systemClock;
  const fileSystem = createNodeFileSystem();
  let handles = 0;
  return {
    name,
    clock,
    fileSystem,
    environment: processEnvironment,
    watcher: name === "deno" ? createDenoWatcher(clock, fileSystem) : createNodeWatcher(clock),
    sharedWatches: new SharedWatches(),
    stateFiles: nodeStateFiles,
    nextHandle: () => ++handles,
  };
}

function detectRuntime(): RuntimeName {
  if ("Deno" in globalThis) return "deno";
  return "Bun" in globalThis ? "bun" : "node";
}
