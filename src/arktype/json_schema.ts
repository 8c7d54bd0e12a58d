/**
 * The JSON Schema of a type of arktype, as editors need it: of what stands in a file.
 *
 * @module
 */

import { type ArkType, requireArkType } from "./ark_type.ts";

type JsonObject = Record<string, unknown>;

/** What arktype hands over for something that JSON Schema has no word for. */
interface Inexpressible {
  /** The schema so far. */
  readonly base: JsonObject;
}

/** Each is left out where it can't be said, so that the schema accepts rather too much. */
const FALLBACK = {
  default: ({ base }: Inexpressible): JsonObject => base,
  defaultValue: (): undefined => undefined,
  date: ({ base }: Inexpressible): JsonObject => ({ ...base, type: "string", format: "date-time" }),
  unit: ({ base, unit }: Inexpressible & { readonly unit: unknown }): JsonObject =>
    unit === undefined ? { not: {} } : base,
};

/**
 * The JSON Schema (draft 2020-12) of what a type takes: keys, defaults, titles and descriptions;
 * secrets are `writeOnly` and show neither default nor examples. Of a morph it is the input; rules
 * that JSON Schema can't express, such as narrowing functions, are left out.
 *
 * @throws {TypeError} When it is no type of arktype.
 */
export function jsonSchema(type: ArkType): Record<string, unknown> {
  requireArkType(type, "give its JSON Schema");
  const toJsonSchema = type.toJsonSchema as (options: object) => JsonObject;
  const schema = toJsonSchema.call(type, { target: "draft-2020-12", fallback: FALLBACK });
  // Some defaults, such as a Date, only become JSON when they are written.
  return JSON.parse(JSON.stringify(clean(schema, definitionsIn(schema))));
}

/** What a `$ref` leads to. */
interface Definition {
  readonly name: string;
  readonly isSecret: boolean;
}

/** By reference. arktype counts all types of a program, so its names change with other types. */
type Definitions = ReadonlyMap<unknown, Definition>;

function definitionsIn(schema: JsonObject): Definitions {
  const definitions = Object.entries((schema["$defs"] ?? {}) as Record<string, JsonObject>);
  return new Map(definitions.map(([id, { writeOnly }], index) => [
    `#/$defs/${id}`,
    { name: `type${index + 1}`, isSecret: writeOnly === true },
  ]));
}

const MAPS_OF_SCHEMAS = ["properties", "patternProperties"];
const LISTS_OF_SCHEMAS = ["anyOf", "prefixItems"];
const SCHEMAS = ["items", "additionalProperties", "not"];

/** arktype's own metadata, which it shows in JSON Schemas as well. */
const OF_ARKTYPE = ["actual", "expected", "problem", "message", "onFail", "alias"];
const OF_VALUES = ["default", "examples"];

function clean(schema: JsonObject, definitions: Definitions): JsonObject {
  const isSecret = schema["writeOnly"] === true || definitions.get(schema["$ref"])?.isSecret;
  const dropped = isSecret ? [...OF_ARKTYPE, ...OF_VALUES] : OF_ARKTYPE;
  const kept = Object.entries(schema).filter(([key]) => !dropped.includes(key));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, cleanMember(key, value, definitions)]),
  );
}

function cleanMember(key: string, value: unknown, definitions: Definitions): unknown {
  if (key === "$ref") return `#/$defs/${definitions.get(value)!.name}`;
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value as Record<string, JsonObject>);
  if (key === "$defs") {
    return Object.fromEntries(members.map(([id, member]) => [
      definitions.get(`#/$defs/${id}`)!.name,
      clean(member, definitions),
    ]));
  }
  if (MAPS_OF_SCHEMAS.includes(key)) {
    return Object.fromEntries(members.map(([name, member]) => [name, clean(member, definitions)]));
  }
  if (LISTS_OF_SCHEMAS.includes(key)) {
    return (value as JsonObject[]).map((member) => clean(member, definitions));
  }
  return SCHEMAS.includes(key) ? clean(value as JsonObject, definitions) : value;
}
