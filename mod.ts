/**
 * Configuration that reloads itself, in Deno, Bun and Node: the configuration a process is running
 * is always the last version that was complete, valid and accepted.
 *
 * @example
 * ```ts
 * import { watchConfig } from "hotconf";
 *
 * await using config = await watchConfig({ sources: ["config/app.yaml"] });
 * config.on("reloadSucceeded", ({ revision, changes }) => console.log(revision, changes));
 * ```
 *
 * @module
 */

export type { Alert, AlertContext, AlertKind, AlertSeverity } from "./src/alert/alert.ts";
export type { AlertSink, AlertSinkOptions } from "./src/alert/alert.ts";
export { webhook, type WebhookOptions } from "./src/alert/webhook.ts";
export { watchConfig } from "./src/watch_config.ts";
export { formatDiff, type FormatDiffOptions } from "./src/format_diff.ts";
export type { ArrayKeys } from "./src/array_keys.ts";
export { loadConfig } from "./src/load_config.ts";
export { LiveFiles, watchFiles, type WatchFilesOptions } from "./src/watch_files.ts";
export type { Health } from "./src/health.ts";
export type { HealthReason, HealthReasonKind } from "./src/health_reason.ts";
export type { ConfigChange } from "./src/listeners.ts";
export { type LayerInfo, LiveConfig } from "./src/live_config.ts";
export type { CommitStep, Component, ComponentStep, UndoStep } from "./src/component.ts";
export type { ConfirmOptions, Pending } from "./src/probation.ts";
export type { Subscriber, SubscriptionInfo } from "./src/subscription.ts";
export type { StateOptions } from "./src/state/options.ts";
export type { Limits, LoadConfigOptions, WatchConfigOptions, WatchOptions } from "./src/options.ts";
export type {
  AlertFailedEvent,
  Change,
  ComponentFailedEvent,
  ConfigEvent,
  ConfirmedEvent,
  FileChangedEvent,
  FilesEvent,
  FilesFailedEvent,
  HandlerFailedEvent,
  HealthChangedEvent,
  HealthStatus,
  RecoveredEvent,
  ReloadCause,
  ReloadFailedEvent,
  ReloadSucceededEvent,
  RolledBackEvent,
  SettledBy,
  SourceRestoredEvent,
  SourceStaleEvent,
  StateFailedEvent,
  ValidationFailedEvent,
  WatcherChangedEvent,
  WatcherName,
} from "./src/events.ts";
export {
  AlertError,
  type AlertErrorOptions,
  ClosedError,
  ComponentError,
  type ComponentErrorOptions,
  type ComponentStepName,
  ConfirmError,
  ParseError,
  type ParseErrorOptions,
  ReentryError,
  SourceError,
  type SourceErrorOptions,
  StateError,
  type StateErrorOptions,
  ValidationError,
} from "./src/errors.ts";
export { formatIssue, formatPlace, type Issue, type Position } from "./src/issue.ts";
export type { Handler, ListenOptions } from "./src/event_bus.ts";
export type { Rejected, ReloadOutcome } from "./src/outcome.ts";
export type { Place } from "./src/layers.ts";
export type { Explanation, Origin } from "./src/provenance.ts";
export type { ChangeCounts, HistoryEntry, Snapshot } from "./src/revision_store.ts";
export { type PrometheusOptions, toPrometheus } from "./src/prometheus.ts";
export type {
  LastError,
  ReloadCounts,
  ReloadReport,
  ReloadResult,
  StageTimings,
  Statistics,
  WatcherState,
} from "./src/statistics/figures.ts";
export type { Stage, StageTime } from "./src/statistics/stages.ts";
export type { Timing } from "./src/statistics/timing.ts";
export type { WatchingHealth } from "./src/watching_health.ts";
export { file, type FileOptions } from "./src/source/file.ts";
export { directory, type DirectoryOptions } from "./src/source/directory.ts";
export type { MissingOptions, OnMissing } from "./src/source/missing.ts";
export { env, type EnvOptions } from "./src/source/env.ts";
export { dotenv, type DotenvOptions } from "./src/source/dotenv.ts";
export { type EnvWatch, watchEnv, type WatchEnvOptions } from "./src/watch_env.ts";
export type { EnvChanges } from "./src/source/environment_looks.ts";
export { http, type HttpOptions } from "./src/source/http.ts";
export type { Fetch } from "./src/source/http_request.ts";
export { memory, type MemorySource } from "./src/source/memory.ts";
export { textDocument, valueDocument } from "./src/source/value_document.ts";
export type { VariableMapping, VariableOptions } from "./src/source/variables.ts";
export type {
  ReadContext,
  Source,
  SourceDocument,
  WatchContext,
  WatchedOptions,
} from "./src/source/source.ts";
export type { FileChange, FileChangeKind } from "./src/source/file_change.ts";
export type { WatchedDirectory } from "./src/watch/watched_directory.ts";
export type { DebounceOptions, DebounceStrategy } from "./src/debounce/strategy.ts";
export type {
  DocumentParser,
  Format,
  FormatLimits,
  ParsedDocument,
  PositionedFormat,
} from "./src/format/format.ts";
export type { GuardOptions } from "./src/guard.ts";
export {
  type HotReloadOptions,
  hotReloadOptions,
  type HotReloadSettings,
  hotReloadSettings,
} from "./src/hot_reload_settings.ts";
export type { Validator, ValidatorIssue, ValidatorResult } from "./src/validate.ts";
export { formatPath, type KeyPath, parsePath } from "./src/key_path.ts";
export type { CheckedPath, PathOf, ValueAt } from "./src/typed_path.ts";
export type { Clock, ScheduleOptions } from "./src/clock.ts";
export type { Environment } from "./src/runtime/environment.ts";
export type { Runtime, RuntimeName } from "./src/runtime/runtime.ts";
export type { SharedWatches } from "./src/watch/shared_watches.ts";
export type {
  DirectoryEntry,
  FileKind,
  FileStat,
  FileSystem,
  OpenFile,
} from "./src/runtime/file_system.ts";
export type { NewStateFile, StateFiles, StateStat } from "./src/runtime/state_files.ts";
export type { DirectoryWatcher, Hint, HintKind, RunningWatcher } from "./src/watch/watcher.ts";
export type {
  StandardSchema,
  StandardSchemaIssue,
  StandardSchemaProperties,
  StandardSchemaResult,
} from "./src/standard_schema.ts";
