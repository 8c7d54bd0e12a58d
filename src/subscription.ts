/**
 * Which values a subscription is about.
 *
 * @module
 */

import { formatPath, getAt, type KeyPath, parsePath } from "./key_path.ts";

/** A subscription's path: segments, `*` for any one segment, or everything. */
export type SubscriptionPattern = readonly string[] | "everything";

/** A value that a commit changed. */
export interface SubscriptionMatch {
  /** Where, as text. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The pattern of a subscription's path. @throws {RangeError} When the text is not a path. */
export function parseSubscription(path: string): SubscriptionPattern {
  return path === "*" ? "everything" : parsePath(path);
}

/** The values that match and differ. Relies on unchanged subtrees being the same object. */
export function matchSubscription(
  pattern: SubscriptionPattern,
  before: unknown,
  after: unknown,
  changedPaths: readonly KeyPath[],
): SubscriptionMatch[] {
  const paths = pattern === "everything" ? changedPaths : expand(pattern, before, after);
  return paths
    .map((path) => ({
      path: formatPath(path),
      before: getAt(before, path),
      after: getAt(after, path),
    }))
    .filter((match) => !Object.is(match.before, match.after));
}

function expand(pattern: readonly string[], before: unknown, after: unknown): KeyPath[] {
  let paths: KeyPath[] = [[]];
  for (const segment of pattern) {
    paths = paths.flatMap((path) => {
      if (segment !== "*") return [[...path, segment]];
      const keys = new Set([before, after].flatMap((value) => keysAt(value, path)));
      return [...keys].map((key) => [...path, key]);
    });
  }
  return paths;
}

function keysAt(value: unknown, path: KeyPath): string[] {
  const container = getAt(value, path);
  return typeof container === "object" && container !== null ? Object.keys(container) : [];
}
