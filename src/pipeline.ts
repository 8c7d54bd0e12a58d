/**
 * The way of a change in order:
 * (watch → debounce → settle → read → checksum, see `intake.ts`) → (parse → interpolate → merge →
 * validate → guard, see `evaluation.ts`) → diff → commit → notify → statistics.
 *
 * @module
 */

import { combineChecksums } from "./checksum.ts";
import { type Changes, findChanges, lazily } from "./changes.ts";
import { isoTime } from "./clock.ts";
import { type Issue, ParseError, SourceError, ValidationError } from "./errors.ts";
import { type Evaluation, Evaluator, type EvaluatorOptions } from "./evaluation.ts";
import type { KeyOf } from "./diff.ts";
import type { Change, ConfigEvent, ReloadCause, SettledBy } from "./events.ts";
import { freezeShared } from "./freeze.ts";
import type { GuardOptions } from "./guard.ts";
import type { Intake, SettledReading } from "./intake.ts";
import type { KeyPath } from "./key_path.ts";
import { type Layer, variablesIn } from "./layers.ts";
import { redactError } from "./secrets.ts";
import { RevisionStore, type Snapshot } from "./revision_store.ts";
import type { Source } from "./source/source.ts";
import type { SourceReading } from "./source/source_reading.ts";
import type { ReloadResult, StatisticsRecorder } from "./statistics.ts";

/** A reload that was refused. */
export interface Rejected {
  /** How it ended. */
  readonly status: "rejected";
  /** The revision that stays. */
  readonly revision: number;
  /** What the schema, a validator or a guard found wrong. */
  readonly issues?: readonly Issue[];
  /** Why a source could not be read or parsed. */
  readonly error?: Error;
}

/** How a reload ended. */
export type ReloadOutcome =
  | { readonly status: "committed"; readonly revision: number; readonly changes: readonly Change[] }
  | { readonly status: "unchanged"; readonly revision: number }
  | Rejected;

/** A commit, as subscribers need it. */
export interface Commit<T> extends Changes {
  readonly before: Snapshot<T>;
  readonly after: Snapshot<T>;
}

/** Options of {@linkcode Pipeline}. */
export interface PipelineOptions<T> extends EvaluatorOptions<T> {
  readonly guards: GuardOptions;
  /** Tells the items of arrays from each other in changes. @default {their indices} */
  readonly keyOf?: KeyOf | undefined;
  readonly historySize: number;
  /** Absent: nothing is recorded. */
  readonly statistics: StatisticsRecorder | undefined;
  onEvent(event: ConfigEvent): void;
  onCommit(commit: Commit<T>): void;
}

/** Content that was evaluated. */
interface Seen {
  readonly checksum: string;
  /** What the variables said that stand in it; absent: it was refused. */
  readonly variables?: ReadonlyMap<string, string | undefined>;
}

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
  readonly #evaluator: Evaluator<T>;
  /** What each snapshot was merged from; those that do not run any more have lost their places. */
  readonly #layersOf = new WeakMap<Snapshot<T>, readonly Layer[]>();
  #store: RevisionStore<T> | undefined;
  #layers: readonly Layer[] = [];
  /** Why sources give what may be out of date, by name. */
  #stale: ReadonlyMap<string, Error> = new Map();
  /** The content that was evaluated last. */
  #seen: Seen | undefined;
  /** How the last reload was refused; absent while all is well. */
  #refusal: Rejected | undefined;

  /** Creates a pipeline behind `intake`. */
  constructor(intake: Intake, options: PipelineOptions<T>) {
    this.#intake = intake;
    this.#options = options;
    this.#evaluator = new Evaluator(options);
  }

  /** The accepted snapshots. */
  get store(): RevisionStore<T> {
    return this.#store!;
  }

  /** What the snapshot that runs was merged from, in order. */
  get layers(): readonly Layer[] {
    return this.#layersOf.get(this.store.current) ?? [];
  }

  /** How the last reload was refused; `undefined` while all is well. */
  get refusal(): Rejected | undefined {
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
    const evaluation = await this.#evaluate(readings, {});
    if (evaluation.status === "failed") throw evaluation.error;
    if (evaluation.status === "invalid") throw new ValidationError(evaluation.issues);
    const { value, layers } = evaluation;
    const checksum = contentChecksum(readings);
    const snapshot = Object.freeze({
      revision: 1,
      value,
      checksum,
      at: isoTime(this.#options.clock),
      files: filesOf(layers),
      cause: "start" as const,
    });
    this.#store = new RevisionStore(snapshot, this.#options.historySize);
    this.#layers = layers;
    this.#layersOf.set(snapshot, layers);
    this.#seen = { checksum, variables: evaluation.variables };
    return snapshot;
  }

  /**
   * Takes a settled reading; never throws.
   *
   * @param isForced Whether the guards are left out.
   */
  async take(
    reading: SettledReading,
    cause: ReloadCause,
    isForced: boolean = false,
  ): Promise<ReloadOutcome> {
    const { clock, guards, interpolator } = this.#options;
    const startedAt = clock.now();
    const files = reading.changes.map(({ path }) => path);
    const sources = sourcesOf(reading);
    for (const change of reading.changes) {
      this.#options.onEvent({ type: "fileChanged", ...change, at: isoTime(clock) });
    }
    const { firstHintAt, settledBy } = reading;
    const run = { cause, startedAt, firstHintAt, files, sources, settledBy };
    this.#tellStale(reading.sources);
    const checksum = contentChecksum(reading.sources);
    const hasError = reading.sources.some(({ error }) => error !== undefined);
    const variables = checksum === this.#seen?.checksum ? this.#seen.variables : undefined;
    if (!hasError && variables !== undefined && interpolator.isCurrent(variables)) {
      // Nothing else was seen since it was accepted, so that a rollback still holds.
      return this.#refusal === undefined ? this.#unchanged() : this.#recovered(run);
    }
    const evaluation = await this.#evaluate(reading.sources, isForced ? NO_GUARDS : guards);
    const isAccepted = evaluation.status === "accepted";
    if (!hasError) {
      this.#seen = { checksum, ...(isAccepted && { variables: evaluation.variables }) };
    }
    return this.#conclude(evaluation, checksum, run);
  }

  /**
   * Replaces the sources; when the new ones are refused the old ones stay.
   * To be run exclusively.
   */
  async setSources(sources: readonly Source[]): Promise<ReloadOutcome> {
    const { clock } = this.#options;
    const before = this.#intake.sources;
    const startedAt = clock.now();
    const readings = await this.#intake.setSources(sources);
    // What was asked for is no accident.
    const evaluation = await this.#evaluate(readings, NO_GUARDS);
    const run = {
      cause: "sources" as const,
      startedAt,
      firstHintAt: startedAt,
      files: readings.flatMap(({ documents }) => documents.map(({ path }) => path)),
      sources: [],
    };
    if (evaluation.status !== "accepted") {
      await this.#intake.goBackTo(before);
      return this.#reject(evaluation, run, false);
    }
    this.#intake.endOthers();
    const checksum = contentChecksum(readings);
    this.#seen = { checksum, variables: evaluation.variables };
    this.#tellStale(readings);
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
    const layers = this.#layersOf.get(target) ?? [];
    const { changes, changedPaths } = findChanges(
      { value: before.value, layers: this.layers },
      { value, layers },
      this.#options.secrets,
      this.#options.keyOf,
    );
    const after = this.store.commit({
      value,
      checksum: target.checksum,
      files: target.files,
      at: isoTime(clock),
      cause: "rollback",
      rolledBackTo: target.rolledBackTo ?? target.revision,
    });
    this.#keepLayers(before, after, layers);
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

  /**
   * What somebody else threw, without the secrets of the configuration that runs. What the library
   * throws quotes none.
   */
  withoutSecrets(error: Error): Error {
    if (error instanceof SourceError || error instanceof ParseError) return error;
    const { layers } = this;
    const origin = { variablesIn: (path: KeyPath) => variablesIn(layers, path) };
    return redactError(error, this.#options.secrets.textsIn(this.store.current.value, origin));
  }

  /** Reports what no stage expected; the current snapshot stays. */
  fail(error: Error): void {
    const { clock, onEvent } = this.#options;
    const { revision } = this.store.current;
    onEvent({ type: "reloadFailed", revision, error, files: [], at: isoTime(clock) });
  }

  #evaluate(
    readings: readonly SourceReading[],
    guards: GuardOptions,
  ): Promise<Evaluation<T>> {
    const running = this.#store && { value: this.#store.current.value, layers: this.#layers };
    return this.#evaluator.evaluate(readings, running, guards);
  }

  /** Tells of the sources that give what may be out of date, and of those that do not any more. */
  #tellStale(readings: readonly SourceReading[]): void {
    const { clock, onEvent } = this.#options;
    const { revision } = this.store.current;
    const stale = new Map(
      readings.flatMap(({ source, stale }) =>
        stale === undefined ? [] : [[source.name, this.withoutSecrets(stale)]]
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

  #conclude(evaluation: Evaluation<T>, checksum: string, run: Run): ReloadOutcome {
    if (evaluation.status !== "accepted") return this.#reject(evaluation, run, true);
    const before = this.store.current;
    const { value } = evaluation;
    const old = { value: before.value, layers: this.layers };
    const next = { value, layers: evaluation.layers };
    this.#layers = evaluation.layers;
    if (Object.is(value, before.value)) {
      this.#layersOf.set(before, evaluation.layers);
      return this.#refusal === undefined ? this.#sameValue(run) : this.#recovered(run);
    }
    this.#refusal = undefined;
    // Finding them takes as long as all the rest: the program has its configuration before.
    const { secrets, keyOf } = this.#options;
    const changed = lazily(() => findChanges(old, next, secrets, keyOf));
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
      files: filesOf(this.#layers),
    });
    this.#keepLayers(before, after, this.#layers);
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

  #keepLayers(before: Snapshot<T>, after: Snapshot<T>, layers: readonly Layer[]): void {
    // Places keep the text and what was parsed of it, and tell of a file that is not so any more.
    this.#layersOf.set(before, (this.#layersOf.get(before) ?? []).map(withoutPlaces));
    this.#layersOf.set(after, layers);
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
    const why = evaluation.status === "failed"
      ? { error: this.withoutSecrets(evaluation.error) }
      : { issues: evaluation.issues };
    const about = { revision, files, ...(settledBy !== undefined && { settledBy }), at };
    const outcome: Rejected = { status: "rejected", revision, ...why };
    if (isLasting) this.#refusal = outcome;
    if (why.error !== undefined) onEvent({ type: "reloadFailed", error: why.error, ...about });
    else onEvent({ type: "validationFailed", issues: why.issues, ...about });
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

const NO_GUARDS: GuardOptions = { empty: false, vanished: false, massRemoval: false };

/** The files, and what else has a text. */
function filesOf(layers: readonly Layer[]): string[] {
  return layers.filter(({ hasText }) => hasText).map(({ file }) => file);
}

function withoutPlaces(layer: Layer): Layer {
  const { value, variableAt } = layer.parsed;
  // Who names a secret variable names a secret, whenever its value comes back.
  return { ...layer, parsed: { value, locate: () => undefined, variableAt } };
}

/** Source of each file that changed, and the sources without files that did. */
function sourcesOf({ changes, changedSources }: SettledReading): readonly string[] {
  const ofFiles = changes.map(({ source }) => source);
  return [...ofFiles, ...changedSources.filter((source) => !ofFiles.includes(source))];
}

function contentChecksum(readings: readonly SourceReading[]): string {
  return combineChecksums(
    readings.flatMap(({ documents }) => documents.map(({ checksum }) => checksum)),
  );
}
