/**
 * For tests of programs that use hotconf: files in memory and a clock that stands still.
 *
 * @module
 */

export { ManualClock } from "./src/testing/manual_clock.ts";
export {
  MemoryFiles,
  type MemoryFilesOptions,
  type WriteInPartsOptions,
} from "./src/testing/memory_files.ts";
export type { FailOptions, FileOperation } from "./src/testing/memory_faults.ts";
export type { HintDelivery } from "./src/testing/memory_hints.ts";
export {
  MemoryStateFiles,
  type PlantedFile,
  type PowerFailure,
  type StateCall,
  type StateFault,
} from "./src/testing/memory_state_files.ts";
export { MemoryEnvironment } from "./src/testing/memory_environment.ts";
export { createMemoryRuntime, type MemoryRuntime } from "./src/testing/memory_runtime.ts";
export type {
  DirectoryEntry,
  FileKind,
  FileStat,
  FileSystem,
  OpenFile,
} from "./src/runtime/file_system.ts";
export type { NewStateFile, StateFiles, StateStat } from "./src/runtime/state_files.ts";
export type { DirectoryWatcher, Hint, HintKind, RunningWatcher } from "./src/watch/watcher.ts";
