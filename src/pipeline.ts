/**
 * The way of a change in order:
 * (watch → debounce → settle → read → checksum, see `intake.ts`) → parse → interpolate → merge →
 * validate → guard → diff → commit → notify → statistics.
 *
 * @module
 */

import { combineChecksums } from "./checksum.ts";
import { type Changes, findChanges, lazily } from "./changes.ts";
import { type Clock, isoTime } from "./clock.ts";
import { type Issue, toError, ValidationError } from "./errors.ts";
import type { KeyOf } from "./diff.ts";
import type { Change, ConfigEvent, ReloadCause, SettledBy } from "./events.ts";
import { coerceTexts } from "./coerce.ts";
import { freezeShared } from "./freeze.ts";
import { guardLayers, type GuardOptions, guardValue } from "./guard.ts";
import type { Intake, SettledReading } from "./intake.ts";
import type { Interpolator } from "./interpolate.ts";
import { formatPath, type KeyPath } from "./key_path.ts";
import { issueAt, type Layer, type LayerParser, layersWith, variablesIn } from "./layers.ts";
import { Merger } from "./merge.ts";
import { RevisionStore, type Snapshot } from "./revision_store.ts";
import type { UnplacedIssue } from "./schema_issues.ts";
import { redactText, type Secrets, withoutValue } from "./secrets.ts";
import type { Source } from "./source/source.ts";
import type { SourceReading } from "./source/source_reading.ts";
import type { ReloadResult, StatisticsRecorder } from "./statistics.ts";
import { type Rules, validate, type Validation } from "./validate.ts";

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
  readonly interpolator: Interpolator;
  readonly rules: Rules<T>;
  readonly guards: GuardOptions;
  readonly secrets: Secrets;
  /** Tells the items of arrays from each other in changes. @default {their indices} */
  readonly keyOf?: KeyOf | undefined;
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
  /** What each snapshot was merged from; those that do not run any more have lost their places. */
  readonly #layersOf = new WeakMap<Snapshot<T>, readonly Layer[]>();
  #store: RevisionStore<T> | undefined;
  #layers: readonly Layer[] = [];
  /** Why sources give what may be out of date, by name. */
  #stale: ReadonlyMap<string, Error> = new Map();
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

  /** What the snapshot that runs was merged from, in order. */
  get layers(): readonly Layer[] {
    return this.#layersOf.get(this.store.current) ?? [];
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
    this.#seen = { checksum, isAccepted: true };
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
    const isSeen = !hasError && checksum === this.#seen?.checksum && interpolator.isCurrent;
    if (isSeen && this.#seen?.isAccepted) {
      // Nothing else was seen since it was accepted, so that a rollback still holds.
      return this.#refusal === undefined ? this.#unchanged() : this.#recovered(run);
    }
    const evaluation = await this.#evaluate(reading.sources, isForced ? NO_GUARDS : guards);
    if (!hasError) this.#seen = { checksum, isAccepted: evaluation.status === "accepted" };
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

  /** Reports what no stage expected; the current snapshot stays. */
  fail(error: Error): void {
    const { clock, onEvent } = this.#options;
    const { revision } = this.store.current;
    onEvent({ type: "reloadFailed", revision, error, files: [], at: isoTime(clock) });
  }

  async #evaluate(
    readings: readonly SourceReading[],
    guards: GuardOptions,
  ): Promise<Evaluation<T>> {
    try {
      const unreadable = readings.find(({ error }) => error !== undefined);
      if (unreadable !== undefined) return { status: "failed", error: unreadable.error! };
      const parsed = await this.#parse(readings);
      const names = new Set(readings.map(({ source }) => source.name));
      const running = this.#layers.filter(({ source }) => names.has(source));
      const emptied = guardLayers(running, parsed, guards);
      if (emptied.length > 0) return { status: "invalid", issues: emptied };
      const { layers, issues } = this.#interpolate(parsed);
      if (issues.length > 0) return { status: "invalid", issues };
      return await this.#validate(layers, guards);
    } catch (error) {
      return { status: "failed", error: toError(error) };
    }
  }

  async #parse(readings: readonly SourceReading[]): Promise<Layer[]> {
    const { parser } = this.#options;
    const layers = await Promise.all(
      readings.flatMap(({ source, documents }) =>
        documents.map((document) => parser.parse(document, source.name))
      ),
    );
    parser.keepOnly(layers.map(({ file }) => file));
    return layers;
  }

  #interpolate(
    parsed: readonly Layer[],
  ): { readonly layers: readonly Layer[]; readonly issues: readonly Issue[] } {
    const { interpolator } = this.#options;
    interpolator.begin();
    const results = parsed.map((layer) => interpolator.interpolate(layer));
    return {
      layers: results.map(({ layer }) => layer),
      // In its own layer: another one may have another value there.
      issues: results.flatMap(({ layer, issues }) =>
        issues.map(({ path, message }) => issueAt([layer], path, message))
      ),
    };
  }

  async #validate(
    layers: readonly Layer[],
    guards: GuardOptions,
  ): Promise<Evaluation<T>> {
    const { parser } = this.#options;
    const candidate = this.#merger.merge(layers.map(({ parsed }) => parsed.value));
    const validation = await this.#ask(candidate, layers);
    if ("issues" in validation) {
      return { status: "invalid", issues: this.#place(validation.issues, candidate, layers) };
    }
    const current = this.#store?.current;
    const value = freezeShared(current?.value, validation.value, parser.frozen) as T;
    if (current === undefined) return { status: "accepted", value, layers };
    const issues = guardValue({ value: current.value, layers: this.#layers }, {
      value,
      layers,
    }, guards);
    return issues.length > 0
      ? { status: "invalid", issues }
      : { status: "accepted", value, layers };
  }

  /** Asks the rules; texts for want of types become what the schema asks for. */
  async #ask(candidate: unknown, layers: readonly Layer[]): Promise<Validation<T>> {
    const { rules, clock } = this.#options;
    const validation = await validate(candidate, rules, clock);
    if (!("issues" in validation)) return validation;
    const paths = validation.issues.map(({ path }) => path);
    const coerced = coerceTexts(candidate, paths, (path) => isText(layers, path));
    return coerced === undefined ? validation : await validate(coerced, rules, clock);
  }

  /** Issues with their places, and without the secrets that they quote. */
  #place(
    issues: readonly UnplacedIssue[],
    candidate: unknown,
    layers: readonly Layer[],
  ): readonly Issue[] {
    const { secrets } = this.#options;
    const origin = { variablesIn: (path: KeyPath) => variablesIn(layers, path) };
    const texts = secrets.textsIn(candidate, origin);
    return issues.map(({ path, message }) => {
      const shown = secrets.isSecret(path, origin) ? withoutValue(message) : message;
      return issueAt(layers, path, redactText(shown, texts));
    });
  }

  /** Tells of the sources that give what may be out of date, and of those that do not any more. */
  #tellStale(readings: readonly SourceReading[]): void {
    const { clock, onEvent } = this.#options;
    const { revision } = this.store.current;
    const stale = new Map(
      readings.flatMap(({ source, stale }) => stale === undefined ? [] : [[source.name, stale]]),
    );
    for (const [source, error] of stale) {
      if (this.#stale.get(source)?.message === error.message) continue;
      onEvent({ type: "sourceStale", revision, source, error, at: isoTime(clock) });
    }
    for (const source of this.#stale.keys()) {
      if (stale.has(source)) continue;
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

const NO_GUARDS: GuardOptions = { empty: false, vanished: false, massRemoval: false };

/** The files, and what else has a text. */
function filesOf(layers: readonly Layer[]): string[] {
  return layers.filter(({ hasText }) => hasText).map(({ file }) => file);
}

function withoutPlaces(layer: Layer): Layer {
  const { value } = layer.parsed;
  return { ...layer, parsed: { value, locate: () => undefined } };
}

/** Source of each file that changed, and the sources without files that did. */
function sourcesOf({ changes, changedSources }: SettledReading): readonly string[] {
  const ofFiles = changes.map(({ source }) => source);
  return [...ofFiles, ...changedSources.filter((source) => !ofFiles.includes(source))];
}

/** Whether the string at `path` is a text for want of types. */
function isText(layers: readonly Layer[], path: KeyPath): boolean {
  const [winner] = layersWith(layers, path);
  return winner !== undefined &&
    (winner.isText || (winner.substituted?.has(formatPath(path)) ?? false));
}

function contentChecksum(readings: readonly SourceReading[]): string {
  return combineChecksums(
    readings.flatMap(({ documents }) => documents.map(({ checksum }) => checksum)),
  );
}
