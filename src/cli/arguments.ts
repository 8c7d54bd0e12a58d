/**
 * The words after `hotconf` as data; whatever can't be meant is a {@linkcode UsageError}.
 *
 * @module
 */

import type { DebounceStrategy } from "../debounce/strategy.ts";
import { nearestWord, suggest } from "./did_you_mean.ts";
import type { CommandIo } from "./io.ts";
import {
  LOG_LEVELS,
  type LogLevel,
  PRINT_FORMATS,
  type PrintFormat,
  STRATEGIES,
  toChoice,
  toDelays,
} from "./option_values.ts";
import { type Polling, readPolling } from "./polling.ts";
import {
  COMMAND_NAMES,
  type CommandName,
  commandsWith,
  readTokens,
  type Tokens,
} from "./tokens.ts";
import { UsageError } from "./usage_error.ts";

/** What every command is told. */
export interface CommonArguments {
  /** Files and directories, as typed; empty when none was given. */
  readonly paths: readonly string[];
  /** Whether to print JSON lines. */
  readonly json: boolean;
  /** Globs of `--exclude`. */
  readonly exclude: readonly string[];
}

/** What every command is told that loads a configuration. */
export interface LoadArguments extends CommonArguments {
  /** `FILE` or `FILE#export` of `--schema`. */
  readonly schema?: string;
  /** Prefixes of environment variables, of `--env`; they win over files. */
  readonly env: readonly string[];
  /** Paths of secrets, of `--secret`. */
  readonly secrets: readonly string[];
  /** Whether placeholders are filled in: not with `--no-interpolate`. */
  readonly interpolate: boolean;
}

/** What `hotconf check` was asked to do. */
export interface CheckArguments extends LoadArguments {
  /** Tells commands apart. */
  readonly command: "check";
}

/** What `hotconf print` was asked to do. */
export interface PrintArguments extends LoadArguments {
  /** Tells commands apart. */
  readonly command: "print";
  /** Format of `--format`. */
  readonly format: PrintFormat;
  /** Whether to tell where each value came from. */
  readonly provenance: boolean;
  /** Whether to print secrets as they are. */
  readonly showSecrets: boolean;
}

/** What `hotconf explain` was asked to do. */
export interface ExplainArguments extends LoadArguments {
  /** Tells commands apart. */
  readonly command: "explain";
  /** The key path to explain. */
  readonly key: string;
  /** Whether to print secrets as they are. */
  readonly showSecrets: boolean;
}

/** What `hotconf watch` was asked to do. */
export interface WatchArguments extends LoadArguments {
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
  /** Set when to poll instead of listening to the system's events. */
  readonly polling?: Polling;
  /** File of `--settings`, as typed; what the command line says comes before it. */
  readonly settings?: string;
  /** The least level of `--log-level`; absent: nothing is logged. */
  readonly logLevel?: LogLevel;
}

/** What `hotconf doctor` was asked to do. */
export interface DoctorArguments extends CommonArguments {
  /** Tells commands apart. */
  readonly command: "doctor";
  /** Set when polling was asked for. */
  readonly polling?: Polling;
  /** Set for a self-test; with the directory to write in, as typed, if one was named. */
  readonly selfTest?: { readonly directory?: string };
}

/** What `hotconf schema` was asked to do. */
export interface SchemaArguments {
  /** Tells commands apart. */
  readonly command: "schema";
  /** `FILE` or `FILE#export` of `--schema`. */
  readonly schema: string;
  /** File of `--out`, as typed; standard output when it was not given. */
  readonly out?: string;
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
export type Arguments =
  | WatchArguments
  | CheckArguments
  | PrintArguments
  | ExplainArguments
  | DoctorArguments
  | SchemaArguments
  | HelpArguments
  | VersionArguments;

const COMMANDS = COMMAND_NAMES.map((name) => `hotconf ${name}`).join(", ");

/**
 * What the words after `hotconf`, and the environment, ask for.
 *
 * @throws {UsageError} When a command or option is unknown, or a value is missing or wrong.
 */
export function parseArguments(
  words: readonly string[],
  environment: CommandIo["environment"] = {},
): Arguments {
  const { positionals, given } = readTokens(words);
  const [name, ...paths] = positionals;
  const command = COMMAND_NAMES.find((known) => known === name);
  if (given.has("help") || (name === "help" && given.size === 0)) {
    const topic = command ?? COMMAND_NAMES.find((known) => known === paths[0]);
    return { command: "help", topic };
  }
  if (given.has("version")) return { command: "version" };
  if (command === undefined) throw unknownCommand(name);
  requireKnownOptions(command, given);
  requireNoneEmpty(paths);
  const common = { paths, json: given.has("json"), exclude: given.get("exclude") ?? [] };
  const schema = given.get("schema")?.at(-1);
  const loading = {
    ...common,
    schema,
    env: given.get("env") ?? [],
    secrets: given.get("secret") ?? [],
    interpolate: !given.has("no-interpolate"),
  };
  const showSecrets = given.has("show-secrets");
  switch (command) {
    case "check":
      return { command, ...loading };
    case "print":
      return {
        command,
        ...loading,
        format: toChoice("format", PRINT_FORMATS, given) ?? "yaml",
        provenance: given.has("provenance"),
        showSecrets,
      };
    case "explain": {
      const [key, ...files] = paths;
      if (key === undefined) throw new UsageError("A KEY is missing, as in server.port");
      return { command, ...loading, paths: files, key, showSecrets };
    }
    case "doctor":
      return {
        command,
        ...common,
        polling: readPolling(given.get("poll"), environment),
        selfTest: toSelfTest(given.get("self-test")?.at(-1)),
      };
    case "schema":
      requireNoPath(paths);
      return { command, schema: requireSchema(schema), out: given.get("out")?.at(-1) };
    case "watch":
      return {
        command,
        ...loading,
        once: given.has("once"),
        strategy: toChoice("debounce", STRATEGIES, given),
        ...toDelays(given),
        polling: readPolling(given.get("poll"), environment),
        settings: given.get("settings")?.at(-1),
        logLevel: toChoice("log-level", LOG_LEVELS, given),
      };
  }
}

function toSelfTest(directory: string | undefined): DoctorArguments["selfTest"] {
  return directory === undefined ? undefined : directory === "" ? {} : { directory };
}

function requireKnownOptions(command: CommandName, given: Tokens["given"]): void {
  for (const name of given.keys()) {
    const owners: readonly CommandName[] = commandsWith(name);
    if (owners.includes(command)) continue;
    const named = owners.map((owner) => `hotconf ${owner}`).join(" and ");
    throw new UsageError(`Option --${name} belongs to ${named}, not to hotconf ${command}`);
  }
}

function requireNoneEmpty(paths: readonly string[]): void {
  if (paths.includes("")) throw new UsageError("A PATH is empty; is a shell variable unset?");
}

function requireNoPath([path]: readonly string[]): void {
  if (path === undefined) return;
  throw new UsageError(
    `hotconf schema takes no PATH, got ${JSON.stringify(path)}; name the module with --schema`,
  );
}

function requireSchema(schema: string | undefined): string {
  if (schema !== undefined) return schema;
  throw new UsageError("hotconf schema needs a schema module: --schema FILE[#EXPORT]");
}

function unknownCommand(name: string | undefined): UsageError {
  if (name === undefined) {
    return new UsageError(`A command is missing: ${COMMANDS}, or hotconf --help`);
  }
  const meant = nearestWord(name, COMMAND_NAMES);
  const typed = JSON.stringify(name);
  if (meant !== undefined) return new UsageError(`Unknown command ${typed}${suggest(meant)}`);
  return new UsageError(`Unknown command ${typed}: use ${COMMANDS}`);
}
