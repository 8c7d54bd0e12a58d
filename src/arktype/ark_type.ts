/**
 * What is used of arktype's types, declared here so that arktype is not imported, not even for its
 * declarations: it takes up to half a second to load, and the user's own is the one that counts.
 *
 * @module
 */

/** Any type of arktype 2. */
export interface ArkType {
  /** The Standard Schema of the type. */
  readonly "~standard": { readonly version: 1; readonly vendor: string };
  /** Gives the type with other metadata. */
  configure(...args: never[]): unknown;
  /** Gives the type as JSON Schema. */
  toJsonSchema(...args: never[]): object;
}

/**
 * Makes sure that a value is a type of arktype.
 *
 * @throws {TypeError} When it is not.
 */
export function requireArkType(value: unknown, action: string): void {
  if (isArkType(value)) return;
  const hint = Array.isArray(value)
    ? "; .default() and .optional() give a definition, call them last"
    : "";
  throw new TypeError(`Cannot ${action}: it is no type of arktype${hint}`);
}

/** Whether a value is a type of arktype. */
export function isArkType(value: unknown): value is ArkType {
  if (typeof value !== "function") return false;
  const { "~standard": standard } = value as Partial<ArkType>;
  return standard?.vendor === "arktype";
}
