/**
 * The way of a change in order:
 * (watch → debounce → settle → read → checksum, see `intake.ts`) → (parse → interpolate → merge →
 * validate → guard, see `evaluation.ts`) → (diff → prepare → commit, see `revisions.ts`) → notify →
 * statistics.
 *
 * @module
 */

import { type Changes, lazily } from "./changes.ts";
import { type Clock, isoTime } from "./clock.ts";
import { type Content, contentOf, Decisions } from "./decisions.ts";
import { ClosedError, ComponentError, ParseError, SourceError, ValidationError } from "./errors.ts";
import { type Evaluation, Evaluator, type EvaluatorOptions } from "./evaluation.ts";
import type { ConfigEvent, ReloadCause, SettledBy } from "./events.ts";
import type { GuardOptions } from "./guard.ts";
import type { Intake, SettledReading } from "./intake.ts";
import type { LastKnownGood } from "./last_known_good.ts";
import {
  isLasting,
  type Refused,
  type Rejected,
  type ReloadOutcome,
  RESULT_OF,
} from "./outcome.ts";
import type { ConfirmOptions, Pending } from "./probation.ts";
import { type Attempt, Retry } from "./retry.ts";
import type { Snapshot } from "./revision_store.ts";
import { type Commit, Revisions, type RevisionsOptions } from "./revisions.ts";
import { Rollbacks, type Trial } from "./rollback.ts";
import type { Source } from "./source/source.ts";
import { StaleSources } from "./stale_sources.ts";
import type { SourceReading } from "./source/source_reading.ts";
import type { StateOnDisk } from "./state_on_disk.ts";
import type { StatisticsRecorder } from "./statistics.ts";
import type { ReloadReport } from "./statistics/figures.ts";
import { StageMarks } from "./statistics/stages.ts";

/** Options of {@linkcode Pipeline}. */
export interface PipelineOptions<T>
  extends EvaluatorOptions<T>, Omit<RevisionsOptions, "onComponentFailed"> {
  readonly guards: GuardOptions;
  /** How new revisions are confirmed; absent: they need not be. */
  readonly confirm?: ConfirmOptions<T> | undefined;
  /** Whether a revision that is not confirmed is taken back. */
  readonly rollbackOnFailure: boolean;
  /** How often a candidate is tried that components can't take. */
  readonly maxReloadAttempts: number;
  /** Whether waiting keeps the process alive. */
  readonly keepAlive: boolean;
  /** A number from 0 to 1. */
  random(): number;
  /** Absent: nothing is recorded. */
  readonly statistics: StatisticsRecorder | undefined;
  /** Where accepted revisions are kept; absent: nowhere. */
  readonly state?: Pick<StateOnDisk<T>, "keep" | "open"> | undefined;
  /** Whether to start from there when the sources give no configuration. @default {false} */
  readonly startsFromState?: boolean;
  onEvent(event: ConfigEvent): void;
  onCommit(commit: Commit<T>): void;
}

/** One way of content through the pipeline. */
interface Run {
  readonly cause: ReloadCause;
  readonly startedAt: number;
  readonly firstHintAt: number;
  readonly files: readonly string[];
  readonly sources: readonly string[];
  readonly settledBy?: SettledBy | undefined;
  readonly marks: StageMarks;
}

/** Turns settled readings into snapshots, or refuses them. */
export class Pipeline<T> {
  readonly #options: PipelineOptions<T>;
  readonly #intake: Intake;
  readonly #evaluator: Evaluator<T>;
  readonly #retry: Retry;
  /** The accepted snapshots, and the components that take them. */
  readonly revisions: Revisions<T>;
  /** The way back from what was accepted. */
  readonly rollbacks: Rollbacks<T>;
  /** The sources that can't be reached. */
  readonly staleSources: StaleSources;
  readonly #decisions = new Decisions();
  /** What the last reading was judged by; it is tried again by the same. */
  #guards: GuardOptions = {};
  #lastKnownGood: LastKnownGood<T> | undefined;
  #isClosed = false;

  /** Creates a pipeline behind `intake`. */
  constructor(intake: Intake, options: PipelineOptions<T>) {
    const { clock, confirm, rollbackOnFailure, maxReloadAttempts: maxAttempts, keepAlive, log } =
      options;
    this.#intake = intake;
    this.#options = options;
    this.#evaluator = new Evaluator(options);
    this.revisions = new Revisions({
      ...options,
      onComponentFailed: (error, cause) => this.#tellFailed(error, cause),
    });
    this.staleSources = new StaleSources({
      clock,
      current: () => this.revisions.current,
      withoutSecrets: (error) => this.withoutSecrets(error),
      onEvent: (event) => options.onEvent(event),
    });
    this.#retry = new Retry({
      clock,
      maxAttempts,
      keepAlive,
      random: options.random,
      onDue: () => void this.retry(),
    });
    this.rollbacks = new Rollbacks({
      // Not spread: it may be an instance of a class.
      confirm,
      rollbackOnFailure,
      revisions: this.revisions,
      decisions: this.#decisions,
      retry: this.#retry,
      clock,
      keepAlive,
      log,
      onEvent: (event) => options.onEvent(event),
      onCommit: (commit) => options.onCommit(commit),
      keep: () => this.#keep(),
    });
  }

  /** How the last reload was refused; `undefined` while all is well. */
  get refusal(): Rejected | undefined {
    return this.#decisions.now.refusal;
  }

  /** What was started on, for as long as it runs and the sources do not say the same. */
  get lastKnownGood(): LastKnownGood<T> | undefined {
    const isRunning = this.refusal !== undefined && this.revisions.current.revision === 1;
    return isRunning ? this.#lastKnownGood : undefined;
  }

  /** The revision that waits to be confirmed. */
  get pending(): Pending | undefined {
    return this.rollbacks.pending;
  }

  /**
   * Takes the first reading.
   *
   * @throws {SourceError} When a source can't be read.
   * @throws {ParseError} When a document is not well-formed.
   * @throws {ValidationError} When the schema or a validator refuses the configuration.
   * @throws {StateError} When there is a last known good configuration that can't be used either.
   */
  async start(readings: readonly SourceReading[]): Promise<Snapshot<T>> {
    const evaluation = await this.#evaluate(readings, {});
    if (evaluation.status !== "accepted") return await this.#startWithout(readings, evaluation);
    const { value, layers, variables } = evaluation;
    const content = contentOf(readings);
    const { checksum } = content;
    this.#decisions.accept(content, variables, layers);
    const snapshot = this.revisions.start({ value, layers, checksum, cause: "start" });
    await this.#keep();
    return snapshot;
  }

  /**
   * Takes a settled reading; never throws.
   *
   * @param isForced Whether the guards are left out, and a rollback ends.
   */
  async take(
    reading: SettledReading,
    cause: ReloadCause,
    isForced: boolean = false,
  ): Promise<ReloadOutcome> {
    const { clock, guards, interpolator } = this.#options;
    const marks = new StageMarks(clock, reading.stages);
    const startedAt = marks.startedAt ?? clock.now();
    const files = reading.changes.map(({ path }) => path);
    const sources = sourcesOf(reading);
    for (const change of reading.changes) {
      this.#options.onEvent({ type: "fileChanged", ...change, at: isoTime(clock) });
    }
    const { firstHintAt, settledBy } = reading;
    const run = { cause, startedAt, firstHintAt, files, sources, settledBy, marks };
    this.staleSources.look(reading.sources);
    const content = contentOf(reading.sources);
    const hasError = reading.sources.some(({ error }) => error !== undefined);
    const known = this.#decisions.find(
      content,
      this.revisions.layers,
      (variables) => interpolator.isCurrent(variables),
    );
    if (known !== undefined && !hasError && !isForced) {
      // Nothing else was seen since it was decided, so that a rollback still holds.
      if (this.refusal === known.refusal) return this.#nothingNew();
      return known.refusal === undefined
        ? await this.#recovered(run)
        : this.#refusedAgain(known.refusal, run);
    }
    this.#retry.reset();
    this.#guards = isForced ? NO_GUARDS : guards;
    const evaluation = await this.#evaluate(reading.sources, this.#guards, marks);
    const { seen } = this.#decisions.now;
    this.#decisions.see(content, interpolator.used);
    const outcome = await this.#conclude(evaluation, content, run);
    if (hasError) this.#decisions.restore({ ...this.#decisions.now, seen });
    return outcome;
  }

  /**
   * Tries again what components refused; never throws. To be called when something else than the
   * content of the sources has changed.
   */
  async retry(): Promise<void> {
    await this.#intake.exclusive(async () => {
      const { error, revision } = this.refusal ?? {};
      // Who went back meanwhile wants no more of it.
      const isDue = error instanceof ComponentError && revision === this.revisions.current.revision;
      if (!isDue) return;
      if (this.#isClosed || this.#intake.isPaused) return;
      const { sources } = this.#intake;
      const run = beginRun("retry", this.#options.clock);
      const evaluation = await this.#evaluate(sources, this.#guards, run.marks);
      await this.#conclude(evaluation, contentOf(sources), run);
    });
  }

  /**
   * Replaces the sources; when the new ones are refused the old ones stay.
   * To be run exclusively.
   */
  async setSources(sources: readonly Source[]): Promise<ReloadOutcome> {
    const { sources: before } = this.#intake;
    const decided = this.#decisions.now;
    const run = beginRun("sources", this.#options.clock);
    run.marks.begin("read");
    const readings = await this.#intake.setSources(sources);
    // What was asked for is no accident.
    const evaluation = await this.#evaluate(readings, NO_GUARDS, run.marks);
    const files = filesOf(readings);
    const outcome = await this.#conclude(evaluation, contentOf(readings), { ...run, files });
    if (outcome.status === "rejected") {
      this.#decisions.restore(decided);
      await this.#intake.goBackTo(before);
    } else {
      this.#intake.endOthers();
    }
    return outcome;
  }

  /** Ends what is waited for, as far as it is not being committed. */
  close(): void {
    this.#isClosed = true;
    this.#retry.reset();
    this.rollbacks.close();
    this.revisions.components.close(new ClosedError("go on"));
  }

  /**
   * What somebody else threw, without the secrets of the configuration that runs. What the library
   * throws quotes none.
   */
  withoutSecrets(error: Error): Error {
    if (error instanceof SourceError || error instanceof ParseError) return error;
    return this.revisions.withoutSecrets(error);
  }

  /** Reports what no stage expected; the current snapshot stays. */
  fail(thrown: Error): void {
    const { clock, onEvent } = this.#options;
    const { revision } = this.revisions.current;
    const error = this.withoutSecrets(thrown);
    const at = isoTime(clock);
    onEvent({ type: "reloadFailed", revision, error, files: [], cause: "save", at });
  }

  /** Starts on the last known good configuration, as the sources give none. */
  async #startWithout(
    readings: readonly SourceReading[],
    refused: Exclude<Evaluation<T>, { status: "accepted" }>,
  ): Promise<Snapshot<T>> {
    const { clock, state, startsFromState } = this.#options;
    const refusal = refused.status === "failed"
      ? refused.error
      : new ValidationError(refused.issues);
    if (state === undefined || !startsFromState) throw refusal;
    const run = beginRun("start", clock);
    this.#lastKnownGood = await state.open(this.#evaluator, readings, refusal);
    const { evaluation: { value, layers }, entry: { checksum } } = this.#lastKnownGood;
    this.#decisions.acceptInstead(layers);
    const isRead = readings.every(({ error }) => error === undefined);
    if (isRead) this.#decisions.see(contentOf(readings), NO_VARIABLES);
    const snapshot = this.revisions.start({ value, layers, checksum, cause: "last-known-good" });
    const sources = readings.map(({ source }) => source.name);
    this.#reject(refused, { ...run, files: filesOf(readings), sources });
    return snapshot;
  }

  /** Writes what runs to the disk: it is here to stay. */
  async #keep(): Promise<void> {
    await this.#options.state?.keep(this.revisions.current, this.revisions.layers);
  }

  #evaluate(
    readings: readonly SourceReading[],
    guards: GuardOptions,
    marks?: StageMarks,
  ): Promise<Evaluation<T>> {
    const running = this.revisions.isStarted
      ? { value: this.revisions.current.value, layers: this.#decisions.now.layers }
      : undefined;
    return this.#evaluator.evaluate(readings, running, guards, marks);
  }

  #tellFailed(error: ComponentError, cause: ReloadCause | undefined): void {
    if (this.#isClosed) return;
    const { clock, onEvent } = this.#options;
    const { revision } = this.revisions.current;
    const { component, step } = error;
    const about = { component, step, revision, ...(cause !== undefined && { cause }) };
    onEvent({ type: "componentFailed", ...about, error, at: isoTime(clock) });
  }

  async #conclude(
    evaluation: Evaluation<T>,
    content: Content,
    run: Run,
  ): Promise<ReloadOutcome> {
    if (evaluation.status !== "accepted") return this.#reject(evaluation, run);
    const { value, layers, variables } = evaluation;
    const before = this.revisions.current;
    const { cause } = run;
    const accepted = () => {
      if (cause === "sources") this.staleSources.look(this.#intake.sources);
      this.#retry.reset();
      this.#decisions.accept(content, variables, layers);
    };
    if (Object.is(value, before.value)) {
      accepted();
      this.revisions.replaceLayers(layers);
      return this.refusal === undefined ? this.#sameValue(run) : await this.#recovered(run);
    }
    run.marks.begin("apply");
    const old = { value: before.value, layers: this.revisions.layers };
    // Finding them takes as long as all the rest: the program has its configuration before.
    const changed = lazily(() => this.revisions.compare(old, { value, layers }));
    let outcome: ReloadOutcome | undefined;
    let trial: Trial | undefined;
    const { checksum } = content;
    const error = await this.revisions.commit({ value, layers, checksum, cause }, (_, after) => {
      accepted();
      this.#decisions.recover();
      // Who is told of it may confirm it, go back and close at once.
      trial = this.rollbacks.begin(after);
      outcome = this.#announce({ before, after }, changed, run, trial?.confirmBy);
    });
    if (error !== undefined) return this.#reject({ status: "refused", error }, run);
    return await this.rollbacks.keepOrGoBack(before, cause, trial) ?? outcome!;
  }

  #announce(
    { before, after }: Pick<Commit<T>, "before" | "after">,
    changed: () => Changes,
    run: Run,
    confirmBy: string | undefined,
  ): ReloadOutcome {
    const { clock, onEvent, onCommit } = this.#options;
    const { cause, startedAt, firstHintAt, files, settledBy } = run;
    const durationMs = clock.now() - startedAt;
    const latencyMs = clock.now() - firstHintAt;
    const { revision, checksum, at } = after;
    this.#record(run, { result: "succeeded", latencyMs, at });
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
      ...(confirmBy !== undefined && { confirmBy }),
      at,
    };
    const { store } = this.revisions;
    store.note(after, () => changed().changes);
    onEvent(event);
    const { changes, changedPaths } = changed();
    store.note(after, changes);
    // From now on it is data like the rest of the event, and is printed as such; unless a handler
    // froze it.
    Reflect.defineProperty(event, "changes", { value: changes });
    onCommit({ before, after, changes, changedPaths });
    return { status: "committed", revision, changes };
  }

  #sameValue(run: Run): ReloadOutcome {
    this.#options.log?.commit.debug?.("It is what runs already", {});
    this.#record(run, { result: "unchanged", at: isoTime(this.#options.clock) });
    return this.#unchanged();
  }

  async #recovered(run: Run): Promise<ReloadOutcome> {
    const { clock, onEvent } = this.#options;
    this.#decisions.recover();
    this.#lastKnownGood = undefined;
    this.#retry.reset();
    const outcome = this.#sameValue(run);
    const { revision } = outcome;
    onEvent({ type: "recovered", revision, files: run.files, at: isoTime(clock) });
    // The sources say it again, from which its age counts.
    await this.#keep();
    return outcome;
  }

  #reject(
    refused: Refused,
    run: Run,
  ): ReloadOutcome {
    const { cause } = run;
    const { revision } = this.revisions.current;
    const at = isoTime(this.#options.clock);
    const why = refused.status === "invalid"
      ? { issues: refused.issues }
      : { error: this.withoutSecrets(refused.error) };
    const outcome: Rejected = { status: "rejected", revision, ...why };
    if (this.#isClosed) return outcome;
    this.#record(run, { result: RESULT_OF[refused.status], ...why, at });
    if (isLasting(cause)) this.#decisions.refuse(outcome);
    const attempt = refused.status === "refused" && isLasting(cause)
      ? this.#retry.failed()
      : undefined;
    this.#tellRefused(outcome, run, attempt);
    return outcome;
  }

  /** What could not be read for a while is what was refused before that. */
  #refusedAgain(refusal: Rejected, run: Run): ReloadOutcome {
    this.#decisions.refuse(refusal);
    this.#record(run, { result: "unchanged", at: isoTime(this.#options.clock) });
    this.#tellRefused(refusal, run);
    return this.#unchanged();
  }

  #tellRefused({ issues, error }: Rejected, run: Run, attempt?: Attempt): void {
    const { clock, onEvent } = this.#options;
    const { files, settledBy, cause } = run;
    const { revision } = this.revisions.current;
    const at = isoTime(clock);
    const about = { revision, files, ...(settledBy !== undefined && { settledBy }), cause, at };
    if (issues !== undefined) onEvent({ type: "validationFailed", issues, ...about });
    else onEvent({ type: "reloadFailed", error: error!, ...attempt, ...about });
  }

  #nothingNew(): ReloadOutcome {
    this.#options.log?.commit.debug?.("The sources hold what they held", {});
    return this.#unchanged();
  }

  #unchanged(): ReloadOutcome {
    return { status: "unchanged", revision: this.revisions.current.revision };
  }

  /** Records how a reload ended, now. */
  #record(
    { cause, startedAt, sources, marks }: Run,
    outcome: Pick<ReloadReport, "result" | "latencyMs" | "error" | "issues" | "at">,
  ): void {
    const { statistics, clock } = this.#options;
    const { revision } = this.revisions.current;
    const endedAt = clock.now();
    const durationMs = endedAt - startedAt;
    const stages = marks.end();
    statistics?.record({ ...outcome, cause, revision, sources, stages, durationMs, endedAt });
  }
}

const NO_VARIABLES: ReadonlyMap<string, string> = new Map();

const NO_GUARDS: GuardOptions = { empty: false, vanished: false, massRemoval: false };

/** Source of each file that changed, and the sources without files that did. */
function sourcesOf({ changes, changedSources }: SettledReading): readonly string[] {
  const ofFiles = changes.map(({ source }) => source);
  return [...ofFiles, ...changedSources.filter((source) => !ofFiles.includes(source))];
}

function filesOf(readings: readonly SourceReading[]): readonly string[] {
  return readings.flatMap(({ documents }) => documents.map(({ path }) => path));
}

/** A run that no hint began. */
function beginRun(cause: ReloadCause, clock: Clock): Run {
  const startedAt = clock.now();
  const marks = new StageMarks(clock);
  return { cause, startedAt, firstHintAt: startedAt, files: [], sources: [], marks };
}
