/**
 * Whoever listens to a configuration, and what they are told when.
 *
 * @module
 */

import type { Alerts } from "./alert/alerts.ts";
import { ChangeStream } from "./change_stream.ts";
import { type Clock, isoTime } from "./clock.ts";
import { EventBus, type Handler, type ListenOptions } from "./event_bus.ts";
import type { EventLog } from "./event_log.ts";
import type { Change, ConfigEvent } from "./events.ts";
import type { Health } from "./health.ts";
import { concernsHealth, HealthChanges } from "./health_changes.ts";
import type { Pin } from "./pin.ts";
import type { Pipeline } from "./pipeline.ts";
import type { RecentEvents } from "./recent_events.ts";
import type { Snapshot } from "./revision_store.ts";
import type { Commit } from "./revisions.ts";
import type { StatisticsRecorder } from "./statistics.ts";
import type { ReloadReport } from "./statistics/figures.ts";
import { type Subscriber, Subscriptions } from "./subscription.ts";

/** A commit as {@linkcode LiveConfig.changes} gives it. */
export interface ConfigChange<T> {
  /** Number of the new snapshot. */
  readonly revision: number;
  /** The new configuration. */
  readonly value: T;
  /** Checksum of the new snapshot. */
  readonly checksum: string;
  /** What differs from the snapshot before. */
  readonly changes: readonly Change[];
  /** Paths of `changes`. */
  readonly changedPaths: readonly string[];
}

/** Options of {@linkcode Listeners}. */
export interface ListenersOptions<T> {
  readonly clock: Clock;
  readonly pipeline: Pick<Pipeline<T>, "withoutSecrets" | "revisions">;
  readonly log: EventLog;
  readonly statistics: StatisticsRecorder | undefined;
  readonly recent: RecentEvents<ConfigEvent>;
  readonly alerts: Alerts | undefined;
  /** Whoever is told of something is pinned to nothing. */
  readonly pin: Pin<Snapshot<T>>;
  /** The health of the handle. */
  health(): Health;
  /** Whether the handle was closed; its listeners are told of what happens until all has ended. */
  isClosed(): boolean;
}

/** The handlers, subscribers and streams of a configuration. */
export class Listeners<T> {
  readonly #options: ListenersOptions<T>;
  readonly #events: EventBus<ConfigEvent>;
  readonly #subscriptions: Subscriptions;
  readonly #reports: EventBus<ReloadReport>;
  readonly #streams = new Set<ChangeStream<ConfigChange<T>>>();
  /** Events of the start that nobody was told of yet. */
  readonly #late: ConfigEvent[] = [];
  #lateTimer: Disposable | undefined;
  /** Absent until the first load succeeded. */
  #healthChanges: HealthChanges | undefined;
  /** Looks at the health when the timers that are due had their turn. */
  #lateLook: Disposable | undefined;

  /** Creates them with the alerts as the first that listens. */
  constructor(options: ListenersOptions<T>) {
    this.#options = options;
    const { clock, pipeline, alerts } = options;
    const failure = (listener: string, error: Error): ConfigEvent => {
      // Who connects with a password that is wrong quotes it.
      const shown = pipeline.withoutSecrets(error);
      return { type: "handlerFailed", listener, error: shown, at: isoTime(clock) };
    };
    this.#events = new EventBus((listener, error, { type }) => {
      // A handler that fails at the news of a failure is only remembered, or it would never end.
      if (type === "handlerFailed") this.#remember(failure(listener, error));
      else this.emit(failure(listener, error));
    });
    if (alerts !== undefined) this.#events.add("alerts", (event) => alerts.take(event));
    const onFailed = (name: string, error: Error) => this.emit(failure(name, error));
    this.#subscriptions = new Subscriptions(onFailed);
    this.#reports = new EventBus(onFailed);
  }

  /** Adds a handler of events; see {@linkcode LiveConfig.on}. */
  on(type: string, handler: Handler<ConfigEvent>, options: ListenOptions): Disposable {
    return this.#events.addFor(type, handler, options);
  }

  /** Adds a subscriber; see {@linkcode LiveConfig.subscribe}. */
  subscribe(path: string, subscriber: Subscriber<unknown>, options: ListenOptions): Disposable {
    return this.#subscriptions.add(path, subscriber, options);
  }

  /** Adds a handler of reloads; see {@linkcode LiveConfig.onReload}. */
  onReload(handler: Handler<ReloadReport>, options: ListenOptions): Disposable {
    return this.#reports.add("onReload", handler, options);
  }

  /** Adds a stream of commits; see {@linkcode LiveConfig.changes}. */
  changes({ signal }: ListenOptions): AsyncIterableIterator<ConfigChange<T>> {
    const onAbort = () => stream.abort(signal?.reason);
    const stream = new ChangeStream<ConfigChange<T>>(() => {
      this.#streams.delete(stream);
      signal?.removeEventListener("abort", onAbort);
    });
    this.#streams.add(stream);
    if (signal?.aborted) onAbort();
    else if (this.#options.isClosed()) stream.close();
    else signal?.addEventListener("abort", onAbort, { once: true });
    return stream;
  }

  /** Tells of an event. */
  emit(event: ConfigEvent): void {
    this.#remember(event);
    // What happened at the start comes first.
    if (this.#healthChanges !== undefined) this.#emitLate();
    // Whoever waits for a reload within pin() keeps its snapshot; handlers are told of the new one.
    this.#options.pin.exit(() => this.#events.emit(event));
    if (concernsHealth(event.type)) this.lookAtHealth();
  }

  /** Tells of an event of the start, also handlers that are added right after it. */
  emitLater(event: ConfigEvent): void {
    this.#remember(event);
    this.#late.push(event);
    const { clock } = this.#options;
    this.#lateTimer ??= clock.schedule(0, () => this.#emitLate(), { keepAlive: false });
  }

  /** Begins to tell when the health changes; the first load succeeded. */
  watchHealth(): void {
    this.#healthChanges = new HealthChanges();
    const { clock } = this.#options;
    const health = this.#options.health();
    if (!health.isWatching) return this.lookAtHealth();
    const news = this.#healthChanges.look(health, isoTime(clock));
    if (news !== undefined) this.emitLater(news);
  }

  /** Tells when the health changed. */
  lookAtHealth(): void {
    this.#lookAtHealth(false);
  }

  #lookAtHealth(isLate: boolean): void {
    const { clock, pipeline } = this.#options;
    if (this.#healthChanges === undefined || this.#options.isClosed()) return;
    // What was doubtful is so again when they are undone.
    if (pipeline.revisions.components.isChanging) return;
    const health = this.#options.health();
    if (!health.isWatching && !isLate) {
      // What keeps the program busy keeps the look for files waiting; that comes first, if it comes.
      this.#lateLook ??= clock.schedule(0, () => {
        this.#lateLook = undefined;
        this.#lookAtHealth(true);
      }, { keepAlive: false });
      return;
    }
    const news = this.#healthChanges.look(health, isoTime(clock));
    if (news !== undefined) this.emit(news);
  }

  /** Tells of a reload that ended. */
  tell(report: ReloadReport): void {
    this.#options.pin.exit(() => this.#reports.emit(report));
  }

  /** Tells subscribers of a commit. */
  publish(commit: Commit<T>): void {
    this.#options.pin.exit(() => this.#subscriptions.publish(commit));
    const { after: { revision, value, checksum }, changes } = commit;
    const changedPaths = changes.map(({ path }) => path);
    for (const stream of [...this.#streams]) {
      stream.push({ revision, value, checksum, changes, changedPaths });
    }
  }

  /** Tells nobody any more; streams end. */
  close(): void {
    this.#lateTimer?.[Symbol.dispose]();
    this.#lateLook?.[Symbol.dispose]();
    this.#events.close();
    this.#subscriptions.close();
    this.#reports.close();
    for (const stream of [...this.#streams]) stream.close();
  }

  #remember(event: ConfigEvent): void {
    const { recent, statistics, log } = this.#options;
    recent.push(event);
    statistics?.note(event);
    log.take(event);
  }

  #emitLate(): void {
    this.#lateTimer?.[Symbol.dispose]();
    this.#lateTimer = undefined;
    const events = this.#late.splice(0);
    this.#options.pin.exit(() => events.forEach((event) => this.#events.emit(event)));
  }
}
