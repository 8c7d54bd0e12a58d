/**
 * The way of a change in order:
 * (watch → debounce → settle → read → checksum, see `intake.ts`) → parse → merge → validate → guard
 * → diff → commit → notify → statistics.
 *
 * @module
 */

import { combineChecksums } from "./checksum.ts";
import { type Changes, findChanges, lazily } from "./changes.ts";
import { type Clock, isoTime } from "./clock.ts";
import { type Issue, toError, ValidationError } from "./errors.ts";
import type { Change, ConfigEvent, ReloadCause, SettledBy } from "./events.ts";
import { freezeShared } from "./freeze.ts";
import { guard, type GuardOptions } from "./guard.ts";
import type { Intake, SettledReading } from "./intake.ts";
import { issueAt, type Layer, type LayerParser } from "./layers.ts";
import { Merger } from "./merge.ts";
import { RevisionStore, type Snapshot } from "./revision_store.ts";
import type { Source } from "./source/source.ts";
import type { SourceReading } from "./source/source_reading.ts";
import type { ReloadResult, StatisticsRecorder } from "./statistics.ts";
import { type Rules, validate } from "./validate.ts";

/** How a reload ended. */
export type ReloadOutcome =
  | { readonly status: "committed"; readonly revision: number; readonly changes: readonly Change[] }
  | { readonly status: "unchanged"; readonly revision: number }
  | {
    readonly status: "rejected";
    /** The revision that stays. */
    readonly revision: number;
    /** What the schema, a validator or a guard found wrong. */
    readonly issues?: readonly Issue[];
    /** Why a source could not be read or parsed. */
    readonly error?: Error;
  };

/** A commit, as subscribers need it. */
export interface Commit<T> extends Changes {
  readonly before: Snapshot<T>;
  readonly after: Snapshot<T>;
}

/** Options of {@linkcode Pipeline}. */
export interface PipelineOptions<T> {
  readonly clock: Clock;
  readonly parser: LayerParser;
  readonly rules: Rules<T>;
  readonly guards: GuardOptions;
  readonly historySize: number;
  /** Absent: nothing is recorded. */
  readonly statistics: StatisticsRecorder | undefined;
  onEvent(event: ConfigEvent): void;
  onCommit(commit: Commit<T>): void;
}

type Evaluation<T> =
  | { readonly status: "accepted"; readonly value: T; readonly layers: readonly Layer[] }
  | { readonly status: "failed"; readonly error: Error }
  | { readonly status: "invalid"; readonly issues: readonly Issue[] };

interface Run {
  readonly cause: ReloadCause;
  readonly startedAt: number;
  readonly firstHintAt: number;
  readonly files: readonly string[];
  readonly sources: readonly string[];
  readonly settledBy?: SettledBy | undefined;
}

/** Turns settled readings into snapshots, or refuses them. */
export class Pipeline<T> {
  readonly #options: PipelineOptions<T>;
  readonly #intake: Intake;
  readonly #merger: Merger;
  #store: RevisionStore<T> | undefined;
  #layers: readonly Layer[] = [];
  /** The content that was evaluated last. */
  #seen: { readonly checksum: string; readonly isAccepted: boolean } | undefined;
  /** How the last reload was refused; absent while all is well. */
  #refusal: Extract<ReloadOutcome, { status: "rejected" }> | undefined;

  /** Creates a pipeline behind `intake`. */
  constructor(intake: Intake, options: PipelineOptions<T>) {
    this.#intake = intake;
    this.#options = options;
    this.#merger = new Merger(options.parser.frozen);
  }

  /** The accepted snapshots. */
  get store(): RevisionStore<T> {
    return this.#store!;
  }

  /** How the last reload was refused; `undefined` while all is well. */
  get refusal(): Extract<ReloadOutcome, { status: "rejected" }> | undefined {
    return this.#refusal;
  }

  /**
   * Takes the first reading.
   *
   * @throws {SourceError} When a source can't be read.
   * @throws {ParseError} When a document is not well-formed.
   * @throws {ValidationError} When the schema or a validator refuses the configuration.
   */
  async start(readings: readonly SourceReading[]): Promise<Snapshot<T>> {
    const evaluation = await this.#evaluate(readings);
    if (evaluation.status === "failed") throw evaluation.error;
    if (evaluation.status === "invalid") throw new ValidationError(evaluation.issues);
    const { value, layers } = evaluation;
    const checksum = contentChecksum(readings);
    const snapshot = Object.freeze({
      revision: 1,
      value,
      checksum,
      at: isoTime(this.#options.clock),
      files: layers.map(({ file }) => file),
      cause: "start" as const,
    });
    this.#store = new RevisionStore(snapshot, this.#options.historySize);
    this.#layers = layers;
    this.#seen = { checksum, isAccepted: true };
    return snapshot;
  }

  /** Takes a settled reading; never throws. */
  async take(reading: SettledReading, cause: ReloadCause): Promise<ReloadOutcome> {
    const { clock } = this.#options;
    const startedAt = clock.now();
    const files = reading.changes.map(({ path }) => path);
    const sources = reading.changes.map(({ source }) => source);
    for (const change of reading.changes) {
      this.#options.onEvent({ type: "fileChanged", ...change, at: isoTime(clock) });
    }
    const { firstHintAt, settledBy } = reading;
    const run = { cause, startedAt, firstHintAt, files, sources, settledBy };
    const checksum = contentChecksum(reading.sources);
    const hasError = reading.sources.some(({ error }) => error !== undefined);
    if (!hasError && this.#seen?.isAccepted && checksum === this.#seen.checksum) {
      // Nothing else was seen since it was accepted, so that a rollback still holds.
      return this.#refusal === undefined ? this.#unchanged() : this.#recovered(run);
    }
    const evaluation = await this.#evaluate(reading.sources);
    if (!hasError) this.#seen = { checksum, isAccepted: evaluation.status === "accepted" };
    return this.#conclude(evaluation, checksum, run);
  }

  /**
   * Replaces the sources; when the new ones are refused the old ones stay.
   * To be run exclusively.
   */
  async setSources(sources: readonly Source[]): Promise<ReloadOutcome> {
    const { clock } = this.#options;
    const goBack = this.#intake.rememberSources();
    const startedAt = clock.now();
    const readings = await this.#intake.setSources(sources);
    const evaluation = await this.#evaluate(readings);
    const run = {
      cause: "sources" as const,
      startedAt,
      firstHintAt: startedAt,
      files: readings.flatMap(({ documents }) => documents.map(({ path }) => path)),
      sources: [],
    };
    if (evaluation.status !== "accepted") {
      goBack();
      return this.#reject(evaluation, run, false);
    }
    const checksum = contentChecksum(readings);
    this.#seen = { checksum, isAccepted: true };
    return this.#conclude(evaluation, checksum, run);
  }

  /**
   * Commits the value of an earlier snapshot again; it holds until the content of a source changes.
   *
   * @throws {RangeError} When there is no such snapshot (any more).
   */
  rollback(to: number | "previous" | "initial"): ReloadOutcome {
    const { clock, statistics, onEvent } = this.#options;
    const before = this.store.current;
    const target = this.store.find(to);
    const value = freezeShared(before.value, target.value) as T;
    if (Object.is(value, before.value)) return this.#unchanged();
    const { changes, changedPaths } = findChanges(
      { value: before.value, layers: [] },
      { value, layers: [] },
    );
    const after = this.store.commit({
      value,
      checksum: target.checksum,
      files: target.files,
      at: isoTime(clock),
      cause: "rollback",
      rolledBackTo: target.rolledBackTo ?? target.revision,
    });
    statistics?.recordRollback();
    const { revision, checksum, at } = after;
    onEvent({
      type: "rolledBack",
      revision,
      to: target.revision,
      from: before.revision,
      checksum,
      changes,
      at,
    });
    this.#options.onCommit({ before, after, changes, changedPaths });
    return { status: "committed", revision, changes };
  }

  /** Reports what no stage expected; the current snapshot stays. */
  fail(error: Error): void {
    const { clock, onEvent } = this.#options;
    const { revision } = this.store.current;
    onEvent({ type: "reloadFailed", revision, error, files: [], at: isoTime(clock) });
  }

  async #evaluate(readings: readonly SourceReading[]): Promise<Evaluation<T>> {
    const { parser, rules, clock, guards } = this.#options;
    try {
      const unreadable = readings.find(({ error }) => error !== undefined);
      if (unreadable !== undefined) return { status: "failed", error: unreadable.error! };
      const documents = readings.flatMap(({ documents }) => documents);
      const layers = await Promise.all(documents.map((document) => parser.parse(document)));
      parser.keepOnly(documents);
      const guarded = guard(this.#layers, layers, guards);
      if (guarded.length > 0) return { status: "invalid", issues: guarded };
      const candidate = this.#merger.merge(layers.map(({ parsed }) => parsed.value));
      const validation = await validate(candidate, rules, clock);
      if ("value" in validation) {
        const before = this.#store?.current.value;
        const value = freezeShared(before, validation.value, parser.frozen) as T;
        return { status: "accepted", value, layers };
      }
      const issues = validation.issues.map(({ path, message }) => issueAt(layers, path, message));
      return { status: "invalid", issues };
    } catch (error) {
      return { status: "failed", error: toError(error) };
    }
  }

  #conclude(evaluation: Evaluation<T>, checksum: string, run: Run): ReloadOutcome {
    if (evaluation.status !== "accepted") return this.#reject(evaluation, run, true);
    const before = this.store.current;
    const { value } = evaluation;
    const old = { value: before.value, layers: this.#layers };
    this.#layers = evaluation.layers;
    if (Object.is(value, before.value)) {
      return this.#refusal === undefined ? this.#sameValue(run) : this.#recovered(run);
    }
    this.#refusal = undefined;
    // Finding them takes as long as all the rest: the program has its configuration before.
    const changed = lazily(() => findChanges(old, { value, layers: evaluation.layers }));
    return this.#commit(value, checksum, changed, run);
  }

  #commit(
    value: T,
    checksum: string,
    changed: () => Changes,
    { cause, startedAt, firstHintAt, files, sources, settledBy }: Run,
  ): ReloadOutcome {
    const { clock, onEvent, onCommit } = this.#options;
    const before = this.store.current;
    const after = this.store.commit({
      value,
      checksum,
      cause,
      at: isoTime(clock),
      files: this.#layers.map(({ file }) => file),
    });
    const durationMs = clock.now() - startedAt;
    const latencyMs = clock.now() - firstHintAt;
    const { revision, at } = after;
    this.#record("succeeded", { durationMs, latencyMs, sources, at });
    const event: ConfigEvent = {
      type: "reloadSucceeded",
      revision,
      checksum,
      get changes() {
        return changed().changes;
      },
      files,
      ...(settledBy !== undefined && { settledBy }),
      cause,
      durationMs,
      latencyMs,
      at,
    };
    onEvent(event);
    const { changes, changedPaths } = changed();
    // From now on it is data like the rest of the event, and is printed as such.
    Object.defineProperty(event, "changes", { value: changes });
    onCommit({ before, after, changes, changedPaths });
    return { status: "committed", revision, changes };
  }

  #sameValue({ startedAt, sources }: Run): ReloadOutcome {
    const { clock } = this.#options;
    const durationMs = clock.now() - startedAt;
    this.#record("unchanged", { durationMs, sources, at: isoTime(clock) });
    return this.#unchanged();
  }

  #recovered(run: Run): ReloadOutcome {
    const { clock, onEvent } = this.#options;
    this.#refusal = undefined;
    const outcome = this.#sameValue(run);
    const { revision } = outcome;
    onEvent({ type: "recovered", revision, files: run.files, at: isoTime(clock) });
    return outcome;
  }

  #reject(
    evaluation: Exclude<Evaluation<T>, { status: "accepted" }>,
    { startedAt, files, sources, settledBy }: Run,
    isLasting: boolean,
  ): ReloadOutcome {
    const { clock, onEvent } = this.#options;
    const { revision } = this.store.current;
    const at = isoTime(clock);
    this.#record(evaluation.status, { durationMs: clock.now() - startedAt, sources, at });
    const { status: _status, ...why } = evaluation;
    const about = { revision, files, ...(settledBy !== undefined && { settledBy }), at };
    const outcome = { status: "rejected" as const, revision, ...why };
    if (isLasting) this.#refusal = outcome;
    if (evaluation.status === "failed") {
      onEvent({ type: "reloadFailed", error: evaluation.error, ...about });
    } else {
      onEvent({ type: "validationFailed", issues: evaluation.issues, ...about });
    }
    return outcome;
  }

  #unchanged(): ReloadOutcome {
    return { status: "unchanged", revision: this.store.current.revision };
  }

  #record(
    result: ReloadResult,
    record: Omit<Parameters<StatisticsRecorder["record"]>[0], "result">,
  ): void {
    this.#options.statistics?.record({ result, ...record });
  }
}

function contentChecksum(readings: readonly SourceReading[]): string {
  return combineChecksums(
    readings.flatMap(({ documents }) => documents.map(({ checksum }) => checksum)),
  );
}
