/**
 * Trying again what failed and may work a little later.
 *
 * @module
 */

import type { Clock } from "./clock.ts";

/** Options of {@linkcode Retry}. */
export interface RetryOptions {
  readonly clock: Clock;
  /** How often the same is tried in all. */
  readonly maxAttempts: number;
  /** Whether waiting keeps the process alive. */
  readonly keepAlive: boolean;
  /** A number from 0 to 1, so that not all processes try at once. */
  random(): number;
  /** Tries again. */
  onDue(): void;
}

/** How often something was tried, and when it is tried again. */
export interface Attempt {
  /** From 1. */
  readonly attempt: number;
  /** Absent: it is not tried again. */
  readonly retryInMs?: number;
}

const FIRST_PAUSE_MS = 500;
const JITTER = 0.2;

/** Counts attempts, and schedules the next one with pauses of 0.5 s, 1 s, 2 s … give or take a fifth. */
export class Retry {
  readonly #options: RetryOptions;
  #attempts = 0;
  #timer: Disposable | undefined;

  /** Creates it; nothing has been tried. */
  constructor(options: RetryOptions) {
    this.#options = options;
  }

  /** Notes that an attempt failed, and schedules the next one where there is one left. */
  failed(): Attempt {
    const { clock, maxAttempts, keepAlive, random, onDue } = this.#options;
    this.#timer?.[Symbol.dispose]();
    this.#attempts += 1;
    const attempt = this.#attempts;
    if (attempt >= maxAttempts) return { attempt };
    const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1);
    const retryInMs = Math.round(pauseMs * (1 + JITTER * (2 * random() - 1)));
    this.#timer = clock.schedule(retryInMs, onDue, { keepAlive });
    return { attempt, retryInMs };
  }

  /** Forgets what was tried: there is something new to try, or nothing any more. */
  reset(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#attempts = 0;
  }
}
