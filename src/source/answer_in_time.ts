/**
 * A deadline for what a source plugs in.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { SourceError } from "../errors.ts";
import type { Source } from "./source.ts";

/** How long a source may take. */
export interface Patience {
  readonly clock: Clock;
  /** Longest time without a step, in milliseconds. */
  readonly readTimeoutMs: number;
}

/**
 * What `ask` resolves to, unless it takes no step for too long; its answer is then dropped.
 *
 * @param ask Is given what to call at each step.
 * @throws {SourceError} When it takes no step for too long.
 */
export async function answerInTime<R>(
  { name }: Pick<Source, "name">,
  { clock, readTimeoutMs }: Patience,
  ask: (step: () => void) => Promise<R>,
): Promise<R> {
  let steppedAt = clock.now();
  let timer: Disposable | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const wait = (ms: number) => {
      timer = clock.schedule(ms, () => {
        const leftMs = steppedAt + readTimeoutMs - clock.now();
        if (leftMs > 0) return wait(leftMs);
        const reason = `it gave no answer within ${readTimeoutMs} ms (readTimeoutMs)`;
        reject(new SourceError({ file: name, reason, code: "ETIMEDOUT" }));
      });
    };
    wait(readTimeoutMs);
  });
  try {
    return await Promise.race([ask(() => steppedAt = clock.now()), late]);
  } finally {
    timer?.[Symbol.dispose]();
  }
}
