/**
 * Loads a configuration and keeps it up to date.
 *
 * @module
 */

import { toKeyOf } from "./array_keys.ts";
import { isoTime } from "./clock.ts";
import { EventLog } from "./event_log.ts";
import type { ConfigEvent } from "./events.ts";
import { selectFormat } from "./format/select.ts";
import { checkGuards } from "./guard.ts";
import { Intake } from "./intake.ts";
import { Interpolator } from "./interpolate.ts";
import { LayerParser } from "./layers.ts";
import { Listeners } from "./listeners.ts";
import { LiveConfig } from "./live_config.ts";
import { openLog } from "./log.ts";
import { checkFlags, checkNumber } from "./option_checks.ts";
import {
  resolveLoadOptions,
  resolveStateOptions,
  resolveWatchOptions,
  type WatchConfigOptions,
} from "./options.ts";
import { Pin } from "./pin.ts";
import { Pipeline } from "./pipeline.ts";
import { checkConfirm } from "./probation.ts";
import { RecentEvents } from "./recent_events.ts";
import type { Snapshot } from "./revision_store.ts";
import type { SourceDocument } from "./source/source.ts";
import { leavingOutEntries } from "./state/entry_name.ts";
import type { StateOnDisk } from "./state_on_disk.ts";
import { StatisticsRecorder } from "./statistics.ts";
import { createIgnore } from "./watch/ignore.ts";
import { watcherChanged, watcherName } from "./watch/watcher_changed.ts";

/**
 * Loads a configuration and reloads it whenever its files change. A change that is incomplete,
 * not well-formed or refused by the schema never replaces the configuration that runs.
 *
 * @returns A handle, once the first load succeeded; every change from then on is noticed.
 * @throws {SourceError} When a source can't be read.
 * @throws {ParseError} When a file is not well-formed.
 * @throws {ValidationError} When the schema or a validator refuses the configuration.
 * @throws {StateError} When it is to start on the last known good configuration, and that can't be
 * used either.
 * @throws {RangeError} When an option is out of range.
 * @example
 * ```ts
 * import { type } from "arktype";
 * import { watchConfig } from "hotconf";
 *
 * const Settings = type({ server: { host: "string", port: "1 <= number.integer <= 65535" } });
 *
 * await using config = await watchConfig({ schema: Settings, sources: ["config/app.yaml"] });
 *
 * console.log(config.current.server.port);
 * config.subscribe("server.port", (port, before) => console.log(before, "→", port));
 * ```
 */
export async function watchConfig<T = unknown>(
  options: WatchConfigOptions<T>,
): Promise<LiveConfig<T>> {
  const watching = resolveWatchOptions(options);
  const { runtime, signal, usePolling } = watching;
  const { sources, rules, secrets, readTimeoutMs, formats, limits } = resolveLoadOptions(options);
  const {
    arrayKeys,
    interpolate = true,
    guards = {},
    historySize = 20,
    confirm,
    rollbackOnFailure = true,
    maxReloadAttempts = 3,
    statistics: withStatistics = true,
    alerts: sinks,
    startFrom,
  } = options;
  const stateOptions = resolveStateOptions(options, sources);
  checkNumber("historySize", historySize, 1);
  checkNumber("maxReloadAttempts", maxReloadAttempts, 1);
  checkFlags({ rollbackOnFailure, statistics: withStatistics });
  checkConfirm(confirm);
  checkGuards(guards);
  const keyOf = arrayKeys && toKeyOf(arrayKeys);
  signal?.throwIfAborted();

  const log = await openLog(runtime, sources.map(({ name }) => name));
  // Loaded by whoever asks for them, and now: later they are needed because something went wrong.
  const alerting = sinks === undefined ? undefined : await import("./alert/alerts.ts");
  const stateKeeping = stateOptions && await import("./state_on_disk.ts");
  const eventLog = new EventLog(log);
  const statistics = withStatistics
    ? new StatisticsRecorder(runtime.clock, (report) => listeners.tell(report))
    : undefined;
  const parser = new LayerParser(limits, formats, secrets);
  const recent = new RecentEvents<ConfigEvent>(watching.recentEventsSize);
  const pin = new Pin<Snapshot<T>>();
  const intake: Intake = new Intake({
    ...watching,
    log,
    maxBytes: limits.maxBytes,
    readTimeoutMs,
    isIgnored: leavingOutEntries(await createIgnore(watching.exclude)),
    hasFormat: (path) => selectFormat(path, formats) !== undefined,
    inspect: (document) => inspect(parser, document),
    // Pinned work may set the value of a source: what components start then is not pinned.
    onReading: (reading) => pin.exit(async () => void await pipeline.take(reading, "save")),
    onFailure: (error) => pipeline.fail(error),
    onLook: () => listeners.lookAtHealth(),
    onWatcherChanged: (directory, news) =>
      listeners.emit(watcherChanged(runtime, directory, news, isoTime(runtime.clock))),
  });
  let isStarting = true;
  const tell = (event: ConfigEvent) =>
    isStarting ? listeners.emitLater(event) : listeners.emit(event);
  const state: StateOnDisk<T> | undefined = stateKeeping && new stateKeeping.StateOnDisk({
    ...stateOptions!,
    runtime,
    secrets,
    isGood: () => pipeline.refusal === undefined,
    onFailure: (error, revision) =>
      tell({ type: "stateFailed", revision, error, at: isoTime(runtime.clock) }),
  });
  const pipeline: Pipeline<T> = new Pipeline(intake, {
    clock: runtime.clock,
    log,
    parser,
    interpolator: new Interpolator(interpolate ? runtime.environment : undefined, parser.frozen),
    rules,
    secrets,
    keyOf,
    guards,
    historySize,
    confirm,
    rollbackOnFailure,
    maxReloadAttempts,
    keepAlive: !watching.unref,
    random: Math.random,
    statistics,
    state,
    startsFromState: startFrom === "last-known-good",
    onEvent: tell,
    onCommit: (commit) => listeners.publish(commit),
  });
  const alerts = alerting && new alerting.Alerts({
    sinks: sinks!,
    clock: runtime.clock,
    random: Math.random,
    onFailed: (error) =>
      listeners.emit({
        type: "alertFailed",
        sink: error.sink,
        error: pipeline.withoutSecrets(error),
        at: isoTime(runtime.clock),
      }),
  });
  const listeners: Listeners<T> = new Listeners({
    clock: runtime.clock,
    pipeline,
    log: eventLog,
    statistics,
    recent,
    alerts,
    pin,
    health: () => live.health(),
    isClosed: () => live.isClosed,
  });
  const live: LiveConfig<T> = new LiveConfig({
    runtime,
    intake,
    pipeline,
    listeners,
    secrets,
    statistics,
    recent,
    pin,
    alerts,
    state,
    watcher: watcherName(runtime, usePolling),
    signal,
  });
  try {
    // It may have been aborted while parts were loaded, when nobody listened yet.
    signal?.throwIfAborted();
    await intake.exclusive(async () => pipeline.start(await intake.setSources(sources, true)));
    isStarting = false;
    signal?.throwIfAborted();
    eventLog.start(live.snapshot);
    listeners.watchHealth();
    return live;
  } catch (error) {
    await live.close();
    signal?.throwIfAborted();
    throw error;
  }
}

async function inspect(
  parser: LayerParser,
  document: SourceDocument,
): Promise<{ readonly value: unknown } | "unparsable"> {
  try {
    return (await parser.parse(document)).parsed;
  } catch {
    // The reason is reported when the document is taken although it does not parse.
    return "unparsable";
  }
}
