/** Whom a commit concerns, found by asking each subscription: what the index is compared with. */

import {
  formatPath,
  getAt,
  type KeyPath,
  parsePattern,
  type PathPattern,
} from "../src/key_path.ts";
import type { PathMatch } from "../src/path_index.ts";

/** The values that match and differ. Relies on unchanged subtrees being the same object. */
export function matchSubscription(
  path: string,
  before: unknown,
  after: unknown,
  changedPaths: readonly KeyPath[],
): PathMatch[] {
  const paths = path === "*" ? changedPaths : expand(parsePattern(path), before, after);
  return paths
    .map((path) => ({
      path: formatPath(path),
      before: getAt(before, path),
      after: getAt(after, path),
    }))
    .filter((match) => !Object.is(match.before, match.after));
}

function expand(pattern: PathPattern, before: unknown, after: unknown): KeyPath[] {
  let paths: KeyPath[] = [[]];
  for (const segment of pattern) {
    paths = paths.flatMap((path) => {
      if (segment !== null) return [[...path, segment]];
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
