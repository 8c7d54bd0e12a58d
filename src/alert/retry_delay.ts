/**
 * When to try again to send an alert.
 *
 * @module
 */

import type { AlertError } from "../errors.ts";

const FIRST_MS = 1_000;

/** Longest time between two attempts, also when a server asks for more. */
const LONGEST_MS = 60_000;

/**
 * Time until the next attempt, in milliseconds: twice as long each time, or as long as a server
 * asks for, up to a minute; and up to half of that more, so that not all ask at once.
 *
 * @param attempt The number of the one that failed, from 1.
 * @param random A number from 0 to 1.
 */
export function retryDelayMs(
  { retryAfterMs = 0 }: Pick<AlertError, "retryAfterMs">,
  attempt: number,
  random: number,
): number {
  const backoff = FIRST_MS * 2 ** Math.min(attempt - 1, 30);
  // It may be no number at all.
  const leastMs = retryAfterMs > backoff ? retryAfterMs : backoff;
  return Math.min(LONGEST_MS, leastMs) * (1 + random / 2);
}
