/**
 * The words after `hotconf` as data; whatever can't be meant is a {@linkcode UsageError}.
 *
 * @module
 */

import { type DebounceStrategy, resolveDebounce } from "../debounce/strategy.ts";
import { nearestWord, suggest } from "./did_you_mean.ts";
import { CHECK_OPTION_NAMES, type OptionName, readTokens, type Tokens } from "./tokens.ts";
import { UsageError } from "./usage_error.ts";

/** Name of a command. */
export type CommandName = "watch" | "check";

/** What `hotconf check` was asked to do. */
export interface CheckArguments {
  /** Tells commands apart. */
  readonly command: "check";
  /** Files and directories, as typed; empty when none was given. */
  readonly paths: readonly string[];
  /** `FILE` or `FILE#export` of `--schema`. */
  readonly schema?: string;
  /** Whether to print JSON lines. */
  readonly json: boolean;
  /** Globs of `--exclude`. */
  readonly exclude: readonly string[];
}

/** What `hotconf watch` was asked to do. */
export interface WatchArguments extends Omit<CheckArguments, "command"> {
  /** Tells commands apart. */
  readonly command: "watch";
  /** Whether to load, print and end. */
  readonly once: boolean;
  /** Strategy of `--debounce`. */
  readonly strategy?: DebounceStrategy;
  /** Milliseconds of `--debounce-ms`. */
  readonly baseDelayMs?: number;
  /** Milliseconds of `--max-delay-ms`. */
  readonly maxDelayMs?: number;
  /** Whether to poll instead of listening to the system's events. */
  readonly poll: boolean;
  /** Milliseconds of `--poll`. */
  readonly pollMs?: number;
}

/** A request for help, about one command or all. */
export interface HelpArguments {
  /** Tells commands apart. */
  readonly command: "help";
  /** The command asked about. */
  readonly topic?: CommandName;
}

/** A request for the version. */
export interface VersionArguments {
  /** Tells commands apart. */
  readonly command: "version";
}

/** Everything the command line can ask for. */
export type Arguments = WatchArguments | CheckArguments | HelpArguments | VersionArguments;

const COMMANDS: readonly CommandName[] = ["watch", "check"];
const STRATEGIES: readonly DebounceStrategy[] = [
  "fixed",
  "adaptive",
  "aggressive",
  "conservative",
];
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * What the words after `hotconf` ask for.
 *
 * @throws {UsageError} When a command or option is unknown, or a value is missing or wrong.
 */
export function parseArguments(words: readonly string[]): Arguments {
  const { positionals, given } = readTokens(words);
  const [name, ...paths] = positionals;
  const command = COMMANDS.find((known) => known === name);
  if (given.has("help") || (name === "help" && given.size === 0)) {
    return { command: "help", topic: command ?? COMMANDS.find((known) => known === paths[0]) };
  }
  if (given.has("version")) return { command: "version" };
  if (command === undefined) throw unknownCommand(name);
  requireKnownOptions(command, given);
  requireNoneEmpty(paths);
  const common = {
    paths,
    schema: given.get("schema")?.at(-1),
    json: given.has("json"),
    exclude: given.get("exclude") ?? [],
  };
  if (command === "check") return { command, ...common };
  const delays = toDelays(given);
  const pollMs = given.get("poll")?.filter((text) => text !== "").at(-1);
  return {
    command,
    ...common,
    once: given.has("once"),
    strategy: toStrategy(given.get("debounce")?.at(-1)),
    ...delays,
    poll: given.has("poll"),
    pollMs: toMilliseconds("poll", pollMs, 1),
  };
}

function toStrategy(text: string | undefined): DebounceStrategy | undefined {
  const strategy = STRATEGIES.find((known) => known === text);
  if (text === undefined || strategy !== undefined) return strategy;
  const meant = suggest(nearestWord(text, STRATEGIES));
  throw new UsageError(
    `Option --debounce must be one of ${STRATEGIES.join(", ")}, ` +
      `got ${JSON.stringify(text)}${meant}`,
  );
}

function toDelays(given: Tokens["given"]): Pick<WatchArguments, "baseDelayMs" | "maxDelayMs"> {
  const baseDelayMs = toMilliseconds("debounce-ms", given.get("debounce-ms")?.at(-1), 0);
  const maxDelayMs = toMilliseconds("max-delay-ms", given.get("max-delay-ms")?.at(-1), 1);
  const defaults = resolveDebounce();
  const [base, max] = [baseDelayMs ?? defaults.baseDelayMs, maxDelayMs ?? defaults.maxDelayMs];
  if (base <= max) return { baseDelayMs, maxDelayMs };
  throw new UsageError(`Option --debounce-ms (${base}) must not exceed --max-delay-ms (${max})`);
}

function toMilliseconds(
  name: OptionName,
  text: string | undefined,
  least: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/u.test(text) ? Number(text) : NaN;
  if (value >= least && value <= LONGEST_TIMER_MS) return value;
  throw new UsageError(
    `Option --${name} must be a whole number of milliseconds from ${least} to ` +
      `${LONGEST_TIMER_MS}, got ${JSON.stringify(text)}`,
  );
}

function requireKnownOptions(command: CommandName, given: Tokens["given"]): void {
  if (command === "watch") return;
  for (const name of given.keys()) {
    if (CHECK_OPTION_NAMES.includes(name)) continue;
    throw new UsageError(`Option --${name} belongs to hotconf watch, not to hotconf ${command}`);
  }
}

function requireNoneEmpty(paths: readonly string[]): void {
  if (paths.includes("")) throw new UsageError("A PATH is empty; is a shell variable unset?");
}

function unknownCommand(name: string | undefined): UsageError {
  if (name === undefined) {
    return new UsageError("A command is missing: hotconf watch, hotconf check or hotconf --help");
  }
  const meant = nearestWord(name, COMMANDS);
  const typed = JSON.stringify(name);
  if (meant !== undefined) return new UsageError(`Unknown command ${typed}${suggest(meant)}`);
  return new UsageError(`Unknown command ${typed}: use hotconf watch or hotconf check`);
}
