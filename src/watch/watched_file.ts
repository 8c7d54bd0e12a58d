/**
 * What is remembered of a watched file, so that a look at it tells whether it changed.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { type FileStat, isSameContent } from "../runtime/file_system.ts";
import type { Chain } from "./link_chain.ts";
import type { FileHintKind } from "./file_hint.ts";

/** A watched file. */
export interface WatchedFile {
  /** Path as it was given, or found in a watched directory. */
  readonly path: string;
  /** What its path leads through. */
  chain: Chain;
  /** What was known of it when it was looked at the last time. */
  stat: FileStat | undefined;
  /** What was known of it when a watcher told of it the last time. */
  told: FileStat | undefined;
  /** Whether it was written and not closed since, where closes are reported. */
  isWritten: boolean;
  /** Time of its last hint, in the clock's milliseconds. */
  hintedAt: number;
  /** The same in wall-clock time, to be compared with the file's times. */
  hintedAtWallTime: number;
  /** How many named it: the user, and each directory it was found in. */
  holders: number;
}

/** One moment, in both kinds of time, in milliseconds. */
export interface Moment {
  readonly now: number;
  readonly wallTime: number;
}

/** What time it is. */
export function momentOf(clock: Clock): Moment {
  return { now: clock.now(), wallTime: clock.wallTime() };
}

/** File systems and Deno round times: what changed this recently may change again unseen. */
const RACY_MS = 2_000;

/** The same where times have fractions of a second: the kernel's tick, and Deno's millisecond. */
const FINE_RACY_MS = 20;

/** A file whose last hint is so old has been settled, or is known to be incomplete. */
const RECHECK_AFTER_MS = 500;

/** A file that nobody has told of yet. */
export function newFile(
  path: string,
  chain: Chain,
  stat: FileStat | undefined,
  { wallTime }: Moment,
): WatchedFile {
  const hintedAtWallTime = wallTime;
  return {
    path,
    chain,
    stat,
    told: stat,
    isWritten: false,
    hintedAt: -Infinity,
    hintedAtWallTime,
    holders: 0,
  };
}

/**
 * Keeps in mind what a watcher's hint found.
 *
 * @returns Whether it is no write although it looks like one: the file is as the last hint left it.
 */
export function noteHint(
  file: WatchedFile,
  kind: FileHintKind,
  stat: FileStat | undefined,
  moment: Moment,
): boolean {
  // Compared with what hints told, not with what looks found: a look may have seen the write whose
  // hint this is, before the hint came.
  const isTouch = kind === "modified" && !file.isWritten && isSameContent(stat, file.told);
  file.isWritten = kind === "modified" && !isTouch;
  file.told = stat;
  noteLook(file, stat, moment);
  return isTouch;
}

/** Keeps in mind what a look found and gave a hint of. */
export function noteLook(
  file: WatchedFile,
  stat: FileStat | undefined,
  { now, wallTime }: Moment,
): void {
  file.stat = stat;
  file.hintedAt = now;
  file.hintedAtWallTime = wallTime;
}

/** What was hinted at just now is being settled, and a look says nothing new about it. */
export function isSettled({ hintedAt }: WatchedFile, { now }: Moment): boolean {
  return now - hintedAt >= RECHECK_AFTER_MS;
}

/**
 * Whether a file may have changed since its last hint although its stat is the same, because that
 * hint followed the last write too closely.
 */
export function mayHaveChanged(file: WatchedFile, { wallTime }: Moment): boolean {
  const { stat, hintedAtWallTime } = file;
  if (stat === undefined || wallTime - Math.max(stat.mtimeMs, stat.ctimeMs) >= RACY_MS) {
    return false;
  }
  return mayChangeUnseen(stat, hintedAtWallTime);
}

/** Whether something changed so shortly before a moment that its stat would not tell of more. */
export function mayChangeUnseen({ mtimeMs, ctimeMs }: FileStat, wallTime: number): boolean {
  // A save that keeps the time of the last write is told by the other time only.
  return isCloseTo(mtimeMs, wallTime) || isCloseTo(ctimeMs, wallTime);
}

/** How much later than its time says something may have been written, where that is whole seconds. */
export function roundedMs({ mtimeMs }: FileStat): number {
  return mtimeMs % 1_000 === 0 ? RACY_MS : 0;
}

function isCloseTo(timeMs: number, wallTime: number): boolean {
  const precisionMs = timeMs % 1_000 === 0 ? RACY_MS : FINE_RACY_MS;
  // Clocks are not exact: what changed just now may seem to change in a moment.
  return Math.abs(wallTime - timeMs) < precisionMs;
}
