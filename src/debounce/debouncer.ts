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
  /**
   * Options of a file that has its own. Files of equal options are released together, others on
   * their own.
   */
  optionsOf?(path: string): Required<DebounceOptions> | undefined;
}

interface Pending {
  readonly burst: Burst;
  /** Options of its file; the same object for all files that are released together. */
  readonly options: Required<DebounceOptions>;
  /** When it was told of first since its last release. */
  readonly toldAt: number;
  /** When the file is to be released if it were alone. */
  readonly releaseAt: number;
  /** Whether it was released and taken back, and nothing was heard of it since. */
  readonly isHeld: boolean;
}

/** Files that are released together. */
interface Group {
  readonly options: Required<DebounceOptions>;
  /** When those want to be released that nothing was heard of since they were taken back. */
  readonly held: number;
  /** When the others want to be released. */
  readonly fresh: number;
  /** When they are released at the latest. */
  readonly latest: number;
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
  /** Options by what they say. */
  readonly #groups = new Map<string, Required<DebounceOptions>>();
  /** Number of files watched with the same options: a single one waits for no other. */
  #watchedFiles: ReadonlyMap<Required<DebounceOptions>, number> = new Map();

  /** Creates a debouncer without hints. */
  constructor(options: DebouncerOptions) {
    this.#options = options;
    this.#groups.set(textOf(options), options);
  }

  /** Whether there are hints that are not released yet. */
  get pending(): boolean {
    return this.#pending.size > 0;
  }

  /** Number of files with hints that are not released yet. */
  get pendingFiles(): number {
    return this.#pending.size;
  }

  /** Tells which files are watched. What was learned of any other one is forgotten. */
  setWatchedFiles(paths: Pick<ReadonlySet<string>, "has" | "keys">): void {
    const counts = new Map<Required<DebounceOptions>, number>();
    for (const path of paths.keys()) {
      const options = this.#optionsOf(path);
      counts.set(options, (counts.get(options) ?? 0) + 1);
    }
    this.#watchedFiles = counts;
    for (const path of this.#writers.keys()) {
      if (!paths.has(path)) this.#writers.delete(path);
    }
    for (const path of this.#released.keys()) {
      if (!paths.has(path)) this.#released.delete(path);
    }
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

  /** Forgets what said that `path` is whole: it was written since, and no hint told of that. */
  doubt(path: string): void {
    const pending = this.#pending.get(path);
    if (pending?.burst.evidence === undefined) return;
    const { evidence: _, ...burst } = pending.burst;
    this.#keep(path, burst, pending.toldAt);
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
    const next = this.#nextGroup();
    return next && deadlineOf(next);
  }

  /** The batch that is due first, if one is. */
  take(now: number): Batch | undefined {
    const next = this.#nextGroup();
    if (next === undefined || now < deadlineOf(next)) return undefined;
    return this.#release(({ options }) => options === next.options, next);
  }

  /** All that waits as one batch, due or not. */
  flush(): Batch | undefined {
    const next = this.#nextGroup();
    return next && this.#release(() => true, next);
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
    let wanted = -Infinity;
    let latest = Infinity;
    for (const path of incomplete) {
      const burst = bursts.get(path)!;
      const options = this.#optionsOf(path);
      const lastAt = Math.max(burst.lastAt, this.burst(path)?.lastAt ?? -Infinity);
      wanted = Math.max(wanted, lastAt + options.maxDelayMs);
      latest = Math.min(latest, latestRelease({ ...burst, wasHeld: true }, options));
    }
    return Math.min(wanted, latest);
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
        const options = this.#optionsOf(path);
        this.#pending.set(path, { burst, options, toldAt, releaseAt, isHeld: true });
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
    const options = this.#optionsOf(path);
    const before = this.#released.get(path);
    this.#released.set(path, { at: now, lastHintAt: burst.lastAt });
    if (wasPart && before !== undefined && burst.firstAt - before.at < options.maxDelayMs) {
      const pauseMs = burst.firstAt - before.lastHintAt;
      this.#writers.set(path, learnTooEarly(writer, pauseMs, options));
    } else if (burst.evidence !== "rename" && !burst.wasHeld) {
      // After a rename the hints tell nothing of the writer's pauses; while a file was known to be
      // incomplete it was waited for anyway.
      this.#writers.set(path, learnSave(writer, burst, now - burst.lastAt, options));
    }
  }

  /** The files that are to be released next, and when. */
  #nextGroup(): Group | undefined {
    const groups = new Map<Required<DebounceOptions>, Group>();
    for (const pending of this.#pending.values()) {
      const { options } = pending;
      groups.set(options, extendGroup(groups.get(options), pending));
    }
    return [...groups.values()].reduce<Group | undefined>(
      (first, group) =>
        first === undefined || deadlineOf(group) < deadlineOf(first) ? group : first,
      undefined,
    );
  }

  #release(isMeant: (pending: Pending) => boolean, group: Group): Batch {
    const bursts = new Map<string, Burst>();
    let firstAt = Infinity;
    for (const [path, pending] of this.#pending) {
      if (!isMeant(pending)) continue;
      bursts.set(path, pending.burst);
      firstAt = Math.min(firstAt, pending.toldAt);
      this.#pending.delete(path);
    }
    return { firstAt, bursts, isForced: group.latest <= wantedOf(group) };
  }

  #keep(path: string, burst: Burst, toldAt: number): void {
    const options = this.#optionsOf(path);
    // How long it waits for others: who saves several may lose the processor in between.
    const coalesceMs = (this.#watchedFiles.get(options) ?? 0) > 1 ? options.baseDelayMs : 0;
    const releaseAt = releaseTime(burst, options, this.#writer(path), coalesceMs);
    this.#pending.set(path, { burst, options, toldAt, releaseAt, isHeld: false });
  }

  #optionsOf(path: string): Required<DebounceOptions> {
    const own = this.#options.optionsOf?.(path);
    if (own === undefined) return this.#options;
    const text = textOf(own);
    const known = this.#groups.get(text) ?? own;
    this.#groups.set(text, known);
    return known;
  }

  #writer(path: string): WriterHistory {
    return this.#writers.get(path) ?? UNKNOWN_WRITER;
  }
}

function extendGroup(
  group: Group | undefined,
  { burst, options, releaseAt, isHeld }: Pending,
): Group {
  const { held = -Infinity, fresh = -Infinity, latest = Infinity } = group ?? {};
  return {
    options,
    held: isHeld ? Math.max(held, releaseAt) : held,
    fresh: isHeld ? fresh : Math.max(fresh, releaseAt),
    latest: Math.min(latest, latestRelease(burst, options)),
  };
}

/** A file that is missed may be the one that is told of under another name: it waits for no other. */
function wantedOf({ fresh, held }: Group): number {
  return fresh === -Infinity ? held : fresh;
}

function deadlineOf(group: Group): number {
  return Math.min(wantedOf(group), group.latest);
}

function textOf(options: Required<DebounceOptions>): string {
  const { strategy, minDelayMs, baseDelayMs, multiplier, maxDelayMs } = options;
  return [strategy, minDelayMs, baseDelayMs, multiplier, maxDelayMs].join();
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
    ...(older.wasDropped && { wasDropped: true }),
    firstAt: older.firstAt,
    hints: older.hints + newer.hints,
    longestGapMs: Math.max(
      older.longestGapMs,
      newer.longestGapMs,
      newer.firstAt - older.lastAt,
    ),
  };
}
