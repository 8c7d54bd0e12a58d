/**
 * The handle of a watched configuration.
 *
 * @module
 */

import type { Alerts } from "./alert/alerts.ts";
import { checkComponent, type Component } from "./component.ts";
import { ClosedError, ReentryError } from "./errors.ts";
import type { Handler, ListenOptions } from "./event_bus.ts";
import type { Change, ConfigEvent, WatcherName } from "./events.ts";
import { describeHealth, type Health } from "./health.ts";
import type { Intake } from "./intake.ts";
import { parsePath } from "./key_path.ts";
import type { ConfigChange, Listeners } from "./listeners.ts";
import { mergeLayers } from "./merge.ts";
import { toSource } from "./options.ts";
import type { ReloadOutcome } from "./outcome.ts";
import type { Pin } from "./pin.ts";
import type { Pipeline } from "./pipeline.ts";
import { explainAll, explainAt, type Explained, type Explanation } from "./provenance.ts";
import type { RecentEvents } from "./recent_events.ts";
import type { HistoryEntry, Snapshot } from "./revision_store.ts";
import type { Runtime, RuntimeName } from "./runtime/runtime.ts";
import type { Secrets } from "./secrets.ts";
import type { Source } from "./source/source.ts";
import type { StateOnDisk } from "./state_on_disk.ts";
import type { StatisticsRecorder } from "./statistics.ts";
import type { ReloadReport, Statistics } from "./statistics/figures.ts";
import type { Subscriber } from "./subscription.ts";
import type { CheckedPath, ValueAt } from "./typed_path.ts";
import { describeWatching } from "./watching_health.ts";

/** What a source gives. */
export interface LayerInfo {
  /** Name of the source. */
  readonly source: string;
  /** Absolute path of the file or URL of the text; absent where there is none. */
  readonly file?: string;
  /** Its value, frozen, placeholders filled in. */
  readonly value: unknown;
}

/** Parts of a {@linkcode LiveConfig}. */
export interface LiveConfigParts<T> {
  readonly runtime: Runtime;
  readonly intake: Intake;
  readonly pipeline: Pipeline<T>;
  readonly listeners: Listeners<T>;
  readonly secrets: Secrets;
  readonly statistics: StatisticsRecorder | undefined;
  readonly watcher: WatcherName;
  readonly recent: RecentEvents<ConfigEvent>;
  /** What work of the program is pinned to. */
  readonly pin: Pin<Snapshot<T>>;
  readonly alerts: Alerts | undefined;
  /** Where accepted revisions are kept; absent: nowhere. */
  readonly state: StateOnDisk<T> | undefined;
  /** Aborting it closes the handle. */
  readonly signal: AbortSignal | undefined;
}

/** A configuration that reloads itself. Get one from {@linkcode watchConfig}. */
export class LiveConfig<T> implements AsyncDisposable {
  readonly #parts: LiveConfigParts<T>;
  readonly #onAbort = () => void this.close();
  #closing: Promise<void> | undefined;

  /** @ignore Assembles a handle; use {@linkcode watchConfig}. */
  constructor(parts: LiveConfigParts<T>) {
    this.#parts = parts;
    parts.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /**
   * The configuration that runs: frozen, and replaced as a whole. Read it once per unit of work, or
   * {@linkcode LiveConfig.pin} it.
   */
  get current(): T {
    return this.snapshot.value;
  }

  /** The snapshot that runs. */
  get snapshot(): Snapshot<T> {
    return this.#parts.pin.current ?? this.#parts.pipeline.revisions.current;
  }

  /** Number of the snapshot that runs, from 1. */
  get revision(): number {
    return this.snapshot.revision;
  }

  /** Checksum of the snapshot that runs. */
  get checksum(): string {
    return this.snapshot.checksum;
  }

  /** Absolute paths of the files that are read now. */
  get files(): readonly string[] {
    return this.#parts.intake.sources.flatMap(({ documents }) =>
      documents.filter(({ inode }) => inode !== undefined).map(({ path }) => path)
    );
  }

  /** Names of the sources, in order. */
  get sources(): readonly string[] {
    return this.#parts.intake.sources.map(({ source }) => source.name);
  }

  /** How files are watched: by the runtime's events or by polling. */
  get watcher(): WatcherName {
    const { failures, watchedDirectories } = this.#parts.intake.watch;
    return failures.size > 0 && watchedDirectories === 0 ? "poll" : this.#parts.watcher;
  }

  /** The runtime it runs on. */
  get runtime(): RuntimeName {
    return this.#parts.runtime.name;
  }

  /** Whether it watches: neither closed nor paused. */
  get isRunning(): boolean {
    return !this.isClosed && !this.isPaused;
  }

  /** Whether changes wait for {@linkcode LiveConfig.resume}. */
  get isPaused(): boolean {
    return this.#parts.intake.isPaused;
  }

  /** Whether {@linkcode LiveConfig.close} was called. */
  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Calls `handler` with each event of a type, or with every event for `"*"`. A handler that throws
   * is reported as `handlerFailed`; nobody waits for an asynchronous one.
   *
   * @returns Removes the handler when disposed.
   */
  on<Type extends ConfigEvent["type"] | "*">(
    type: Type,
    handler: Handler<Type extends "*" ? ConfigEvent : Extract<ConfigEvent, { type: Type }>>,
    options: ListenOptions = {},
  ): Disposable {
    return this.#parts.listeners.on(type, handler as Handler<ConfigEvent>, options);
  }

  /**
   * Calls `subscriber` when a commit changes the value at `path`, or a value below it.
   *
   * @param path `"server.port"`; `"services.*.timeout"` for each service; `"*"` for each value that
   * changes, wherever.
   * @returns Removes the subscriber when disposed.
   * @throws {RangeError} When `path` is not a path.
   */
  subscribe<Path extends string>(
    path: CheckedPath<T, Path>,
    subscriber: Subscriber<ValueAt<T, Path>>,
    options: ListenOptions = {},
  ): Disposable {
    return this.#parts.listeners.subscribe(path, subscriber as Subscriber<unknown>, options);
  }

  /**
   * Commits from now on. Holds only the newest for a slow consumer; ends on
   * {@linkcode LiveConfig.close}, throws `signal.reason` on abort.
   */
  changes(options: Pick<ListenOptions, "signal"> = {}): AsyncIterableIterator<ConfigChange<T>> {
    return this.#parts.listeners.changes(options);
  }

  /**
   * Reads the sources again, or the one named, without waiting for a hint.
   *
   * @param options `force` goes past the guards, and ends a rollback, for this once.
   * @throws {ClosedError} When the handle is closed.
   * @throws {RangeError} When there is no source of that name.
   */
  async reload(
    { source, force = false }: { readonly source?: string; readonly force?: boolean } = {},
  ): Promise<ReloadOutcome> {
    this.#assertOpen("reload the configuration");
    const { intake, pipeline } = this.#parts;
    if (source !== undefined) this.#assertSource("reload", source);
    return await this.#exclusive(
      "reload",
      async () => pipeline.take(await intake.refresh(source), "manual", force),
    );
  }

  /**
   * Commits an earlier snapshot's value again, as a new revision. It holds until the content of a
   * source changes, one is added or removed, or `reload({ force: true })`. A revision that waits to be
   * confirmed is not waited for.
   *
   * @throws {ClosedError} When the handle is closed.
   * @throws {RangeError} When the snapshot is not kept (any more).
   */
  async rollback(
    { to = "previous" }: { readonly to?: number | "previous" | "initial" } = {},
  ): Promise<ReloadOutcome> {
    this.#assertOpen("roll back");
    const { rollbacks } = this.#parts.pipeline;
    const ending = rollbacks.endPending(to);
    return await (ending ?? this.#exclusive("roll back", () => rollbacks.rollback(to)));
  }

  /**
   * Confirms the revision that waits for it, see the option `confirm`.
   *
   * @returns Whether one did.
   * @throws {ClosedError} When the handle is closed.
   */
  confirm(): boolean {
    this.#assertOpen("confirm a revision");
    return this.#parts.pipeline.rollbacks.confirm();
  }

  /**
   * Attaches a part of the program that takes new configuration in two steps: all components take
   * it, or none does. It begins with the current one.
   *
   * @returns Detaches it when disposed; it is told nothing then.
   * @throws {ComponentError} When it can't take the current configuration; it is not attached.
   * @throws {ClosedError} When the handle is closed.
   * @throws {ReentryError} When a step of a component calls it.
   * @throws {RangeError} When there is a component of that name, or `deadlineMs` is out of range.
   * @throws {TypeError} When it is no component.
   */
  async attach<Part = T, Prepared = undefined>(
    component: Component<T, Part, Prepared>,
  ): Promise<Disposable> {
    this.#assertOpen("attach a component");
    const { pipeline } = this.#parts;
    const { components } = pipeline.revisions;
    if (components.calling !== undefined) {
      throw new ReentryError("attach a component", components.calling);
    }
    const attached = component as Component<T, unknown, unknown>;
    checkComponent(attached);
    const detach = await this.#alone(async () => {
      this.#assertOpen("attach a component");
      return await components.add(attached, pipeline.revisions.current.value);
    });
    return {
      [Symbol.dispose]: () => {
        if (!detach()) return;
        // It may have been the one that could not take what the others can.
        this.#parts.pin.exit(() => void pipeline.retry());
      },
    };
  }

  /**
   * Runs `work` on one snapshot: whatever is committed meanwhile, it and what it calls and awaits
   * reads the same `current`, `snapshot`, `revision` and `checksum`. Within another `pin()`, that
   * one counts.
   *
   * @example
   * ```ts
   * import type { LiveConfig } from "hotconf";
   *
   * async function serve(config: LiveConfig<{ greeting: string }>, request: Request) {
   *   return await config.pin(async () => {
   *     const name = await request.text();
   *     return new Response(`${config.current.greeting}, ${name}`);
   *   });
   * }
   * ```
   */
  pin<R>(work: (snapshot: Snapshot<T>) => R): R {
    return this.#parts.pin.run(this.snapshot, work);
  }

  /** The kept revisions, oldest first, without their values. */
  history(): readonly HistoryEntry[] {
    return this.#parts.pipeline.revisions.store.entries();
  }

  /**
   * A kept snapshot.
   *
   * @throws {RangeError} When it is not kept (any more).
   */
  snapshotAt(revision: number): Snapshot<T> {
    return this.#parts.pipeline.revisions.store.at(revision);
  }

  /**
   * What differs from revision `from` to revision `to`; secrets are shown as `[secret]`.
   *
   * @throws {RangeError} When one of them is not kept (any more).
   */
  diffRevisions(from: number, to: number): readonly Change[] {
    const { revisions } = this.#parts.pipeline;
    const [before, after] = [this.snapshotAt(from), this.snapshotAt(to)];
    return revisions.compare(revisions.layered(before), revisions.layered(after)).changes;
  }

  /**
   * Stops applying changes until {@linkcode LiveConfig.resume}; they are still noticed.
   *
   * @throws {ClosedError} When the handle is closed.
   */
  pause(): void {
    this.#assertOpen("pause");
    this.#parts.intake.pause();
    this.#parts.listeners.lookAtHealth();
  }

  /**
   * Applies what changed meanwhile as one reload, and goes on.
   *
   * @throws {ClosedError} When the handle is closed.
   */
  async resume(): Promise<ReloadOutcome> {
    this.#assertOpen("resume");
    const { intake, pipeline } = this.#parts;
    if (!intake.isPaused) return { status: "unchanged", revision: this.revision };
    const outcome = this.#exclusive(
      "wait for what changed meanwhile",
      async () => pipeline.take(await intake.refresh(), "save"),
    );
    intake.resume();
    this.#parts.listeners.lookAtHealth();
    return await outcome;
  }

  /**
   * Adds a source after the others, so that it wins. When the result is refused, it is not added.
   *
   * @throws {ClosedError} When the handle is closed.
   * @throws {RangeError} When there is a source of that name already.
   * @throws {TypeError} When it is neither text nor a source.
   * @throws {SourceError} When it can't say what to watch.
   */
  async addSource(added: string | Source): Promise<ReloadOutcome> {
    this.#assertOpen("add a source");
    const source = toSource(added);
    return await this.#exclusive("add a source", () => {
      if (this.sources.includes(source.name)) {
        throw new RangeError(
          `Cannot add the source ${JSON.stringify(source.name)}: there is one of that name`,
        );
      }
      const sources = this.#parts.intake.sources.map((reading) => reading.source);
      return this.#parts.pipeline.setSources([...sources, source]);
    });
  }

  /**
   * Removes a source. When the result is refused, it stays.
   *
   * @throws {ClosedError} When the handle is closed.
   * @throws {RangeError} When there is no source of that name, or no other one.
   */
  async removeSource(name: string): Promise<ReloadOutcome> {
    this.#assertOpen("remove a source");
    return await this.#exclusive("remove a source", () => {
      const sources = this.#parts.intake.sources.map(({ source }) => source);
      const kept = sources.filter((source) => source.name !== name);
      this.#assertSource("remove", name);
      if (kept.length === 0) {
        throw new RangeError(
          `Cannot remove the source ${JSON.stringify(name)}: it is the only one`,
        );
      }
      return this.#parts.pipeline.setSources(kept);
    });
  }

  /**
   * Where the value at `path` came from, and what it won over.
   *
   * @throws {RangeError} When `path` is not a path.
   */
  explain<Path extends string>(path: CheckedPath<T, Path>): Explanation {
    return explainAt(this.#explained, parsePath(path));
  }

  /** Where every value that holds no others came from, in key order. */
  provenance(): readonly Explanation[] {
    return explainAll(this.#explained);
  }

  /** What the sources give, in order: the later wins. A source may give several layers. */
  layers(): readonly LayerInfo[] {
    return this.#parts.pipeline.revisions.layers.map(({ source, file, hasText, parsed }) => ({
      source,
      ...(hasText && { file }),
      value: parsed.value,
    }));
  }

  /**
   * What one source gives by itself, placeholders filled in, before the schema made anything of it.
   *
   * @throws {RangeError} When there is no source of that name.
   */
  sourceValue(name: string): unknown {
    this.#assertSource("give the value of", name);
    const layers = this.#parts.pipeline.revisions.layers.filter(({ source }) => source === name);
    return mergeLayers(layers.map(({ parsed }) => parsed.value));
  }

  /**
   * Calls `handler` when a reload ended, however it did, with the times of its stages. A handler that
   * throws is reported as `handlerFailed`.
   *
   * @returns Removes the handler when disposed.
   * @throws {TypeError} When the statistics are switched off: then nothing is timed.
   */
  onReload(
    handler: Handler<ReloadReport>,
    options: Pick<ListenOptions, "signal"> = {},
  ): Disposable {
    if (this.#parts.statistics === undefined) {
      throw new TypeError("Cannot tell of reloads: the statistics are switched off");
    }
    return this.#parts.listeners.onReload(handler, options);
  }

  /**
   * Counts and times since the start, or since they were last reset; `undefined` when switched off.
   *
   * @param options `reset` begins to count anew, after these.
   */
  statistics({ reset = false }: { readonly reset?: boolean } = {}): Statistics | undefined {
    const { statistics, intake, runtime: { clock } } = this.#parts;
    if (statistics === undefined) return undefined;
    const { catches } = intake.watch;
    const { isWatching, isPolling, watchedDirectories } = describeWatching(intake, clock);
    const described = statistics.describe({
      catches,
      isStale: intake.sources.some(({ stale }) => stale !== undefined),
      watcher: { name: this.watcher, isWatching, isPolling, watchedDirectories },
    });
    if (reset) statistics.reset({ catches });
    return described;
  }

  /** Whether it watches, and whether what runs is what the sources say. */
  health(): Health {
    const { runtime: { clock }, intake, pipeline, state } = this.#parts;
    return describeHealth({ clock, intake, pipeline, state, isClosed: this.isClosed });
  }

  /** The last events, newest first. */
  recentEvents({ limit }: { readonly limit?: number } = {}): readonly ConfigEvent[] {
    return this.#parts.recent.list(limit);
  }

  /**
   * Ends watching. Waits for the reload under way, and half a second at most for alerts on their
   * way; afterwards no handler is called any more.
   * Closing twice is closing once.
   */
  close(): Promise<void> {
    this.#parts.signal?.removeEventListener("abort", this.#onAbort);
    const { intake, pipeline, listeners, alerts, state } = this.#parts;
    if (this.#closing === undefined) pipeline.close();
    this.#closing ??= intake.close().then(() => alerts?.close()).then(() => {
      state?.close();
      listeners.close();
    });
    return this.#closing;
  }

  /** The same as {@linkcode LiveConfig.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @ignore Resolves when no reload is under way any more; for `hotconf/testing`. */
  async idle(): Promise<void> {
    await this.#parts.intake.exclusive(() => Promise.resolve());
  }

  async #exclusive(action: string, task: () => Promise<ReloadOutcome>): Promise<ReloadOutcome> {
    const { revisions } = this.#parts.pipeline;
    const { calling } = revisions.components;
    if (calling !== undefined) {
      const error = new ReentryError(action, calling);
      return { status: "rejected", revision: revisions.current.revision, error };
    }
    return await this.#alone(() => {
      this.#assertOpen("go on");
      return task();
    });
  }

  /** Runs `task` when nothing else runs; what it starts, such as a server, outlives a pin. */
  #alone<R>(task: () => Promise<R>): Promise<R> {
    return this.#parts.pin.exit(() => this.#parts.intake.exclusive(task));
  }

  get #explained(): Explained {
    const { pipeline: { revisions }, secrets } = this.#parts;
    return { layers: revisions.layers, value: revisions.current.value, secrets };
  }

  #assertSource(action: string, name: string): void {
    if (this.sources.includes(name)) return;
    throw new RangeError(
      `Cannot ${action} the source ${JSON.stringify(name)}: the sources are ` +
        this.sources.map((known) => JSON.stringify(known)).join(", "),
    );
  }

  #assertOpen(action: string): void {
    if (this.isClosed) throw new ClosedError(action);
  }
}
