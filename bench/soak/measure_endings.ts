/**
 * The time a process takes to end when it has closed what it watched.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Program } from "../program.ts";
import type { Ending } from "./ending.ts";

const READY_WITHIN_MS = 30_000;
const ENDED_WITHIN_MS = 10_000;

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
