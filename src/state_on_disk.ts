/**
 * What was accepted, on disk: written after each commit, and opened when the sources give nothing.
 *
 * @module
 */

import { isoTime } from "./clock.ts";
import type { StateError } from "./errors.ts";
import type { Evaluator } from "./evaluation.ts";
import { type LastKnownGood, openLastKnownGood } from "./last_known_good.ts";
import type { Layer } from "./layers.ts";
import { Merger } from "./merge.ts";
import type { Snapshot } from "./revision_store.ts";
import type { Runtime } from "./runtime/runtime.ts";
import type { Secrets } from "./secrets.ts";
import type { SourceReading } from "./source/source_reading.ts";
import type { Entry } from "./state/entry.ts";
import { Journal } from "./state/journal.ts";
import { StateKeeper } from "./state/keeper.ts";
import type { ResolvedStateOptions } from "./state/options.ts";
import { StoredParts, toStored } from "./state/stored_value.ts";

/** Options of {@linkcode StateOnDisk}. */
export interface StateOnDiskOptions extends ResolvedStateOptions {
  readonly runtime: Runtime;
  readonly secrets: Secrets;
  /** Whether the sources say what runs, as far as is known. */
  isGood(): boolean;
  /** Takes why a revision is not on disk. */
  onFailure(error: StateError, revision: number): void;
}

/** The accepted configurations of one handle on disk. */
export class StateOnDisk<T> {
  readonly #options: StateOnDiskOptions;
  readonly #journal: Journal;
  readonly #keeper: StateKeeper;
  readonly #merger = new Merger();
  readonly #before = new StoredParts();

  /**
   * Creates it; nothing is read or written yet.
   *
   * @throws {RangeError} When the runtime has no files for it.
   */
  constructor(options: StateOnDiskOptions) {
    const { runtime: { clock, stateFiles: files }, folder } = options;
    if (files === undefined) {
      throw new RangeError("Cannot use stateDir: the runtime has no stateFiles");
    }
    this.#options = options;
    this.#journal = new Journal({ ...options, files, clock });
    this.#keeper = new StateKeeper({ ...options, clock, folder, journal: this.#journal });
  }

  /** Why what was accepted last is not on disk; `undefined` when it is. */
  get failure(): StateError | undefined {
    return this.#keeper.failure;
  }

  /** Writes what was accepted for good. Waits for the disk, but not for long; never throws. */
  async keep(snapshot: Snapshot<T>, layers: readonly Layer[]): Promise<void> {
    await this.#keeper.keep(snapshot.revision, () => this.#entryOf(snapshot, layers));
  }

  /**
   * What to start on while the sources give no configuration.
   *
   * @throws {StateError} When there is an entry that can't be used; its cause is `refusal`.
   * @throws {Error} `refusal`, when there is none at all.
   */
  async open(
    evaluator: Evaluator<T>,
    readings: readonly SourceReading[],
    refusal: Error,
  ): Promise<LastKnownGood<T>> {
    const { runtime: { clock, environment }, folder, maxAgeMs } = this.#options;
    const options = { clock, environment, evaluator, journal: this.#journal, folder, maxAgeMs };
    return await openLastKnownGood(options, readings, refusal);
  }

  /** Ends it. */
  close(): void {
    this.#keeper.close();
  }

  #entryOf({ revision, at, checksum, cause }: Snapshot<T>, layers: readonly Layer[]): Entry {
    const { runtime: { clock, environment }, secrets } = this.#options;
    const candidate = this.#merger.merge(layers.map(({ parsed }) => parsed.value));
    return {
      revision,
      at,
      goodAt: isoTime(clock),
      checksum,
      cause,
      sources: [...new Set(layers.map(({ source }) => source))],
      configuration: toStored(candidate, { layers, secrets, environment, before: this.#before }),
    };
  }
}
