/**
 * `hotconf watch`: load, then report every save until interrupted.
 *
 * @module
 */

import type { AlertSink } from "../alert/alert.ts";
import { webhook } from "../alert/webhook.ts";
import { isoTime } from "../clock.ts";
import { type DebounceOptions, resolveDebounce } from "../debounce/strategy.ts";
import type { ConfigEvent } from "../events.ts";
import type { HotReloadOptions } from "../hot_reload_settings.ts";
import type { LiveConfig } from "../live_config.ts";
import { resolveWatchOptions, type WatchConfigOptions } from "../options.ts";
import { watchConfig } from "../watch_config.ts";
import type { WatchArguments } from "./arguments.ts";
import { check } from "./check.ts";
import { aborted, type CommandIo, orAborted } from "./io.ts";
import { startLogging } from "./logging.ts";
import { type Preparation, prepareLoad } from "./load_options.ts";
import { type ReadyReport, type Reporter, toFailure } from "./report.ts";
import type { Polling } from "./polling.ts";
import { createReporter } from "./reporter.ts";
import { type LoadedSettings, loadSettings } from "./settings.ts";
import { orUsage, UsageError } from "./usage_error.ts";

/**
 * Loads, then reports every save.
 *
 * @returns The exit code: 0 when it was interrupted, 1 when the first load failed.
 * @throws {UsageError} When it can't run as it was asked for.
 */
export async function watch(args: WatchArguments, io: CommandIo): Promise<number> {
  const logging = await startLogging(args, io);
  try {
    return await loadAndWatch(args, io);
  } finally {
    logging[Symbol.dispose]();
  }
}

async function loadAndWatch(args: WatchArguments, io: CommandIo): Promise<number> {
  const given = args.settings === undefined ? undefined : await loadSettings(args.settings, io);
  if (args.once || given?.settings.enabled === false) {
    return await check(args, io, given?.options);
  }
  const { interrupted, runtime: { clock } } = io;
  let reporter = createReporter(args, io);
  try {
    const preparation = await orAborted(prepareLoad(args, io, given?.options), interrupted);
    reporter = createReporter({ ...args, secrets: preparation.options.secrets }, io);
    await watchUntilInterrupted(args, io, { reporter, preparation, given });
  } catch (thrown) {
    if (!interrupted.aborted) {
      reporter.failed(toFailure(thrown, isoTime(clock)));
      return 1;
    }
  }
  reporter.closed(isoTime(clock));
  return 0;
}

async function watchUntilInterrupted(
  args: WatchArguments,
  io: CommandIo,
  { reporter, preparation: { options, schema }, given }: {
    readonly reporter: Reporter;
    readonly preparation: Preparation;
    readonly given: LoadedSettings | undefined;
  },
): Promise<void> {
  const { interrupted } = io;
  const how = await orUsage(() => howToWatch(args, given?.options));
  const isToldOf = ({ type }: ConfigEvent) => given?.settings.notify.includes(type) ?? true;
  const alerts = alertsFrom(io.environment);
  const watching = { ...options, ...how.options, alerts, signal: interrupted };
  await orUsage(() => resolveWatchOptions(watching));
  const config = await orAborted(watchConfig(watching), interrupted);
  try {
    reporter.ready(describe(config, how, { schema, io }));
    // A directory that can't be watched is told of while watching begins.
    for (const event of [...config.recentEvents()].reverse()) {
      if (event.type === "watcherChanged" && isToldOf(event)) reporter.event(event);
    }
    // Nothing was awaited since watchConfig() resolved, so no event is missed or told twice.
    config.on("*", (event) => isToldOf(event) && reporter.event(event));
    await aborted(interrupted);
  } finally {
    await config.close();
  }
}

/**
 * Who is alerted. There is no option for it: the URL is a secret, and everybody on a machine can see
 * the arguments of a process.
 */
function alertsFrom({ HOTCONF_ALERT_WEBHOOK: url = "" }: CommandIo["environment"]): AlertSink[] {
  try {
    return url === "" ? [] : [webhook(url)];
  } catch {
    const rule = "Environment variable HOTCONF_ALERT_WEBHOOK must be an https:// or http:// URL";
    throw new UsageError(rule);
  }
}

/** What decides how a configuration is watched, and what is said of it. */
interface HowToWatch {
  readonly options:
    & Pick<
      WatchConfigOptions<unknown>,
      "watcher" | "pollMs" | "backstopMs"
    >
    & { readonly debounce: Required<DebounceOptions> };
  readonly polling: Polling | undefined;
}

/** The command line comes before the settings. */
function howToWatch(
  { strategy, baseDelayMs, maxDelayMs, polling: asked }: WatchArguments,
  settings: HotReloadOptions | undefined,
): HowToWatch {
  const polling = asked ?? pollingOf(settings);
  return {
    options: {
      debounce: resolveDebounce({
        ...settings?.debounce,
        ...(strategy !== undefined && { strategy }),
        ...(baseDelayMs !== undefined && { baseDelayMs }),
        ...(maxDelayMs !== undefined && { maxDelayMs }),
      }),
      watcher: polling === undefined ? settings?.watcher : "poll",
      pollMs: polling?.ms ?? settings?.pollMs,
      backstopMs: settings?.backstopMs,
    },
    polling,
  };
}

function pollingOf(settings: HotReloadOptions | undefined): Polling | undefined {
  if (settings?.watcher !== "poll") return undefined;
  return { ms: settings.pollMs, askedBy: "--settings" };
}

function describe(
  config: LiveConfig<unknown>,
  { options: { debounce }, polling }: HowToWatch,
  { schema, io: { runtime } }: { readonly schema: string | undefined; readonly io: CommandIo },
): ReadyReport {
  return {
    revision: config.revision,
    checksum: config.checksum,
    files: config.files,
    runtime: config.runtime,
    watcher: config.watcher,
    polling,
    debounce,
    schema,
    at: isoTime(runtime.clock),
  };
}
