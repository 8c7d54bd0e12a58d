/**
 * Key paths: where a value stands in a configuration, as an array and as text.
 *
 * @module
 */

/** A path as its segments; array indices are numbers. */
export type KeyPath = readonly (string | number)[];

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

/** A path in which `null` stands for any one segment. */
export type PathPattern = readonly (string | null)[];

/**
 * The segments of a path written as text; all segments are strings, `*` included.
 *
 * @throws {RangeError} When the text is not a path.
 */
export function parsePath(text: string): string[] {
  return readSegments(text).map(({ key }) => key);
}

/**
 * The segments of a pattern written as text; a star that is not quoted stands for any segment.
 *
 * @throws {RangeError} When the text is not a path.
 */
export function parsePattern(text: string): PathPattern {
  return readSegments(text).map(({ key, isQuoted }) => key === "*" && !isQuoted ? null : key);
}

function readSegments(text: string): { key: string; isQuoted: boolean }[] {
  const segments: { key: string; isQuoted: boolean }[] = [];
  let rest = 0;
  for (const match of text.matchAll(SEGMENT)) {
    const gap = text.slice(rest, match.index);
    const isQuoted = match[1] !== undefined;
    if (gap !== "" && (gap !== "." || segments.length === 0)) break;
    if (gap === "" && segments.length > 0 && !isQuoted) break;
    const key = isQuoted ? unquote(match[1]!) : match[2]!;
    if (key === undefined) break;
    segments.push({ key, isQuoted });
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
