/**
 * Key paths: where a value stands in a configuration, as an array, as text and as a type.
 *
 * @module
 */

/** A path as its segments; array indices are numbers. */
export type KeyPath = readonly (string | number)[];

/** @ignore Depth to which {@linkcode PathOf} follows a type; deeper values are reached through their ancestor. */
export type MaxDepth = [never, 0, 1, 2, 3, 4, 5, 6, 7];

/** @ignore A value without paths below it. */
export type Atomic =
  | string
  | number
  | boolean
  | bigint
  | symbol
  | null
  | undefined
  | Date
  | ((...args: never[]) => unknown);

/**
 * Every path of `T` as dotted text: `"server"`, `"server.port"`, `"hosts.0.name"`.
 * Optional ancestors are followed. Any text for an unknown `T`.
 */
export type PathOf<T, Depth extends number = 7> = unknown extends T ? string
  : Depth extends never ? never
  : T extends Atomic ? never
  : T extends readonly (infer Item)[] ? `${number}` | `${number}.${PathOf<Item, MaxDepth[Depth]>}`
  : T extends object ? {
      [Key in keyof T & (string | number)]-?:
        | `${Key}`
        | `${Key}.${PathOf<NonNullable<T[Key]>, MaxDepth[Depth]>}`;
    }[keyof T & (string | number)]
  : never;

/** Type of the value at path `P` of `T`; `| undefined` when an ancestor may be missing. */
export type ValueAt<T, P extends string> = unknown extends T ? unknown
  : T extends null | undefined ? undefined
  : P extends `${infer Head}.${infer Rest}` ? ValueAt<Member<T, Head>, Rest>
  : Member<T, P>;

/** @ignore Type of the member `Key` of `T`; `| undefined` when it is one of any number of keys. */
export type Member<T, Key extends string> = T extends readonly (infer Item)[]
  ? Key extends `${number}` ? Item | undefined : undefined
  : Key extends keyof T ? string extends keyof T ? T[Key] | undefined : T[Key]
  : Key extends `${infer Index extends number}`
    ? Index extends keyof T ? number extends keyof T ? T[Index] | undefined : T[Index] : undefined
  : undefined;

const PLAIN_KEY = /^[^.[\]"*\s]+$/u;

/** The path as text: segments joined by dots, unusual keys quoted, as in `services["a.b"].port`. */
export function formatPath(path: KeyPath): string {
  let text = "";
  for (const segment of path) {
    const key = String(segment);
    if (!PLAIN_KEY.test(key)) text += `[${JSON.stringify(key)}]`;
    else text += text === "" ? key : `.${key}`;
  }
  return text;
}

const SEGMENT = /\[("(?:[^"\\]|\\.)*")\]|([^.[\]"]+)/gu;

/**
 * The segments of a path written as text; all segments are strings, `*` included.
 *
 * @throws {RangeError} When the text is not a path.
 */
export function parsePath(text: string): string[] {
  const segments: string[] = [];
  let rest = 0;
  for (const match of text.matchAll(SEGMENT)) {
    const gap = text.slice(rest, match.index);
    if (gap !== "" && (gap !== "." || segments.length === 0)) break;
    if (gap === "" && segments.length > 0 && match[2] !== undefined) break;
    const segment = match[1] === undefined ? match[2]! : unquote(match[1]);
    if (segment === undefined) break;
    segments.push(segment);
    rest = match.index + match[0].length;
  }
  if (text === "" || rest !== text.length) {
    throw new RangeError(
      `Cannot use ${JSON.stringify(text)} as a key path: write keys joined by dots, ` +
        `as in "server.port" or services["a.b"].port`,
    );
  }
  return segments;
}

/** The text of a quoted key; `undefined` when an escape in it is malformed. */
function unquote(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

/** The value at `path`, or `undefined` when there is none. Only own properties are followed. */
export function getAt(value: unknown, path: KeyPath): unknown {
  let current = value;
  for (const segment of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, segment)) {
      return undefined;
    }
    current = (current as Record<string | number, unknown>)[segment];
  }
  return current;
}
