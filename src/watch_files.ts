/**
 * Typed file events without parsing: the lower half of {@linkcode watchConfig}.
 *
 * @module
 */

import * as nodePath from "node:path";
import { isoTime } from "./clock.ts";
import { ClosedError } from "./errors.ts";
import { logEvent } from "./event_log.ts";
import { EventBus, type Handler, type ListenOptions } from "./event_bus.ts";
import type { FilesEvent, WatcherName } from "./events.ts";
import { Intake, type SettledReading } from "./intake.ts";
import { type Log, openLog } from "./log.ts";
import { checkNumber } from "./option_checks.ts";
import { READ_TIMEOUT_MS, resolveWatchOptions, type WatchOptions } from "./options.ts";
import { RecentEvents } from "./recent_events.ts";
import type { Runtime } from "./runtime/runtime.ts";
import type { Source } from "./source/source.ts";
import { errorsOf } from "./source/source_reading.ts";
import { watchedPath } from "./source/watched_path.ts";
import { createIgnore } from "./watch/ignore.ts";
import { watcherChanged, watcherName } from "./watch/watcher_changed.ts";

/** Options of {@linkcode watchFiles}. */
export interface WatchFilesOptions extends WatchOptions {
  /** Whether directories are watched with everything below them. @default {false} */
  readonly recursive?: boolean;
  /** Largest file whose content is looked at, in bytes. @default {67_108_864} */
  readonly maxBytes?: number;
}

/**
 * Watches files and directories, and reports when their content changed: `created`, `modified`,
 * `deleted` or `moved`, once a save, when the file is whole. A touch or a save of the same bytes
 * is not reported; editor litter and `.env` files are left out unless they are named.
 *
 * @param paths Files and directories, which need not exist.
 * @returns A handle, once the files were read; every change from then on is noticed.
 * @throws {RangeError} When an option is out of range.
 * @example
 * ```ts
 * import { watchFiles } from "hotconf";
 *
 * await using files = await watchFiles(["config/app.yaml", "certificates"]);
 * files.on("fileChanged", ({ kind, path, checksum }) => console.log(kind, path, checksum));
 * ```
 */
export async function watchFiles(
  paths: readonly string[],
  options: WatchFilesOptions = {},
): Promise<LiveFiles> {
  const watching = resolveWatchOptions(options);
  const { recursive = false, maxBytes = 64 * 1024 * 1024 } = options;
  checkNumber("maxBytes", maxBytes, 1);
  watching.signal?.throwIfAborted();
  const { runtime } = watching;
  const log = await openLog(runtime, paths);
  const intake: Intake = new Intake({
    ...watching,
    log,
    maxBytes,
    readTimeoutMs: READ_TIMEOUT_MS,
    keepsContent: false,
    failsApart: true,
    isIgnored: await createIgnore(watching.exclude),
    hasFormat: () => true,
    onReading: (reading) => {
      files.report(reading);
      return Promise.resolve();
    },
    onFailure: (error) => files.emit({ type: "readFailed", error, at: isoTime(runtime.clock) }),
    onWatcherChanged: (directory, news) =>
      files.emit(watcherChanged(runtime, directory, news, isoTime(runtime.clock))),
  });
  const toSource = (path: string) => watchedPath(runtime.fileSystem, path, recursive);
  const files: LiveFiles = new LiveFiles({
    runtime,
    intake,
    toSource,
    log,
    watcher: watcherName(runtime, watching.usePolling),
    recent: new RecentEvents(watching.recentEventsSize),
    signal: watching.signal,
  });
  try {
    await files.add(...paths);
    return files;
  } catch (error) {
    await files.close();
    throw error;
  }
}

/** Parts of a {@linkcode LiveFiles}. */
export interface LiveFilesParts {
  readonly runtime: Runtime;
  readonly intake: Intake;
  readonly log: Log;
  readonly watcher: WatcherName;
  readonly recent: RecentEvents<FilesEvent>;
  /** Aborting it closes the handle. */
  readonly signal: AbortSignal | undefined;
  toSource(path: string): Source;
}

/** Watched files. Get it from {@linkcode watchFiles}. */
export class LiveFiles implements AsyncDisposable {
  readonly #parts: LiveFilesParts;
  readonly #events: EventBus<FilesEvent>;
  readonly #onAbort = () => void this.close();
  #closing: Promise<void> | undefined;

  /** @ignore Assembles a handle; use {@linkcode watchFiles}. */
  constructor(parts: LiveFilesParts) {
    this.#parts = parts;
    this.#events = new EventBus((listener, error, { type }) => {
      const at = isoTime(parts.runtime.clock);
      const event = { type: "handlerFailed", listener, error, at } as const;
      // A handler that fails at the news of a failure is only remembered, or it would never end.
      if (type !== "handlerFailed") return this.emit(event);
      parts.recent.push(event);
      logEvent(parts.log, event);
    });
    parts.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Absolute paths of the files and directories that are watched. */
  get paths(): readonly string[] {
    return this.#parts.intake.sources.map(({ source }) => source.name);
  }

  /** How files are watched: by the runtime's events or by polling. */
  get watcher(): WatcherName {
    const { failures, watchedDirectories } = this.#parts.intake.watch;
    return failures.size > 0 && watchedDirectories === 0 ? "poll" : this.#parts.watcher;
  }

  /** Whether it watches. */
  get isRunning(): boolean {
    return this.#closing === undefined;
  }

  /**
   * Watches more files or directories. Those that are watched already stay.
   *
   * @throws {ClosedError} When the handle is closed.
   */
  async add(...paths: readonly string[]): Promise<void> {
    const added = paths.map((path) => nodePath.resolve(path));
    await this.#change("watch more files", (sources) => {
      const known = new Set(sources.map(({ name }) => name));
      const fresh = [...new Set(added)].filter((path) => !known.has(path));
      return [...sources, ...fresh.map((path) => this.#parts.toSource(path))];
    });
  }

  /**
   * Watches files or directories no more; those that are not watched are no error.
   *
   * @throws {ClosedError} When the handle is closed.
   */
  async remove(...paths: readonly string[]): Promise<void> {
    const removed = new Set(paths.map((path) => nodePath.resolve(path)));
    await this.#change(
      "watch fewer files",
      (sources) => sources.filter(({ name }) => !removed.has(name)),
    );
  }

  /**
   * Calls `handler` with each event of a type, or with every event for `"*"`.
   *
   * @returns Removes the handler when disposed.
   */
  on<Type extends FilesEvent["type"] | "*">(
    type: Type,
    handler: Handler<Type extends "*" ? FilesEvent : Extract<FilesEvent, { type: Type }>>,
    options: ListenOptions = {},
  ): Disposable {
    return this.#events.addFor(type, handler as Handler<FilesEvent>, options);
  }

  /** The last events, newest first. */
  recentEvents({ limit }: { readonly limit?: number } = {}): readonly FilesEvent[] {
    return this.#parts.recent.list(limit);
  }

  /** Ends watching. Closing twice is closing once. */
  close(): Promise<void> {
    this.#parts.signal?.removeEventListener("abort", this.#onAbort);
    this.#closing ??= this.#parts.intake.close().then(() => this.#events.close());
    return this.#closing;
  }

  /** The same as {@linkcode LiveFiles.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @ignore Reports an event; for the parts the handle is made of. */
  emit(event: FilesEvent): void {
    this.#parts.recent.push(event);
    logEvent(this.#parts.log, event);
    this.#events.emit(event);
  }

  /** @ignore Reports what a reading found; for the parts the handle is made of. */
  report({ changes, newErrors }: SettledReading): void {
    const at = isoTime(this.#parts.runtime.clock);
    for (const change of changes) this.emit({ type: "fileChanged", ...change, at });
    this.#reportErrors(newErrors);
  }

  #reportErrors(errors: readonly Error[]): void {
    const at = isoTime(this.#parts.runtime.clock);
    for (const error of errors) this.emit({ type: "readFailed", error, at });
  }

  async #change(
    action: string,
    next: (sources: readonly Source[]) => readonly Source[],
  ): Promise<void> {
    const { intake } = this.#parts;
    await intake.exclusive(async () => {
      if (!this.isRunning) throw new ClosedError(action);
      const known = errorsOf(intake.sources);
      const readings = await intake.setSources(next(intake.sources.map(({ source }) => source)));
      const errors = [...errorsOf(readings)].filter(([message]) => !known.has(message));
      this.#reportErrors(errors.map(([, error]) => error));
    });
  }
}
