/**
 * The options of the command, and a command line split into words and options.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { nearestWord, suggest } from "./did_you_mean.ts";
import { UsageError } from "./usage_error.ts";

/** Name of an option, without dashes. */
export type OptionName =
  | "schema"
  | "exclude"
  | "json"
  | "help"
  | "version"
  | "once"
  | "debounce"
  | "debounce-ms"
  | "max-delay-ms"
  | "poll";

/** The options that `hotconf check` has too; `hotconf watch` has them all. */
export const CHECK_OPTION_NAMES: readonly OptionName[] = [
  "schema",
  "exclude",
  "json",
  "help",
  "version",
];

interface OptionDefinition {
  readonly type: "string" | "boolean";
  readonly short?: string;
}

const OPTIONS: Readonly<Record<OptionName, OptionDefinition>> = {
  schema: { type: "string" },
  exclude: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
  once: { type: "boolean" },
  debounce: { type: "string" },
  "debounce-ms": { type: "string" },
  "max-delay-ms": { type: "string" },
  poll: { type: "boolean" }, // its number is optional, which parseArgs doesn't know
};

/** Every option, without dashes. */
export const OPTION_NAMES: readonly OptionName[] = Object.keys(OPTIONS) as OptionName[];

/** The command line split into words and options. */
export interface Tokens {
  /** Words that are neither options nor their values. */
  readonly positionals: readonly string[];
  /** Values by option name, as typed; an option without a value has an empty text. */
  readonly given: ReadonlyMap<OptionName, readonly string[]>;
}

/**
 * Splits the words of a command line.
 *
 * @throws {UsageError} When an option is unknown, lacks its value or takes none.
 */
export function readTokens(words: readonly string[]): Tokens {
  const { tokens } = parseArgs({
    args: [...words],
    options: OPTIONS,
    allowPositionals: true,
    strict: false, // its messages differ between runtimes and suggest nothing
    tokens: true,
  });
  const positionals: string[] = [];
  const given = new Map<OptionName, string[]>();
  let polledAt = NaN;
  for (const token of tokens) {
    if (token.kind === "positional") {
      const isPollMs = token.index === polledAt + 1 && /^\d+$/u.test(token.value);
      if (isPollMs) given.get("poll")!.push(token.value);
      else positionals.push(token.value);
    } else if (token.kind === "option") {
      const name = toOptionName(token.name, token.rawName);
      given.set(name, [...given.get(name) ?? [], toOptionValue(name, token)]);
      if (name === "poll" && !token.inlineValue) polledAt = token.index;
    }
  }
  return { positionals, given };
}

function toOptionName(name: string, typed: string): OptionName {
  if (Object.hasOwn(OPTIONS, name)) return name as OptionName;
  const meant = typed.startsWith("--") ? nearestWord(name, OPTION_NAMES) : undefined;
  throw new UsageError(
    `Unknown option ${typed}${suggest(meant === undefined ? undefined : `--${meant}`)}`,
  );
}

function toOptionValue(
  name: OptionName,
  { value, inlineValue }: { value: string | undefined; inlineValue: boolean | undefined },
): string {
  if (OPTIONS[name].type === "string") {
    // Without an equals sign, a word with a dash is the next option, not this one's value.
    const isNextOption = !inlineValue && /^-\D/u.test(value ?? "");
    if (value === undefined || value === "" || isNextOption) {
      throw new UsageError(`Option --${name} needs a value`);
    }
    return value;
  }
  if (value !== undefined && name !== "poll") {
    throw new UsageError(`Option --${name} takes no value, got ${JSON.stringify(value)}`);
  }
  return value ?? "";
}
