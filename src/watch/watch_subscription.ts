/**
 * One handle's part in a directory's watcher.
 *
 * @module
 */

import { toError } from "../to_error.ts";
import type { SharedWatch, Subscriber } from "./shared_watch.ts";
import type { Hint } from "./watcher.ts";

/**
 * What became of the watcher of a directory. An error: there is none any more; `available`: there is
 * one again; `replaced`: it watches another directory that has taken the place; `returned`: it
 * watches the same directory, which had been away.
 */
export type WatcherNews = Error | "available" | "replaced" | "returned";

/** Who watches a directory. */
export interface WatchListener {
  /** Whether watching keeps the process alive. */
  readonly keepAlive: boolean;
  /** Something happened in the directory. What this throws counts as a failure to watch. */
  hint(hint: Hint): void;
  /** The watcher is not what it was. */
  changed(news: WatcherNews): void;
}

/** What one handle knows of a watch, and has been told of it. */
export class WatchSubscription implements Subscriber {
  readonly #watch: SharedWatch;
  readonly #listener: WatchListener;
  #losses: number;
  /** The directory that was watched last. */
  #inode: string | undefined;
  /** Whether it has been missing since. */
  #wasMissing: boolean;
  /** Whether it was told that there is no watcher. */
  #isFailing = false;
  /** Why the listener could not take a hint. */
  #fault: Error | undefined;

  /** Begins to watch; `vanished` is the inode of the directory when it was watched before. */
  constructor(watch: SharedWatch, listener: WatchListener, vanished?: string) {
    this.#watch = watch;
    this.#listener = listener;
    this.#losses = watch.losses;
    this.#inode = vanished;
    this.#wasMissing = vanished !== undefined;
  }

  /** Whether this one keeps the process alive. */
  get keepAlive(): boolean {
    return this.#listener.keepAlive;
  }

  /** The directory that was watched last, if there was any. */
  get inode(): string | undefined {
    return this.#inode;
  }

  /** Whether hints come in. */
  get isRunning(): boolean {
    return this.#watch.state.kind === "running";
  }

  /** Why they do not, or can't be taken, although the directory is there. */
  get failure(): Error | undefined {
    const { state } = this.#watch;
    return state.kind === "failed" ? state.error : this.#fault;
  }

  /** Begins to watch. */
  start(): void {
    this.#watch.add(this);
    this.changed();
    // Watching begins with a look.
    this.#losses = this.#watch.losses;
  }

  /** Watches no more. */
  stop(): void {
    this.#watch.remove(this);
  }

  /** Starts the watcher again that may be dead. Says whether changes may have gone unseen. */
  verify(): boolean {
    const hadFault = this.#fault !== undefined;
    this.#fault = undefined;
    this.#watch.verify(this);
    this.changed();
    const hadLosses = this.#watch.losses !== this.#losses;
    this.#losses = this.#watch.losses;
    return hadFault || hadLosses;
  }

  /** The watcher may be dead. */
  distrust(): void {
    this.#watch.distrust();
  }

  /** Passes a hint on. */
  hint(hint: Hint): void {
    try {
      this.#listener.hint(hint);
    } catch (error) {
      // The others who watch the directory need theirs.
      this.#fault = toError(error);
      this.#fail(this.#fault);
    }
  }

  /** Tells what is news. */
  changed(): void {
    const { state } = this.#watch;
    if (state.kind === "failed") this.#fail(state.error);
    else if (state.kind === "missing") this.#wasMissing = true;
    else if (state.kind === "running") this.#run(state.inode);
  }

  #fail(error: Error): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#listener.changed(error);
  }

  #run(inode: string): void {
    const news = this.#newsOf(inode);
    this.#inode = inode;
    this.#wasMissing = false;
    this.#isFailing = false;
    if (news !== undefined) this.#listener.changed(news);
  }

  #newsOf(inode: string): WatcherNews | undefined {
    if (this.#isFailing) return "available";
    // The first start is none.
    if (this.#inode === undefined) return undefined;
    if (this.#inode !== inode) return "replaced";
    return this.#wasMissing ? "returned" : undefined;
  }
}
