/**
 * The accepted configurations: the current snapshot, those before it, and the first.
 *
 * @module
 */

import type { Change, ReloadCause } from "./events.ts";

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

/** How many values a revision added, changed and removed. */
export interface ChangeCounts {
  /** Values that were not there before. */
  readonly added: number;
  /** Values that are others. */
  readonly changed: number;
  /** Values that are not there any more. */
  readonly removed: number;
}

/** A kept revision, without its value. */
export interface HistoryEntry extends Omit<Snapshot<unknown>, "value"> {
  /** How it differs from the one before; all zero for the first. */
  readonly changes: ChangeCounts;
}

/** Keeps a bounded number of snapshots. */
export class RevisionStore<T> {
  readonly #size: number;
  readonly #initial: Snapshot<T>;
  readonly #counts = new WeakMap<Snapshot<T>, () => ChangeCounts>();
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

  /** Notes what a snapshot changed, or who knows it. */
  note(snapshot: Snapshot<T>, changes: Kinds | (() => Kinds)): void {
    if (typeof changes === "function") {
      this.#counts.set(snapshot, () => countsOf(changes()));
    } else {
      const counts = countsOf(changes);
      this.#counts.set(snapshot, () => counts);
    }
  }

  /** The kept revisions without their values, oldest first. */
  entries(): readonly HistoryEntry[] {
    return this.history.map((snapshot) => {
      const { value: _, ...entry } = snapshot;
      return { ...entry, changes: this.#counts.get(snapshot)?.() ?? countsOf([]) };
    });
  }

  /**
   * The snapshot of a number.
   *
   * @throws {RangeError} When it is not kept (any more).
   */
  at(revision: number): Snapshot<T> {
    const found = this.history.find((snapshot) => snapshot.revision === revision);
    if (found !== undefined) return found;
    throw new RangeError(`Cannot find revision ${revision}: the kept revisions are ${this.#kept}`);
  }

  /**
   * The snapshot to go back to.
   *
   * @throws {RangeError} When it is not kept (any more).
   */
  find(to: number | "previous" | "initial"): Snapshot<T> {
    if (to === "initial") return this.#initial;
    // Going back twice goes back two steps: a rollback counts as the revision whose value it has.
    const previous = (this.current.rolledBackTo ?? this.current.revision) - 1;
    const wanted = to === "previous" ? previous : to;
    const found = this.history.find(({ revision }) => revision === wanted);
    if (found !== undefined) return found;
    const number = previous > 0 ? ` ${previous}` : "";
    const target = to === "previous" ? `the previous revision${number}` : `revision ${to}`;
    throw new RangeError(`Cannot roll back to ${target}: the kept revisions are ${this.#kept}`);
  }

  get #kept(): string {
    return this.history.map(({ revision }) => revision).join(", ");
  }
}

type Kinds = readonly Pick<Change, "kind">[];

function countsOf(changes: Kinds): ChangeCounts {
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const { kind } of changes) counts[kind] += 1;
  return counts;
}
