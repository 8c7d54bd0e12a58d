/**
 * The part of the Standard Schema specification that is used here, declared as it suggests, so that
 * arktype, zod, valibot and others fit without a dependency on any of them.
 *
 * @see {@link https://standardschema.dev | standardschema.dev}
 * @module
 */

/** A schema whose output is a `T`. arktype's types are such schemas as they are. */
export interface StandardSchema<T> {
  /** What the specification defines. */
  readonly "~standard": StandardSchemaProperties<T>;
}

/** What a schema offers. */
export interface StandardSchemaProperties<T> {
  /** Version of the specification. */
  readonly version: 1;
  /** Name of the schema library. */
  readonly vendor: string;
  /** Accepts a value, perhaps changed, or tells what is wrong with it. */
  validate(value: unknown): StandardSchemaResult<T> | Promise<StandardSchemaResult<T>>;
  /** For types only. */
  readonly types?: { readonly input: unknown; readonly output: T } | undefined;
}

/** Outcome of a validation: a value or issues. */
export type StandardSchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly StandardSchemaIssue[] };

/** One thing that is wrong. */
export interface StandardSchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where; a segment is a key or an object that holds one. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
