/**
 * A deadline for what sources plug in.
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

interface Waiting {
  readonly name: string;
  steppedAt: number;
  fail(error: SourceError): void;
}

/** Deadlines with one timer for all: a timer for each of many sources takes its time on Deno. */
export class Deadlines {
  readonly #patience: Patience;
  readonly #waiting = new Set<Waiting>();
  #timer: Disposable | undefined;

  /** Creates deadlines for nothing yet. */
  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /**
   * What `ask` resolves to, unless it takes no step for too long; its answer is then dropped.
   *
   * @param ask Is given what to call at each step.
   * @throws {SourceError} When it takes no step for too long.
   */
  async answerInTime<R>(
    { name }: Pick<Source, "name">,
    ask: (onStep: () => void) => Promise<R>,
  ): Promise<R> {
    const { clock, readTimeoutMs } = this.#patience;
    const waiting: Waiting = { name, steppedAt: clock.now(), fail: () => {} };
    const late = new Promise<never>((_resolve, reject) => waiting.fail = reject);
    this.#waiting.add(waiting);
    this.#timer ??= clock.schedule(readTimeoutMs, () => this.#look());
    try {
      return await Promise.race([ask(() => waiting.steppedAt = clock.now()), late]);
    } finally {
      this.#waiting.delete(waiting);
      if (this.#waiting.size === 0) this.#stop();
    }
  }

  /** Fails those that took no step for too long, and looks at the others when they could have. */
  #look(): void {
    const { clock, readTimeoutMs } = this.#patience;
    const now = clock.now();
    let nextMs = Infinity;
    for (const { name, steppedAt, fail } of this.#waiting) {
      const leftMs = steppedAt + readTimeoutMs - now;
      if (leftMs > 0) nextMs = Math.min(nextMs, leftMs);
      else {
        const reason = `it gave no answer within ${readTimeoutMs} ms (readTimeoutMs)`;
        fail(new SourceError({ file: name, reason, code: "ETIMEDOUT" }));
      }
    }
    this.#stop();
    if (nextMs < Infinity) this.#timer = clock.schedule(nextMs, () => this.#look());
  }

  #stop(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
