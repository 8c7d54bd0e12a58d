/**
 * `hotconf print`: the merged configuration, or where each value in it came from.
 *
 * @module
 */

import { isoTime } from "../clock.ts";
import { formatPath, type KeyPath } from "../key_path.ts";
import { loadExplained } from "../load_config.ts";
import { explainAll, type Explained, type Explanation, withoutSecrets } from "../provenance.ts";
import { Secrets } from "../secrets.ts";
import type { PrintArguments } from "./arguments.ts";
import { type CommandIo, orAborted } from "./io.ts";
import { toDataValue, toJsonValue } from "./json_value.ts";
import { prepareLoad } from "./load_options.ts";
import type { PrintFormat } from "./option_values.ts";
import { alignRows, placeOfOrigin, renderValue, type View } from "./render.ts";
import { toFailure } from "./report.ts";
import { createReporter } from "./reporter.ts";
import { printable } from "../printable.ts";
import { createStyle } from "./style.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Loads, validates and prints.
 *
 * @returns The exit code: 0 when it is valid, 1 when not.
 * @throws {UsageError} When it can't run as it was asked for.
 */
export async function print(args: PrintArguments, io: CommandIo): Promise<number> {
  const explained = await loadForShow(args, io);
  if (explained === undefined) return 1;
  if (args.provenance) {
    const view = { style: createStyle(io.stdout, io.environment), cwd: io.cwd };
    io.stdout.write(await renderProvenance(explainAll(explained), args.format, view));
  } else {
    io.stdout.write(await write(withoutSecrets(explained), args.format));
  }
  return 0;
}

/** Loads what a command shows; a failure is reported, and gives `undefined`. */
export async function loadForShow(
  args: Omit<PrintArguments, "command" | "format" | "provenance"> & {
    readonly command: "print" | "explain";
  },
  io: CommandIo,
): Promise<Explained | undefined> {
  const { interrupted, runtime } = io;
  let { secrets } = args;
  try {
    const { options } = await orAborted(prepareLoad(args, io), interrupted);
    secrets = options.secrets;
    const { explained } = await orAborted(loadExplained(options), interrupted);
    return args.showSecrets ? { ...explained, secrets: new Secrets(["!**"]) } : explained;
  } catch (thrown) {
    if (interrupted.aborted) return undefined;
    const reporter = createReporter({ ...args, command: "check", secrets }, io);
    reporter.failed(toFailure(thrown, isoTime(runtime.clock)));
    return undefined;
  }
}

async function write(value: unknown, format: PrintFormat): Promise<string> {
  switch (format) {
    case "json":
      return `${JSON.stringify(toJsonValue(value), undefined, 2)}\n`;
    case "yaml":
      return (await import("js-yaml")).dump(toDataValue(value), { lineWidth: 100 });
    case "toml":
      return toToml(toDataValue(value));
  }
}

async function toToml(value: unknown): Promise<string> {
  const { stringify } = await import("smol-toml");
  const nothing = findNull(value);
  if (nothing !== undefined) {
    throw new UsageError(`Cannot print it as TOML: ${formatPath(nothing)} is null`);
  }
  try {
    return `${stringify(value).trimEnd()}\n`;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`Cannot print it as TOML: ${reason}`, { cause });
  }
}

/** The path of the first `null`: TOML has none, and its writer leaves such members out. */
function findNull(value: unknown, path: KeyPath = []): KeyPath | undefined {
  if (value === null) return path;
  if (typeof value !== "object") return undefined;
  for (const [key, member] of Object.entries(value)) {
    const found = findNull(member, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function renderProvenance(
  explanations: readonly Explanation[],
  format: PrintFormat,
  view: View,
): Promise<string> {
  if (format !== "yaml") return await write(explanations, format);
  const rows = explanations.map(({ path, value, origin }) => [
    { text: printable(path), role: "strong" as const },
    { text: renderValue(value) },
    { text: placeOfOrigin(origin, view), role: "quiet" as const },
  ]);
  return alignRows(rows, view).map((line) => `${line}\n`).join("");
}
