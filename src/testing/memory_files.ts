/**
 * Files in memory, with the hints a runtime would give about them and the faults a test wants.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { FileSystem, OpenFile } from "../runtime/file_system.ts";
import type { DirectoryWatcher, HintKind } from "../watch/watcher.ts";
import { type FailOptions, MemoryFaults, systemError } from "./memory_faults.ts";
import { type HintDelivery, MemoryHints } from "./memory_hints.ts";
import {
  type MemoryNode,
  MemoryTree,
  missing,
  nameOf,
  parentOf,
  resolveFrom,
} from "./memory_tree.ts";

/** Options of {@linkcode MemoryFiles}. */
export interface MemoryFilesOptions {
  /** Whether closing a file after writing is reported, as on Deno under Linux. @default {false} */
  readonly reportsClose?: boolean;
}

/** Options of {@linkcode MemoryFiles.writeInParts}. */
export interface WriteInPartsOptions {
  /** Time between two parts, in milliseconds. @default {20} */
  readonly pauseMs?: number;
}

/**
 * Files that live in memory only; paths are absolute, use `/` and hold no `..`. What a program does to them is
 * hinted at once, unless told otherwise.
 *
 * @example A save that is seen half done, a file that is busy, and a watcher that dies
 * ```ts
 * import { watchConfig } from "hotconf";
 * import { createMemoryRuntime } from "hotconf/testing";
 *
 * const runtime = createMemoryRuntime();
 * const { files, clock } = runtime;
 * files.write("/app.yaml", "port: 1\nhost: a\n");
 * await using config = await watchConfig({ sources: ["/app.yaml"], runtime });
 *
 * files.writeInParts("/app.yaml", ["port: 2\n", "host: b\n"], { pauseMs: 20 });
 * await clock.advance(1000);
 * console.log(config.current); // { port: 2, host: "b" }
 *
 * files.fail("/app.yaml", "EBUSY", { times: 2 });
 * files.endWatchers("/", "EIO");
 * files.writeAtomically("/app.yaml", "port: 3\nhost: c\n");
 * await clock.advance(5000);
 * console.log(config.revision); // 3
 * ```
 */
export class MemoryFiles {
  readonly #clock: Clock;
  readonly #reportsClose: boolean;
  readonly #tree: MemoryTree;
  readonly #hints: MemoryHints;
  readonly #faults = new MemoryFaults();
  #mountTable = "";

  /** Creates an empty root directory. */
  constructor(clock: Clock, { reportsClose = false }: MemoryFilesOptions = {}) {
    this.#clock = clock;
    this.#reportsClose = reportsClose;
    this.#tree = new MemoryTree(clock);
    this.#hints = new MemoryHints(clock);
  }

  /** Number of running watches. */
  get watches(): number {
    return this.#hints.size;
  }

  /** Writes a whole file in place: truncates it, writes, and closes it. */
  write(path: string, content: string | Uint8Array): void {
    this.truncate(path);
    this.append(path, content);
    this.close(path);
  }

  /** Writes a temporary file beside `path` and renames it over `path`. */
  writeAtomically(path: string, content: string | Uint8Array): void {
    this.write(`${path}.tmp`, content);
    this.rename(`${path}.tmp`, path);
  }

  /**
   * Writes a file in place, part by part, so that it is there in halves meanwhile: empties it and
   * writes the first part now, and the others as the clock goes on; closes it after the last.
   */
  writeInParts(
    path: string,
    [first = "", ...others]: readonly (string | Uint8Array)[],
    { pauseMs = 20 }: WriteInPartsOptions = {},
  ): void {
    this.truncate(path);
    const next = (part: string | Uint8Array, [following, ...rest]: typeof others) => {
      this.append(path, part);
      if (following === undefined) this.close(path);
      else this.#clock.schedule(pauseMs, () => next(following, rest));
    };
    next(first, others);
  }

  /** Opens a file for writing and empties it; creates it when there is none. */
  truncate(path: string): void {
    checkPath(path);
    const real = this.#tree.real(path);
    if (real !== undefined) return this.#write(real, this.#tree.get(real)!, new Uint8Array());
    this.mkdir(parentOf(path));
    const entry = this.#tree.entry(path);
    const target = this.#tree.get(entry)?.target;
    if (target !== undefined) return this.truncate(resolveFrom(parentOf(entry), target));
    this.#tree.set(entry, this.#tree.create("file"));
    this.#hint(entry, this.#reportsClose ? "modified" : "renamed");
  }

  /** Adds to an opened file. */
  append(path: string, content: string | Uint8Array): void {
    const { path: real, node } = this.#tree.find("append to", path);
    const added = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const bytes = new Uint8Array(node.bytes.length + added.length);
    bytes.set(node.bytes);
    bytes.set(added, node.bytes.length);
    this.#write(real, node, bytes);
  }

  /** Closes an opened file. */
  close(path: string): void {
    if (this.#reportsClose) this.#hint(this.#tree.real(path) ?? path, "closed");
  }

  /** Changes a file's times and nothing else. */
  touch(path: string): void {
    const { path: real, node } = this.#tree.find("touch", path);
    this.#change(real, node, node.bytes);
  }

  /** Sets the time of a file's last write, in milliseconds since 1970, as `cp -p` does. */
  utimes(path: string, mtimeMs: number): void {
    const { path: real, node } = this.#tree.find("touch", path);
    node.mtimeMs = mtimeMs;
    node.ctimeMs = this.#clock.wallTime();
    this.#hint(real, "modified");
  }

  /** Changes a file's permissions, which nobody here asks for: it stays as it is. */
  chmod(path: string): void {
    const { path: real, node } = this.#tree.find("chmod", path);
    node.ctimeMs = this.#clock.wallTime();
    this.#hint(real, "modified");
  }

  /**
   * Renames a file, link or directory; what has the new name is replaced, and the directories it is
   * in are created.
   */
  rename(from: string, to: string): void {
    checkPath(to);
    const [source, target] = [this.#tree.entry(from), this.#tree.entry(to)];
    const node = this.#tree.get(source);
    if (node === undefined) throw missing("rename", from);
    if (source === target) return;
    if (target.startsWith(`${source}/`)) throw systemError("EINVAL", to);
    this.mkdir(parentOf(target));
    for (const path of this.#tree.below(target)) this.#tree.delete(path);
    this.#tree.move(source, target);
    this.#hintItself(source, node);
    this.#hint(source, "renamed");
    this.#hint(target, "renamed");
  }

  /** Removes a file, link or directory with all that is in it, if there is one. */
  remove(path: string): void {
    for (const known of this.#tree.below(this.#tree.entry(path)).reverse()) {
      if (known === "/") continue;
      const node = this.#tree.get(known)!;
      this.#tree.delete(known);
      this.#hintItself(known, node);
      this.#hint(known, "renamed");
    }
  }

  /** Creates a directory and those it is in. */
  mkdir(path: string): void {
    checkPath(path);
    const there = this.#tree.stat(this.#tree.real(path));
    if (there?.kind === "directory") return;
    if (there !== undefined) throw systemError("ENOTDIR", path);
    this.mkdir(parentOf(path));
    const entry = this.#tree.entry(path);
    this.#tree.set(entry, this.#tree.create("directory"));
    this.#hint(entry, "renamed");
  }

  /** Creates a symbolic link at `path` to `target`, or repoints it atomically. */
  symlink(target: string, path: string): void {
    checkPath(path);
    this.mkdir(parentOf(path));
    const entry = this.#tree.entry(path);
    this.#tree.set(entry, this.#tree.create("symlink", target));
    this.#hint(entry, "renamed");
  }

  /**
   * Makes what is done with `path` fail with the system's error `code`, such as `EBUSY`, `EACCES`,
   * `EIO` or, for a watcher, `ENOSPC`; so many times, or until {@linkcode MemoryFiles.mend}.
   *
   * @throws {RangeError} When `times` is less than 1, or `path` is not as it must be.
   */
  fail(path: string, code: string, options: FailOptions = {}): void {
    checkPath(path);
    this.#faults.set(path, code, options);
  }

  /** Makes `path` work again. */
  mend(path: string): void {
    this.#faults.delete(path);
  }

  /** Changes how hints come from now on. */
  deliverHints(delivery: HintDelivery): void {
    this.#hints.deliver(delivery);
  }

  /**
   * Ends the watchers of a directory with the system's error `code`: a watcher that dies. Another
   * one can be had, unless {@linkcode MemoryFiles.fail} says otherwise.
   */
  endWatchers(directory: string, code: string): void {
    const { path, node } = this.#tree.find("end the watchers of", directory);
    this.#hints.end(node.inode, systemError(code, path));
  }

  /** What is mounted where from now on, as the text of Linux' `/proc/self/mountinfo`. */
  mount(table: string): void {
    this.#mountTable = table;
  }

  /** The files as the library sees them. */
  get fileSystem(): FileSystem {
    const [tree, faults] = [this.#tree, this.#faults];
    return {
      stat(path) {
        faults.check("stat", path);
        return tree.stat(tree.real(path));
      },
      lstat(path) {
        faults.check("stat", path);
        return tree.stat(tree.realEntry(path));
      },
      readLink: (path) => tree.get(tree.entry(path))!.target!,
      list(path) {
        faults.check("list", path);
        return tree.list(path);
      },
      open: (path) => this.#open(path),
      mountTable: () => this.#mountTable,
    };
  }

  /** The watcher over these files. */
  get watcher(): DirectoryWatcher {
    return {
      name: "memory",
      reportsClose: this.#reportsClose,
      watch: (directory, onHint, onEnd) => {
        this.#faults.check("watch", directory);
        const { inode } = this.#tree.find("watch", directory).node;
        return this.#hints.watch({ inode, onHint, onEnd });
      },
      caughtUp: () => Promise.resolve(),
    };
  }

  #open(path: string): OpenFile {
    this.#faults.check("open", path);
    const { node } = this.#tree.find("open", path);
    return {
      read: (length) => {
        this.#faults.check("read", path);
        return node.bytes.subarray(0, length);
      },
      [Symbol.dispose]: () => {},
    };
  }

  #write(path: string, node: MemoryNode, bytes: Uint8Array): void {
    if (node.kind === "directory") throw systemError("EISDIR", path);
    this.#change(path, node, bytes);
  }

  #change(path: string, node: MemoryNode, bytes: Uint8Array): void {
    node.bytes = bytes;
    node.mtimeMs = node.ctimeMs = this.#clock.wallTime();
    this.#hint(path, "modified");
  }

  #hint(path: string, kind: HintKind): void {
    const directory = this.#tree.get(parentOf(path));
    if (directory !== undefined) this.#hints.tell(directory.inode, { name: nameOf(path), kind });
  }

  /** A watched directory that is moved or removed is reported by its own name, as if in itself. */
  #hintItself(path: string, { inode }: MemoryNode): void {
    this.#hints.tell(inode, { name: nameOf(path), kind: "renamed" });
  }
}

/** @throws {RangeError} When it is not as the library asks for it: absolute, and nothing to resolve. */
function checkPath(path: string): void {
  const resolved = resolveFrom("/", path.replace(/^\/+/u, ""));
  if (path === resolved) return;
  throw new RangeError(
    `Cannot use ${JSON.stringify(path)} as a path in memory: write ${JSON.stringify(resolved)}`,
  );
}
