/**
 * The directories that one handle watches, each by the watcher that all handles share; polling where
 * there can be none.
 *
 * @module
 */

import type { Log } from "../log.ts";
import type { WatchTools } from "./shared_watch.ts";
import { SharedWatches } from "./shared_watches.ts";
import { type WatcherNews, WatchSubscription } from "./watch_subscription.ts";
import type { Hint } from "./watcher.ts";

/** What happens in the watched directories. */
export interface DirectoryWatchesHandler {
  /** Something happened in `directory`. What this throws counts as a failure to watch. */
  hint(directory: string, hint: Hint): void;
  /** The watcher of `directory` is not what it was. */
  changed(directory: string, news: WatcherNews): void;
}

/** Options of {@linkcode DirectoryWatches}. */
export interface DirectoryWatchesOptions extends WatchTools {
  /** Where others watch the same directories; absent: nobody else does. */
  readonly sharedWatches?: SharedWatches;
  /** Whether watching keeps the process alive. @default {true} */
  readonly keepAlive?: boolean;
  /** Is told of watchers that begin, end or are started again. */
  readonly log?: Log | undefined;
}

/** Most directories are gone for good: Kubernetes makes a new one for each update. */
const MAX_VANISHED = 100;

/** The directories that are watched right now. */
export class DirectoryWatches {
  readonly #subscriptions = new Map<string, WatchSubscription>();
  /** Those that were told to be failing: there are none, or many, and they are asked for often. */
  readonly #failing = new Set<string>();
  /** Inodes of directories that vanished while they were watched. */
  readonly #vanished = new Map<string, string>();
  readonly #options: DirectoryWatchesOptions;
  readonly #sharedWatches: SharedWatches;
  readonly #handler: DirectoryWatchesHandler;
  #isClosed = false;

  /** Creates an empty set. */
  constructor(options: DirectoryWatchesOptions, handler: DirectoryWatchesHandler) {
    this.#options = options;
    this.#sharedWatches = options.sharedWatches ?? new SharedWatches();
    this.#handler = handler;
  }

  /** Directories that exist but can't be watched by events, with the reason. */
  get failures(): ReadonlyMap<string, Error> {
    const failures = new Map<string, Error>();
    for (const directory of this.#failing) {
      const failure = this.#subscriptions.get(directory)?.failure;
      if (failure !== undefined) failures.set(directory, failure);
    }
    return failures;
  }

  /** Whether there is a running watcher. */
  get isActive(): boolean {
    for (const { isRunning } of this.#subscriptions.values()) {
      if (isRunning) return true;
    }
    return false;
  }

  /** Number of directories with a running watcher. */
  get active(): number {
    return [...this.#subscriptions.values()].filter(({ isRunning }) => isRunning).length;
  }

  /** Watches exactly `directories` from now on. */
  set(directories: ReadonlySet<string>): void {
    for (const [directory, subscription] of [...this.#subscriptions]) {
      if (!directories.has(directory)) this.#leave(directory, subscription);
    }
    for (const directory of directories) {
      // Whoever is told of a failure may close all of it.
      if (!this.#isClosed && !this.#subscriptions.has(directory)) this.#join(directory);
    }
  }

  /**
   * Looks whether the watchers, all or some, still watch what their paths lead to; starts them again
   * where not.
   *
   * @returns The directories where changes may have gone unseen since the last time: those that were
   * replaced, vanished or are there now.
   */
  verify(directories: Iterable<string> = this.#subscriptions.keys()): string[] {
    return [...directories].filter((directory) => {
      const mayHaveLost = !!this.#subscriptions.get(directory)?.verify();
      if (mayHaveLost) this.#tell("Changes in {directory} may have gone unseen", directory);
      return mayHaveLost;
    });
  }

  /** Makes {@linkcode DirectoryWatches.verify} start a watcher again that may be dead. */
  distrust(directory: string): void {
    this.#subscriptions.get(directory)?.distrust();
  }

  /** Watches nothing any more, for good. */
  close(): void {
    this.#isClosed = true;
    this.set(new Set());
    this.#vanished.clear();
  }

  #join(directory: string): void {
    const { keepAlive = true } = this.#options;
    const watch = this.#sharedWatches.of(directory, this.#options);
    const subscription = new WatchSubscription(watch, {
      keepAlive,
      hint: (hint) => this.#handler.hint(directory, hint),
      changed: (news) => {
        if (news instanceof Error) this.#failing.add(directory);
        else this.#failing.delete(directory);
        this.#handler.changed(directory, news);
      },
    }, this.#vanished.get(directory));
    this.#vanished.delete(directory);
    this.#subscriptions.set(directory, subscription);
    this.#tell("Watches {directory}", directory);
    subscription.start();
  }

  #leave(directory: string, subscription: WatchSubscription): void {
    this.#subscriptions.delete(directory);
    this.#failing.delete(directory);
    this.#tell("Watches {directory} no more", directory);
    subscription.stop();
    const { inode } = subscription;
    if (inode === undefined || this.#isClosed || inode === this.#inodeOf(directory)) return;
    this.#vanished.set(directory, inode);
    const [oldest] = this.#vanished.keys();
    if (this.#vanished.size > MAX_VANISHED) this.#vanished.delete(oldest!);
  }

  #tell(message: string, directory: string): void {
    this.#options.log?.watch.debug?.(message, { directory });
  }

  #inodeOf(directory: string): string | undefined {
    try {
      return this.#options.fileSystem.stat(directory)?.inode;
    } catch {
      return undefined;
    }
  }
}
