/**
 * The watcher of one directory, for all who watch it.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { FileStat, FileSystem } from "../runtime/file_system.ts";
import { toError } from "../to_error.ts";
import { type Endings, LAST_WAIT_MS } from "./endings.ts";
import type { DirectoryWatcher, Hint, RunningWatcher } from "./watcher.ts";

/** What a directory is watched with. */
export interface WatchTools {
  readonly fileSystem: FileSystem;
  readonly watcher: DirectoryWatcher;
  readonly clock: Clock;
}

/** One that watches the directory; it must not throw. */
export interface Subscriber {
  /** Whether its watching keeps the process alive. */
  readonly keepAlive: boolean;
  /** Something happened in the directory. */
  hint(hint: Hint): void;
  /** {@linkcode SharedWatch.state} is another one. */
  changed(): void;
}

/**
 * How it stands with a watch. `running`: hints come from the directory named by `inode`;
 * `opening`: the end of the last watcher is waited for; `failed`: there can be no watcher;
 * `missing`: there is no directory.
 */
export type WatchState =
  | { readonly kind: "running"; readonly inode: string }
  | { readonly kind: "failed"; readonly error: Error }
  | { readonly kind: "opening" | "missing" };

/** No watcher says this: there is another one, and what happened meanwhile was seen by nobody. */
export const UNSEEN: Hint = { name: ".", kind: "unknown" };

/** A watcher that is started again when its directory is replaced or it may be dead. */
export class SharedWatch {
  readonly #directory: string;
  readonly #tools: WatchTools;
  readonly #endings: Endings;
  readonly #onUnused: () => void;
  readonly #subscribers = new Set<Subscriber>();
  #state: WatchState = { kind: "missing" };
  #watcher: RunningWatcher | undefined;
  /** Tells the running watcher from those before, which may have something to say yet. */
  #run: object | undefined;
  #opening: Disposable | undefined;
  #isTrusted = true;
  #losses = 0;

  /** Creates a watch without subscribers: it starts with the first, and is unused after the last. */
  constructor(directory: string, tools: WatchTools, endings: Endings, onUnused: () => void) {
    this.#directory = directory;
    this.#tools = tools;
    this.#endings = endings;
    this.#onUnused = onUnused;
  }

  /** How it stands. */
  get state(): WatchState {
    return this.#state;
  }

  /** So often changes may have gone unseen: whoever knows a smaller number has to look. */
  get losses(): number {
    return this.#losses;
  }

  /** Watches for one more, who looks at everything now. */
  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
    if (this.#subscribers.size === 1) this.#start(this.#inode());
    // The others may not have noticed yet that their watcher is dead.
    else this.verify(subscriber);
    this.#keepAlive();
  }

  /** Watches for one less, and no more after the last. */
  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return this.#keepAlive();
    this.#stop();
    this.#onUnused();
  }

  /** Looks whether it watches what its path leads to; starts again where not, and tells the others. */
  verify(asker: Subscriber): void {
    const { kind } = this.#state;
    if (kind === "opening" || !this.#subscribers.has(asker)) return;
    const stat = this.#stat();
    if (stat !== undefined) this.#watcher?.verify?.(stat);
    const inode = stat?.inode;
    if (this.#state.kind === "running" && this.#state.inode === inode && this.#isTrusted) return;
    if (kind === "missing" && inode === undefined) return;
    this.#stop();
    const isBack = this.#start(inode);
    if (kind !== "running" && !isBack) return;
    this.#losses += 1;
    this.#tell((subscriber) => subscriber !== asker && subscriber.hint(UNSEEN));
  }

  /** Makes {@linkcode SharedWatch.verify} start a watcher again that may be dead. */
  distrust(): void {
    // The inode alone does not tell, where it holds no time of creation.
    this.#isTrusted = false;
  }

  /** Says whether there is a watcher now, or will be. */
  #start(inode: string | undefined): boolean {
    const { clock } = this.#tools;
    const waitMs = this.#endings.waitMs(this.#directory, clock.now());
    if (waitMs === 0 || inode === undefined) return this.#open(inode);
    const isUnderWay = () => this.#endings.isUnderWay(this.#directory, clock.now());
    const reopen = () => {
      this.#opening = undefined;
      if (!this.#open(this.#inode())) this.#losses += 1;
      // What happened meanwhile was seen by nobody.
      this.#tell((subscriber) => subscriber.hint(UNSEEN));
    };
    const wait = (ms: number, then: () => void) =>
      this.#opening = clock.schedule(ms, then, { keepAlive: this.#isNeeded() });
    const waitOn = () => wait(LAST_WAIT_MS, () => isUnderWay() ? waitOn() : reopen());
    wait(Math.max(0, waitMs - LAST_WAIT_MS), waitOn);
    this.#become({ kind: "opening" });
    return true;
  }

  #open(inode: string | undefined): boolean {
    if (inode === undefined) {
      this.#become({ kind: "missing" });
      return false;
    }
    const run = this.#run = {};
    let watcher: RunningWatcher;
    try {
      watcher = this.#tools.watcher.watch(
        this.#directory,
        (hint) => this.#run === run && this.#tell((subscriber) => subscriber.hint(hint)),
        (error) => this.#run === run && this.#fail(error),
      );
    } catch (error) {
      this.#fail(toError(error));
      return false;
    }
    // It may have ended, or been stopped, before it was returned.
    if (this.#run !== run) {
      watcher[Symbol.dispose]();
      return false;
    }
    this.#watcher = watcher;
    this.#isTrusted = true;
    this.#keepAlive();
    this.#become({ kind: "running", inode });
    return true;
  }

  #fail(error: Error): void {
    this.#stop();
    this.#become({ kind: "failed", error });
  }

  #stop(): void {
    this.#opening?.[Symbol.dispose]();
    this.#opening = undefined;
    this.#state = { kind: "missing" };
    this.#run = undefined;
    const watcher = this.#watcher;
    if (watcher === undefined) return;
    this.#watcher = undefined;
    watcher[Symbol.dispose]();
    this.#endings.add(this.#directory, this.#tools.clock.now(), watcher.ended);
  }

  #become(state: WatchState): void {
    this.#state = state;
    this.#tell((subscriber) => subscriber.changed());
  }

  #tell(act: (subscriber: Subscriber) => unknown): void {
    for (const subscriber of [...this.#subscribers]) {
      // One that was told before may have closed another.
      if (this.#subscribers.has(subscriber)) act(subscriber);
    }
  }

  #keepAlive(): void {
    this.#watcher?.keepAlive?.(this.#isNeeded());
  }

  #isNeeded(): boolean {
    return [...this.#subscribers].some(({ keepAlive }) => keepAlive);
  }

  #inode(): string | undefined {
    return this.#stat()?.inode;
  }

  #stat(): FileStat | undefined {
    try {
      const stat = this.#tools.fileSystem.stat(this.#directory);
      return stat?.kind === "directory" ? stat : undefined;
    } catch {
      return undefined;
    }
  }
}
