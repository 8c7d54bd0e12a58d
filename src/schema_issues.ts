/**
 * What schema libraries say is wrong, as issues of this library: each at the key it is about, with
 * its path in the path and not in the message.
 *
 * @module
 */

import type { KeyPath } from "./key_path.ts";
import type { StandardSchemaIssue } from "./standard_schema.ts";

/** An issue without its place. */
export interface UnplacedIssue {
  /** Where in the candidate. */
  readonly path: KeyPath;
  /** What is wrong. */
  readonly message: string;
}

/** What zod adds to an issue; its nested ones have paths of their own, from the value on. */
interface ZodIssue extends StandardSchemaIssue {
  readonly code?: unknown;
  /** With `unrecognized_keys`. */
  readonly keys?: readonly string[];
  /** With `invalid_union`: what each alternative found. */
  readonly errors?: readonly (readonly ZodIssue[])[];
  /** With `invalid_key`: what the keys' schema found. */
  readonly issues?: readonly ZodIssue[];
}

/** One issue of a schema, as one or several of this library. */
export function fromStandard(issue: ZodIssue): UnplacedIssue[] {
  const path = toKeyPath(issue);
  const message = withoutPath(issue.message, path);
  const { code, keys = [], errors = [], issues = [] } = issue;
  switch (code) {
    case "unrecognized_keys":
      return keys.map((key) => ({ path: [...path, key], message: aboutOne(key, keys, message) }));
    case "invalid_union":
      return fromUnion(path, message, errors);
    case "invalid_key":
      return [{ path, message: [message, ...issues.map((inner) => inner.message)].join(": ") }];
    default:
      return [{ path, message }];
  }
}

function toKeyPath({ path = [] }: StandardSchemaIssue): KeyPath {
  // Not `path.map`: arktype's own kind of array gives an empty path back with a 0 in it.
  return Array.from(path, (segment) => {
    const key = typeof segment === "object" ? segment.key : segment;
    return typeof key === "number" ? key : String(key);
  });
}

/** zod tells of all unknown keys of an object at once; here each is told of at its own place. */
function aboutOne(key: string, keys: readonly string[], message: string): string {
  const all = keys.map((name) => `"${name}"`).join(", ");
  return message.replace(`keys: ${all}`, () => `key: "${key}"`);
}

const SAYS_NOTHING = "Invalid input";

/**
 * zod says of a union that the input is invalid, and no more. If one alternative alone fits but for
 * something inside it, it was the one that was meant; otherwise what each of them wants is said.
 */
function fromUnion(
  path: KeyPath,
  message: string,
  errors: readonly (readonly ZodIssue[])[],
): UnplacedIssue[] {
  if (message !== SAYS_NOTHING || errors.length === 0) return [{ path, message }];
  const branches = errors.map((issues) => issues.flatMap(fromStandard));
  const meant = branches.filter((issues) => issues.every((issue) => issue.path.length > 0));
  if (meant.length === 1) {
    return meant[0]!.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
  }
  const wishes = new Set(branches.map((issues) => issues.map(formatInner).join(" and ")));
  return [{ path, message: [...wishes].join("; or: ") }];
}

function formatInner({ path, message }: UnplacedIssue): string {
  return path.length === 0 ? message : `${accessPath(path)}: ${message}`;
}

/** arktype begins its messages with the path, which is shown before them already. */
function withoutPath(message: string, path: KeyPath): string {
  if (path.length === 0) return message;
  const access = accessPath(path);
  const prefix = [`${access} `, `value at ${access} `].find((text) => message.startsWith(text));
  return prefix === undefined ? message : message.slice(prefix.length);
}

const IDENTIFIER = /^[$A-Z_a-z][\w$]*$/u;

/** The path as JavaScript reads it, as in `hosts[0]["a-b"].port`. */
function accessPath(path: KeyPath): string {
  return path.reduce((text: string, key) => {
    if (typeof key === "string" && IDENTIFIER.test(key)) {
      return text === "" ? key : `${text}.${key}`;
    }
    return `${text}[${JSON.stringify(key)}]`;
  }, "");
}
