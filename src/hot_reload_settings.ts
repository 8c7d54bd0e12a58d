/**
 * The settings of hot reload itself as data, for a configuration file.
 *
 * @module
 */

import { resolve } from "node:path";
import { type DebounceOptions, resolveDebounce } from "./debounce/strategy.ts";
import type { ConfigEvent } from "./events.ts";
import { formatValue } from "./format_value.ts";
import { LONGEST_TIMER_MS } from "./option_checks.ts";
import type { WatchConfigOptions } from "./options.ts";
import { directory } from "./source/directory.ts";
import { file } from "./source/file.ts";
import type { StandardSchema, StandardSchemaIssue } from "./standard_schema.ts";

/** How a configuration is reloaded. In a file every setting may be left out. */
export interface HotReloadSettings {
  /** Whether to watch, and not only to load. @default {true} */
  readonly enabled: boolean;
  /** Files, and directories, which end in a slash; the later wins. @default {[]} */
  readonly sources: readonly string[];
  /** As in {@linkcode WatchOptions}. @default {"auto"} */
  readonly watcher: "auto" | "events" | "poll";
  /** Time between two looks where there are no events, in milliseconds. @default {500} */
  readonly pollMs: number;
  /** Time between two looks beside the events, in milliseconds. @default {1000} */
  readonly backstopMs: number;
  /** When a change is taken; in a file the name of a strategy will do. @default {"adaptive"} */
  readonly debounce: Required<DebounceOptions>;
  /** Globs of files to leave out, beside editor litter. @default {[]} */
  readonly exclude: readonly string[];
  /** Types of the events to tell of. @default {all} */
  readonly notify: readonly ConfigEvent["type"][];
}

/** Those options of {@linkcode watchConfig} that {@linkcode hotReloadOptions} gives. */
export interface HotReloadOptions extends
  Required<
    Pick<WatchConfigOptions<unknown>, "sources" | "watcher" | "pollMs" | "backstopMs" | "exclude">
  > {
  /** When a change is taken. */
  readonly debounce: Required<DebounceOptions>;
}

/** What a setting may be. */
interface Rule {
  /** Ends the sentence "must be". */
  readonly must: string;
  readonly accepts: (value: unknown) => boolean;
}

type Check = (value: unknown, path: readonly PropertyKey[]) => StandardSchemaIssue[];

/** Columns of a value in a message. */
const WIDEST_VALUE = 60;

/** A record, so that none is forgotten. */
const EVENTS: Readonly<Record<ConfigEvent["type"], true>> = {
  fileChanged: true,
  reloadSucceeded: true,
  validationFailed: true,
  reloadFailed: true,
  rolledBack: true,
  recovered: true,
  componentFailed: true,
  confirmed: true,
  sourceStale: true,
  sourceRestored: true,
  watcherChanged: true,
  handlerFailed: true,
  healthChanged: true,
  alertFailed: true,
  stateFailed: true,
};
const EVENT_TYPES = Object.keys(EVENTS) as ConfigEvent["type"][];

const delay: Rule = {
  must: "a number of milliseconds, 0 or more",
  accepts: (value) => typeof value === "number" && Number.isFinite(value) && value >= 0,
};
const interval: Rule = {
  must: `a number of milliseconds from 1 to ${LONGEST_TIMER_MS}`,
  accepts: (value) => typeof value === "number" && value >= 1 && value <= LONGEST_TIMER_MS,
};
const text: Rule = {
  must: "a text that is not empty",
  accepts: (value) => typeof value === "string" && value !== "",
};
const strategy = oneOf("fixed", "adaptive", "aggressive", "conservative");

const checkDelays = object({
  strategy: one(strategy),
  minDelayMs: one(delay),
  baseDelayMs: one(delay),
  multiplier: one({
    must: "a number, 1 or more",
    accepts: (value) => typeof value === "number" && Number.isFinite(value) && value >= 1,
  }),
  maxDelayMs: one(delay),
});

const check = object({
  enabled: one({ must: "true or false", accepts: (value) => typeof value === "boolean" }),
  sources: listOf(text),
  watcher: one(oneOf("auto", "events", "poll")),
  pollMs: one(interval),
  backstopMs: one(interval),
  debounce: checkDebounce,
  exclude: listOf(text),
  notify: listOf(oneOf(...EVENT_TYPES)),
});

/**
 * A Standard Schema of {@linkcode HotReloadSettings}, with their defaults: for a file of its own,
 * or for a part of a larger configuration. A setting that it doesn't know is an issue.
 *
 * Validation is no setting: it always comes first.
 *
 * @example
 * ```ts
 * import { hotReloadOptions, hotReloadSettings, loadConfig, watchConfig } from "hotconf";
 *
 * const { value: settings } = await loadConfig({
 *   sources: ["hotconf.yaml"],
 *   schema: hotReloadSettings,
 * });
 * await using config = await watchConfig({ ...hotReloadOptions(settings) });
 * if (!settings.enabled) config.pause();
 * for (const type of settings.notify) config.on(type, (event) => console.log(event));
 * ```
 */
export const hotReloadSettings: StandardSchema<HotReloadSettings> = {
  "~standard": {
    version: 1,
    vendor: "hotconf",
    validate(value) {
      const issues = check(value, []);
      if (issues.length > 0) return { issues };
      const given = value as { readonly [Name in keyof HotReloadSettings]?: never };
      const settings: HotReloadSettings = {
        enabled: true,
        sources: [],
        watcher: "auto",
        pollMs: 500,
        backstopMs: 1000,
        exclude: [],
        notify: EVENT_TYPES,
        ...given,
        debounce: resolveDebounce(given.debounce),
      };
      return { value: settings };
    },
  },
};

/**
 * The options that settings stand for. `enabled` and `notify` are for the program to heed.
 *
 * @param from Directory that the sources are relative to. @default {the working directory}
 */
export function hotReloadOptions(
  { sources, watcher, pollMs, backstopMs, debounce, exclude }: HotReloadSettings,
  from: string = ".",
): HotReloadOptions {
  return {
    sources: sources.map((path) =>
      path.endsWith("/") ? directory(resolve(from, path)) : file(resolve(from, path))
    ),
    watcher,
    pollMs,
    backstopMs,
    debounce,
    exclude,
  };
}

function checkDebounce(value: unknown, path: readonly PropertyKey[]): StandardSchemaIssue[] {
  if (typeof value === "string") return one(strategy)(value, path);
  if (typeof value !== "object") {
    return [{ message: `must be a strategy or an object of delays (was ${show(value)})`, path }];
  }
  const issues = checkDelays(value, path);
  if (issues.length > 0) return issues;
  const { baseDelayMs = 50, maxDelayMs = 1000 } = value as DebounceOptions;
  if (baseDelayMs <= maxDelayMs) return [];
  const message = `must not exceed maxDelayMs (${maxDelayMs}), was ${baseDelayMs}`;
  return [{ message, path: [...path, "baseDelayMs"] }];
}

function oneOf(...words: readonly string[]): Rule {
  return {
    must: `one of ${words.join(", ")}`,
    accepts: (value) => words.includes(value as string),
  };
}

function one({ must, accepts }: Rule): Check {
  return (value, path) =>
    accepts(value) ? [] : [{ message: `must be ${must} (was ${show(value)})`, path }];
}

function listOf(rule: Rule): Check {
  const checkItem = one(rule);
  return (value, path) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => checkItem(item, [...path, index]))
      : [{ message: `must be a list (was ${show(value)})`, path }];
}

function object(members: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return [{ message: `must be an object (was ${show(value)})`, path }];
    }
    return Object.entries(value).flatMap(([name, member]) => {
      if (Object.hasOwn(members, name)) return members[name]!(member, [...path, name]);
      const known = Object.keys(members).join(", ");
      return [{ message: `is no setting: use ${known}`, path: [...path, name] }];
    });
  };
}

function show(value: unknown): string {
  return formatValue(value, WIDEST_VALUE);
}
