/**
 * Any value as one that JSON can hold, always in the same way.
 *
 * @module
 */

/**
 * The value as JSON can hold it: dates as ISO 8601, bigints as decimal text, `NaN` and infinities
 * as their names, bytes as base64, maps as objects or pairs, sets as arrays; what has no meaning in
 * data (`undefined` in a list, functions, symbols, a cycle) as `null`. `undefined` members of
 * objects are left out.
 */
export function toJsonValue(value: unknown): unknown {
  return convert(value, { ancestors: [], number: finite });
}

/** The same for YAML and TOML, which have `NaN` and infinities. */
export function toDataValue(value: unknown): unknown {
  return convert(value, { ancestors: [], number: (number) => number });
}

function finite(number: number): number | string {
  return Number.isFinite(number) ? number : String(number);
}

interface Conversion {
  readonly ancestors: readonly unknown[];
  readonly number: (number: number) => number | string;
}

function convert(value: unknown, conversion: Conversion): unknown {
  const { ancestors, number } = conversion;
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return number(value);
    case "bigint":
      return String(value);
    case "object":
      return value === null || ancestors.includes(value)
        ? null
        : convertObject(value, { ...conversion, ancestors: [...ancestors, value] });
    default:
      return null;
  }
}

function convertObject(value: object, conversion: Conversion): unknown {
  const inside = (member: unknown) => convert(member, conversion);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return toBase64(value);
  if (value instanceof RegExp) return String(value);
  if (value instanceof Map) return convertMap(value, inside);
  if (value instanceof Set) return [...value].map(inside);
  if (Array.isArray(value)) return Array.from(value, inside);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return inside(toJSON.call(value));
  return fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
    inside,
  );
}

function convertMap(map: Map<unknown, unknown>, inside: (member: unknown) => unknown): unknown {
  const entries = [...map];
  const isRecord = entries.every((entry): entry is [string, unknown] =>
    typeof entry[0] === "string"
  );
  return isRecord
    ? fromEntries(entries, inside)
    : entries.map(([key, member]) => [inside(key), inside(member)]);
}

function fromEntries(
  entries: readonly (readonly [string, unknown])[],
  inside: (member: unknown) => unknown,
): object {
  // Object.fromEntries() defines members, so that a key named __proto__ stays a key.
  return Object.fromEntries(entries.map(([key, member]) => [key, inside(member)]));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
