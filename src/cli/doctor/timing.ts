/**
 * Rounds of a write and of hearing of it.
 *
 * @module
 */

import { type CommandIo, orAborted } from "../io.ts";
import type { Timing } from "./diagnosis.ts";

/** What timing needs. */
export type TimingContext = Pick<CommandIo, "runtime" | "interrupted">;

/** Between two writes, so that one is not taken for the other. */
const PAUSE_MS = 10;

/** So many writes of which nothing is heard tell enough. */
const MOST_UNHEARD = 3;

/** What is written, and how often. */
export interface Rounds {
  /** Number of writes. */
  readonly writes: number;
  /** Time in which each must be heard of, in milliseconds. */
  readonly deadlineMs: number;
  /** Writes, and calls `heard` when that is heard of. */
  write(round: number, heard: () => void): void;
  /** Prepares for the next write. */
  after(round: number): void | Promise<void>;
}

/** Writes and waits to hear of it, again and again. */
export async function time(
  { writes, deadlineMs, write, after }: Rounds,
  context: TimingContext,
): Promise<Timing> {
  const { runtime: { clock } } = context;
  const times: number[] = [];
  let round = 0;
  for (; round < writes && round - times.length < MOST_UNHEARD; round++) {
    let heardAt: number | undefined;
    const heard = new Promise<void>((resolve) => {
      write(round, () => {
        heardAt ??= clock.now();
        resolve();
      });
    });
    const writtenAt = clock.now();
    await orLater(heard, deadlineMs, context);
    // Some watchers tell while the write is under way.
    if (heardAt !== undefined) times.push(Math.max(0, heardAt - writtenAt));
    await after(round);
    await pause(PAUSE_MS, context);
  }
  return { writes: round, heard: times.length, ...summarize(times) };
}

function summarize(times: number[]): Pick<Timing, "medianMs" | "worstMs"> {
  if (times.length === 0) return {};
  const sorted = times.sort((one, other) => one - other);
  return { medianMs: sorted[sorted.length >> 1]!, worstMs: sorted.at(-1)! };
}

/** Waits. */
export async function pause(ms: number, context: TimingContext): Promise<void> {
  await orLater(new Promise<void>(() => {}), ms, context);
}

/** Waits for `event`, but no longer than `ms` milliseconds. */
async function orLater(
  event: Promise<void>,
  ms: number,
  { runtime: { clock }, interrupted }: TimingContext,
): Promise<void> {
  let timer: Disposable | undefined;
  const later = new Promise<void>((resolve) => timer = clock.schedule(ms, resolve));
  try {
    await orAborted(Promise.race([event, later]), interrupted);
  } finally {
    timer?.[Symbol.dispose]();
  }
}
