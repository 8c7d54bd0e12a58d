/**
 * Loads the module named with `--schema`.
 *
 * @module
 */

import { statSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { Clock } from "../clock.ts";
import type { StandardSchema } from "../standard_schema.ts";
import { toError } from "../to_error.ts";
import type { Validator } from "../validate.ts";
import { displayPath } from "./style.ts";
import { UsageError } from "./usage_error.ts";

/** What a schema module brings. */
export interface SchemaModule {
  /** Its absolute path. */
  readonly path: string;
  /** Its schema, when it is one and not a function. */
  readonly schema?: StandardSchema<unknown>;
  /** The function in place of a schema, then those it exports as `validators`. */
  readonly validators: readonly Validator<unknown>[];
  /** What it is, for people: `schema.ts, arktype, 3 validators`. */
  readonly description: string;
}

/** A module that takes longer to load is given up, in milliseconds. */
const LOAD_TIMEOUT_MS = 10_000;

/**
 * Loads a schema.
 *
 * @param reference `FILE` or `FILE#export`, as typed.
 * @throws {UsageError} When there is no such file or export, when it can't be loaded, and when what
 * it exports is no schema.
 */
export async function loadSchemaModule(
  reference: string,
  { cwd, clock }: { readonly cwd: string; readonly clock: Clock },
): Promise<SchemaModule> {
  const { file, exportName } = splitReference(reference, cwd);
  const path = resolve(cwd, file);
  const module = await importModule(file, path, clock);
  const exported = module[exportName];
  if (exported === undefined) throw missingExport(file, exportName, module);
  const validators = readValidators(file, module);
  const shown = displayPath(path, cwd);
  const label = exportName === "default" ? shown : `${shown}#${exportName}`;
  const extra = validators.length === 0 ? "" : `, validators: ${validators.length}`;
  if (isStandardSchema(exported)) {
    const description = `${label}, ${exported["~standard"].vendor}${extra}`;
    return { path, schema: exported, validators, description };
  }
  if (typeof exported === "function") {
    const description = `${label}, function${extra}`;
    return { path, validators: [exported as Validator<unknown>, ...validators], description };
  }
  throw new UsageError(
    `Cannot use the ${nameExport(exportName)} of ${file} as a schema: it is neither a Standard ` +
      `Schema (arktype, zod, valibot ...) nor a function`,
  );
}

function splitReference(reference: string, cwd: string): { file: string; exportName: string } {
  const hash = reference.lastIndexOf("#");
  const isPlain = hash < 0 || kindOf(resolve(cwd, reference)) === "file";
  const file = isPlain ? reference : reference.slice(0, hash);
  const exportName = isPlain ? "default" : reference.slice(hash + 1);
  const kind = kindOf(resolve(cwd, file));
  if (exportName === "" || file === "") {
    throw new UsageError(`Option --schema must be FILE or FILE#export, got "${reference}"`);
  }
  if (kind === "file") return { file, exportName };
  const reason = kind === "missing" ? "there is no such file" : "it is not a file but a directory";
  throw new UsageError(`Cannot load the schema ${file}: ${reason}`);
}

function kindOf(path: string): "file" | "directory" | "missing" {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return "missing";
  return stat.isDirectory() ? "directory" : "file";
}

type Exports = Readonly<Record<string, unknown>>;

async function importModule(file: string, path: string, clock: Clock): Promise<Exports> {
  let timer: Disposable | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = clock.schedule(LOAD_TIMEOUT_MS, () => {
      reject(new Error(`it did not finish loading within ${LOAD_TIMEOUT_MS} ms`));
    });
  });
  try {
    return await Promise.race([import(pathToFileURL(path).href) as Promise<Exports>, timeout]);
  } catch (thrown) {
    throw new UsageError(`Cannot load the schema ${file}: ${explain(thrown)}`, { cause: thrown });
  } finally {
    timer?.[Symbol.dispose]();
  }
}

function explain(thrown: unknown): string {
  const error = toError(thrown);
  if ((error as { code?: string }).code === "ERR_UNKNOWN_FILE_EXTENSION") {
    return `Node ${process.versions.node} can't import it; use a .js or .mjs module, or run ` +
      `hotconf under Deno or Bun, which import TypeScript`;
  }
  const [line = ""] = error.message.split("\n");
  return line.trim() === "" ? `it threw ${error.name}` : line;
}

function missingExport(file: string, exportName: string, module: Exports): UsageError {
  const names = Object.keys(module).filter((name) => name !== "default");
  const known = names.length === 0 ? "nothing by name" : names.join(", ");
  return new UsageError(
    `Cannot use the schema ${file}: it has no ${nameExport(exportName)}; it exports ${known}` +
      (names.length > 0 && exportName === "default" ? ` (choose with ${file}#${names[0]})` : ""),
  );
}

function readValidators(file: string, { validators = [] }: Exports): Validator<unknown>[] {
  if (Array.isArray(validators) && validators.every((rule) => typeof rule === "function")) {
    return validators;
  }
  throw new UsageError(
    `Cannot use the export "validators" of ${file}: it must be an array of functions`,
  );
}

function nameExport(exportName: string): string {
  return exportName === "default" ? "default export" : `export ${JSON.stringify(exportName)}`;
}

function isStandardSchema(value: unknown): value is StandardSchema<unknown> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const { "~standard": standard } = value as { "~standard"?: { validate?: unknown } };
  return typeof standard?.validate === "function";
}
