/**
 * What is saved: about 2 KB of YAML that begins with the number of the save and ends with it, so
 * that a file cut anywhere gives itself away.
 *
 * @module
 */

import { createRandom } from "../bench/random.ts";
import { sampleText } from "../bench/sample.ts";

/** Longer than any {@linkcode configText}. */
const PADDED_BYTES = 2_560;

/** The configuration of save `n`; its size differs from save to save. */
export function configText(n: number): string {
  return sampleText(n, createRandom(n));
}

/** The same, always 2,560 bytes long: the comment in its first line is longer. */
export function sameSizeText(n: number): string {
  const text = configText(n);
  return `#${"-".repeat(PADDED_BYTES - text.length - 2)}\n${text}`;
}

/** The configuration of save `n` below one key, for a directory whose files are merged. */
export function partText(part: string, n: number): string {
  return `${part}:\n${configText(n).replace(/^(?=.)/gm, "  ")}`;
}
