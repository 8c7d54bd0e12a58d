/**
 * Collects hints about files and releases them together: pure state, no timer inside.
 *
 * @module
 */

import type { FileHintKind } from "../watch/file_watch.ts";
import {
  type Burst,
  type DebounceOptions,
  extendBurst,
  latestRelease,
  learnSave,
  learnTooEarly,
  releaseTime,
  UNKNOWN_WRITER,
  type WriterHistory,
} from "./strategy.ts";

/** The hints released together; one batch is at most one reload. */
export interface Batch {
  /** Time of the first hint, in the clock's milliseconds. */
  readonly firstAt: number;
  /** What is known of each file that was hinted at. */
  readonly bursts: ReadonlyMap<string, Burst>;
  /** Whether it was released because `maxDelayMs` were over, and not because nothing more came. */
  readonly isForced: boolean;
}

/** Options of {@linkcode Debouncer}. */
export interface DebouncerOptions extends Required<DebounceOptions> {
  /** Whether a `closed` hint follows each write. */
  readonly reportsClose: boolean;
}

interface Pending {
  readonly burst: Burst;
  /** When it was told of first since its last release. */
  readonly toldAt: number;
  /** When the file is to be released if it were alone. */
  readonly releaseAt: number;
  /** Whether it was released and taken back, and nothing was heard of it since. */
  readonly isHeld: boolean;
}

/**
 * Releases a batch when every file in it has been quiet for long enough or is known to be whole,
 * and at the latest `maxDelayMs` after the first hint.
 */
export class Debouncer {
  readonly #options: DebouncerOptions;
  readonly #pending = new Map<string, Pending>();
  readonly #writers = new Map<string, WriterHistory>();
  readonly #released = new Map<string, { readonly at: number; readonly lastHintAt: number }>();
  /** Number of files watched: a single one waits for no other. */
  #watchedFiles = 1;
  /** Creates a debouncer without hints. */
  constructor(options: DebouncerOptions) {
    this.#options = options;
  }

  /** Whether there are hints that are not released yet. */
  get pending(): boolean {
    return this.#pending.size > 0;
  }

  /** Number of files with hints that are not released yet. */
  get pendingFiles(): number {
    return this.#pending.size;
  }

  /** Tells how many files are watched. */
  setWatchedFiles(count: number): void {
    this.#watchedFiles = count;
  }

  /** Takes a hint about the file `path`. */
  hint(path: string, kind: FileHintKind, now: number, quietForMs: number = 0): void {
    const before = this.#pending.get(path);
    // While a reload is under way a file may be saved, be due, and be saved again.
    const last = before !== undefined && isSavedAgain(before, kind, now)
      ? undefined
      : before?.burst;
    // A look tells how long ago the file was written: that much of the quiet time is over.
    const writtenAt = Math.max(last?.lastAt ?? 0, now - quietForMs);
    const burst = extendBurst(last, kind, writtenAt, this.#options.reportsClose);
    this.#keep(path, { ...burst, firstAt: last?.firstAt ?? now }, before?.toldAt ?? now);
  }

  /** The hints about `path` that came since its last release. */
  burst(path: string): Burst | undefined {
    return this.#pending.get(path)?.burst;
  }

  /** Whether a file that nothing is known of but its hints is not quiet yet. */
  isSettling(now: number): boolean {
    return [...this.#pending.values()].some(({ burst, releaseAt, isHeld }) =>
      !isHeld && burst.evidence === undefined && releaseAt > now
    );
  }

  /** When the next batch is to be released, in the clock's milliseconds. */
  deadline(): number | undefined {
    if (!this.pending) return undefined;
    const { wanted, latest } = this.#releaseTimes();
    return Math.min(wanted, latest);
  }

  /** The batch, if it is due. */
  take(now: number): Batch | undefined {
    const deadline = this.deadline();
    return deadline === undefined || now < deadline ? undefined : this.flush();
  }

  /** The batch, due or not. */
  flush(): Batch | undefined {
    if (!this.pending) return undefined;
    const { wanted, latest } = this.#releaseTimes();
    const bursts = new Map<string, Burst>();
    let firstAt = Infinity;
    for (const [path, { burst, toldAt }] of this.#pending) {
      bursts.set(path, burst);
      firstAt = Math.min(firstAt, toldAt);
    }
    this.clear();
    return { firstAt, bursts, isForced: latest <= wanted };
  }

  /** Drops all hints. */
  clear(): void {
    this.#pending.clear();
  }

  /**
   * Until when the `incomplete` files of a batch are waited for: `maxDelayMs` after the last hint,
   * but not for ever.
   */
  patience({ bursts }: Batch, incomplete: ReadonlySet<string>): number {
    let lastAt = -Infinity;
    let latest = Infinity;
    for (const path of incomplete) {
      const burst = bursts.get(path)!;
      lastAt = Math.max(lastAt, burst.lastAt, this.burst(path)?.lastAt ?? -Infinity);
      latest = Math.min(latest, latestRelease({ ...burst, wasHeld: true }, this.#options));
    }
    return Math.min(lastAt + this.#options.maxDelayMs, latest);
  }

  /**
   * Takes a released batch back, because the `incomplete` files in it are not whole or it must not be
   * taken now. Those files wait for a new hint, or as long as {@linkcode Debouncer.patience} says.
   */
  hold(batch: Batch, incomplete: ReadonlySet<string>): void {
    const heldUntil = this.patience(batch, incomplete);
    for (const [path, { evidence, ...rest }] of batch.bursts) {
      const isIncomplete = incomplete.has(path);
      // What is not whole had no evidence for it; the others wait with it, released or not.
      const burst = {
        ...rest,
        ...(incomplete.size > 0 && { wasHeld: true }),
        ...(evidence && !isIncomplete && { evidence }),
      };
      const toldAt = batch.firstAt;
      const newer = this.#pending.get(path)?.burst;
      if (newer !== undefined) this.#keep(path, joinBursts(burst, newer), toldAt);
      else {
        const releaseAt = isIncomplete ? heldUntil : burst.lastAt;
        this.#pending.set(path, { burst, toldAt, releaseAt, isHeld: true });
      }
    }
  }

  /**
   * Learns from a file that was taken to be whole.
   *
   * @param wasPart Whether what was released before is but the start of what there is now.
   */
  learn(path: string, burst: Burst, wasPart: boolean, now: number): void {
    const writer = this.#writer(path);
    const before = this.#released.get(path);
    this.#released.set(path, { at: now, lastHintAt: burst.lastAt });
    if (wasPart && before !== undefined && burst.firstAt - before.at < this.#options.maxDelayMs) {
      const pauseMs = burst.firstAt - before.lastHintAt;
      this.#writers.set(path, learnTooEarly(writer, pauseMs, this.#options));
    } else if (burst.evidence !== "rename" && !burst.wasHeld) {
      // After a rename the hints tell nothing of the writer's pauses; while a file was known to be
      // incomplete it was waited for anyway.
      this.#writers.set(path, learnSave(writer, burst, now - burst.lastAt, this.#options));
    }
  }

  /** Forgets what was learned of files that are not in `paths` any more. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#writers.keys()) {
      if (!paths.has(path)) this.#writers.delete(path);
    }
    for (const path of this.#released.keys()) {
      if (!paths.has(path)) this.#released.delete(path);
    }
  }

  /** When the files want to be released, and when they are at the latest. */
  #releaseTimes(): { readonly wanted: number; readonly latest: number } {
    let held = -Infinity;
    let fresh = -Infinity;
    let latest = Infinity;
    for (const { burst, releaseAt, isHeld } of this.#pending.values()) {
      if (isHeld) held = Math.max(held, releaseAt);
      else fresh = Math.max(fresh, releaseAt);
      latest = Math.min(latest, latestRelease(burst, this.#options));
    }
    // A file that is missed may be the one that is told of under another name.
    return { wanted: fresh === -Infinity ? held : fresh, latest };
  }

  #keep(path: string, burst: Burst, toldAt: number): void {
    const releaseAt = releaseTime(burst, this.#options, this.#writer(path), this.#coalesceMs);
    this.#pending.set(path, { burst, toldAt, releaseAt, isHeld: false });
  }

  /** How long a file waits for others: who saves several may lose the processor in between. */
  get #coalesceMs(): number {
    return this.#watchedFiles > 1 ? this.#options.baseDelayMs : 0;
  }

  #writer(path: string): WriterHistory {
    return this.#writers.get(path) ?? UNKNOWN_WRITER;
  }
}

/** Whether a hint begins another save of a file that was due before. */
function isSavedAgain(
  { burst, releaseAt, isHeld }: Pending,
  kind: FileHintKind,
  now: number,
): boolean {
  // What a look finds does not end evidence.
  return !isHeld && releaseAt < now && !(kind === "unknown" && burst.evidence !== undefined);
}

function joinBursts(older: Burst, newer: Burst): Burst {
  return {
    ...newer,
    ...(older.wasHeld && { wasHeld: true }),
    firstAt: older.firstAt,
    hints: older.hints + newer.hints,
    longestGapMs: Math.max(
      older.longestGapMs,
      newer.longestGapMs,
      newer.firstAt - older.lastAt,
    ),
  };
}
