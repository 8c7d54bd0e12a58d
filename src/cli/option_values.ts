/**
 * The values of options, checked.
 *
 * @module
 */

import { type DebounceStrategy, resolveDebounce } from "../debounce/strategy.ts";
import { nearestWord, suggest } from "./did_you_mean.ts";
import { toMilliseconds } from "./polling.ts";
import type { OptionName, Tokens } from "./tokens.ts";
import { UsageError } from "./usage_error.ts";

/** How `hotconf print` writes a configuration. */
export type PrintFormat = "yaml" | "json" | "toml";

/** What `--format` may be. */
export const PRINT_FORMATS: readonly PrintFormat[] = ["yaml", "json", "toml"];

/** How much `hotconf watch` tells of its work. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/** What `--log-level` may be. */
export const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warning", "error"];

/** What `--debounce` may be. */
export const STRATEGIES: readonly DebounceStrategy[] = [
  "fixed",
  "adaptive",
  "aggressive",
  "conservative",
];

/**
 * The one of some words that was typed last after an option.
 *
 * @throws {UsageError} When it is none of them.
 */
export function toChoice<Choice extends string>(
  option: OptionName,
  choices: readonly Choice[],
  given: Tokens["given"],
): Choice | undefined {
  const text = given.get(option)?.at(-1);
  const choice = choices.find((known) => known === text);
  if (text === undefined || choice !== undefined) return choice;
  const meant = suggest(nearestWord(text, choices));
  const typed = JSON.stringify(text);
  throw new UsageError(
    `Option --${option} must be one of ${choices.join(", ")}, got ${typed}${meant}`,
  );
}

/**
 * The times of `--debounce-ms` and `--max-delay-ms`, in milliseconds.
 *
 * @throws {UsageError} When one is no time, or the first exceeds the second.
 */
export function toDelays(
  given: Tokens["given"],
): { readonly baseDelayMs: number | undefined; readonly maxDelayMs: number | undefined } {
  const toTime = (option: OptionName, least: number) =>
    toMilliseconds(`Option --${option} must be`, given.get(option)?.at(-1), least);
  const baseDelayMs = toTime("debounce-ms", 0);
  const maxDelayMs = toTime("max-delay-ms", 1);
  // With a file of settings, what is missing here may stand there.
  if (given.has("settings")) return { baseDelayMs, maxDelayMs };
  const defaults = resolveDebounce();
  const [base, max] = [baseDelayMs ?? defaults.baseDelayMs, maxDelayMs ?? defaults.maxDelayMs];
  if (base <= max) return { baseDelayMs, maxDelayMs };
  throw new UsageError(`Option --debounce-ms (${base}) must not exceed --max-delay-ms (${max})`);
}
