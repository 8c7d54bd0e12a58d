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

/** What a path leads to. */
export interface Chain {
  /** Each link that is followed to reach it, then what is reached, or the first missing name. */
  readonly entries: readonly Entry[];
  /** Whether the last entry is what the path leads to, there or not: nothing before it is missing. */
  readonly isComplete: boolean;
}

/** What was reached on the way along a path. */
interface Reached {
  readonly links: readonly Entry[];
  /** Path of what was reached, free of links. */
  readonly at: string;
  readonly isMissing: boolean;
  readonly isComplete: boolean;
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
export function linkChain(fileSystem: FileSystem, path: string): readonly Entry[] {
  return new LinkChains(fileSystem).of(path).entries;
}

/**
 * The chains of many paths at one moment: each directory is followed once. To be made anew for each
 * look, as it knows nothing of later changes.
 */
export class LinkChains {
  readonly #fileSystem: FileSystem;
  readonly #reached = new Map<string, Reached>();

  /** Knows nothing yet. */
  constructor(fileSystem: FileSystem) {
    this.#fileSystem = fileSystem;
  }

  /**
   * The chain of an absolute path.
   *
   * @throws {SourceError} When links form a loop.
   */
  of(path: string): Chain {
    const directory = nodePath.dirname(path);
    const from = this.#reach(directory, path);
    const { links, at, isComplete } = directory === path ? from : this.#follow(from, path, path);
    return { entries: [...links, entryOf(at)], isComplete };
  }

  #reach(directory: string, path: string): Reached {
    const known = this.#reached.get(directory);
    if (known !== undefined) return known;
    const parent = nodePath.dirname(directory);
    const reached = parent === directory
      ? { links: [], at: directory, isMissing: false, isComplete: true }
      : this.#follow(this.#reach(parent, path), directory, path);
    this.#reached.set(directory, reached);
    return reached;
  }

  /** Goes on to the last name of `step`, a part of `path`. */
  #follow(from: Reached, step: string, path: string): Reached {
    // What is below something missing is not there to be watched.
    if (from.isMissing) return { ...from, isComplete: false };
    const links = [...from.links];
    let { at } = from;
    const todo = [nodePath.basename(step)];
    while (todo.length > 0) {
      const name = todo.shift()!;
      if (name === ".") continue;
      if (name === "..") {
        at = nodePath.dirname(at);
        continue;
      }
      const entry = { directory: at, name };
      const full = pathOf(entry);
      const kind = this.#fileSystem.lstat(full)?.kind;
      if (kind === "symlink") {
        links.push(entry);
        if (links.length > MAX_LINKS) throw tooManyLinks(path);
        const target = this.#fileSystem.readLink(full);
        const { root } = nodePath.parse(target);
        if (root !== "") at = root;
        todo.unshift(...target.slice(root.length).split(nodePath.sep).filter(Boolean));
      } else {
        at = full;
        if (kind === undefined) {
          return { links, at, isMissing: true, isComplete: todo.length === 0 };
        }
      }
    }
    return { links, at, isMissing: false, isComplete: true };
  }
}

/** Whether two chains go through the same names. */
export function isSameChain(one: Chain, other: Chain): boolean {
  return one.isComplete === other.isComplete && one.entries.length === other.entries.length &&
    one.entries.every((entry, index) => isSameEntry(entry, other.entries[index]!));
}

/** Whether two entries are the same name in the same directory. */
export function isSameEntry(one: Entry, other: Entry): boolean {
  return one.name === other.name && one.directory === other.directory;
}

/** The path of an entry. */
export function pathOf({ directory, name }: Entry): string {
  return directory.endsWith(nodePath.sep) ? directory + name : directory + nodePath.sep + name;
}

/** The entry of what may have been named "..", and has its own name all the same. */
function entryOf(path: string): Entry {
  return { directory: nodePath.dirname(path), name: nodePath.basename(path) };
}

function tooManyLinks(path: string): SourceError {
  return new SourceError({ file: path, reason: "too many symbolic links", code: "ELOOP" });
}
