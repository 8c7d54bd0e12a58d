/**
 * For schemas of arktype: which values are secret, and a JSON Schema for editors.
 *
 * Nothing here imports arktype: it works with the types you made with yours.
 *
 * @example
 * ```ts
 * import { type } from "arktype";
 * import { jsonSchema, secret, secretPaths } from "hotconf/arktype";
 *
 * const Settings = type({ db: { host: "string", password: secret(type("string >= 8")) } });
 *
 * secretPaths(Settings); // ["db.password"]
 * jsonSchema(Settings); // { $schema: …, type: "object", properties: … }
 * ```
 *
 * @module
 */

export { jsonSchema } from "./src/arktype/json_schema.ts";
export { secret, secretPaths } from "./src/arktype/secret.ts";
export type { ArkType } from "./src/arktype/ark_type.ts";
