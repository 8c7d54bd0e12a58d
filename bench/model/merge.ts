/**
 * Merging, freezing and comparing three layers of a thousand keys each: `merge.ts TIMES`. Writes
 * one JSON line, a {@linkcode MergeTimes}.
 *
 * @module
 */

import process from "node:process";
import { diff } from "../../src/diff.ts";
import { freezeShared } from "../../src/freeze.ts";
import { Merger } from "../../src/merge.ts";

/** Times in milliseconds. */
export interface MergeTimes {
  /** When nothing was merged before. */
  readonly first: readonly number[];
  /** After one key of the layer in the middle changed. */
  readonly again: readonly number[];
}

const WARM_UPS = 50;
const GROUPS = 100;
const KEYS_IN_GROUP = 10;

const times = Number(process.argv[2] ?? 200);
const frozen = new WeakSet<object>();
// Half of the groups of each layer are in the next one as well.
const [base, middle, top] = [0, 1, 2].map((layer) => layerOf(layer * GROUPS / 2, layer));
const merger = new Merger(frozen);
let lower = freezeShared(undefined, middle, frozen);
const layers = [
  freezeShared(undefined, base, frozen),
  lower,
  freezeShared(undefined, top, frozen),
];
let current = freezeShared(undefined, merger.merge(layers), frozen);
const measured = { first: [] as number[], again: [] as number[] };
for (let round = 1; round <= WARM_UPS + times; round++) {
  timeFirst();
  timeAgain(round);
  if (round === WARM_UPS) {
    for (const list of Object.values(measured)) list.length = 0;
  }
}
console.log(JSON.stringify(measured satisfies MergeTimes));

function timeFirst(): void {
  const startedAt = performance.now();
  const merged = freezeShared({}, new Merger(new WeakSet()).merge(layers));
  diff({}, merged);
  measured.first.push(performance.now() - startedAt);
}

function timeAgain(round: number): void {
  const changed = layerOf(GROUPS / 2, 1);
  changed["group-60"]!["key-5"] = 1000 + round;
  lower = freezeShared(lower, changed, frozen);
  layers[1] = lower;
  const startedAt = performance.now();
  const merged = freezeShared(current, merger.merge(layers), frozen);
  const { length } = diff(current, merged);
  measured.again.push(performance.now() - startedAt);
  if (length !== 1) throw new Error(`${length} differences`);
  current = merged;
}

function layerOf(
  first: number,
  layer: number,
): Record<string, Record<string, number>> {
  const keys = Array.from({ length: KEYS_IN_GROUP }, (_, key) => `key-${key}`);
  return Object.fromEntries(
    Array.from({ length: GROUPS }, (_, group) => [
      `group-${first + group}`,
      Object.fromEntries(keys.map((key) => [key, layer])),
    ]),
  );
}
