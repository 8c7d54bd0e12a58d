/** Makes a failing text smaller. */

const MOST_TRIES = 3_000;

/** The smallest part of `bytes` found that still fails, by leaving out ever shorter pieces. */
export function minimize(bytes: Uint8Array, fails: (bytes: Uint8Array) => boolean): Uint8Array {
  let smallest = bytes;
  let tries = 0;
  for (let size = smallest.length >>> 1; size >= 1; size >>>= 1) {
    for (let at = 0; at < smallest.length && tries < MOST_TRIES; tries++) {
      const shorter = new Uint8Array(smallest.length - Math.min(size, smallest.length - at));
      shorter.set(smallest.subarray(0, at));
      shorter.set(smallest.subarray(Math.min(smallest.length, at + size)), at);
      if (fails(shorter)) smallest = shorter;
      else at += size;
    }
  }
  return smallest;
}
