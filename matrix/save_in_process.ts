/**
 * Saves that are made of a few system calls, as programs make them.
 *
 * @module
 */

import { appendFileSync, closeSync, ftruncateSync, openSync, renameSync, writeSync } from "node:fs";
import { CONFIG } from "./next_file.ts";
import type { Place } from "./place.ts";
import type { Situation } from "./situation.ts";
import { configText, partText } from "./text.ts";

/** Writes in five chunks with pauses, and closes after the last. */
async function writeChunks(place: Place, n: number, pauseMs: number): Promise<void> {
  const text = configText(n);
  const descriptor = openSync(place.path(CONFIG), "w");
  const length = Math.ceil(text.length / 5);
  for (let start = 0; start < text.length; start += length) {
    if (start > 0) await place.pause(pauseMs);
    writeSync(descriptor, text.slice(start, start + length));
  }
  closeSync(descriptor);
}

function inChunks(pauseMs: number, more: Partial<Situation> = {}): Situation {
  return {
    name: `chunks-${pauseMs}`,
    group: "save",
    title: `in place, five chunks ${pauseMs} ms apart`,
    save: (place, n) => writeChunks(place, n, pauseMs),
    ...more,
  };
}

/** The save styles of programs. */
export const savesInProcess: readonly Situation[] = [
  {
    name: "in-place",
    group: "save",
    title: "in place: truncate, write, close",
    save: (place, n) => void place.write(CONFIG, configText(n)),
  },
  {
    name: "append",
    group: "save",
    title: "append",
    prepare: (place) => void place.write(CONFIG, partText("part_0", 0)),
    save: (place, n) => appendFileSync(place.path(CONFIG), partText(`part_${n}`, n)),
    states: (n) => [
      Object.fromEntries(Array.from({ length: n + 1 }, (_, part) => [`part_${part}`, part])),
    ],
  },
  inChunks(5),
  inChunks(40),
  inChunks(200, { rounds: 5 }),
  inChunks(600, { rounds: 3, isSlow: true }),
  {
    name: "truncate-pause",
    group: "save",
    title: "truncate, 300 ms of nothing, write",
    rounds: 6,
    async save(place, n) {
      const descriptor = openSync(place.path(CONFIG), "r+");
      ftruncateSync(descriptor, 0);
      await place.pause(300);
      writeSync(descriptor, configText(n));
      closeSync(descriptor);
    },
  },
  {
    name: "rename",
    group: "save",
    title: "temporary file, renamed over it",
    save(place, n) {
      renameSync(place.write(`${CONFIG}.tmp`, configText(n)), place.path(CONFIG));
    },
  },
  {
    name: "backup-create",
    group: "save",
    title: "renamed to a backup, created anew",
    save(place, n) {
      renameSync(place.path(CONFIG), place.path(`${CONFIG}~`));
      place.write(CONFIG, configText(n));
    },
  },
];
