/**
 * Opening and closing many times, and the time a process takes to end.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { CycleSample } from "./cycles.ts";
import type { Ending } from "./ending.ts";
import { Program } from "../program.ts";

/** Ways to end, in the order of the table. */
export const ENDINGS: readonly Ending[] = [
  "bare",
  "idle",
  "polling",
  "in a reload",
];

const LOOKS = 100;
const SAMPLE_WITHIN_MS = 60_000;
const READY_WITHIN_MS = 30_000;
const ENDED_WITHIN_MS = 10_000;

/** What was seen while configurations were opened and closed. */
export interface CyclesResult {
  readonly samples: readonly CycleSample[];
  /** For all cycles and looks, in milliseconds. */
  readonly elapsedMs: number;
}

/** Opens and closes `cycles` times in one process. */
export async function measureCycles(
  command: readonly string[],
  file: string,
  cycles: number,
  onSample: (sample: CycleSample) => void,
): Promise<CyclesResult> {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "seq: 0\n");
  const every = Math.max(1, Math.floor(cycles / LOOKS));
  await using program = new Program([
    ...command,
    file,
    String(cycles),
    String(every),
  ]);
  const samples: CycleSample[] = [];
  const startedAt = performance.now();
  for (;;) {
    const line = await program.next(SAMPLE_WITHIN_MS);
    if (line === undefined) throw new Error("Opening and closing has stopped");
    if (line === "done") {
      return { samples, elapsedMs: performance.now() - startedAt };
    }
    const sample = JSON.parse(line) as CycleSample;
    samples.push(sample);
    onSample(sample);
  }
}

/** From the call of `close()` until the process was gone, in milliseconds; one for each run. */
export async function measureEndings(
  command: readonly string[],
  file: string,
  ending: Ending,
  runs: number,
): Promise<number[]> {
  mkdirSync(dirname(file), { recursive: true });
  const took: number[] = [];
  for (let run = 0; run < runs; run++) {
    writeFileSync(file, "seq: 1\n");
    await using program = new Program([...command, ending, file]);
    if (await program.next(READY_WITHIN_MS) !== "closing") {
      throw new Error(`A program that should close (${ending}) says nothing`);
    }
    const closingAt = performance.now();
    const hasEnded = await program.endsWithin(ENDED_WITHIN_MS);
    took.push(hasEnded ? performance.now() - closingAt : Infinity);
  }
  return took;
}
