/**
 * From the words of the command line to the options of the library.
 *
 * @module
 */

import { resolve } from "node:path";
import { systemClock } from "../clock.ts";
import { knownExtensions, selectFormat } from "../format/select.ts";
import type { HotReloadOptions } from "../hot_reload_settings.ts";
import { type LoadConfigOptions, markedSecrets, resolveLoadOptions } from "../options.ts";
import { directory } from "../source/directory.ts";
import { file } from "../source/file.ts";
import type { Source } from "../source/source.ts";
import { env } from "../source/env.ts";
import type { LoadArguments } from "./arguments.ts";
import type { CommandIo } from "./io.ts";
import { loadSchemaModule } from "./schema_module.ts";
import { createIgnore } from "../watch/ignore.ts";
import { orUsage, UsageError } from "./usage_error.ts";

/** What to load, and with which schema. */
export interface Preparation {
  /** Options for `loadConfig` and `watchConfig`. */
  readonly options: LoadConfigOptions<unknown> & { readonly secrets: readonly string[] };
  /** What it is validated with, for people; `undefined` without a schema. */
  readonly schema: string | undefined;
}

/** The paths of a command. */
export interface PathArguments {
  readonly command: "watch" | "check" | "print" | "explain" | "doctor";
  readonly paths: readonly string[];
}

const DEFAULT_PATH = "config";

/**
 * Looks at the paths and loads the schema.
 *
 * @param settings Where sources come from when no path was given, and what else is left out.
 * @throws {UsageError} When a path is missing or no configuration, or the schema can't be used.
 */
export async function prepareLoad(
  args: LoadArguments & Pick<PathArguments, "command">,
  { cwd, runtime }: Pick<CommandIo, "cwd" | "runtime">,
  settings?: Pick<HotReloadOptions, "sources" | "exclude">,
): Promise<Preparation> {
  const { command, schema: reference, exclude, secrets, interpolate } = args;
  const { fileSystem } = runtime;
  const toSource = (path: string): Source => {
    const absolute = resolve(cwd, path);
    const kind = kindOf(absolute, fileSystem);
    if (kind === "directory") return directory(absolute);
    const reason = refusal(path, kind);
    if (reason === undefined) return file(absolute);
    throw new UsageError(`Cannot ${command} ${path}: ${reason}`);
  };
  const isLeftToSettings = args.paths.length === 0 && settings !== undefined &&
    settings.sources.length > 0;
  const sources = await orUsage(() => [
    ...isLeftToSettings ? settings.sources : pathsToTake(args, { cwd, runtime }).map(toSource),
    ...args.env.map((prefix) => env({ prefix })),
  ]);
  const schema = reference === undefined
    ? undefined
    : await loadSchemaModule(reference, { cwd, clock: systemClock });
  const options = {
    sources,
    runtime,
    exclude: [...settings?.exclude ?? [], ...exclude],
    // Reports hide in the lines of files what the library hides in values.
    secrets: [...secrets, ...markedSecrets(schema?.schema)],
    interpolate,
    ...(schema !== undefined && { schema: schema.schema, validators: schema.validators }),
  };
  await orUsage(() => resolveLoadOptions(options));
  await orUsage(() => createIgnore(options.exclude));
  return { options, schema: schema?.description };
}

/**
 * The paths that were given, or the default one.
 *
 * @throws {UsageError} When none was given, and the default is not there.
 */
export function pathsToTake(
  { command, paths }: PathArguments,
  { cwd, runtime: { fileSystem } }: Pick<CommandIo, "cwd" | "runtime">,
): readonly string[] {
  if (paths.length > 0) return paths;
  if (kindOf(resolve(cwd, DEFAULT_PATH), fileSystem) === "directory") return [DEFAULT_PATH];
  const action = command === "doctor" ? "examine" : command;
  throw new UsageError(`Nothing to ${action}: name a PATH, as there is no directory ./config`);
}

type PathKind = ReturnType<typeof kindOf>;

/** What a path leads to; `unknown` when it can't be looked at. */
export function kindOf(
  path: string,
  fileSystem: Pick<CommandIo["runtime"]["fileSystem"], "stat">,
): "file" | "directory" | "other" | "missing" | "unknown" {
  try {
    const kind = fileSystem.stat(path)?.kind ?? "missing";
    return kind === "symlink" ? "other" : kind;
  } catch {
    return "unknown"; // the load will say why
  }
}

function refusal(path: string, kind: PathKind): string | undefined {
  if (kind === "missing") return "there is no such file or directory";
  if (kind === "other") return "it is neither a file nor a directory";
  if (selectFormat(path) !== undefined) return undefined;
  return `its extension is of no known format; use ${knownExtensions().join(", ")}`;
}
