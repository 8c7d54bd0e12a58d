/**
 * Sources that could not say what to watch, and when they are asked again.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { Source } from "./source.ts";

/** Options of {@linkcode UnwatchedSources}. */
export interface UnwatchedSourcesOptions {
  readonly clock: Clock;
  /** Time until they are asked again for the first time, in milliseconds; it doubles each time. */
  readonly pauseMs: number;
  /** Whether waiting keeps the process alive. */
  readonly keepAlive: boolean;
  /** Asks them again; never rejects. */
  askAgain(): Promise<void>;
}

const LONGEST_PAUSE_MS = 60_000;

/** Has sources asked again until none is left. */
export class UnwatchedSources {
  readonly #options: UnwatchedSourcesOptions;
  readonly #errors = new Map<Source, Error>();
  #pauseMs: number;
  #timer: Disposable | undefined;
  #asking: Promise<void> | undefined;

  /** Creates it without sources. */
  constructor(options: UnwatchedSourcesOptions) {
    this.#options = options;
    this.#pauseMs = options.pauseMs;
  }

  /** Why they can't be watched. */
  get errors(): ReadonlyMap<Source, Error> {
    return this.#errors;
  }

  /** Notes why a source can't be watched. */
  add(source: Source, error: Error): void {
    this.#errors.set(source, error);
    this.#schedule();
  }

  /** Notes that sources can be watched, or need not be. */
  delete(...sources: readonly Source[]): void {
    for (const source of sources) this.#errors.delete(source);
    this.#schedule();
  }

  /** Resolves when nobody is being asked. */
  async idle(): Promise<void> {
    await this.#asking;
  }

  #schedule(): void {
    const { clock, pauseMs, keepAlive, askAgain } = this.#options;
    if (this.#errors.size === 0) {
      this.#timer?.[Symbol.dispose]();
      this.#timer = undefined;
      this.#pauseMs = pauseMs;
      return;
    }
    if (this.#timer !== undefined || this.#asking !== undefined) return;
    this.#timer = clock.schedule(this.#pauseMs, () => {
      this.#timer = undefined;
      this.#pauseMs = Math.max(pauseMs, Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS));
      this.#asking = askAgain().finally(() => {
        this.#asking = undefined;
        this.#schedule();
      });
    }, { keepAlive });
  }
}
