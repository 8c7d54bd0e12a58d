/**
 * How long a disk is waited for.
 *
 * @module
 */

import type { Clock } from "../clock.ts";

/**
 * Whether a disk answers in time. What it is asked goes on in any case.
 *
 * @throws {Error} When `answer` is rejected in time.
 */
export async function isInTime(
  answer: Promise<unknown>,
  deadlineMs: number,
  clock: Clock,
): Promise<boolean> {
  let timer: Disposable | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = clock.schedule(deadlineMs, () => resolve(false));
  });
  try {
    return await Promise.race([answer.then(() => true), late]);
  } finally {
    timer?.[Symbol.dispose]();
  }
}

/** Why it is not waited for any longer. */
export function noAnswer(deadlineMs: number): string {
  return `the disk did not answer within ${deadlineMs} ms`;
}
