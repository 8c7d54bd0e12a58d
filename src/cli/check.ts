/**
 * `hotconf check`: load and validate once.
 *
 * @module
 */

import { isoTime } from "../clock.ts";
import type { HotReloadOptions } from "../hot_reload_settings.ts";
import { loadConfig } from "../load_config.ts";
import type { CheckArguments, WatchArguments } from "./arguments.ts";
import { type CommandIo, orAborted } from "./io.ts";
import { prepareLoad } from "./load_options.ts";
import { toFailure } from "./report.ts";
import { createReporter } from "./reporter.ts";

/**
 * Loads and validates once, and reports the outcome.
 *
 * @returns The exit code: 0 when valid, 1 when not or when interrupted before it is known.
 * @throws {UsageError} When it can't run as it was asked for.
 */
export async function check(
  args: CheckArguments | WatchArguments,
  io: CommandIo,
  settings?: HotReloadOptions,
): Promise<number> {
  const { interrupted, runtime } = io;
  let reporter = createReporter({ ...args, command: "check" }, io);
  const now = () => isoTime(runtime.clock);
  try {
    const { options, schema } = await orAborted(prepareLoad(args, io, settings), interrupted);
    reporter = createReporter({ ...args, command: "check", secrets: options.secrets }, io);
    const { revision, checksum, files } = await orAborted(loadConfig(options), interrupted);
    reporter.loaded({ revision, checksum, files, runtime: runtime.name, schema, at: now() });
    return 0;
  } catch (thrown) {
    if (interrupted.aborted) return 1;
    reporter.failed(toFailure(thrown, now()));
    return 1;
  }
}
