/**
 * Opening and closing many times.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Program } from "../program.ts";
import type { CycleSample } from "./cycles.ts";

const LOOKS = 100;
const SAMPLE_WITHIN_MS = 60_000;

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
  await using program = new Program([...command, file, String(cycles), String(every)]);
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
