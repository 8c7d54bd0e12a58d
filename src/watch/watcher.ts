/**
 * What a watcher is: a runtime's way to say "look again in this directory".
 *
 * @module
 */

import type { FileStat } from "../runtime/file_system.ts";

/**
 * What a hint tells beside "look again". It is evidence for settling, never proof of what changed.
 *
 * - `modified`: the content or metadata under this name changed, more may follow
 * - `renamed`: the name appeared or vanished, for example by a rename onto it
 * - `closed`: a writer closed the file
 * - `unknown`: anything may have happened, also that hints were lost
 */
export type HintKind = "modified" | "renamed" | "closed" | "unknown";

/** A watcher saying "look again". */
export interface Hint {
  /** Name of the entry in the watched directory; absent when the watcher does not know. */
  readonly name?: string;
  /** What the watcher believes happened. */
  readonly kind: HintKind;
  /**
   * Looks at the entry to say so more exactly; absent where that would tell nothing. Only for who
   * depends on the name: a look at one that just went waits for who is still writing the directory.
   */
  look?(): HintKind;
}

/** A watcher that runs until it is disposed. */
export interface RunningWatcher extends Disposable {
  /** Makes it keep the process alive, as it does at first, or not; absent where it never does. */
  keepAlive?(isNeeded: boolean): void;
  /**
   * Looks whether it can go on, and ends where not; absent where it always can.
   *
   * @param stat What is known of its directory now.
   */
  verify?(stat: FileStat): void;
  /**
   * Settles when a watcher that was disposed watches nothing any more, and never rejects; absent
   * where that is so at once.
   */
  readonly ended?: Promise<void> | undefined;
}

/** Watches directories, each by itself and not what is below it. */
export interface DirectoryWatcher {
  /** Name for events and statistics. */
  readonly name: "deno" | "node" | "memory";
  /** Whether a `closed` hint follows each write once the writer is done. */
  readonly reportsClose: boolean;
  /** Whether hints are lost, however few, because of how much is watched; absent: never. */
  readonly losesSome?: boolean;
  /**
   * Watches `directory` until disposed; every change after the call gives a hint.
   *
   * @param onHint Called for each hint.
   * @param onEnd Called at most once, when the watcher fails; it is then disposed.
   * @throws {Error} When the directory can't be watched; `code` tells why.
   */
  watch(
    directory: string,
    onHint: (hint: Hint) => void,
    onEnd: (error: Error) => void,
  ): RunningWatcher;
  /** Resolves when every change made before the call has been given as a hint. */
  caughtUp(): Promise<void>;
}
