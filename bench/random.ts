/**
 * Random numbers that a seed repeats.
 *
 * @module
 */

/** Answers a whole number from `least` to `most`, both included. */
export type Random = (least: number, most: number) => number;

/** The mulberry32 generator: small, fast and the same on every runtime. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (least, most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    const fraction = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    return least + Math.floor(fraction * (most - least + 1));
  };
}
