/**
 * The names that decide what a path leads to: its last one, and every link on the way.
 *
 * @module
 */

import * as nodePath from "node:path";
import { SourceError } from "../errors.ts";
import type { FileSystem } from "../runtime/file_system.ts";

/** A name in a directory. */
export interface Entry {
  /** Directory that holds the name, free of links. */
  readonly directory: string;
  /** The name. */
  readonly name: string;
}

/** Linux gives up after 40 links as well. */
const MAX_LINKS = 40;

/**
 * The entries to watch for `path`: each link that is followed to reach it, then the file itself.
 * A Kubernetes mount `app.yaml → ..data/app.yaml` with `..data → ..2026_01_01` gives three.
 * When a part is missing, the last entry is the first missing name.
 *
 * @throws {SourceError} When links form a loop.
 */
export function linkChain(fileSystem: FileSystem, path: string): Entry[] {
  const entries: Entry[] = [];
  const { root } = nodePath.parse(path);
  let directory = root;
  const todo = path.slice(root.length).split(nodePath.sep).filter(Boolean);
  while (todo.length > 0) {
    const name = todo.shift()!;
    if (name === ".") continue;
    if (name === "..") {
      directory = nodePath.dirname(directory);
      continue;
    }
    const full = nodePath.join(directory, name);
    const stat = fileSystem.lstat(full);
    if (stat?.kind === "symlink") {
      entries.push({ directory, name });
      if (entries.length > MAX_LINKS) {
        throw new SourceError({ file: path, reason: "too many symbolic links", code: "ELOOP" });
      }
      const target = fileSystem.readLink(full);
      const targetRoot = nodePath.parse(target).root;
      if (targetRoot !== "") directory = targetRoot;
      todo.unshift(...target.slice(targetRoot.length).split(nodePath.sep).filter(Boolean));
    } else if (stat === undefined) {
      return [...entries, { directory, name }];
    } else {
      directory = full;
    }
  }
  // What is reached may have been named "..", and has its own name all the same.
  return [...entries, {
    directory: nodePath.dirname(directory),
    name: nodePath.basename(directory),
  }];
}
