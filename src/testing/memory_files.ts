/**
 * Files in memory, with the hints a runtime would give about them.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { DirectoryEntry, FileStat, FileSystem, OpenFile } from "../runtime/file_system.ts";
import type { DirectoryWatcher, Hint, HintKind } from "../watch/watcher.ts";

interface MemoryNode {
  readonly kind: "file" | "directory" | "symlink";
  readonly inode: number;
  bytes: Uint8Array;
  mtimeMs: number;
  ctimeMs: number;
  /** Where a link leads. */
  readonly target?: string;
}

/** Options of {@linkcode MemoryFiles}. */
export interface MemoryFilesOptions {
  /** Whether closing a file after writing is reported, as on Deno under Linux. @default {false} */
  readonly reportsClose?: boolean;
}

/** Files that live in memory only; paths are absolute and use `/`. */
export class MemoryFiles {
  readonly #clock: Clock;
  readonly #reportsClose: boolean;
  readonly #nodes = new Map<string, MemoryNode>();
  readonly #watches = new Set<{ inode: number; onHint: (hint: Hint) => void }>();
  readonly #failures = new Map<string, Error>();
  #lastInode = 1;
  #isSilent = false;
  #mountTable = "";

  /** Creates an empty root directory. */
  constructor(clock: Clock, { reportsClose = false }: MemoryFilesOptions = {}) {
    this.#clock = clock;
    this.#reportsClose = reportsClose;
    this.#nodes.set("/", this.#create("directory"));
  }

  /** Number of running watches. */
  get watches(): number {
    return this.#watches.size;
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

  /** Opens a file for writing and empties it; creates it when there is none. */
  truncate(path: string): void {
    const real = this.#real(path);
    if (real !== undefined) return this.#change(real, this.#nodes.get(real)!, new Uint8Array());
    this.mkdir(parentOf(path));
    const entry = this.#entry(path);
    const target = this.#nodes.get(entry)?.target;
    if (target !== undefined) return this.truncate(resolveFrom(parentOf(entry), target));
    this.#nodes.set(entry, this.#create("file"));
    this.#stir(entry);
    this.#hint(entry, this.#reportsClose ? "modified" : "renamed");
  }

  /** Adds to an opened file. */
  append(path: string, content: string | Uint8Array): void {
    const real = this.#real(path);
    const node = real === undefined ? undefined : this.#nodes.get(real);
    if (real === undefined || node === undefined) throw missing("append to", path);
    const added = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const bytes = new Uint8Array(node.bytes.length + added.length);
    bytes.set(node.bytes);
    bytes.set(added, node.bytes.length);
    this.#change(real, node, bytes);
  }

  /** Closes an opened file. */
  close(path: string): void {
    if (this.#reportsClose) this.#hint(this.#real(path) ?? path, "closed");
  }

  /** Changes a file's times and nothing else. */
  touch(path: string): void {
    const real = this.#real(path);
    if (real === undefined) throw missing("touch", path);
    const node = this.#nodes.get(real)!;
    this.#change(real, node, node.bytes);
  }

  /** Sets the time of a file's last write, in milliseconds since 1970, as `cp -p` does. */
  utimes(path: string, mtimeMs: number): void {
    const real = this.#real(path);
    if (real === undefined) throw missing("touch", path);
    const node = this.#nodes.get(real)!;
    node.mtimeMs = mtimeMs;
    node.ctimeMs = this.#clock.wallTime();
    this.#hint(real, "modified");
  }

  /** Changes a file's permissions, which nobody here asks for: it stays as it is. */
  chmod(path: string): void {
    const real = this.#real(path);
    if (real === undefined) throw missing("chmod", path);
    this.#nodes.get(real)!.ctimeMs = this.#clock.wallTime();
    this.#hint(real, "modified");
  }

  /** Renames a file, link or directory; what has the new name is replaced. */
  rename(from: string, to: string): void {
    const [source, target] = [this.#entry(from), this.#entry(to)];
    if (!this.#nodes.has(source)) throw missing("rename", from);
    for (const path of this.#tree(target)) this.#nodes.delete(path);
    for (const path of this.#tree(source)) {
      const node = this.#nodes.get(path)!;
      this.#nodes.delete(path);
      this.#nodes.set(target + path.slice(source.length), node);
      node.ctimeMs = this.#clock.wallTime();
      if (path === source) this.#hintItself(source, node);
    }
    this.#stir(source);
    this.#stir(target);
    this.#hint(source, "renamed");
    this.#hint(target, "renamed");
  }

  /** Removes a file, link or directory with all that is in it, if there is one. */
  remove(path: string): void {
    for (const known of this.#tree(this.#entry(path)).reverse()) {
      const node = this.#nodes.get(known)!;
      this.#nodes.delete(known);
      this.#stir(known);
      this.#hintItself(known, node);
      this.#hint(known, "renamed");
    }
  }

  /** Creates a directory and those it is in. */
  mkdir(path: string): void {
    if (this.#real(path) !== undefined) return;
    this.mkdir(parentOf(path));
    const entry = this.#entry(path);
    this.#nodes.set(entry, this.#create("directory"));
    this.#stir(entry);
    this.#hint(entry, "renamed");
  }

  /** Creates a symbolic link at `path` to `target`, or repoints it atomically. */
  symlink(target: string, path: string): void {
    this.mkdir(parentOf(path));
    const entry = this.#entry(path);
    this.#nodes.set(entry, this.#create("symlink", target));
    this.#stir(entry);
    this.#hint(entry, "renamed");
  }

  /** Makes reading or watching `path` fail with the system's error `code`, until told otherwise. */
  fail(path: string, code: string | undefined): void {
    if (code === undefined) this.#failures.delete(path);
    else this.#failures.set(path, Object.assign(new Error(`${code}: ${path}`), { code }));
  }

  /** Whether hints are lost from now on. */
  silence(isSilent: boolean): void {
    this.#isSilent = isSilent;
  }

  /** What is mounted where from now on, as the text of Linux' `/proc/self/mountinfo`. */
  mount(table: string): void {
    this.#mountTable = table;
  }

  /** The files as the library sees them. */
  get fileSystem(): FileSystem {
    return {
      stat: (path) => this.#stat(this.#real(path)),
      lstat: (path) => this.#stat(this.#realEntry(path)),
      readLink: (path) => this.#nodes.get(this.#realEntry(path)!)!.target!,
      list: (path) => this.#list(path),
      open: (path) => this.#open(path),
      mountTable: () => this.#mountTable,
    };
  }

  /** The watcher over these files. */
  get watcher(): DirectoryWatcher {
    return {
      name: "memory",
      reportsClose: this.#reportsClose,
      watch: (directory, onHint) => {
        this.#throwIfFailing(directory);
        const real = this.#real(directory);
        if (real === undefined) throw missing("watch", directory);
        const watch = { inode: this.#nodes.get(real)!.inode, onHint };
        this.#watches.add(watch);
        return { [Symbol.dispose]: () => void this.#watches.delete(watch) };
      },
      caughtUp: () => Promise.resolve(),
    };
  }

  #create(kind: MemoryNode["kind"], target?: string): MemoryNode {
    const now = this.#clock.wallTime();
    const inode = this.#lastInode++;
    return {
      kind,
      inode,
      bytes: new Uint8Array(),
      mtimeMs: now,
      ctimeMs: now,
      ...(target !== undefined && { target }),
    };
  }

  #change(path: string, node: MemoryNode, bytes: Uint8Array): void {
    node.bytes = bytes;
    node.mtimeMs = node.ctimeMs = this.#clock.wallTime();
    this.#hint(path, "modified");
  }

  /** A name that comes or goes is a change of the directory it is in. */
  #stir(entry: string): void {
    const directory = this.#nodes.get(parentOf(entry));
    if (directory !== undefined) directory.mtimeMs = directory.ctimeMs = this.#clock.wallTime();
  }

  #hint(path: string, kind: HintKind): void {
    const directory = this.#nodes.get(parentOf(path));
    if (directory !== undefined) this.#tell(directory, { name: nameOf(path), kind });
  }

  /** A watched directory that is moved or removed is reported by its own name, as if in itself. */
  #hintItself(path: string, node: MemoryNode): void {
    this.#tell(node, { name: nameOf(path), kind: "renamed" });
  }

  #tell({ inode }: MemoryNode, hint: Hint): void {
    if (this.#isSilent) return;
    for (const watch of [...this.#watches]) {
      if (watch.inode === inode) watch.onHint(hint);
    }
  }

  #stat(path: string | undefined): FileStat | undefined {
    const node = path === undefined ? undefined : this.#nodes.get(path);
    if (node === undefined) return undefined;
    const { kind, bytes, mtimeMs, ctimeMs, inode } = node;
    return { kind, size: bytes.length, mtimeMs, ctimeMs, inode: `memory:${inode}` };
  }

  #list(path: string): DirectoryEntry[] {
    this.#throwIfFailing(path);
    const real = this.#real(path);
    if (real === undefined) throw missing("list", path);
    return [...this.#nodes]
      .filter(([known]) => known !== "/" && parentOf(known) === real)
      .map(([known, { kind }]) => ({ name: nameOf(known), kind }));
  }

  #open(path: string): OpenFile {
    this.#throwIfFailing(path);
    const real = this.#real(path);
    if (real === undefined) throw missing("open", path);
    const node = this.#nodes.get(real)!;
    return {
      read: (length) => node.bytes.subarray(0, length),
      [Symbol.dispose]: () => {},
    };
  }

  /** What `path` leads to, free of links; `undefined` when there is nothing. */
  #real(path: string, links = 0): string | undefined {
    const entry = this.#realEntry(path, links);
    const node = entry === undefined ? undefined : this.#nodes.get(entry);
    if (node?.kind !== "symlink") return node === undefined ? undefined : entry;
    if (links > 40) throw Object.assign(new Error(`ELOOP: ${path}`), { code: "ELOOP" });
    return this.#real(resolveFrom(parentOf(entry!), node.target!), links + 1);
  }

  /** `path` with the links in its directory followed, but not the last one. */
  #realEntry(path: string, links = 0): string | undefined {
    if (path === "/") return path;
    const directory = this.#real(parentOf(path), links);
    if (directory === undefined) return undefined;
    return directory === "/" ? `/${nameOf(path)}` : `${directory}/${nameOf(path)}`;
  }

  /** The same for a name that need not exist. */
  #entry(path: string): string {
    return this.#realEntry(path) ?? path;
  }

  /** The paths of an entry and of everything below it, directories first. */
  #tree(entry: string): string[] {
    const below = entry === "/" ? entry : `${entry}/`;
    return [...this.#nodes.keys()].filter((path) => path === entry || path.startsWith(below));
  }

  #throwIfFailing(path: string): void {
    const failure = this.#failures.get(path);
    if (failure !== undefined) throw failure;
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function resolveFrom(directory: string, target: string): string {
  if (target.startsWith("/")) return target;
  const parts = directory.split("/").filter(Boolean);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function missing(action: string, path: string): Error {
  const message = `Cannot ${action} ${path}: there is no such file`;
  return Object.assign(new Error(message), { code: "ENOENT" });
}
