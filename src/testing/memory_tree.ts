/**
 * The names in memory and what they stand for: files, directories and links.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { DirectoryEntry, FileStat } from "../runtime/file_system.ts";

/** What a name stands for. */
export interface MemoryNode {
  readonly kind: "file" | "directory" | "symlink";
  readonly inode: number;
  bytes: Uint8Array;
  mtimeMs: number;
  ctimeMs: number;
  /** Where a link leads. */
  readonly target?: string;
}

/** More links than that in a row are a loop. */
const MOST_LINKS = 40;

/** A tree of names; each has an absolute path with `/`. */
export class MemoryTree {
  readonly #clock: Clock;
  readonly #nodes = new Map<string, MemoryNode>();
  #lastInode = 0;

  /** Creates an empty root directory. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#nodes.set("/", this.create("directory"));
  }

  /** Something that has no name yet. */
  create(kind: MemoryNode["kind"], target?: string): MemoryNode {
    const now = this.#clock.wallTime();
    const times = { mtimeMs: now, ctimeMs: now };
    const inode = ++this.#lastInode;
    return {
      kind,
      inode,
      bytes: new Uint8Array(),
      ...times,
      ...(target !== undefined && { target }),
    };
  }

  /** What has exactly this name, links in its directory not followed. */
  get(entry: string): MemoryNode | undefined {
    return this.#nodes.get(entry);
  }

  /** Gives a name to something; what had it before has none any more. */
  set(entry: string, node: MemoryNode): void {
    this.#nodes.set(entry, node);
    this.#stir(entry);
  }

  /** Takes a name away. */
  delete(entry: string): void {
    this.#nodes.delete(entry);
    this.#stir(entry);
  }

  /** Gives what is at or below `from` names at or below `to`, which are free. */
  move(from: string, to: string): void {
    for (const path of this.below(from)) {
      const node = this.#nodes.get(path)!;
      this.#nodes.delete(path);
      this.#nodes.set(to + path.slice(from.length), node);
      node.ctimeMs = this.#clock.wallTime();
    }
    this.#stir(from);
    this.#stir(to);
  }

  /** What `path` leads to, free of links; `undefined` when there is nothing. */
  real(path: string, links = 0): string | undefined {
    const entry = this.realEntry(path, links);
    const node = entry === undefined ? undefined : this.#nodes.get(entry);
    if (node?.kind !== "symlink") return node === undefined ? undefined : entry;
    if (links > MOST_LINKS) throw Object.assign(new Error(`ELOOP: ${path}`), { code: "ELOOP" });
    return this.real(resolveFrom(parentOf(entry!), node.target!), links + 1);
  }

  /** `path` with the links in its directory followed, but not the last one. */
  realEntry(path: string, links = 0): string | undefined {
    if (path === "/") return path;
    const directory = this.real(parentOf(path), links);
    if (directory === undefined) return undefined;
    return directory === "/" ? `/${nameOf(path)}` : `${directory}/${nameOf(path)}`;
  }

  /** The same for a name that need not exist. */
  entry(path: string): string {
    return this.realEntry(path) ?? path;
  }

  /** What `path` leads to. @throws {Error} When there is nothing. */
  find(action: string, path: string): { readonly path: string; readonly node: MemoryNode } {
    const real = this.real(path);
    if (real === undefined) throw missing(action, path);
    return { path: real, node: this.#nodes.get(real)! };
  }

  /** The paths of an entry and of everything below it, directories first. */
  below(entry: string): string[] {
    const start = entry === "/" ? entry : `${entry}/`;
    return [...this.#nodes.keys()].filter((path) => path === entry || path.startsWith(start));
  }

  /** What is known of an entry. */
  stat(entry: string | undefined): FileStat | undefined {
    const node = entry === undefined ? undefined : this.#nodes.get(entry);
    if (node === undefined) return undefined;
    const { kind, bytes, mtimeMs, ctimeMs, inode } = node;
    return { kind, size: bytes.length, mtimeMs, ctimeMs, inode: `memory:${inode}` };
  }

  /** What is in a directory. @throws {Error} When there is none. */
  list(path: string): DirectoryEntry[] {
    const { path: real } = this.find("list", path);
    return [...this.#nodes]
      .filter(([known]) => known !== "/" && parentOf(known) === real)
      .map(([known, { kind }]) => ({ name: nameOf(known), kind }));
  }

  /** A name that comes or goes is a change of the directory it is in. */
  #stir(entry: string): void {
    const directory = this.#nodes.get(parentOf(entry));
    if (directory !== undefined) directory.mtimeMs = directory.ctimeMs = this.#clock.wallTime();
  }
}

/** The directory that a path is in. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** The last name of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Where a link in `directory` leads. */
export function resolveFrom(directory: string, target: string): string {
  if (target.startsWith("/")) return target;
  const parts = directory.split("/").filter(Boolean);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The error of a system for a path that leads nowhere. */
export function missing(action: string, path: string): Error {
  const message = `Cannot ${action} ${path}: there is no such file`;
  return Object.assign(new Error(message), { code: "ENOENT" });
}
