/**
 * The JSON Schema of any schema that can give one, made by the library it comes from: the user's,
 * not one of ours.
 *
 * @module
 */

import { createRequire } from "node:module";
import { isArkType } from "../../arktype/ark_type.ts";
import { jsonSchema } from "../../arktype/json_schema.ts";
import type { StandardSchema } from "../../standard_schema.ts";
import { toError } from "../../to_error.ts";
import type { SchemaModule } from "../schema_module.ts";
import { UsageError } from "../usage_error.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

const TARGET = "draft-2020-12";

/** What tells a library to leave out what JSON Schema can't express, and not to throw. */
const LENIENT: Readonly<Record<string, object | undefined>> = {
  zod: { unrepresentable: "any" },
  valibot: { errorMode: "ignore" },
};

const HINTS: Readonly<Record<string, string | undefined>> = {
  zod: "its version is too old, zod 4 is needed beside the module",
  valibot: "wrap it in toStandardJsonSchema() of @valibot/to-json-schema",
};

/** Standard JSON Schema, which arktype, zod since 4.2 and a wrapper for valibot implement. */
interface JsonSchemaConverter {
  input(
    options: { readonly target: string; readonly libraryOptions: object | undefined },
  ): JsonSchema;
}

interface Zod {
  toJSONSchema?(schema: unknown, options: object): JsonSchema;
}

/**
 * The JSON Schema of what the module's schema takes.
 *
 * @throws {UsageError} When it exports no schema, or one that gives no JSON Schema.
 */
export function jsonSchemaOf({ schema, path, description }: SchemaModule): JsonSchema {
  const refuse = (reason: string) =>
    new UsageError(`Cannot give the JSON Schema of ${description}: ${reason}`);
  if (schema === undefined) throw refuse("it is a function, not a schema");
  const { vendor } = schema["~standard"];
  try {
    const found = isArkType(schema)
      ? jsonSchema(schema)
      : askConverter(schema) ?? (vendor === "zod" ? askZod(schema, path) : undefined);
    if (found !== undefined) return found;
  } catch (error) {
    throw refuse(toError(error).message);
  }
  throw refuse(HINTS[vendor] ?? `a schema of ${vendor} gives none; use arktype or zod`);
}

function askConverter(schema: StandardSchema<unknown>): JsonSchema | undefined {
  const standard: { readonly vendor: string; readonly jsonSchema?: JsonSchemaConverter } =
    schema["~standard"];
  return standard.jsonSchema?.input({ target: TARGET, libraryOptions: LENIENT[standard.vendor] });
}

/** Schemas of zod before 4.2, and those of zod/mini, know nothing of it: their library does. */
function askZod(schema: StandardSchema<unknown>, modulePath: string): JsonSchema | undefined {
  if (!("_zod" in schema)) return undefined; // zod 3
  const zod = createRequire(modulePath)("zod") as Zod;
  return zod.toJSONSchema?.(schema, { target: TARGET, io: "input", ...LENIENT["zod"] });
}
