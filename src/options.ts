/**
 * The options of watching and loading, their defaults and their checks.
 *
 * @module
 */

import type { AlertSink } from "./alert/alert.ts";
import type { ArrayKeys } from "./array_keys.ts";
import { isArkType } from "./arktype/ark_type.ts";
import { secretPaths } from "./arktype/secret.ts";
import {
  type DebounceOptions,
  type DebounceStrategy,
  resolveDebounce,
} from "./debounce/strategy.ts";
import type { Format } from "./format/format.ts";
import type { GuardOptions } from "./guard.ts";
import {
  checkFlags,
  checkNumber,
  checkObjects,
  checkTexts,
  LONGEST_TIMER_MS,
} from "./option_checks.ts";
import { currentRuntime, type Runtime } from "./runtime/runtime.ts";
import { Secrets } from "./secrets.ts";
import { file } from "./source/file.ts";
import type { Source } from "./source/source.ts";
import type { ConfirmOptions } from "./probation.ts";
import type { StandardSchema } from "./standard_schema.ts";
import { type ResolvedStateOptions, resolveState, type StateOptions } from "./state/options.ts";
import type { Rules, Validator } from "./validate.ts";

/** Bounds on what is read. */
export interface Limits {
  /** Largest file, in bytes. @default {8_388_608} */
  readonly maxBytes?: number;
  /** Deepest nesting of objects and arrays. @default {100} */
  readonly maxDepth?: number;
  /** Most values in a file, aliases counted as often as they are used. @default {100_000} */
  readonly maxNodes?: number;
}

/** What to watch and how; shared by {@linkcode watchConfig} and {@linkcode watchFiles}. */
export interface WatchOptions {
  /** When a burst of hints is released. @default {"adaptive"} */
  readonly debounce?: DebounceStrategy | DebounceOptions;
  /**
   * `auto`: the runtime's events where they can be relied upon; `events`: wherever they can be had,
   * also on network and FUSE mounts; `poll`: only look. @default {"auto"}
   */
  readonly watcher?: "auto" | "events" | "poll";
  /** Time between two looks where there are no events, in milliseconds. @default {500} */
  readonly pollMs?: number;
  /** Time between two looks beside the events, in milliseconds. @default {1000} */
  readonly backstopMs?: number;
  /** Globs of files to leave out, beside editor litter. @default {[]} */
  readonly exclude?: readonly string[];
  /** Number of events that `recentEvents()` remembers. @default {100} */
  readonly recentEventsSize?: number;
  /** Whether watching lets the process end when nothing else keeps it alive. @default {false} */
  readonly unref?: boolean;
  /** Closes the handle when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Files, hints and time. @default {those of the runtime} */
  readonly runtime?: Runtime;
}

/** What to load. */
export interface LoadConfigOptions<T> {
  /** Where configuration comes from, the later wins; text is a {@linkcode file}. At least one. */
  readonly sources: readonly (string | Source)[];
  /** Schema of the merged configuration: arktype or any other Standard Schema. */
  readonly schema?: StandardSchema<T>;
  /** Rules that no schema can express; called with the schema's output. @default {[]} */
  readonly validators?: readonly Validator<T>[];
  /** Time for schema and validators together, in milliseconds. @default {5000} */
  readonly validateTimeoutMs?: number;
  /** Time that a source may take without a step forward, in milliseconds. @default {10_000} */
  readonly readTimeoutMs?: number;
  /** Formats by extension, beside or instead of the built-in ones, such as `{ ".ini": ini }`. */
  readonly formats?: Readonly<Record<string, Format>>;
  /** Bounds on what is read. */
  readonly limits?: Limits;
  /**
   * Whether `${NAME}` in the strings of files stands for an environment variable. @default {true}
   */
  readonly interpolate?: boolean;
  /**
   * Paths of values that nobody may see, such as `database.url`, `services.*.dsn` or `**.pin`,
   * beside names such as `password`, `token` and `apiKey` and what a schema of arktype marks with
   * `secret()`; with a `!` in front, what is no secret.
   * Shown as `[secret]` in events, errors, diffs and explanations. @default {[]}
   */
  readonly secrets?: readonly string[];
  /** Globs of files to leave out, beside editor litter. @default {[]} */
  readonly exclude?: readonly string[];
  /** Files, hints and time. @default {those of the runtime} */
  readonly runtime?: Runtime;
}

/** Options of {@linkcode watchConfig}. */
export interface WatchConfigOptions<T> extends LoadConfigOptions<T>, WatchOptions {
  /** What is refused because of what runs now. */
  readonly guards?: GuardOptions;
  /**
   * What tells the items of an array from each other in `changes`: the path of a member, for each
   * path of an array, as in `{ "services": "name", "services.*.ports": "number" }`. An item that
   * only moved is then no change. @default {their indices}
   */
  readonly arrayKeys?: ArrayKeys;
  /** How a new revision is confirmed; one that is not is taken back. @default {it need not be} */
  readonly confirm?: ConfirmOptions<T>;
  /** Whether a revision that is not confirmed in time is taken back. @default {true} */
  readonly rollbackOnFailure?: boolean;
  /** How often a candidate is tried in all that components can't take. @default {3} */
  readonly maxReloadAttempts?: number;
  /**
   * Directory in which accepted configurations are kept, without their secrets, for a start with
   * sources that give none. @default {nowhere}
   */
  readonly stateDir?: string | StateOptions;
  /**
   * What to start on: `last-known-good` takes what is kept in `stateDir` when the sources give no
   * valid configuration, and says so. @default {"sources"}
   */
  readonly startFrom?: "sources" | "last-known-good";
  /** Number of snapshots that are kept for going back; the first one is kept besides. @default {20} */
  readonly historySize?: number;
  /** Whether to count and time reloads. @default {true} */
  readonly statistics?: boolean;
  /**
   * Who is told of refused changes, rollbacks, health that is not `ok`, and the end of that: a
   * {@linkcode webhook}, or a sink of your own. Nothing waits for them. @default {[]}
   */
  readonly alerts?: readonly AlertSink[];
}

/** Watching options with defaults. */
export interface ResolvedWatchOptions {
  readonly debounce: Required<DebounceOptions>;
  readonly usePolling: boolean;
  readonly trustsMounts: boolean;
  readonly pollMs: number;
  readonly backstopMs: number;
  readonly exclude: readonly string[];
  readonly recentEventsSize: number;
  readonly unref: boolean;
  readonly signal: AbortSignal | undefined;
  readonly runtime: Runtime;
}

/** Loading options with defaults. */
export interface ResolvedLoadOptions<T> {
  readonly sources: readonly Source[];
  readonly rules: Rules<T>;
  readonly secrets: Secrets;
  readonly readTimeoutMs: number;
  readonly formats: Readonly<Record<string, Format>> | undefined;
  readonly limits: Required<Limits>;
}

/**
 * The watching options with defaults, checked.
 *
 * @throws {TypeError} When one is not what it should be.
 * @throws {RangeError} When one is out of range.
 */
export function resolveWatchOptions(options: WatchOptions): ResolvedWatchOptions {
  const {
    debounce,
    watcher = "auto",
    pollMs = 500,
    backstopMs = 1000,
    exclude = [],
    recentEventsSize = 100,
    unref = false,
    signal,
    runtime = currentRuntime(),
  } = options;
  if (watcher !== "auto" && watcher !== "events" && watcher !== "poll") {
    throw new RangeError(
      `Cannot watch with watcher ${JSON.stringify(watcher)}: use "auto", "events" or "poll"`,
    );
  }
  checkTexts("exclude", exclude);
  checkFlags({ unref });
  checkObjects({ signal, runtime });
  checkNumber("pollMs", pollMs, 1, LONGEST_TIMER_MS);
  checkNumber("backstopMs", backstopMs, 1, LONGEST_TIMER_MS);
  checkNumber("recentEventsSize", recentEventsSize, 0);
  return {
    debounce: resolveDebounce(debounce),
    usePolling: watcher === "poll",
    trustsMounts: watcher === "events",
    pollMs,
    backstopMs,
    exclude,
    recentEventsSize,
    unref,
    signal,
    runtime,
  };
}

/** Time that a source may take without a step forward, where nobody says otherwise. */
export const READ_TIMEOUT_MS = 10_000;

/**
 * The loading options with defaults, checked.
 *
 * @throws {TypeError} When sources are missing, or something is not what it should be.
 * @throws {RangeError} When an option is out of range.
 */
export function resolveLoadOptions<T>(options: LoadConfigOptions<T>): ResolvedLoadOptions<T> {
  checkFlags({ interpolate: options.interpolate });
  checkObjects({ limits: options.limits, formats: options.formats });
  const {
    sources: given,
    schema,
    validators = [],
    validateTimeoutMs = 5000,
    readTimeoutMs = READ_TIMEOUT_MS,
    formats,
    secrets = [],
    limits: { maxBytes = 8 * 1024 * 1024, maxDepth = 100, maxNodes = 100_000 } = {},
  } = options;
  checkRules(schema, validators);
  checkTexts("secrets", secrets);
  checkNumber("validateTimeoutMs", validateTimeoutMs, 1, LONGEST_TIMER_MS);
  checkNumber("readTimeoutMs", readTimeoutMs, 1, LONGEST_TIMER_MS);
  checkNumber("limits.maxBytes", maxBytes, 1);
  checkNumber("limits.maxDepth", maxDepth, 1);
  checkNumber("limits.maxNodes", maxNodes, 1);
  return {
    sources: resolveSources(given),
    rules: { schema, validators, timeoutMs: validateTimeoutMs },
    secrets: new Secrets([...markedSecrets(schema), ...secrets]),
    readTimeoutMs,
    formats,
    limits: { maxBytes, maxDepth, maxNodes },
  };
}

/**
 * Where state is kept, checked; `undefined` where none is.
 *
 * @throws {TypeError} When no directory is named.
 * @throws {RangeError} When an option is out of range, or needs the other one.
 */
export function resolveStateOptions(
  { stateDir, startFrom = "sources" }: Pick<
    WatchConfigOptions<unknown>,
    "stateDir" | "startFrom"
  >,
  sources: readonly Source[],
): ResolvedStateOptions | undefined {
  if (startFrom !== "sources" && startFrom !== "last-known-good") {
    throw new RangeError(
      `Cannot start from ${JSON.stringify(startFrom)}: use "sources" or "last-known-good"`,
    );
  }
  if (stateDir !== undefined) return resolveState(stateDir, sources);
  if (startFrom === "sources") return undefined;
  throw new RangeError('Cannot start from "last-known-good" without stateDir');
}

/** Paths of what a schema itself marks as secret. */
export function markedSecrets(schema: unknown): readonly string[] {
  return isArkType(schema) ? secretPaths(schema) : [];
}

function checkRules(schema: unknown, validators: unknown): void {
  const standard: unknown = (schema as { "~standard"?: unknown } | undefined)?.["~standard"];
  const ask: unknown = (standard as { validate?: unknown } | undefined)?.validate;
  if (schema !== undefined && typeof ask !== "function") {
    throw new TypeError(
      `Cannot use schema, it must be a Standard Schema, such as a type of arktype`,
    );
  }
  if (!Array.isArray(validators) || validators.some((rule) => typeof rule !== "function")) {
    throw new TypeError(`Cannot use validators, it must be an array of functions`);
  }
}

/**
 * The sources, text as files.
 *
 * @throws {TypeError} When there is none, or one is neither text nor a source.
 * @throws {RangeError} When two have one name.
 */
function resolveSources(given: readonly (string | Source)[]): Source[] {
  if (!Array.isArray(given) || given.length === 0) {
    throw new TypeError(`Cannot load a configuration without sources: name at least one file`);
  }
  const sources = given.map(toSource);
  const names = new Set<string>();
  for (const { name } of sources) {
    if (names.has(name)) {
      throw new RangeError(`Cannot use the source ${JSON.stringify(name)} twice`);
    }
    names.add(name);
  }
  return sources;
}

/** The source, text as a file. @throws {TypeError} When it is neither text nor a source. */
export function toSource(given: string | Source): Source {
  if (typeof given === "string" && given !== "") return file(given);
  const { name, read, watch } = Object(given) as Partial<Source>;
  const isSource = typeof name === "string" && typeof read === "function" &&
    typeof watch === "function";
  if (isSource) return given as Source;
  throw new TypeError(
    `Cannot use ${JSON.stringify(given)} as a source: name a file, ` +
      `or give what file() or directory() returns`,
  );
}
