/**
 * The closed loop: save, wait until the reader has it, pause, save again.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { createRandom } from "./random.ts";
import type { ReaderProcess } from "./reader_process.ts";
import { sampleText } from "./sample.ts";
import type { Save } from "./save_styles.ts";

/** What the loop needs. */
export interface MeasureOptions {
  /** A reader that is ready. */
  readonly reader: ReaderProcess;
  /** The file it watches. */
  readonly file: string;
  /** How to save. */
  readonly save: Save;
  /** Saves at most. */
  readonly saves: number;
  /** No save starts later than this after the first, in milliseconds. */
  readonly budgetMs: number;
  /** Repeats the gaps and the contents. */
  readonly seed: number;
}

/** What the loop saw. */
export interface Measurement {
  /** Saves made. */
  readonly saves: number;
  /** From the end of each save to its arrival, in milliseconds; missed ones left out. */
  readonly latenciesMs: readonly number[];
  /** Saves whose configuration did not arrive in time. */
  readonly missed: number;
  /** Numbers of the missed saves. */
  readonly missedSaves: readonly number[];
  /** Incomplete configurations handed over. */
  readonly torn: number;
  /** Configurations handed over. */
  readonly accepted: number;
}

const MISSED_AFTER_MS = 4000;
const [GAP_LEAST_MS, GAP_MOST_MS] = [30, 200];
/** Longer than any system here waits before it reports the same save once more. */
const STRAGGLERS_MS = 1500;

/** Runs the loop to its end. */
export async function measure(options: MeasureOptions): Promise<Measurement> {
  const { reader, file, save, saves, budgetMs, seed } = options;
  const random = createRandom(seed);
  const latenciesMs: number[] = [];
  const missedSaves: number[] = [];
  await delay(random(GAP_LEAST_MS, GAP_MOST_MS));
  const startedAt = performance.now();
  let seq = 0;
  while (seq < saves && performance.now() - startedAt < budgetMs) {
    seq += 1;
    const arrival = reader.arrival(seq);
    const savedAt = await save(file, sampleText(seq, random), random);
    const arrivedAt = await inTime(arrival);
    if (arrivedAt === undefined) missedSaves.push(seq);
    else latenciesMs.push(Math.max(0, Number(arrivedAt - savedAt) / 1e6));
    await delay(random(GAP_LEAST_MS, GAP_MOST_MS));
  }
  await delay(STRAGGLERS_MS);
  const { torn, accepted } = reader;
  return {
    saves: seq,
    latenciesMs,
    missed: missedSaves.length,
    missedSaves,
    torn,
    accepted,
  };
}

async function inTime(arrival: Promise<bigint>): Promise<bigint | undefined> {
  const ended = new AbortController();
  try {
    return await Promise.race([
      arrival,
      delay(MISSED_AFTER_MS, undefined, { signal: ended.signal }),
    ]);
  } finally {
    ended.abort();
  }
}
