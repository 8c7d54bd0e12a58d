/**
 * `hotconf watch`: load, then report every save until interrupted.
 *
 * @module
 */

import { isoTime } from "../clock.ts";
import { resolveDebounce } from "../debounce/strategy.ts";
import type { LiveConfig } from "../live_config.ts";
import type { WatchConfigOptions } from "../options.ts";
import { watchConfig } from "../watch_config.ts";
import type { WatchArguments } from "./arguments.ts";
import { check } from "./check.ts";
import { aborted, type CommandIo, orAborted } from "./io.ts";
import { type Preparation, prepareLoad } from "./load_options.ts";
import { type ReadyReport, type Reporter, toFailure } from "./report.ts";
import { createReporter } from "./reporter.ts";

/**
 * Loads, then reports every save.
 *
 * @returns The exit code: 0 when it was interrupted, 1 when the first load failed.
 * @throws {UsageError} When it can't run as it was asked for.
 */
export async function watch(args: WatchArguments, io: CommandIo): Promise<number> {
  if (args.once) return await check(args, io);
  const { interrupted, runtime: { clock } } = io;
  let reporter = createReporter(args, io);
  try {
    const preparation = await orAborted(prepareLoad(args, io), interrupted);
    reporter = createReporter({ ...args, secrets: preparation.options.secrets }, io);
    await watchUntilInterrupted(args, io, { reporter, preparation });
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
  { reporter, preparation: { options, schema } }: {
    readonly reporter: Reporter;
    readonly preparation: Preparation;
  },
): Promise<void> {
  const { interrupted } = io;
  const watching = { ...options, ...watchOptions(args), signal: interrupted };
  const config = await orAborted(watchConfig(watching), interrupted);
  try {
    reporter.ready(describe(config, args, { schema, io }));
    // A directory that can't be watched is told of while watching begins.
    for (const event of [...config.recentEvents()].reverse()) {
      if (event.type === "watcherChanged") reporter.event(event);
    }
    // Nothing was awaited since watchConfig() resolved, so no event is missed or told twice.
    config.on("*", (event) => reporter.event(event));
    await aborted(interrupted);
  } finally {
    await config.close();
  }
}

function watchOptions(
  { strategy, baseDelayMs, maxDelayMs, polling }: WatchArguments,
): Pick<WatchConfigOptions<unknown>, "debounce" | "watcher" | "pollMs"> {
  return {
    debounce: resolveDebounce({ strategy, baseDelayMs, maxDelayMs }),
    ...(polling !== undefined && { watcher: "poll", pollMs: polling.ms }),
  };
}

function describe(
  config: LiveConfig<unknown>,
  { strategy, baseDelayMs, maxDelayMs, polling }: WatchArguments,
  { schema, io: { runtime } }: { readonly schema: string | undefined; readonly io: CommandIo },
): ReadyReport {
  return {
    revision: config.revision,
    checksum: config.checksum,
    files: config.files,
    runtime: config.runtime,
    watcher: config.watcher,
    polling,
    debounce: resolveDebounce({ strategy, baseDelayMs, maxDelayMs }),
    schema,
    at: isoTime(runtime.clock),
  };
}
