/**
 * For tests of programs that use hotconf: a configuration over a value in memory, files in memory
 * with whatever goes wrong with files, events to wait for, and a clock that stands still.
 *
 * @module
 */

export {
  createTestConfig,
  type Patch,
  type SchemaFor,
  TestConfig,
  type TestConfigOptions,
} from "./src/testing/test_config.ts";
export {
  EventRecorder,
  type NextEventOptions,
  recordEvents,
  type RecordEventsOptions,
} from "./src/testing/event_recorder.ts";
export { ManualClock } from "./src/testing/manual_clock.ts";
export { createMemoryRuntime, type MemoryRuntime } from "./src/testing/memory_runtime.ts";
export {
  MemoryFiles,
  type MemoryFilesOptions,
  type WriteInPartsOptions,
} from "./src/testing/memory_files.ts";
export type { FailOptions, FileOperation } from "./src/testing/memory_faults.ts";
export type { HintDelivery } from "./src/testing/memory_hints.ts";
export { MemoryEnvironment } from "./src/testing/memory_environment.ts";
export {
  MemoryStateFiles,
  type PlantedFile,
  type PowerFailure,
  type StateCall,
  type StateFault,
} from "./src/testing/memory_state_files.ts";
export type {
  DirectoryEntry,
  FileKind,
  FileStat,
  FileSystem,
  OpenFile,
} from "./src/runtime/file_system.ts";
export type { NewStateFile, StateFiles, StateStat } from "./src/runtime/state_files.ts";
export type { DirectoryWatcher, Hint, HintKind, RunningWatcher } from "./src/watch/watcher.ts";
