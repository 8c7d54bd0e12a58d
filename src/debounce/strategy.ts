/**
 * When a burst of hints about one file is released: four strategies, pure functions of the burst.
 *
 * @module
 */

import type { FileHintKind } from "../watch/file_watch.ts";

/**
 * How long to wait for quiet.
 *
 * - `fixed`: `baseDelayMs` after the last hint
 * - `adaptive`: learns each file's writer, between `minDelayMs` and `maxDelayMs`
 * - `aggressive`: `baseDelayMs × multiplier^(hints − 1)` after the last hint, for files rewritten in
 *   storms
 * - `conservative`: `baseDelayMs` after the first hint, not extended
 */
export type DebounceStrategy = "fixed" | "adaptive" | "aggressive" | "conservative";

/** Options of debouncing. */
export interface DebounceOptions {
  /** How long to wait for quiet. @default {"adaptive"} */
  readonly strategy?: DebounceStrategy;
  /** Shortest quiet time, in milliseconds. @default {10} */
  readonly minDelayMs?: number;
  /** Quiet time to start from, in milliseconds. @default {50} */
  readonly baseDelayMs?: number;
  /** Growth factor of `adaptive` and `aggressive`. @default {1.5} */
  readonly multiplier?: number;
  /** Longest time from the first hint to the release, in milliseconds. @default {1000} */
  readonly maxDelayMs?: number;
}

/** What watchers said about one file since its last release. */
export interface Burst {
  /** Time of the first hint, in the clock's milliseconds. */
  readonly firstAt: number;
  /** Time of the last hint. */
  readonly lastAt: number;
  /** Number of hints. */
  readonly hints: number;
  /** Longest time between two hints, in milliseconds. */
  readonly longestGapMs: number;
  /** Evidence that the file is whole: nothing was written after it. */
  readonly evidence?: "rename" | "close";
  /** Whether a writer has the file open, as far as the runtime can tell. */
  readonly isWriting: boolean;
  /** Whether the file was read and found incomplete since the first hint. */
  readonly wasHeld?: boolean;
  /** Whether it was removed on purpose, and is not on its way from one name to another. */
  readonly wasDropped?: boolean;
}

/** What is known of a file's writer from its earlier saves. */
export interface WriterHistory {
  /** Pause that each of the last saves tells of, in milliseconds, newest last. */
  readonly gapsMs: readonly number[];
  /** Factor from releases that proved too early; 1 when none did. */
  readonly factor: number;
}

/** Saves that `adaptive` remembers of a file. */
export const REMEMBERED_SAVES = 8;

/** Saves that `adaptive` must have seen before it goes below `baseDelayMs`. */
const TRUSTED_SAVES = 3;

/** Quiet time as a multiple of the longest gap seen. */
export const GAP_MULTIPLE = 3;

/** Pauses up to so many times one that misled are like it. */
const ALIKE = 2;

/** A file that is found incomplete again and again is taken as it is after so many `maxDelayMs`. */
const HELD_DELAYS = 5;

/** Nothing known yet. */
export const UNKNOWN_WRITER: WriterHistory = { gapsMs: [], factor: 1 };

/** The options with defaults, checked. @throws {RangeError} When an option is out of range. */
export function resolveDebounce(
  options: DebounceStrategy | DebounceOptions = {},
): Required<DebounceOptions> {
  const given = typeof options === "string" ? { strategy: options } : options;
  const {
    strategy = "adaptive",
    minDelayMs = 10,
    baseDelayMs = 50,
    multiplier = 1.5,
    maxDelayMs = 1000,
  } = given;
  if (!["fixed", "adaptive", "aggressive", "conservative"].includes(strategy)) {
    throw new RangeError(
      `Cannot debounce with strategy ${JSON.stringify(strategy)}: ` +
        `use "fixed", "adaptive", "aggressive" or "conservative"`,
    );
  }
  for (const [name, value] of Object.entries({ minDelayMs, baseDelayMs, maxDelayMs })) {
    if (!(value >= 0 && Number.isFinite(value))) {
      throw new RangeError(
        `Cannot debounce as ${name} must be 0 or more: current value is ${value}`,
      );
    }
  }
  if (!(multiplier >= 1 && Number.isFinite(multiplier))) {
    throw new RangeError(
      `Cannot debounce as multiplier must be 1 or more: current value is ${multiplier}`,
    );
  }
  if (baseDelayMs > maxDelayMs) {
    throw new RangeError(
      `Cannot debounce as baseDelayMs must not exceed maxDelayMs (${maxDelayMs}): ` +
        `current value is ${baseDelayMs}`,
    );
  }
  return { strategy, minDelayMs, baseDelayMs, multiplier, maxDelayMs };
}

/** The burst with one more hint. */
export function extendBurst(
  burst: Burst | undefined,
  kind: FileHintKind,
  now: number,
  reportsClose: boolean,
): Burst {
  const { firstAt = now, lastAt = now, hints = 0, longestGapMs = 0, evidence, isWriting = false } =
    burst ?? {};
  const extended = {
    ...(burst?.wasHeld && { wasHeld: true }),
    ...((burst?.wasDropped || kind === "dropped") && { wasDropped: true }),
    firstAt,
    lastAt: Math.max(lastAt, now),
    hints: hints + 1,
    longestGapMs: Math.max(longestGapMs, now - lastAt),
  };
  switch (kind) {
    case "modified":
      return { ...extended, isWriting: reportsClose };
    case "closed":
      // The close of another writer says nothing against an earlier rename onto the name.
      return { ...extended, evidence: isWriting ? "close" : evidence ?? "close", isWriting: false };
    case "renamed":
    case "dropped":
      return { ...extended, evidence: "rename", isWriting: false };
    case "touched":
      // Its writer, or the next one, may be at it again within the precision of the file's times.
      return { ...extended, isWriting: false };
    case "unknown":
      return { ...extended, ...(evidence && { evidence }), isWriting };
  }
}

/**
 * When to release the burst, in the clock's milliseconds.
 *
 * @param coalesceMs How long a whole file waits for others that are saved with it.
 */
export function releaseTime(
  burst: Burst,
  options: Required<DebounceOptions>,
  writer: WriterHistory,
  coalesceMs: number,
): number {
  const latest = latestRelease(burst, options);
  if (burst.evidence !== undefined) return Math.min(burst.lastAt + coalesceMs, latest);
  if (burst.isWriting) return Math.min(burst.lastAt + options.maxDelayMs, latest);
  if (options.strategy === "conservative") {
    return Math.min(burst.firstAt + options.baseDelayMs, latest);
  }
  return Math.min(burst.lastAt + Math.max(quietTime(burst, options, writer), coalesceMs), latest);
}

/** When the burst is released at the latest: later for a file that was found incomplete. */
export function latestRelease(
  { firstAt, wasHeld = false }: Pick<Burst, "firstAt" | "wasHeld">,
  { maxDelayMs }: Pick<Required<DebounceOptions>, "maxDelayMs">,
): number {
  return firstAt + maxDelayMs * (wasHeld ? HELD_DELAYS : 1);
}

/** The quiet time to wait for after the last hint, in milliseconds. */
export function quietTime(
  burst: Pick<Burst, "hints">,
  { strategy, minDelayMs, baseDelayMs, multiplier, maxDelayMs }: Required<DebounceOptions>,
  writer: WriterHistory,
): number {
  switch (strategy) {
    case "fixed":
    case "conservative":
      return baseDelayMs;
    case "aggressive":
      return Math.min(baseDelayMs * multiplier ** (burst.hints - 1), maxDelayMs);
    case "adaptive": {
      const seen = Math.max(GAP_MULTIPLE * Math.max(0, ...writer.gapsMs), minDelayMs);
      const learned = writer.gapsMs.length < TRUSTED_SAVES ? Math.max(baseDelayMs, seen) : seen;
      return Math.min(learned * writer.factor, maxDelayMs);
    }
  }
}

/**
 * What is known after a save whose release proved right. Its pauses can only shorten the quiet time:
 * a long one may as well lie between two saves. Only one that is like a pause that misled, with more
 * quiet after it, keeps that one in memory; or it would mislead again as soon as it is forgotten.
 *
 * @param quietMs Time from the last hint to the release.
 */
export function learnSave(
  writer: WriterHistory,
  { longestGapMs }: Pick<Burst, "longestGapMs">,
  quietMs: number,
  { multiplier, baseDelayMs }: Pick<Required<DebounceOptions>, "multiplier" | "baseDelayMs">,
): WriterHistory {
  const known = Math.max(0, ...writer.gapsMs);
  const isKnown = longestGapMs >= baseDelayMs && longestGapMs < quietMs &&
    longestGapMs <= known * ALIKE;
  const most = isKnown ? known : baseDelayMs / GAP_MULTIPLE;
  return {
    gapsMs: [...writer.gapsMs, Math.min(longestGapMs, most)].slice(-REMEMBERED_SAVES),
    factor: Math.max(1, writer.factor / multiplier),
  };
}

/**
 * What is known after a release that proved too early.
 *
 * @param pauseMs The writer's pause that was taken for its end.
 */
export function learnTooEarly(
  writer: WriterHistory,
  pauseMs: number,
  { multiplier, maxDelayMs, minDelayMs }: Pick<
    Required<DebounceOptions>,
    "multiplier" | "maxDelayMs" | "minDelayMs"
  >,
): WriterHistory {
  const most = maxDelayMs / Math.max(minDelayMs, 1);
  return {
    gapsMs: [...writer.gapsMs, pauseMs].slice(-REMEMBERED_SAVES),
    factor: Math.min(writer.factor * multiplier, most),
  };
}
