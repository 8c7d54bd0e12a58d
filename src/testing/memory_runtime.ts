/**
 * A runtime that exists in memory only.
 *
 * @module
 */

import type { Runtime, RuntimeName } from "../runtime/runtime.ts";
import { SharedWatches } from "../watch/shared_watches.ts";
import { ManualClock } from "./manual_clock.ts";
import { MemoryEnvironment } from "./memory_environment.ts";
import { MemoryFiles, type MemoryFilesOptions } from "./memory_files.ts";
import { MemoryStateFiles } from "./memory_state_files.ts";

/** A runtime for tests, with the files and the clock to move it. */
export interface MemoryRuntime extends Runtime {
  /** Its files. */
  readonly files: MemoryFiles;
  /** Its clock. */
  readonly clock: ManualClock;
  /** Its environment variables. */
  readonly environment: MemoryEnvironment;
  /** Its files for `stateDir`, apart from the others. */
  readonly stateFiles: MemoryStateFiles;
}

/**
 * A runtime whose files are in memory and whose time is manual: pass it as `runtime` to
 * `watchConfig` and test your program without files and without waiting.
 *
 * @example
 * ```ts
 * import { watchConfig } from "hotconf";
 * import { createMemoryRuntime } from "hotconf/testing";
 *
 * const runtime = createMemoryRuntime();
 * runtime.files.write("/app.yaml", "port: 1\n");
 * await using config = await watchConfig({ sources: ["/app.yaml"], runtime });
 * runtime.files.writeAtomically("/app.yaml", "port: 2\n");
 * await runtime.clock.advance(1000);
 * console.log(config.revision); // 2
 * ```
 */
export function createMemoryRuntime(
  { name = "node", ...options }: MemoryFilesOptions & { readonly name?: RuntimeName } = {},
): MemoryRuntime {
  const clock = new ManualClock();
  const files = new MemoryFiles(clock, options);
  const { fileSystem, watcher } = files;
  const environment = new MemoryEnvironment();
  const sharedWatches = new SharedWatches();
  const stateFiles = new MemoryStateFiles();
  let handles = 0;
  return {
    name,
    clock,
    files,
    fileSystem,
    watcher,
    environment,
    sharedWatches,
    stateFiles,
    nextHandle: () => ++handles,
  };
}
