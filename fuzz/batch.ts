/** A hundred texts that are the same for the same seed, and what came of them. */

import { createRandom } from "./random.ts";
import type { Sample } from "./corpus.ts";
import { examine, type Outcome, type Parsers } from "./examine.ts";
import { generate } from "./generate.ts";
import { minimize } from "./minimize.ts";
import { mutate } from "./mutate.ts";

/** Texts of a batch. */
export const BATCH_SIZE = 100;

/** How many of them are made from nothing; the others are damaged files. */
const GENERATED = 35;

/** A text that takes longer, six times in a row, is a failure. */
const SLOWEST_MS = 250;

/** Something that did not hold. */
export interface Failure {
  /** Seed of the batch. */
  readonly seed: number;
  readonly extension: string;
  /** What did not hold. */
  readonly what: string;
  /** The smallest text for which it does not hold, as JSON or, if it is no UTF-8, as base64. */
  readonly text?: string;
  readonly base64?: string;
}

/** What came of texts. */
export interface Tally {
  readonly outcomes: Record<Outcome, number>;
  readonly failures: Failure[];
  /** The longest that a text took, in milliseconds. */
  slowestMs: number;
  /** Texts that took longer than the limit the first time, and not later. */
  disturbed: number;
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return {
    outcomes: { accepted: 0, empty: 0, refused: 0 },
    failures: [],
    slowestMs: 0,
    disturbed: 0,
  };
}

/** The texts of the batch with this seed. */
export function textsOf(seed: number, corpus: readonly Sample[]): Sample[] {
  const random = createRandom(seed);
  const mutated = Array.from({ length: BATCH_SIZE - GENERATED }, () => mutate(corpus, random));
  return [...generate(seed, GENERATED), ...mutated];
}

/** Examines the batch with this seed. */
export function runBatch(
  seed: number,
  corpus: readonly Sample[],
  parsers: Parsers,
  tally: Tally,
): void {
  for (const sample of textsOf(seed, corpus)) {
    try {
      const began = performance.now();
      tally.outcomes[examine(sample, parsers)]++;
      checkTime(sample, performance.now() - began, parsers, tally);
    } catch (error) {
      tally.failures.push(describe(seed, sample, parsers, error as Error));
    }
  }
}

/** A busy machine makes anything slow once. */
function checkTime(sample: Sample, firstMs: number, parsers: Parsers, tally: Tally): void {
  let took = firstMs;
  if (took > SLOWEST_MS) {
    for (let times = 0; times < 5 && took > SLOWEST_MS; times++) {
      const began = performance.now();
      examine(sample, parsers);
      took = Math.min(took, performance.now() - began);
    }
    if (took > SLOWEST_MS) throw new Error(`took ${took.toFixed(0)} ms`);
    tally.disturbed++;
  }
  tally.slowestMs = Math.max(tally.slowestMs, took);
}

function describe(seed: number, sample: Sample, parsers: Parsers, error: Error): Failure {
  const { extension } = sample;
  const isSlow = error.message.startsWith("took");
  const fails = (bytes: Uint8Array): boolean => {
    try {
      examine({ extension, bytes }, parsers);
      return false;
    } catch {
      return true;
    }
  };
  const bytes = isSlow ? sample.bytes : minimize(sample.bytes, fails);
  return { seed, extension, what: error.message.slice(0, 300), ...written(bytes) };
}

function written(bytes: Uint8Array): Pick<Failure, "text" | "base64"> {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { base64: btoa(String.fromCharCode(...bytes)) };
  }
}
