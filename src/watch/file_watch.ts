/**
 * Watches a set of files, and directories for new ones: turns what watchers say about names in
 * directories into hints about files, and looks by itself from time to time.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { Clock } from "../clock.ts";
import { type FileStat, type FileSystem, signatureOf } from "../runtime/file_system.ts";
import { DirectoryWatches } from "./directory_watches.ts";
import type { SharedWatches } from "./shared_watches.ts";
import { listFiles, subdirectories, type WatchedDirectory } from "./watched_directory.ts";
import { type Entry, linkChain } from "./link_chain.ts";
import type { WatcherNews } from "./watch_subscription.ts";
import type { DirectoryWatcher, Hint, HintKind } from "./watcher.ts";

/** What to watch. */
export interface WatchTargets {
  /** Absolute paths of files; they need not exist. */
  readonly files: readonly string[];
  /** Directories. */
  readonly directories: readonly WatchedDirectory[];
}

/**
 * What is believed to have happened to a file. `touched`: a `modified` that was no write, as the size
 * and the time of the last write are those the file had when it was closed; a `chmod`, for example.
 */
export type FileHintKind = HintKind | "touched";

/** Hint about a file. */
export interface FileHint {
  /** Path of the file as it was given, or found in a watched directory. */
  readonly path: string;
  /** What is believed to have happened. */
  readonly kind: FileHintKind;
  /** For how long the file has not been written, in milliseconds, when that is known. */
  readonly quietForMs: number;
}

/** Options of {@linkcode FileWatch}. */
export interface FileWatchOptions {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  /** Absent: look only from time to time. */
  readonly watcher: DirectoryWatcher | undefined;
  /** Where others watch the same directories; absent: nobody else does. */
  readonly sharedWatches?: SharedWatches;
  /** Time between two looks beside a watcher. */
  readonly backstopMs: number;
  /** Time between two looks without a watcher. */
  readonly pollMs: number;
  /** Whether watching keeps the process alive. @default {true} */
  readonly keepAlive?: boolean;
  onHint(hint: FileHint): void;
  onWatcherChanged(directory: string, news: WatcherNews): void;
}

interface WatchedFile {
  signature: string;
  /** Text that differs when the file was written. */
  content: string;
  /** Whether it was written and not closed since, where closes are reported. */
  isWritten: boolean;
  entries: readonly Entry[];
  /** Time of its last hint, in the clock's milliseconds. */
  hintedAt?: number;
}

/** File systems and Deno round times: a file written this recently may change unseen by its stat. */
const RACY_MS = 2_000;

/** A file whose last hint is so old has been settled, or is known to be incomplete. */
const RECHECK_AFTER_MS = 500;

/** Several hints that name no file of ours are answered by one look, this much later. */
const LOOK_DELAY_MS = 2;

const MISSING = signatureOf(undefined);

/** Hints about files from all watchers, and from looking. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #watches: DirectoryWatches | undefined;
  readonly #files = new Map<string, WatchedFile>();
  readonly #filesByEntry = new Map<string, Set<string>>();
  readonly #toLook = new Set<string>();
  /** Directories whose hints were lost. */
  readonly #lost = new Set<string>();
  #targets: WatchTargets = { files: [], directories: [] };
  /** Each directory that files are looked for in, by its path free of links. */
  #directories = new Map<string, WatchedDirectory>();
  /** The directories that files were looked for in the last time. */
  #known: ReadonlySet<string> = new Set();
  #look: Disposable | undefined;
  #tick: Disposable | undefined;
  #lastTick: number | undefined;
  #catches = 0;
  #isClosed = false;

  /** Creates a watch of nothing; see {@linkcode FileWatch.set}. */
  constructor(options: FileWatchOptions) {
    this.#options = options;
    if (options.watcher !== undefined) {
      this.#watches = new DirectoryWatches({ ...options, watcher: options.watcher }, {
        hint: (directory, hint) => this.#onHint(directory, hint),
        changed: (directory, news) => {
          options.onWatcherChanged(directory, news);
          // Looking may be the only way left, or no more the only one.
          if (news instanceof Error || news === "available") this.#schedule();
        },
      });
    }
  }

  /** Number of changes that looking found and no watcher had hinted at. */
  get catches(): number {
    return this.#catches;
  }

  /** When the last look took place, in the clock's milliseconds. */
  get lastTick(): number | undefined {
    return this.#lastTick;
  }

  /** Whether some directory, or all, are watched by looking only. */
  get isPolling(): boolean {
    return this.#watches === undefined || this.#watches.failures.size > 0;
  }

  /** Directories that can't be watched by events, with the reason. */
  get failures(): ReadonlyMap<string, Error> {
    return this.#watches?.failures ?? new Map();
  }

  /** Time between two looks, in milliseconds. */
  get intervalMs(): number {
    return this.isPolling ? this.#options.pollMs : this.#options.backstopMs;
  }

  /** Number of directories watched by events. */
  get watchedDirectories(): number {
    return this.#watches?.active ?? 0;
  }

  /** Watches exactly `targets` from now on. Every change after the call gives a hint. */
  set(targets: WatchTargets): void {
    if (this.#isClosed) return;
    this.#targets = targets;
    // Watching begins with a look: health() counts from here.
    this.#lastTick ??= this.#options.clock.now();
    this.#rebuild();
    this.#schedule();
  }

  /**
   * Gives a hint for each of `paths` that changed since its last hint.
   *
   * @returns Whether there was any.
   */
  look(paths: Iterable<string>): boolean {
    let found = false;
    for (const path of paths) found = this.#lookAt(path, "unknown") || found;
    return found;
  }

  /** Ends all watching. */
  close(): void {
    this.#isClosed = true;
    this.#tick?.[Symbol.dispose]();
    this.#look?.[Symbol.dispose]();
    this.#watches?.close();
    this.#files.clear();
    this.#filesByEntry.clear();
  }

  #onHint(directory: string, { name, kind }: Hint): void {
    const isNamed = name !== undefined && kind !== "unknown";
    const known = isNamed ? this.#filesByEntry.get(entryKey({ directory, name })) : undefined;
    if (known !== undefined) {
      for (const path of [...known]) this.#hint(path, kind);
      return;
    }
    const watched = this.#directories.get(directory);
    if (isNamed && watched !== undefined) {
      const path = nodePath.join(watched.path, name);
      const stat = this.#stat(path);
      if (stat?.kind === "directory" && watched.recursive) return this.#rebuildAndReport();
      if (stat?.kind === "file" && watched.accepts(path)) {
        this.#add(path);
        // Where a link leads has to be watched as well.
        if (this.#files.get(path)!.entries.length > 1) this.#rebuildAndReport();
        return this.#hint(path, kind);
      }
    }
    // The end of a directory is told under its own name, or none, and is the end of its watcher.
    if (name === undefined || name === nodePath.basename(directory)) {
      this.#watches?.distrust(directory);
    }
    if (!isNamed) this.#lost.add(directory);
    // Writing to a file that is none of ours changes nothing for us.
    else if (kind !== "renamed") return;
    this.#lookSoon(directory);
  }

  #hint(path: string, kind: HintKind): void {
    // A link on the way may lead elsewhere now; its directory must be watched before the read.
    if (kind === "renamed") this.#followLinks(path);
    const file = this.#files.get(path);
    const isTouch = file !== undefined && this.#note(file, path, kind);
    this.#options.onHint({ path, kind: isTouch ? "touched" : kind, quietForMs: 0 });
  }

  /** Keeps in mind what a hint found. Says whether it is no write although it looks like one. */
  #note(file: WatchedFile, path: string, kind: HintKind): boolean {
    const stat = this.#stat(path);
    const content = contentOf(stat);
    const isTouch = kind === "modified" && !file.isWritten && content === file.content;
    file.isWritten = kind === "modified" && !isTouch;
    file.signature = signatureOf(stat);
    file.content = content;
    file.hintedAt = this.#options.clock.now();
    return isTouch;
  }

  #lookSoon(directory: string): void {
    this.#toLook.add(directory);
    const { clock, keepAlive } = this.#options;
    this.#look ??= clock.schedule(LOOK_DELAY_MS, () => {
      this.#look = undefined;
      const moved = this.#watches?.verify() ?? [];
      const directories = new Set([...this.#toLook, ...moved]);
      const lost = new Set([...this.#lost, ...moved]);
      this.#toLook.clear();
      this.#lost.clear();
      if (moved.length > 0 || [...directories].some((path) => this.#directories.has(path))) {
        this.#rebuildAndReport();
      }
      for (const [path, { entries }] of [...this.#files]) {
        if (!entries.some((entry) => directories.has(entry.directory))) continue;
        const wereLost = entries.some((entry) => lost.has(entry.directory));
        this.#lookAt(path, "unknown", wereLost ? () => true : undefined);
      }
    }, { keepAlive });
  }

  #onTick(): void {
    try {
      this.#lookAtAll();
    } finally {
      this.#schedule();
    }
  }

  #lookAtAll(): void {
    this.#lastTick = this.#options.clock.now();
    const moved = this.#watches?.verify() ?? [];
    if (moved.length > 0 || this.#targets.directories.length > 0) this.#rebuildAndReport();
    for (const path of [...this.#files.keys()]) {
      if (!this.#lookAt(path, "unknown", (file) => this.#isSettled(file))) continue;
      this.#catches += 1;
      // Whoever missed this may be dead.
      for (const { directory } of this.#files.get(path)?.entries ?? []) {
        this.#watches?.distrust(directory);
      }
    }
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#tick?.[Symbol.dispose]();
    // Without a running watcher nothing else would keep the process watching.
    const keepAlive = this.#options.keepAlive !== false && this.watchedDirectories === 0;
    this.#tick = this.#options.clock.schedule(this.intervalMs, () => this.#onTick(), { keepAlive });
  }

  /**
   * Gives a hint if the file changed, or if its stat would not tell and `isDue`.
   *
   * @returns Whether it changed.
   */
  #lookAt(path: string, kind: HintKind, isDue?: (file: WatchedFile) => boolean): boolean {
    const file = this.#files.get(path);
    if (file === undefined) return false;
    const stat = this.#stat(path);
    const signature = signatureOf(stat);
    const changed = signature !== file.signature;
    if (!changed && !(isDue?.(file) && stat !== undefined && this.#isRacy(stat))) return false;
    if (changed) this.#followLinks(path);
    file.signature = signature;
    file.content = contentOf(stat);
    const quietForMs = stat === undefined ? 0 : this.#options.clock.wallTime() - stat.mtimeMs;
    this.#options.onHint({ path, kind, quietForMs: Math.max(0, quietForMs) });
    return changed;
  }

  /** What was hinted at just now is being settled, and a look says nothing new about it. */
  #isSettled({ hintedAt = -Infinity }: WatchedFile): boolean {
    return this.#options.clock.now() - hintedAt >= RECHECK_AFTER_MS;
  }

  #isRacy({ mtimeMs, ctimeMs }: FileStat): boolean {
    const age = this.#options.clock.wallTime() - Math.max(mtimeMs, ctimeMs);
    return age >= 0 && age < RACY_MS;
  }

  #rebuildAndReport(): void {
    const before = new Map(this.#files);
    this.#rebuild();
    for (const path of this.#files.keys()) {
      if (!before.has(path)) this.#options.onHint({ path, kind: "unknown", quietForMs: 0 });
    }
    for (const [path, { signature }] of before) {
      // One that was hinted at when it vanished does not vanish again.
      if (!this.#files.has(path) && signature !== MISSING) {
        this.#options.onHint({ path, kind: "unknown", quietForMs: 0 });
      }
    }
  }

  /** What is in a directory; what was in it before, when it can't be listed just now. */
  #find(target: WatchedDirectory): { directories: Iterable<string>; files: Iterable<string> } {
    const { fileSystem } = this.#options;
    try {
      return {
        directories: subdirectories(fileSystem, target),
        files: listFiles(fileSystem, target),
      };
    } catch {
      // Reading the source reports why.
      const isIn = (path: string) => path.startsWith(target.path + nodePath.sep);
      const known = [...this.#known].filter((path) => path === target.path || isIn(path));
      return {
        directories: new Set([target.path, ...known]),
        files: [...this.#files.keys()].filter(isIn),
      };
    }
  }

  #followLinks(path: string): void {
    const before = this.#files.get(path)?.entries ?? [];
    const now = this.#chain(path);
    const isSame = now.length === before.length &&
      now.every((entry, index) => entryKey(entry) === entryKey(before[index]!));
    if (!isSame) this.#rebuildAndReport();
  }

  /** Finds out anew which files there are and which directories have to be watched for them. */
  #rebuild(): void {
    this.#known = new Set([...this.#directories.values()].map(({ path }) => path));
    this.#directories = new Map();
    const files = new Set(this.#targets.files);
    const directories = new Set<string>();
    for (const target of this.#targets.directories) {
      const chain = this.#chain(target.path);
      for (const { directory } of chain) directories.add(directory);
      const { directory, name } = chain.at(-1)!;
      const found = this.#find(target);
      for (const path of found.directories) {
        const real = nodePath.join(directory, name, nodePath.relative(target.path, path));
        this.#directories.set(real, { ...target, path });
        directories.add(real);
      }
      for (const path of found.files) files.add(path);
    }
    for (const path of this.#files.keys()) {
      if (!files.has(path)) this.#files.delete(path);
    }
    this.#filesByEntry.clear();
    for (const path of files) {
      this.#add(path);
      for (const { directory } of this.#files.get(path)!.entries) directories.add(directory);
    }
    this.#watches?.set(directories);
  }

  #add(path: string): void {
    const entries = this.#chain(path);
    const known = this.#files.get(path) ?? newFile(this.#stat(path));
    this.#files.set(path, { ...known, entries });
    for (const entry of entries) {
      const key = entryKey(entry);
      const paths = this.#filesByEntry.get(key);
      if (paths === undefined) this.#filesByEntry.set(key, new Set([path]));
      else paths.add(path);
    }
  }

  #chain(path: string): Entry[] {
    try {
      return linkChain(this.#options.fileSystem, path);
    } catch {
      // A loop of links or a directory that may not be searched: reading the file will say so.
      return [{ directory: nodePath.dirname(path), name: nodePath.basename(path) }];
    }
  }

  #stat(path: string): FileStat | undefined {
    try {
      return this.#options.fileSystem.stat(path);
    } catch {
      return undefined;
    }
  }
}

function newFile(stat: FileStat | undefined): Omit<WatchedFile, "entries"> {
  return { signature: signatureOf(stat), content: contentOf(stat), isWritten: false };
}

function contentOf(stat: FileStat | undefined): string {
  return stat === undefined ? MISSING : `${stat.inode} ${stat.size} ${stat.mtimeMs}`;
}

function entryKey({ directory, name }: Entry): string {
  return `${directory}\0${name}`;
}
