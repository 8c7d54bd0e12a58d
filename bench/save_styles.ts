/**
 * The ways programs save a file. Each answers the instant its last system call returned.
 *
 * @module
 */

import { closeSync, openSync, renameSync, writeFileSync, writeSync } from "node:fs";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "./random.ts";

/** A way to save. `atomic in memory`: in a folder that is on no disk, where there is one. */
export type SaveStyle = "atomic" | "in place" | "slow writer" | "atomic in memory";

/** Saves and answers `process.hrtime.bigint()` at the return of `rename` or `close`. */
export type Save = (
  file: string,
  text: string,
  random: Random,
) => Promise<bigint>;

const CHUNKS = 5;
const CHUNK_GAP_MS = 5;

/** The save styles, in the order of the table. */
export const SAVE_STYLES: Readonly<Record<SaveStyle, Save>> = {
  "atomic": saveAtomically,
  "in place": (file, text) => {
    const descriptor = openSync(file, "w");
    writeSync(descriptor, text);
    closeSync(descriptor);
    return Promise.resolve(process.hrtime.bigint());
  },
  "slow writer": async (file, text, random) => {
    const descriptor = openSync(file, "w");
    const chunks = cut(text, random);
    for (const [index, chunk] of chunks.entries()) {
      if (index > 0) await delay(CHUNK_GAP_MS);
      writeSync(descriptor, chunk);
    }
    closeSync(descriptor);
    return process.hrtime.bigint();
  },
  "atomic in memory": saveAtomically,
};

function saveAtomically(file: string, text: string): Promise<bigint> {
  const temporary = `${file}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
  return Promise.resolve(process.hrtime.bigint());
}

/** Five pieces of about a fifth each, cut anywhere: in a line, in a word. */
function cut(text: string, random: Random): string[] {
  const fifth = Math.floor(text.length / CHUNKS);
  const ends = Array.from(
    { length: CHUNKS - 1 },
    (_, index) => fifth * (index + 1) + random(-50, 50),
  );
  return [...ends, text.length].map((end, index) => text.slice(index && ends[index - 1], end));
}
