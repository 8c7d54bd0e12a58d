/**
 * The accepted configurations: the current snapshot, those before it, and the first.
 *
 * @module
 */

import type { ReloadCause } from "./events.ts";

/** An accepted configuration. */
export interface Snapshot<T> {
  /** Its number, from 1, never reused. */
  readonly revision: number;
  /** The configuration, deeply frozen. */
  readonly value: T;
  /** SHA-256 of the files it came from; for a single file that file's own. */
  readonly checksum: string;
  /** When it was accepted, as ISO 8601 in UTC. */
  readonly at: string;
  /** Absolute paths of the files it came from. */
  readonly files: readonly string[];
  /** Why it was loaded. */
  readonly cause: ReloadCause;
  /** Revision whose value it has, after a rollback. */
  readonly rolledBackTo?: number;
}

/** Keeps a bounded number of snapshots. */
export class RevisionStore<T> {
  readonly #size: number;
  readonly #initial: Snapshot<T>;
  #history: Snapshot<T>[];

  /** Creates a store with its first snapshot, which is always kept. */
  constructor(initial: Snapshot<T>, size: number) {
    this.#size = size;
    this.#initial = initial;
    this.#history = [initial];
  }

  /** The snapshot that runs. */
  get current(): Snapshot<T> {
    return this.#history.at(-1)!;
  }

  /** The kept snapshots, oldest first. */
  get history(): readonly Snapshot<T>[] {
    return this.#history[0] === this.#initial
      ? [...this.#history]
      : [this.#initial, ...this.#history];
  }

  /** Makes a snapshot the current one and gives it its number. */
  commit(snapshot: Omit<Snapshot<T>, "revision">): Snapshot<T> {
    const next = Object.freeze({ revision: this.current.revision + 1, ...snapshot });
    this.#history = [...this.#history, next].slice(-this.#size);
    return next;
  }

  /**
   * The snapshot to go back to.
   *
   * @throws {RangeError} When it is not kept (any more).
   */
  find(to: number | "previous" | "initial"): Snapshot<T> {
    if (to === "initial") return this.#initial;
    // Going back twice goes back two steps: a rollback counts as the revision whose value it has.
    const origin = this.current.rolledBackTo ?? this.current.revision;
    const found = to === "previous"
      ? this.history.findLast(({ revision, rolledBackTo }) =>
        revision < origin && rolledBackTo === undefined
      )
      : this.history.find(({ revision }) => revision === to);
    if (found !== undefined) return found;
    const kept = this.history.map(({ revision }) => revision).join(", ");
    const target = to === "previous" ? "the previous revision" : `revision ${to}`;
    throw new RangeError(`Cannot roll back to ${target}: the kept revisions are ${kept}`);
  }
}
