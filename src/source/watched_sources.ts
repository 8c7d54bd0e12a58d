/**
 * The sources that are watched: what each of them wants to have watched, and what it does itself.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { Clock, ScheduleOptions } from "../clock.ts";
import type { DebounceOptions } from "../debounce/strategy.ts";
import type { Environment } from "../runtime/environment.ts";
import { toError, toSourceError } from "../to_error.ts";
import type { WatchTargets } from "../watch/file_watch.ts";
import type { WatchedDirectory } from "../watch/watched_directory.ts";
import { Deadlines } from "./deadlines.ts";
import type { Source, WatchContext } from "./source.ts";
import { UnwatchedSources } from "./unwatched_sources.ts";

/** Options of {@linkcode WatchedSources}. */
export interface WatchedSourcesOptions extends Pick<WatchContext, "isIgnored" | "hasFormat"> {
  readonly clock: Clock;
  readonly environment: Environment;
  /** Longest time a source may take to say what to watch, in milliseconds. */
  readonly readTimeoutMs: number;
  /** Whether the timers of sources keep the process alive. */
  readonly keepAlive: boolean;
  /** Time until a source that could not be watched is asked again, in milliseconds; it doubles. */
  readonly retryMs: number;
  /** Is told that a source holds something else now. */
  onChanged(source: Source): void;
  /** Is told that a source that could not be watched was asked again: it may be now. */
  onAskedAgain(source: Source): void;
}

/** Debounce options of files and directories that have their own. */
interface OwnDebounces {
  readonly files: ReadonlyMap<string, Required<DebounceOptions>>;
  readonly directories: ReadonlyMap<WatchedDirectory, Required<DebounceOptions>>;
}

interface Watched {
  readonly targets: WatchTargets;
  readonly debounces: OwnDebounces;
  readonly controller: AbortController;
}

/**
 * Asks each source once what to watch for it, again where it could not say so at the start, and
 * tells it when that ends.
 */
export class WatchedSources {
  readonly #options: WatchedSourcesOptions;
  readonly #watched = new Map<Source, Watched>();
  readonly #unwatched: UnwatchedSources;
  /** Of the sources that have some: there may be thousands that have none. */
  readonly #debounces = new Set<OwnDebounces>();

  /** Creates it without sources. */
  constructor(options: WatchedSourcesOptions) {
    this.#options = options;
    const { clock, retryMs: pauseMs, keepAlive } = options;
    const askAgain = () => this.#askAgain();
    this.#unwatched = new UnwatchedSources({ clock, pauseMs, keepAlive, askAgain });
  }

  /** Why sources can't be watched that can be read all the same. */
  get failures(): ReadonlyMap<Source, Error> {
    return this.#unwatched.errors;
  }

  /**
   * What to watch for `sources`; those that are new are asked.
   *
   * @param isStart Whether one that can't say it is asked again later.
   * @throws {SourceError} When one of them can't say it, and it is not the start.
   */
  async targetsOf(sources: readonly Source[], isStart: boolean = false): Promise<WatchTargets> {
    const files: string[] = [];
    const directories: WatchedDirectory[] = [];
    for (const source of sources) {
      if (this.failures.has(source)) continue;
      try {
        const { targets } = this.#watched.get(source) ??
          this.#keep(source, await this.#begin(source));
        files.push(...targets.files);
        directories.push(...targets.directories);
      } catch (error) {
        if (!isStart) throw toSourceError(source.name, error);
        this.#unwatched.add(source, toError(error));
      }
    }
    return { files, directories };
  }

  /** Debounce options of the first source that has some of its own for the file. */
  debounceOf(path: string): Required<DebounceOptions> | undefined {
    for (const { files, directories } of this.#debounces) {
      const own = files.get(path) ??
        [...directories].find(([directory]) => isIn(directory, path))?.[1];
      if (own !== undefined) return own;
    }
    return undefined;
  }

  /** Whether the source watches files, or nothing; any other one says itself when it changed. */
  watchesFiles(source: Source): boolean {
    const targets = this.#watched.get(source)?.targets;
    return targets === undefined || targets.files.length > 0 || targets.directories.length > 0;
  }

  /** Ends watching all sources but these. */
  keepOnly(sources: readonly Source[]): void {
    const kept = new Set(sources);
    for (const source of this.#watched.keys()) if (!kept.has(source)) this.#end(source);
    this.#unwatched.delete(...[...this.failures.keys()].filter((source) => !kept.has(source)));
  }

  /** Resolves when no source is asked again. */
  async idle(): Promise<void> {
    await this.#unwatched.idle();
  }

  async #askAgain(): Promise<void> {
    // One that gives no answer keeps none of the others waiting.
    await Promise.all([...this.failures.keys()].map((source) => this.#askOneAgain(source)));
  }

  async #askOneAgain(source: Source): Promise<void> {
    try {
      const watched = await this.#begin(source);
      // Meanwhile it may have been removed, and even added again.
      if (!this.failures.has(source)) return watched.controller.abort();
      this.#keep(source, watched);
      this.#unwatched.delete(source);
    } catch (error) {
      if (this.failures.has(source)) this.#unwatched.add(source, toError(error));
    }
    this.#options.onAskedAgain(source);
  }

  #keep(source: Source, watched: Watched): Watched {
    const { debounces } = watched;
    this.#watched.set(source, watched);
    if (debounces.files.size + debounces.directories.size > 0) this.#debounces.add(debounces);
    return watched;
  }

  #end(source: Source): void {
    const { controller, debounces } = this.#watched.get(source)!;
    this.#debounces.delete(debounces);
    this.#watched.delete(source);
    controller.abort();
  }

  /** @throws {unknown} What the source throws. */
  async #begin(source: Source): Promise<Watched> {
    const { clock, readTimeoutMs } = this.#options;
    const files: string[] = [];
    const directories: WatchedDirectory[] = [];
    const debounces = { files: new Map(), directories: new Map() };
    const targets = { files, directories };
    const controller = new AbortController();
    try {
      const told = source.watch({
        ...this.#contextOf(source, controller.signal),
        file(path, { debounce } = {}) {
          files.push(path);
          if (debounce) debounces.files.set(path, debounce);
        },
        directory(given, { debounce } = {}) {
          const directory = { ...given, accepts: contain(given) };
          directories.push(directory);
          if (debounce) debounces.directories.set(directory, debounce);
        },
      });
      if (told !== undefined) {
        const deadlines = new Deadlines({ clock, readTimeoutMs });
        await deadlines.answerInTime(source, async () => await told);
      }
    } catch (error) {
      controller.abort();
      throw error;
    }
    return { targets, debounces, controller };
  }

  #contextOf(
    source: Source,
    signal: AbortSignal,
  ): Omit<WatchContext, "file" | "directory"> {
    const { clock, environment, keepAlive, isIgnored, hasFormat, onChanged } = this.#options;
    return {
      isIgnored,
      hasFormat,
      environment,
      signal,
      changed: () => {
        if (!signal.aborted) onChanged(source);
      },
      schedule: (delayMs, callback, options: ScheduleOptions = {}) => {
        const end = () => timer[Symbol.dispose]();
        const timer = clock.schedule(delayMs, () => {
          signal.removeEventListener("abort", end);
          if (!signal.aborted) callback();
        }, { keepAlive, ...options });
        signal.addEventListener("abort", end, { once: true });
        return {
          [Symbol.dispose]() {
            signal.removeEventListener("abort", end);
            end();
          },
        };
      },
    };
  }
}

function isIn({ path: directory, accepts }: WatchedDirectory, path: string): boolean {
  return path.startsWith(directory + nodePath.sep) && accepts(path);
}

/** What a source plugs in must not throw where hints come in; reading it throws where that is told. */
function contain({ accepts }: WatchedDirectory): WatchedDirectory["accepts"] {
  return (path) => {
    try {
      return accepts(path);
    } catch {
      return false;
    }
  };
}
