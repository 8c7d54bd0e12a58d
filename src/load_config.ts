/**
 * Loads a configuration once.
 *
 * @module
 */

import { selectFormat } from "./format/select.ts";
import { Intake } from "./intake.ts";
import { Interpolator } from "./interpolate.ts";
import { LayerParser } from "./layers.ts";
import { type LoadConfigOptions, resolveLoadOptions, resolveWatchOptions } from "./options.ts";
import { Pipeline } from "./pipeline.ts";
import type { Explained } from "./provenance.ts";
import type { Snapshot } from "./revision_store.ts";
import { leavingOutEntries } from "./state/entry_name.ts";
import { createIgnore } from "./watch/ignore.ts";

/**
 * Loads a configuration once, the way {@linkcode watchConfig} does, without watching.
 *
 * @returns The snapshot: value, checksum, files.
 * @throws {SourceError} When a source can't be read.
 * @throws {ParseError} When a file is not well-formed.
 * @throws {ValidationError} When the schema or a validator refuses the configuration.
 * @throws {RangeError} When an option is out of range.
 * @example
 * ```ts
 * import { loadConfig } from "hotconf";
 *
 * const { value } = await loadConfig({ sources: ["config/base.yaml", "config/local.toml"] });
 * ```
 */
export async function loadConfig<T = unknown>(
  options: LoadConfigOptions<T>,
): Promise<Snapshot<T>> {
  return (await loadExplained(options)).snapshot;
}

/** Loads a configuration once, with what it was merged from. */
export async function loadExplained<T = unknown>(
  options: LoadConfigOptions<T>,
): Promise<{ readonly snapshot: Snapshot<T>; readonly explained: Explained }> {
  const { exclude, runtime, interpolate = true } = options;
  const watching = resolveWatchOptions({ exclude, runtime });
  const { sources, rules, secrets, readTimeoutMs, formats, limits } = resolveLoadOptions(options);
  const { environment } = watching.runtime;
  const intake = new Intake({
    ...watching,
    maxBytes: limits.maxBytes,
    readTimeoutMs,
    isIgnored: leavingOutEntries(await createIgnore(watching.exclude)),
    hasFormat: (path) => selectFormat(path, formats) !== undefined,
    onReading: () => Promise.resolve(),
    onWatcherChanged: () => {},
    onFailure: () => {},
  });
  const parser = new LayerParser(limits, formats, secrets);
  const pipeline = new Pipeline<T>(intake, {
    clock: watching.runtime.clock,
    parser,
    interpolator: new Interpolator(interpolate ? environment : undefined, parser.frozen),
    rules,
    secrets,
    guards: {},
    historySize: 1,
    rollbackOnFailure: false,
    maxReloadAttempts: 1,
    keepAlive: true,
    random: Math.random,
    statistics: undefined,
    onEvent: () => {},
    onCommit: () => {},
  });
  const snapshot = await pipeline.start(await intake.readOnce(sources));
  return {
    snapshot,
    explained: { layers: pipeline.revisions.layers, value: snapshot.value, secrets },
  };
}
