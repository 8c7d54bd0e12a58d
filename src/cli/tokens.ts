/**
 * The options of the command, and a command line split into words and options.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { nearestWord, suggest } from "./did_you_mean.ts";
import { UsageError } from "./usage_error.ts";

/** Name of a command. */
export type CommandName = "watch" | "check" | "print" | "explain" | "doctor" | "schema";

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
  | "poll"
  | "settings"
  | "log-level"
  | "self-test"
  | "out"
  | "env"
  | "secret"
  | "no-interpolate"
  | "format"
  | "provenance"
  | "show-secrets";

/** The commands. */
export const COMMAND_NAMES: readonly CommandName[] = [
  "watch",
  "check",
  "print",
  "explain",
  "doctor",
  "schema",
];

/** Commands that load a configuration. */
const LOADING: readonly CommandName[] = ["watch", "check", "print", "explain"];

/** Commands that take PATHs. */
const OF_PATHS: readonly CommandName[] = [...LOADING, "doctor"];

interface OptionDefinition {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** Whether a value may be given, which parseArgs doesn't know. */
  readonly takesValue?: true;
  readonly of: readonly CommandName[];
}

const OPTIONS: Readonly<Record<OptionName, OptionDefinition>> = {
  schema: { type: "string", of: [...LOADING, "schema"] },
  exclude: { type: "string", of: OF_PATHS },
  json: { type: "boolean", of: ["watch", "check", "explain", "doctor"] },
  help: { type: "boolean", short: "h", of: COMMAND_NAMES },
  version: { type: "boolean", of: COMMAND_NAMES },
  once: { type: "boolean", of: ["watch"] },
  debounce: { type: "string", of: ["watch"] },
  "debounce-ms": { type: "string", of: ["watch"] },
  "max-delay-ms": { type: "string", of: ["watch"] },
  poll: { type: "boolean", takesValue: true, of: ["watch", "doctor"] },
  settings: { type: "string", of: ["watch"] },
  "log-level": { type: "string", of: ["watch"] },
  "self-test": { type: "boolean", takesValue: true, of: ["doctor"] },
  out: { type: "string", of: ["schema"] },
  env: { type: "string", of: LOADING },
  secret: { type: "string", of: LOADING },
  "no-interpolate": { type: "boolean", of: LOADING },
  format: { type: "string", of: ["print"] },
  provenance: { type: "boolean", of: ["print"] },
  "show-secrets": { type: "boolean", of: ["print", "explain"] },
};

/** Every option, without dashes. */
export const OPTION_NAMES: readonly OptionName[] = Object.keys(OPTIONS) as OptionName[];

/** The commands that have an option. */
export function commandsWith(name: OptionName): readonly CommandName[] {
  return OPTIONS[name].of;
}

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
  if (value !== undefined && !OPTIONS[name].takesValue) {
    throw new UsageError(`Option --${name} takes no value, got ${JSON.stringify(value)}`);
  }
  return value ?? "";
}
