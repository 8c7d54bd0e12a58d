/**
 * Names that are never configuration: what editors leave beside a file while they save it.
 *
 * @module
 */

import zeptomatch from "zeptomatch";

/** Editor litter, as globs over the file name. */
export const LITTER: readonly string[] = [
  "*.tmp",
  "*.swp",
  "*.swx",
  "*.bak",
  "*~",
  "~*",
  ".#*",
  "#*#",
  "4913",
  ".DS_Store",
];

/**
 * A test for paths to leave out: editor litter, and what `exclude` names.
 *
 * @param exclude Globs, see {@linkcode createMatcher}.
 */
export function createIgnore(exclude: readonly string[] = []): (path: string) => boolean {
  return createMatcher([...LITTER, ...exclude]);
}

/**
 * A test for paths that match one of `globs`.
 *
 * @param globs One without a slash is matched against the file name, others against the whole path.
 */
export function createMatcher(globs: readonly string[]): (path: string) => boolean {
  const names = globs.filter((glob) => !glob.includes("/"));
  const paths = globs.filter((glob) => glob.includes("/")).map((glob) =>
    glob.startsWith("/") || glob.startsWith("**") ? glob : `**/${glob}`
  );
  return (path) => {
    const normal = path.replaceAll("\\", "/");
    const name = normal.slice(normal.lastIndexOf("/") + 1);
    return zeptomatch(names, name) || zeptomatch(paths, normal);
  };
}
