/**
 * The order of the library's parts. A part may import itself and the parts above it in this table,
 * never one below, not even a type: a stage knows nothing of the stages after it.
 */

import { runAlone } from "./check_alone.ts";
import { libraryFiles, readImports } from "./module_graph.ts";

/** Files and folders (ending in "/") of each part; of two that fit a file the longer counts. */
const layers: readonly (readonly [name: string, ...paths: string[]])[] = [
  [
    "words",
    "src/printable.ts",
    "src/issue.ts",
    "src/errors.ts",
    "src/to_error.ts",
    "src/key_path.ts",
    "src/typed_path.ts",
    "src/path_pattern.ts",
    "src/clock.ts",
    "src/log.ts",
    "src/version.ts",
    "src/option_checks.ts",
    "src/statistics/stages.ts",
  ],
  ["values", "src/merge.ts", "src/freeze.ts", "src/frozen_parts.ts"],
  ["secrets", "src/redact_text.ts", "src/redact_error.ts"],
  ["secrets", "src/secret_names.ts", "src/secrets.ts"],
  ["schema contract", "src/standard_schema.ts"],
  ["arktype", "src/arktype/"],
  ["contracts", "src/runtime/file_system.ts", "src/runtime/environment.ts"],
  ["contracts", "src/runtime/state_files.ts"],
  ["contracts", "src/watch/watcher.ts", "src/format/format.ts"],
  ["events", "src/source/file_change.ts", "src/health_reason.ts", "src/events.ts"],
  ["alert contract", "src/alert/alert.ts"],
  ["watchers", "src/watch/turns.ts", "src/watch/fifos.ts", "src/watch/deno_thread.ts"],
  ["watchers", "src/watch/seen_directory.ts"],
  ["watchers", "src/watch/deno_directories.ts", "src/watch/deno_stream.ts"],
  ["watchers", "src/watch/deno_streams.ts", "src/watch/open_deno_watch.ts"],
  ["watchers", "src/watch/deno_watcher.ts", "src/watch/node_watcher.ts"],
  ["shared", "src/watch/shared_watches.ts", "src/watch/shared_watch.ts", "src/watch/endings.ts"],
  ["runtime", "src/runtime/"],
  ["watch", "src/watch/"],
  ["debounce", "src/debounce/"],
  ["checksum", "src/checksum.ts"],
  ["source", "src/source/"],
  ["format", "src/format/"],
  ["layers", "src/layers.ts", "src/provenance.ts", "src/coerce.ts"],
  ["validate", "src/schema_issues.ts", "src/validate.ts"],
  ["interpolate", "src/interpolate.ts"],
  ["diff", "src/diff.ts", "src/array_keys.ts", "src/changes.ts"],
  ["state", "src/state/"],
  ["guard", "src/guard.ts"],
  ["evaluation", "src/evaluation.ts", "src/last_known_good.ts"],
  ["diff", "src/format_value.ts", "src/format_diff.ts"],
  ["intake", "src/wholeness.ts", "src/intake_log.ts", "src/reading_schedule.ts"],
  ["intake", "src/intake.ts"],
  ["log", "src/event_log.ts", "src/audit_log.ts"],
  ["records", "src/statistics/"],
  ["records", "src/outcome.ts"],
  ["records", "src/statistics.ts", "src/revision_store.ts", "src/recent_events.ts"],
  ["apply", "src/component.ts", "src/component_steps.ts"],
  ["apply", "src/transaction.ts", "src/revisions.ts"],
  ["apply", "src/decisions.ts", "src/probation.ts", "src/retry.ts", "src/stale_sources.ts"],
  ["apply", "src/rollback.ts"],
  ["state on disk", "src/state_on_disk.ts"],
  ["pipeline", "src/pipeline.ts"],
  ["notify", "src/event_bus.ts", "src/change_stream.ts"],
  ["notify", "src/path_index.ts", "src/subscription.ts"],
  ["options", "src/options.ts", "src/watching_health.ts", "src/hot_reload_settings.ts"],
  ["health", "src/health.ts", "src/health_changes.ts"],
  ["alert", "src/alert/"],
  ["live config", "src/pin.ts", "src/listeners.ts", "src/live_config.ts"],
  ["reports", "src/prometheus.ts", "src/opentelemetry/"],
  [
    "entry points",
    "src/watch_config.ts",
    "src/load_config.ts",
    "src/watch_files.ts",
    "src/watch_env.ts",
  ],
  ["testing", "src/testing/"],
  ["exports", "mod.ts", "testing.ts", "arktype.ts", "opentelemetry.ts"],
  ["command", "src/cli/", "cli.ts"],
];

/** Imports that go against the order, files that are in no layer, and entries without a file. */
export async function checkLayers(): Promise<string[]> {
  const files = libraryFiles();
  const places = new Map(files.map((file) => [file, placeOf(file)]));
  const used = new Set([...places.values()].map((place) => place?.path));

  const unknown = files.filter((file) => !places.get(file))
    .map((file) => `${file} is in no layer: add it to the table in tasks/check_layers.ts`);
  const stale = layers.flatMap(([, ...paths]) => paths).filter((path) => !used.has(path))
    .map((path) => `${path} is in the table in tasks/check_layers.ts and holds no file`);
  const upward = (await readImports()).flatMap(({ from, file, line }) => {
    const importing = places.get(from);
    const imported = file === undefined ? undefined : places.get(file);
    if (!importing || !imported || imported.index <= importing.index) return [];
    return `${from}:${line} (${importing.name}) imports ${file} (${imported.name}, a later layer)`;
  });
  return [...unknown, ...stale, ...upward];
}

interface Place {
  readonly name: string;
  readonly path: string;
  readonly index: number;
}

function placeOf(file: string): Place | undefined {
  return layers
    .flatMap(([name, ...paths], index) => paths.map((path): Place => ({ name, path, index })))
    .filter(({ path }) => path === file || (path.endsWith("/") && file.startsWith(path)))
    .sort((a, b) => b.path.length - a.path.length)[0];
}

if (import.meta.main) await runAlone(checkLayers);
