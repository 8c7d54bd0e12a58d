/**
 * Storms of saves, by one process and by fifty at once.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import type { State } from "./digest.ts";
import { CONFIG } from "./next_file.ts";
import type { Place } from "./place.ts";
import type { Situation } from "./situation.ts";
import {
  ANY_CONFIG,
  MEMORY,
  MEMORY_NEEDS,
  mountMemory,
  writeFast,
  WRITING_NEEDS,
} from "./stress_writing.ts";

const SAVES = 10_000;

/** The states of `count` saves of one file. */
function states(first: number, count: number): readonly State[] {
  return Array.from({ length: count }, (_, index) => ({ "": first + index }));
}

function stormOnOne(name: string, title: string, renamed: boolean): Situation {
  const path = `${MEMORY}/${CONFIG}`;
  return {
    name,
    group: "stress",
    title,
    rounds: 1,
    needs: MEMORY_NEEDS,
    watch: { file: path },
    async prepare(place) {
      await mountMemory(place);
      place.write(path, ANY_CONFIG.replaceAll("{n}", "0"));
    },
    save: (place, n) =>
      writeFast(place, {
        paths: [path],
        text: ANY_CONFIG,
        first: (n - 1) * SAVES + 1,
        saves: SAVES,
        renamed,
      }),
    states: (n) => n === 0 ? [{ "": 0 }] : states((n - 1) * SAVES + 1, SAVES),
    reloads: { least: 1, most: SAVES },
    ...(renamed && {
      note: "Here and in place: any number of reloads is right, each of a whole save.",
    }),
  };
}

const PART_TEXT = "{name}:\n  seq: {n}\n  end: {n}\n";
const PARTS = Array.from({ length: 1_000 }, (_, n) => `part_${String(n).padStart(3, "0")}`);
const PART_PATHS = PARTS.map((part) => `${MEMORY}/${part}.yaml`);

/** All parts after `saves` saves in turn; save `n` is one of part `n % 1_000`. */
function partsAfter(saves: number): State {
  const { length } = PARTS;
  const sinceLast = (index: number) => ((saves - index) % length + length) % length;
  return Object.fromEntries(
    PARTS.map((part, index) => [part, Math.max(0, saves - sinceLast(index))]),
  );
}

const stormOnMany: Situation = {
  name: "storm-directory",
  group: "stress",
  title: "10,000 saves of the 1,000 files of a directory, in turn",
  rounds: 1,
  isSlow: true,
  needs: MEMORY_NEEDS,
  watch: { directory: MEMORY },
  async prepare(place) {
    await mountMemory(place);
    const text = (part: string) => PART_TEXT.replace("{name}", part).replaceAll("{n}", "0");
    for (const [index, path] of PART_PATHS.entries()) place.write(path, text(PARTS[index]!));
  },
  save: (place, n) =>
    writeFast(place, {
      paths: PART_PATHS,
      text: PART_TEXT,
      first: (n - 1) * SAVES + 1,
      saves: SAVES,
    }),
  states: (n) =>
    n === 0
      ? [partsAfter(0)]
      : Array.from({ length: 11 }, (_, turn) => partsAfter((n - 1) * SAVES + turn * PARTS.length)),
  mayMix: true,
  reloads: { least: 1, most: SAVES },
  note: "Any number of reloads is right, each of whole files, the last one of the last saves.",
};

const WRITERS = 50;
const SAVES_OF_FIFTY = 500;

/** Which of the fifty was the last, only the file can tell. */
const lastSaves = new WeakMap<Place, number>();

const fiftyWriters: Situation = {
  name: "fifty-writers",
  group: "stress",
  title: "50 processes at once, 10 saves each, renamed over it",
  rounds: 2,
  isSlow: true,
  needs: WRITING_NEEDS,
  async save(place, n) {
    await writeFast(place, {
      paths: [CONFIG],
      text: ANY_CONFIG,
      first: (n - 1) * SAVES_OF_FIFTY + 1,
      saves: SAVES_OF_FIFTY,
      renamed: true,
      writers: WRITERS,
    });
    const [, seq] = /^seq: (\d+)$/m.exec(readFileSync(place.path(CONFIG), "utf8"))!;
    lastSaves.set(place, Number(seq));
  },
  states(n, place) {
    if (n === 0) return [{ "": 0 }];
    const last = place && lastSaves.get(place);
    const all = states((n - 1) * SAVES_OF_FIFTY + 1, SAVES_OF_FIFTY);
    return last === undefined ? all : [...all, { "": last }];
  },
  reloads: { least: 1, most: SAVES_OF_FIFTY },
  note: "Whose save was the last is read from the file when all of them have ended.",
};

/** Rows about storms. */
export const storms: readonly Situation[] = [
  stormOnOne("storm-in-place", "10,000 saves as fast as possible, in place", false),
  stormOnOne("storm-renamed", "10,000 saves as fast as possible, renamed over it", true),
  stormOnMany,
  fiftyWriters,
];
