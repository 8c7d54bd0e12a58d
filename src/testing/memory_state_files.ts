/**
 * A disk in memory, which can fail, stop or forget at every single operation.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { FileKind } from "../runtime/file_system.ts";
import type { NewStateFile, StateFiles, StateStat } from "../runtime/state_files.ts";

/** What was asked of the disk. */
export interface StateCall {
  /** Name of the operation. */
  readonly operation:
    | "makeDirectory"
    | "create"
    | "write"
    | "sync"
    | "close"
    | "rename"
    | "syncDirectory"
    | "list"
    | "stat"
    | "read"
    | "remove";
  /** What it was asked about. */
  readonly path: string;
}

/**
 * What becomes of an operation: an error it fails with, `stop` as if the process was killed in it,
 * `hang` as if the disk did not answer; `undefined`: it goes well.
 */
export type StateFault = (call: StateCall) => Error | "stop" | "hang" | undefined;

/** What is left of what was not synchronised when the power fails. */
export interface PowerFailure {
  /** Whether new names, and that old ones are gone, are kept. */
  readonly keepsNames: boolean;
  /** How much is left of the bytes. */
  readonly bytes: "all" | "half" | "none";
}

interface Node {
  readonly kind: FileKind;
  mode: number;
  userId: number;
  bytes: Uint8Array;
  /** How many of them are on the disk. */
  synced: number;
}

/** What a test puts on the disk. */
export interface PlantedFile extends Partial<Pick<StateStat, "kind" | "mode" | "userId">> {
  /** Its content. */
  readonly text?: string;
}

/** Files for `stateDir` in memory. */
export class MemoryStateFiles implements StateFiles {
  /** Number of the process, which a test may change. */
  processId = 1;
  /** What was asked, the oldest first. */
  readonly calls: StateCall[] = [];
  readonly #userId: number;
  #names: Map<string, Node>;
  /** The names as they are on the disk. */
  #syncedNames: Map<string, Node>;
  #fault: StateFault | undefined;
  #isStopped = false;

  /** Creates a disk that is empty, for the user of that number. */
  constructor({ userId = 1000 }: { readonly userId?: number } = {}) {
    this.#userId = userId;
    const root = directory(0o755, userId);
    this.#names = new Map([["/", root]]);
    this.#syncedNames = new Map(this.#names);
  }

  /** Number of the user. */
  userId(): number {
    return this.#userId;
  }

  /** Decides from now on what becomes of each operation. */
  inject(fault: StateFault | undefined): void {
    this.#fault = fault;
  }

  /** Lets a process begin anew after one was stopped; what it had asked for is there. */
  restart(): void {
    this.#isStopped = false;
    this.#fault = undefined;
  }

  /** Lets the power fail, and comes back. */
  failPower({ keepsNames, bytes }: PowerFailure): void {
    this.restart();
    if (!keepsNames) this.#names = new Map(this.#syncedNames);
    this.#syncedNames = new Map(this.#names);
    for (const node of this.#names.values()) {
      const part = { all: 1, half: 0.5, none: 0 }[bytes];
      const left = node.synced + Math.floor((node.bytes.length - node.synced) * part);
      node.bytes = node.bytes.slice(0, left);
      node.synced = left;
    }
  }

  /** Paths of everything but directories, in order. */
  get paths(): readonly string[] {
    return [...this.#names].filter(([, { kind }]) => kind !== "directory").map(([path]) => path)
      .sort();
  }

  /** The text of a file. */
  textOf(path: string): string {
    return new TextDecoder().decode(this.#at(path).bytes);
  }

  /** Puts something there, or in the place of what is, as somebody else would. */
  plant(path: string, { kind = "file", mode = 0o600, userId, text = "" }: PlantedFile): void {
    const bytes = new TextEncoder().encode(text);
    const node = { kind, mode, userId: userId ?? this.#userId, bytes, synced: bytes.length };
    this.#names.set(path, node);
    this.#syncedNames.set(path, node);
  }

  /** Makes a directory and those it is in. */
  async makeDirectory(path: string): Promise<void> {
    await this.#ask("makeDirectory", path);
    for (let missing = path; !this.#names.has(missing); missing = nodePath.dirname(missing)) {
      this.#names.set(missing, directory(0o700, this.#userId));
    }
  }

  /** Makes a file. */
  async create(path: string): Promise<NewStateFile> {
    await this.#ask("create", path);
    if (this.#names.has(path)) throw failure("EEXIST", "file already exists", path);
    this.#at(nodePath.dirname(path));
    const node: Node = {
      kind: "file",
      mode: 0o600,
      userId: this.#userId,
      bytes: new Uint8Array(),
      synced: 0,
    };
    this.#names.set(path, node);
    return {
      write: async (bytes) => {
        // Who is stopped while writing has written a part.
        await this.#ask("write", path, () => node.bytes = bytes.slice(0, bytes.length / 2));
        node.bytes = bytes.slice();
      },
      sync: async () => {
        await this.#ask("sync", path);
        node.synced = node.bytes.length;
      },
      close: () => this.#ask("close", path),
    };
  }

  /** Gives a file another name. */
  async rename(from: string, to: string): Promise<void> {
    await this.#ask("rename", from);
    const node = this.#at(from);
    this.#names.delete(from);
    this.#names.set(to, node);
  }

  /** Brings the names in a directory to the disk. */
  async syncDirectory(path: string): Promise<void> {
    await this.#ask("syncDirectory", path);
    const isIn = (name: string) => name !== path && nodePath.dirname(name) === path;
    for (const name of [...this.#syncedNames.keys()].filter(isIn)) this.#syncedNames.delete(name);
    for (const [name, node] of this.#names) if (isIn(name)) this.#syncedNames.set(name, node);
  }

  /** The names in a directory. */
  async list(path: string): Promise<readonly string[]> {
    await this.#ask("list", path);
    this.#at(path);
    return [...this.#names.keys()]
      .filter((name) => name !== path && nodePath.dirname(name) === path)
      .map((name) => nodePath.basename(name));
  }

  /** What `path` is. */
  async stat(path: string): Promise<StateStat | undefined> {
    await this.#ask("stat", path);
    const node = this.#names.get(path);
    return node && toStat(node);
  }

  /** What a file is and holds. */
  async read(
    path: string,
    maxBytes: number,
  ): Promise<{ readonly stat: StateStat; readonly bytes: Uint8Array }> {
    await this.#ask("read", path);
    const node = this.#at(path);
    if (node.kind === "symlink") throw failure("ELOOP", "too many symbolic links", path);
    const isReadable = node.kind === "file" && node.bytes.length <= maxBytes;
    return { stat: toStat(node), bytes: isReadable ? node.bytes.slice() : new Uint8Array() };
  }

  /** Removes a file. */
  async remove(path: string): Promise<void> {
    await this.#ask("remove", path);
    this.#at(path);
    this.#names.delete(path);
  }

  #at(path: string): Node {
    const node = this.#names.get(path);
    if (node === undefined) throw failure("ENOENT", "no such file or directory", path);
    return node;
  }

  /** @param half What is done of it by who is stopped, or fails, in the middle. */
  async #ask(operation: StateCall["operation"], path: string, half?: () => void): Promise<void> {
    await Promise.resolve();
    // A process that was killed waits for nothing any more.
    if (this.#isStopped) return await new Promise(() => {});
    const call = { operation, path };
    this.calls.push(call);
    const fault = this.#fault?.(call);
    if (fault === undefined) return;
    half?.();
    this.#isStopped = fault === "stop";
    if (typeof fault === "string") return await new Promise(() => {});
    throw fault;
  }
}

function directory(mode: number, userId: number): Node {
  return { kind: "directory", mode, userId, bytes: new Uint8Array(), synced: 0 };
}

function toStat({ kind, mode, userId, bytes }: Node): StateStat {
  return { kind, mode, userId, size: bytes.length };
}

function failure(code: string, message: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${message}, '${path}'`), { code });
}
