/**
 * Watches a set of files, and directories for new ones: turns what watchers say about names in
 * directories into hints about files, and looks by itself from time to time.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { FileStat } from "../runtime/file_system.ts";
import { BoundedTimer } from "./bounded_timer.ts";
import { EntryHints } from "./entry_hints.ts";
import type { FileHint } from "./file_hint.ts";
import { HeardHints } from "./heard_hints.ts";
import type { Found } from "./listing.ts";
import { Looking } from "./looking.ts";
import { MissedChanges } from "./missed_changes.ts";
import { UNSEEN } from "./shared_watch.ts";
import type { WatcherNews } from "./watch_subscription.ts";
import type { WatchedDirectory } from "./watched_directory.ts";
import type { WatchedFile } from "./watched_file.ts";
import { WatchedPlaces, type WatchTargets } from "./watched_places.ts";
import type { Hint, HintKind } from "./watcher.ts";
import type { WatcherSetOptions } from "./watcher_set.ts";

export type { FileHint, FileHintKind } from "./file_hint.ts";
export type { WatchTargets } from "./watched_places.ts";

/** Options of {@linkcode FileWatch}. */
export interface FileWatchOptions extends WatcherSetOptions {
  /** Time between two looks beside a watcher. */
  readonly backstopMs: number;
  /** Time between two looks without a watcher. */
  readonly pollMs: number;
  onHint(hint: FileHint): void;
  onWatcherChanged(directory: string, news: WatcherNews): void;
  /** Called after each look from time to time. */
  readonly onLook?: (() => void) | undefined;
}

/** Several hints that name no file of ours are answered by one look, this much later. */
const LOOK_DELAY_MS = 2;

/** Hints about files from all watchers, and from looking. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #places: WatchedPlaces;
  readonly #looking: Looking;
  readonly #missed: MissedChanges;
  readonly #entries: EntryHints;
  readonly #lookTimer: BoundedTimer;
  readonly #heard: HeardHints;
  /** Directories to look in soon. */
  readonly #toLook = new Set<string>();
  /** Directories whose hints were lost. */
  readonly #lost = new Set<string>();
  #tick: Disposable | undefined;
  #lastTick: number | undefined;
  #isClosed = false;

  /** Creates a watch of nothing; see {@linkcode FileWatch.set}. */
  constructor(options: FileWatchOptions) {
    this.#options = options;
    const { clock, watcher, keepAlive = true } = options;
    this.#heard = new HeardHints(watcher);
    const places = this.#places = new WatchedPlaces(options, {
      hint: (directory, hint) => this.#onHint(directory, hint),
      changed: (directory, news) => {
        options.onWatcherChanged(directory, news);
        // Looking may be the only way left, or no more the only one.
        if (news instanceof Error || news === "available") this.#schedule();
      },
    });
    const missed = this.#missed = new MissedChanges(
      clock,
      (directory) => this.#onMissed(directory),
    );
    this.#looking = new Looking({
      ...options,
      places,
      missed,
      onChange: ({ path }, quietForMs, isWrittenOver) =>
        this.#tell({ path, kind: "unknown", quietForMs, isWrittenOver }, "look"),
    });
    this.#entries = new EntryHints({
      ...options,
      places,
      missed,
      onHint: (hint) => this.#tell(hint, "watcher"),
      onFound: () => this.#looking.report(),
      onUnclear: (directory) => this.#lookSoon(directory),
    });
    const act = () => this.#lookNow();
    this.#lookTimer = new BoundedTimer({ clock, delayMs: LOOK_DELAY_MS, keepAlive, act });
  }

  /**
   * Number of changes that looking found and no watcher told of, before or soon after. Where files
   * are polled there is no watcher that could have, and nothing is counted.
   */
  get catches(): number {
    return this.#missed.count;
  }

  /** When the last look took place, in the clock's milliseconds. */
  get lastTick(): number | undefined {
    return this.#lastTick;
  }

  /** Whether some directory, or all, are watched by looking only. */
  get isPolling(): boolean {
    return this.#places.watchers.isPolling;
  }

  /** Directories that can't be watched by events, with the reason; one for each mount. */
  get failures(): ReadonlyMap<string, Error> {
    return this.#places.watchers.failures;
  }

  /** Time between two looks, in milliseconds. */
  get intervalMs(): number {
    return this.isPolling ? this.#options.pollMs : this.#options.backstopMs;
  }

  /** Number of directories watched by events. */
  get watchedDirectories(): number {
    return this.#places.watchers.active;
  }

  /** Watches exactly `targets` from now on. Every change after the call gives a hint. */
  set(targets: WatchTargets): void {
    if (this.#isClosed) return;
    // Watching begins with a look: health() counts from here.
    this.#lastTick ??= this.#options.clock.now();
    this.#places.set(targets);
    this.#schedule();
  }

  /**
   * Gives a hint for each of `paths` that changed since its last hint.
   *
   * @returns Whether there was any.
   */
  look(paths: Iterable<string>): boolean {
    return this.#looking.atFiles(this.#filesOf(paths));
  }

  /** Gives a hint for each file that came to a polled directory that one of `paths` is in. */
  lookForNew(paths: Iterable<string>): void {
    this.#looking.forNewBeside(this.#filesOf(paths));
  }

  /** What was known of a file when it was hinted at, or looked at, the last time. */
  statOf(path: string): FileStat | undefined {
    return this.#places.files.get(path)?.stat;
  }

  /** What was found in one of the directories; `undefined` when that is not known. */
  foundIn(directory: WatchedDirectory): Found | undefined {
    return this.#places.roots.foundIn(directory);
  }

  /** Ends all watching. */
  close(): void {
    this.#isClosed = true;
    this.#tick?.[Symbol.dispose]();
    this.#lookTimer[Symbol.dispose]();
    this.#missed.close();
    this.#looking.close();
    this.#places.watchers.close();
  }

  #filesOf(paths: Iterable<string>): WatchedFile[] {
    return [...paths].flatMap((path) => this.#places.files.get(path) ?? []);
  }

  #onHint(directory: string, hint: Hint): void {
    const { name } = hint;
    const isOurs = name !== undefined && this.#places.dependOn({ directory, name });
    const kind = isOurs && hint.look !== undefined ? hint.look() : hint.kind;
    const isNamed = name !== undefined && kind !== "unknown";
    if (hint === UNSEEN) this.#heard.forget(directory);
    else this.#heard.add(directory, !isNamed);
    if (isNamed && this.#entries.on({ directory, name }, kind)) return;
    // The end of a directory is told under its own name, or none, and is the end of its watcher.
    if (name === undefined || isEnd(directory, name, kind)) {
      this.#distrust(directory, "it told of its own end, or lost hints");
    }
    if (!isNamed) this.#lost.add(directory);
    // Writing to a file that is none of ours changes nothing for us.
    else if (kind !== "renamed") return;
    this.#lookSoon(directory);
  }

  #tell(hint: FileHint, by: "watcher" | "look"): void {
    // Whoever was told that a directory can't be watched may have closed all of it.
    if (this.#isClosed) return;
    this.#options.log?.watch.debug?.("Hint of a {by}: {path} {kind}", { by, ...hint });
    this.#options.onHint(hint);
  }

  #distrust(directory: string, reason: string): void {
    const debug = this.#options.log?.watch.debug;
    debug?.("The watcher of {directory} may be dead: {reason}", { directory, reason });
    this.#places.watchers.distrust(directory);
  }

  #lookSoon(directory: string): void {
    if (this.#isClosed) return;
    if (!this.#toLook.has(directory)) {
      this.#options.log?.watch.debug?.("Looks at everything in {directory}", { directory });
    }
    this.#toLook.add(directory);
    this.#lookTimer.request();
  }

  #lookNow(): void {
    const directories = new Set(this.#toLook);
    const lost = new Set(this.#lost);
    this.#toLook.clear();
    this.#lost.clear();
    this.#looking.inDirectories(directories, lost);
    // What was moved away, and is not back, is watched no more by now.
    const distrusted = [...this.#places.watchers.takeDistrusted()];
    const others = distrusted.filter((directory) => !directories.has(directory));
    this.#looking.inDirectories(others, new Set());
  }

  #onTick(): void {
    try {
      this.#lastTick = this.#options.clock.now();
      const { losesSome, mayHaveLost } = this.#heard.take();
      this.#looking.beside(losesSome);
      if (mayHaveLost) this.#looking.round();
      this.#options.onLook?.();
    } finally {
      this.#schedule();
    }
  }

  /** Whoever missed a change may be dead, unless he was heard of just now. */
  #onMissed(directory: string): void {
    if (!this.#heard.has(directory)) this.#distrust(directory, "it told nothing of a change");
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#tick?.[Symbol.dispose]();
    // Without a running watcher nothing else would keep the process watching.
    const keepAlive = this.#options.keepAlive !== false && !this.#places.watchers.isActive;
    this.#tick = this.#options.clock.schedule(this.intervalMs, () => this.#onTick(), { keepAlive });
  }
}

/** Whether a hint may tell of the end of the directory itself, and not of a file of the same name. */
function isEnd(directory: string, name: string, kind: HintKind): boolean {
  return name === nodePath.basename(directory) && kind !== "modified" && kind !== "closed";
}
