/**
 * The first half of the way of a change: watch, debounce, settle, read, checksum. What leaves here
 * is whole, and differs from what left before.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { type Batch, Debouncer } from "./debounce/debouncer.ts";
import type { Burst, DebounceOptions } from "./debounce/strategy.ts";
import { ClosedError } from "./errors.ts";
import type { SettledBy } from "./events.ts";
import { IntakeLog } from "./intake_log.ts";
import type { Log } from "./log.ts";
import { ReadingSchedule } from "./reading_schedule.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { compareFiles, type FileChange } from "./source/file_change.ts";
import type { ReadDocument } from "./source/read_document.ts";
import type { SeenFiles } from "./source/reader.ts";
import type { Source } from "./source/source.ts";
import {
  busyPaths,
  changedSources,
  documentsByPath,
  errorsOf,
  identities,
  readSources,
  type SourceReading,
} from "./source/source_reading.ts";
import { StageMarks, type StageTime } from "./statistics/stages.ts";
import { WatchedSources } from "./source/watched_sources.ts";
import { toError } from "./to_error.ts";
import { FileWatch, type WatchTargets } from "./watch/file_watch.ts";
import type { WatcherNews } from "./watch/watch_subscription.ts";
import { doubtedFiles, type Inspect, settledBy, weakest, type WhyNotWhole } from "./wholeness.ts";

/** A file that changed, and why it was taken to be whole. */
export interface SettledChange extends FileChange {
  readonly settledBy: SettledBy;
}

/** A reading that is settled and differs from the one before. */
export interface SettledReading {
  /** All sources in order. */
  readonly sources: readonly SourceReading[];
  /** The files that changed since the reading before. */
  readonly changes: readonly SettledChange[];
  /** Names of the sources that hold something else than in the reading before, or went. */
  readonly changedSources: readonly string[];
  /** Time of the first hint, in the clock's milliseconds. */
  readonly firstHintAt: number;
  /** The weakest reason to take a file of the batch to be whole; absent without a hint. */
  readonly settledBy: SettledBy | undefined;
  /** Whether a source can't be read any more, or can again. */
  readonly hasErrorNews: boolean;
  /** Why sources can't be read, where it was not so in the reading before. */
  readonly newErrors: readonly Error[];
  /** How long it took to read, and to parse what was parsed to see whether it is whole. */
  readonly stages: readonly StageTime[];
}

/** Options of {@linkcode Intake}. */
export interface IntakeOptions {
  readonly runtime: Runtime;
  readonly debounce: Required<DebounceOptions>;
  /** Whether to look from time to time instead of using the runtime's watcher. */
  readonly usePolling: boolean;
  /** Whether to use the watcher even where a mount does not report all changes. @default {false} */
  readonly trustsMounts?: boolean;
  readonly pollMs: number;
  readonly backstopMs: number;
  readonly maxBytes: number;
  readonly readTimeoutMs: number;
  /** Whether the bytes of documents are kept: somebody parses them. @default {true} */
  readonly keepsContent?: boolean;
  /** Whether one of many files that can't be read leaves the others alone. @default {false} */
  readonly failsApart?: boolean;
  /** Whether watching keeps the process alive no longer than something else does. */
  readonly unref?: boolean;
  /** Is told of hints, evidence and decisions. */
  readonly log?: Log | undefined;
  isIgnored(path: string): boolean;
  hasFormat(path: string): boolean;
  /** What a document parses to, as evidence for settling. */
  readonly inspect?: Inspect;
  /** Takes each settled reading; the next one waits until it is done. */
  onReading(reading: SettledReading): Promise<void>;
  onWatcherChanged(directory: string, news: WatcherNews): void;
  /** Called after each look from time to time. */
  readonly onLook?: () => void;
  /** Takes what no stage expected. */
  onFailure(error: Error): void;
}

/** Looking at more files before each reading would cost more than it finds. */
const MANY_FILES = 1_000;

/** Reads sources when their files change, one reading at a time. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #clock: Clock;
  readonly #debouncer: Debouncer;
  readonly #schedule: ReadingSchedule;
  readonly #watch: FileWatch;
  readonly #watched: WatchedSources;
  readonly #log: IntakeLog;
  #sources: readonly SourceReading[] = [];
  #targets: WatchTargets = { files: [], directories: [] };
  /** Files that are watched though nobody asked for it. */
  #unasked: readonly string[] = [];
  /** Sources that were asked again what to watch, and are still to be read. */
  readonly #askedAgain = new Set<Source>();
  #queue: Promise<unknown> = Promise.resolve();

  /** Creates an intake without sources. */
  constructor(options: IntakeOptions) {
    const { runtime, usePolling, pollMs, backstopMs, log } = options;
    this.#options = options;
    this.#log = new IntakeLog(log);
    if (usePolling) this.#log.polls(pollMs);
    this.#clock = runtime.clock;
    this.#debouncer = new Debouncer({
      ...options.debounce,
      reportsClose: !usePolling && runtime.watcher.reportsClose,
      optionsOf: (path) => this.#watched.debounceOf(path),
    });
    this.#schedule = new ReadingSchedule({
      clock: runtime.clock,
      debouncer: this.#debouncer,
      debounce: options.debounce,
      backstopMs,
      unref: options.unref,
      log,
      look: (paths) => this.#watch.look(paths),
      onDue: () => this.#drain(),
    });
    this.#watch = new FileWatch({
      fileSystem: runtime.fileSystem,
      clock: runtime.clock,
      watcher: usePolling ? undefined : runtime.watcher,
      sharedWatches: runtime.sharedWatches,
      trustsMounts: options.trustsMounts,
      pollMs,
      backstopMs,
      keepAlive: !options.unref,
      log,
      onHint: ({ path, kind, quietForMs, isWrittenOver }) => {
        if (isWrittenOver) this.#debouncer.doubt(path);
        this.#debouncer.hint(path, kind, this.#clock.now(), quietForMs);
        this.#log.hinted(path, this.#debouncer, this.#clock.now());
        this.#schedule.hinted();
      },
      onWatcherChanged: options.onWatcherChanged,
      onLook: options.onLook,
    });
    this.#watched = new WatchedSources({
      clock: runtime.clock,
      environment: runtime.environment,
      readTimeoutMs: options.readTimeoutMs,
      keepAlive: !options.unref,
      isIgnored: options.isIgnored,
      hasFormat: options.hasFormat,
      retryMs: backstopMs,
      onAskedAgain: (source) => {
        this.#askedAgain.add(source);
        // Most of them answer at once, and are read together.
        if (this.#askedAgain.size === 1) void this.#readAskedAgain();
      },
      onChanged: ({ name }) => {
        this.#log.told(name);
        // Who says so holds the whole of it, and need not be quiet. But who says so while sources are
        // read may do it each time it is.
        if (this.#schedule.isReading) this.#debouncer.hint(name, "unknown", this.#clock.now());
        else this.#debouncer.hint(name, "renamed", this.#clock.now(), options.debounce.maxDelayMs);
        this.#log.hinted(name, this.#debouncer, this.#clock.now());
        this.#schedule.arm();
      },
    });
  }

  /** What every source held when it was last read. */
  get sources(): readonly SourceReading[] {
    return this.#sources;
  }

  /** Why sources can't be watched that can be read. */
  get unwatched(): ReadonlyMap<Source, Error> {
    return this.#watched.failures;
  }

  /** The way files are watched, for health and statistics. */
  get watch(): Pick<
    FileWatch,
    "intervalMs" | "isPolling" | "failures" | "catches" | "lastTick" | "watchedDirectories"
  > {
    return this.#watch;
  }

  /** Whether it watches, paused or not. */
  get isOpen(): boolean {
    return !this.#schedule.isClosed;
  }

  /** Whether hints wait for {@linkcode Intake.resume}. */
  get isPaused(): boolean {
    return this.#schedule.isPaused;
  }

  /** Runs `task` when no reading is under way, and lets none begin meanwhile. */
  exclusive<R>(task: () => Promise<R>): Promise<R> {
    const result = this.#queue.then(task);
    this.#queue = result.catch(() => {});
    return result;
  }

  /**
   * Watches exactly `sources` and reads those that are new. What changes after the call is noticed.
   * To be run in {@linkcode Intake.exclusive}.
   *
   * @param isStart Whether a source that can't be watched is read all the same, and asked again.
   */
  async setSources(
    sources: readonly Source[],
    isStart: boolean = false,
  ): Promise<readonly SourceReading[]> {
    const known = new Map(this.#sources.map((reading) => [reading.source, reading]));
    const readings = sources.map((source) => known.get(source) ?? { source, documents: [] });
    try {
      const targets = await this.#watched.targetsOf(sources, isStart);
      if (this.#schedule.isClosed) throw new ClosedError("watch the sources");
      this.#watchFiles(targets, readings);
    } catch (error) {
      this.endOthers();
      throw error;
    }
    this.#sources = readings;
    // What changed in the others has hints of its own, and may not be whole.
    const isNew = (source: Source) => !known.has(source);
    return this.#accept(await this.#readSources(isNew, isNew));
  }

  /** Goes back to `readings`, which were watched and read before. */
  async goBackTo(readings: readonly SourceReading[]): Promise<void> {
    this.#accept(readings);
    // Whoever is closed asks nobody again what to watch.
    if (this.#schedule.isClosed) return;
    this.#watchFiles(await this.#watched.targetsOf(readings.map(({ source }) => source)));
    this.endOthers();
  }

  /** Ends watching sources that are not among the present ones. */
  endOthers(): void {
    this.#watched.keepOnly(this.#sources.map(({ source }) => source));
  }

  /** Reads the sources without watching them. */
  async readOnce(sources: readonly Source[]): Promise<readonly SourceReading[]> {
    this.#sources = sources.map((source) => ({ source, documents: [] }));
    return await this.#readSources(() => true);
  }

  /**
   * Reads all sources again, or the one named. A file that is being written is waited for.
   * To be run in {@linkcode Intake.exclusive}.
   */
  async refresh(sourceName?: string): Promise<SettledReading> {
    this.#log.asked(sourceName);
    const firstAt = this.#clock.now();
    const bursts = new Map<string, Burst>();
    const isNamed = ({ name }: Source) => sourceName === undefined || name === sourceName;
    const isDue = (source: Source, path: string) => isNamed(source) || bursts.has(path);
    const isAsked = (source: Source) => isNamed(source) || bursts.has(source.name);
    for (;;) {
      const now = this.#clock.now();
      const isForced = now >= firstAt + this.#options.debounce.maxDelayMs;
      // Its hints may be on their way, or lost.
      this.#watch.look(documentsByPath(this.#sources).keys());
      if (isForced || !this.#debouncer.isSettling(now)) {
        for (const [path, burst] of this.#debouncer.flush()?.bursts ?? []) bursts.set(path, burst);
        const batch = { firstAt, bursts, isForced };
        // Hints may have been lost: directories are listed anew.
        const seen = { statOf: (path: string) => this.#watch.statOf(path) };
        const marks = new StageMarks(this.#clock);
        marks.begin("read");
        const next = await this.#readSources(isDue, isAsked, seen);
        marks.end();
        this.#doubtUnhinted(next, bursts);
        const doubts = await this.#doubts(batch, next, now, marks);
        const isWhole = doubts.size === 0 && !this.#debouncer.pending;
        if (isWhole || isForced) {
          this.#log.taken(batch, doubts);
          return this.#settled(batch, next, marks);
        }
      }
      if (this.#schedule.isClosed) throw new ClosedError("read the sources");
      await this.#schedule.untilNextLook();
    }
  }

  /** Keeps hints back until {@linkcode Intake.resume}. */
  pause(): void {
    this.#log.paused(true);
    this.#schedule.pause();
  }

  /** Lets hints through again. */
  resume(): void {
    this.#log.paused(false);
    this.#schedule.resume();
  }

  /** Ends watching at once; resolves when the reading under way, if any, is done. */
  async close(): Promise<void> {
    this.#log.closed();
    this.#schedule.close();
    this.#debouncer.clear();
    this.#watch.close();
    this.#watched.keepOnly([]);
    await Promise.all([this.#queue, this.#watched.idle()]);
    // What was asked meanwhile what to watch for it.
    this.#watched.keepOnly([]);
  }

  #readSources(
    isDue: (source: Source, path: string) => boolean,
    isAsked: (source: Source) => boolean = () => true,
    seen: SeenFiles = this.#watch,
  ): Promise<readonly SourceReading[]> {
    const { runtime, maxBytes, readTimeoutMs } = this.#options;
    const { keepsContent = true, failsApart = false } = this.#options;
    return readSources(this.#sources, isDue, {
      fileSystem: runtime.fileSystem,
      clock: runtime.clock,
      environment: runtime.environment,
      isAsked: (source) => this.#watched.watchesFiles(source) || isAsked(source),
      maxBytes,
      readTimeoutMs,
      keepsContent,
      failsApart,
      seen,
      isIgnored: this.#options.isIgnored,
      hasFormat: this.#options.hasFormat,
    });
  }

  /** Sources were asked again what to watch: what they hold may have changed unnoticed. */
  async #readAskedAgain(): Promise<void> {
    await this.exclusive(async () => {
      const asked = new Set(this.#askedAgain);
      this.#askedAgain.clear();
      if (this.#schedule.isClosed) return;
      const present = this.#sources.filter(({ source }) => asked.has(source));
      this.#watchFiles(await this.#watched.targetsOf(this.#sources.map(({ source }) => source)));
      const now = this.#clock.now();
      for (const { source, documents } of present) {
        for (const { path } of documents) this.#debouncer.hint(path, "unknown", now);
        this.#debouncer.hint(source.name, "unknown", now);
      }
      this.#schedule.arm();
      this.#options.onLook?.();
    });
  }

  /** Watches what sources ask for, and the files that those gave that can't say what to watch. */
  #watchFiles(targets: WatchTargets, readings?: readonly SourceReading[]): void {
    this.#targets = targets;
    this.#unasked = this.#unaskedFiles(readings);
    this.#watch.set({ ...targets, files: [...targets.files, ...this.#unasked] });
  }

  #unaskedFiles(readings: readonly SourceReading[] = this.#sources): readonly string[] {
    if (this.unwatched.size === 0) return [];
    const unwatched = readings.filter(({ source }) => this.unwatched.has(source));
    const files = unwatched.flatMap(({ documents }) =>
      documents.flatMap(({ path, inode }) => inode === undefined ? [] : path)
    );
    // One that is away may come back.
    const areAllRead = unwatched.every(({ error }) => error === undefined);
    return areAllRead ? files : [...new Set([...this.#unasked, ...files])];
  }

  #drain(): void {
    void this.exclusive(async () => {
      try {
        this.#lookAround();
        const batch = this.#schedule.isPaused ? undefined : this.#debouncer.take(this.#clock.now());
        if (batch !== undefined && !this.#schedule.isClosed) await this.#process(batch);
      } catch (error) {
        this.#options.onFailure(toError(error));
      } finally {
        this.#schedule.done();
      }
    });
  }

  /**
   * Looks at all files before some are taken: of a save of several, some hints may be on their way
   * still, and polling sees one file after the other, and a new one after those.
   */
  #lookAround(): void {
    const paths = documentsByPath(this.#sources);
    if (paths.size > MANY_FILES) return;
    if (this.#watch.isPolling) this.#watch.lookForNew(paths.keys());
    if (paths.size > 1) this.#watch.look(paths.keys());
  }

  async #process(batch: Batch): Promise<void> {
    // How long the reading takes says nothing of who writes.
    const releasedAt = this.#clock.now();
    const { bursts } = batch;
    this.#log.released(batch, releasedAt);
    const isDue = (_source: Source, path: string) => bursts.has(path);
    const marks = new StageMarks(this.#clock);
    marks.begin("read");
    // Who could not be read refuses all that others give, until it can.
    const failed = this.#sources.flatMap(({ source, error }) => error === undefined ? [] : source);
    const isAsked = (source: Source) => bursts.has(source.name) || failed.includes(source);
    const next = await this.#readSources(isDue, isAsked);
    marks.end();
    const doubts = await this.#doubts(batch, next, releasedAt, marks);
    if (this.#schedule.isClosed) return;
    const incomplete = new Set(doubts.keys());
    const isLate = incomplete.size > 0 && releasedAt >= this.#debouncer.patience(batch, incomplete);
    if (this.#schedule.isPaused || (incomplete.size > 0 && !isLate)) {
      this.#debouncer.hold(batch, incomplete);
      this.#log.held(batch, doubts);
      return this.#schedule.lookAgain(incomplete);
    }
    const taken = { ...batch, isForced: batch.isForced || isLate };
    this.#log.taken(taken, doubts);
    const settled = this.#settled(taken, next, marks);
    const hasNews = settled.changes.length > 0 || settled.changedSources.length > 0 ||
      settled.hasErrorNews;
    this.#schedule.retryLater(busyPaths(next));
    if (!hasNews) return this.#log.foundNothing(batch);
    this.#schedule.noteNews(releasedAt);
    await this.#options.onReading(settled);
  }

  /** A file that changed while all were read, and of which nobody told before, is to be asked about. */
  #doubtUnhinted(next: readonly SourceReading[], bursts: ReadonlyMap<string, Burst>): void {
    this.#watch.look(documentsByPath(next).keys());
    for (const { path } of compareFiles(identities(this.#sources), identities(next))) {
      if (bursts.has(path) || this.#debouncer.burst(path) !== undefined) continue;
      this.#debouncer.hint(path, "unknown", this.#clock.now());
    }
  }

  /**
   * The files of the batch that are still being written, as far as one can tell, with what tells so.
   *
   * @param readFrom When the reading began, in the clock's milliseconds.
   */
  async #doubts(
    { bursts, isForced }: Batch,
    next: readonly SourceReading[],
    readFrom: number,
    marks: StageMarks,
  ): Promise<ReadonlyMap<string, WhyNotWhole>> {
    const { usePolling, runtime: { watcher }, inspect } = this.#options;
    const renamed = [...bursts.values()].some(({ evidence }) => evidence === "rename");
    // A file that was created and not moved here is written under this name: its hints come now,
    // while it is parsed.
    const caughtUp = renamed && !usePolling ? watcher.caughtUp() : undefined;
    const doubts = await doubtedFiles(
      bursts,
      this.#sources,
      next,
      inspect && timed(inspect, marks, this.#sources),
    );
    await caughtUp;
    // Evidence speaks of what was there at its hint: what differs by now was written after it.
    this.#watch.look(bursts.keys());
    for (const [path, burst] of bursts) {
      const more = this.#debouncer.burst(path);
      const isOpen = (more ?? burst).isWriting;
      const isWrittenOn = more === undefined
        ? isOpen
        : more.evidence === undefined && more.lastAt >= readFrom;
      // A steady writer must not starve a reload, but who has the file open is not done.
      if (isForced ? isOpen : isWrittenOn) doubts.set(path, "being written");
    }
    return doubts;
  }

  #settled(
    { firstAt, bursts, isForced }: Batch,
    next: readonly SourceReading[],
    marks: StageMarks,
  ): SettledReading {
    const before = this.#sources;
    const [old, now] = [documentsByPath(before), documentsByPath(next)];
    this.#learn(bursts, old, now);
    this.#accept(next, now);
    const isFile = (path: string) => {
      const document = now.get(path) ?? old.get(path);
      return document === undefined || document.inode !== undefined;
    };
    const [lastErrors, errors] = [errorsOf(before), errorsOf(next)];
    const newErrors = [...errors].flatMap(([key, error]) => lastErrors.has(key) ? [] : error);
    const reasonOf = (path: string) => settledBy(bursts.get(path), isForced);
    const changes = compareFiles(identities(before), identities(next));
    return {
      sources: next,
      changes: changes.map((change) => ({ ...change, settledBy: reasonOf(change.path) })),
      changedSources: changedSources(before, next),
      firstHintAt: firstAt,
      settledBy: weakest([...bursts.keys()].filter(isFile).map(reasonOf)),
      hasErrorNews: newErrors.length > 0 || [...lastErrors.keys()].some((key) => !errors.has(key)),
      newErrors,
      stages: marks.end(),
    };
  }

  #learn(
    bursts: ReadonlyMap<string, Burst>,
    before: ReadonlyMap<string, ReadDocument>,
    after: ReadonlyMap<string, ReadDocument>,
  ): void {
    for (const [path, burst] of bursts) {
      const old = before.get(path);
      const now = after.get(path);
      if (old === undefined || now === undefined || old.checksum === now.checksum) continue;
      const wasPart = old.inode === now.inode && now.continuesLast;
      this.#debouncer.learn(path, burst, wasPart, this.#clock.now());
    }
  }

  #accept(
    readings: readonly SourceReading[],
    documents: ReadonlyMap<string, ReadDocument> = documentsByPath(readings),
  ): readonly SourceReading[] {
    this.#sources = readings;
    this.#debouncer.setWatchedFiles(documents);
    if (`${this.#unaskedFiles()}` !== `${this.#unasked}`) this.#watchFiles(this.#targets);
    return readings;
  }
}

/** Times what is parsed for the first time; of what was read before the outcome is known. */
function timed(
  inspect: Inspect,
  marks: StageMarks,
  before: readonly SourceReading[],
): Inspect {
  let old: ReadonlyMap<string, ReadDocument> | undefined;
  return async (document) => {
    old ??= documentsByPath(before);
    if (old.get(document.path) === document) return await inspect(document);
    marks.begin("parse");
    try {
      return await inspect(document);
    } finally {
      marks.end();
    }
  };
}
