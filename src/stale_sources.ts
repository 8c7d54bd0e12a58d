/**
 * Sources that can't be reached, and of which what they gave last is used.
 *
 * @module
 */

import { type Clock, isoTime } from "./clock.ts";
import type { SourceRestoredEvent, SourceStaleEvent } from "./events.ts";
import type { SourceReading } from "./source/source_reading.ts";

/** Options of {@linkcode StaleSources}. */
export interface StaleSourcesOptions {
  readonly clock: Clock;
  /** The snapshot that runs. */
  current(): { readonly revision: number };
  /** What a source threw, without the secrets of the snapshot that runs. */
  withoutSecrets(error: Error): Error;
  onEvent(event: SourceStaleEvent | SourceRestoredEvent): void;
}

/** Tells when sources become stale, and when they are up to date again. */
export class StaleSources {
  readonly #options: StaleSourcesOptions;
  /** Why sources give what may be out of date, by name. */
  #stale: ReadonlyMap<string, Error> = new Map();
  /** What is shown of why they do, while a snapshot runs: to look for secrets takes its time. */
  readonly #shown = new WeakMap<Error, { readonly during: object; readonly shown: Error }>();

  /** Creates it; no source is stale. */
  constructor(options: StaleSourcesOptions) {
    this.#options = options;
  }

  /** Why a source gives what may be out of date, without secrets; health asks again and again. */
  reason(error: Error): Error {
    const during = this.#options.current();
    const known = this.#shown.get(error);
    if (known?.during === during) return known.shown;
    const shown = this.#options.withoutSecrets(error);
    this.#shown.set(error, { during, shown });
    return shown;
  }

  /** Tells of the sources that are stale and were not, or were and are not. */
  look(readings: readonly SourceReading[]): void {
    const { clock, current, onEvent } = this.#options;
    const { revision } = current();
    const stale = new Map(
      readings.flatMap(({ source, stale }) =>
        stale === undefined ? [] : [[source.name, this.reason(stale)]]
      ),
    );
    for (const [source, error] of stale) {
      if (this.#stale.get(source)?.message === error.message) continue;
      onEvent({ type: "sourceStale", revision, source, error, at: isoTime(clock) });
    }
    const left = new Set(readings.map(({ source }) => source.name));
    for (const source of this.#stale.keys()) {
      if (stale.has(source) || !left.has(source)) continue;
      onEvent({ type: "sourceRestored", revision, source, at: isoTime(clock) });
    }
    this.#stale = stale;
  }
}
