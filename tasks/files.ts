/** Walking the repository's own files. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { root } from "./run.ts";

/**
 * Every file under the given files and folders whose path ends with `suffix`, relative to the root,
 * with forward slashes, sorted.
 *
 * @throws {Error} When a path does not exist.
 */
export function findFiles(paths: readonly string[], suffix: string): string[] {
  return [...new Set(paths.flatMap((path) => walk(join(root, path))))]
    .map((path) => relative(root, path).split(sep).join("/"))
    .filter((path) => path.endsWith(suffix))
    .sort();
}

function walk(path: string): string[] {
  if (!existsSync(path)) throw new Error(`No such file or folder: ${relative(root, path)}`);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Those of the given paths that exist. */
export function existing(paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(join(root, path)));
}
