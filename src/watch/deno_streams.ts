/**
 * Watching many directories with one `Deno.watchFs`.
 *
 * Deno (2.9) compares each event with every path of every watcher, and asks the system about both
 * each time: with two thousand watchers that takes so long that events are lost without a word. One
 * watcher is opened for all of them instead, which names a directory above the others first and is
 * done with an event there. It does not watch recursively: that would follow links wherever they
 * lead, watch a new directory some time after it was told of, and could be closed as a whole only.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { Clock } from "../clock.ts";
import { type DenoEvent, DenoStream, type DenoWatcher } from "./deno_stream.ts";

/** Who watches a directory. */
export interface DenoTaker {
  /** Its path, free of links. */
  readonly directory: string;
  /** Whether this keeps the process alive. */
  readonly isKept: boolean;
  /** Takes an event, which may be about another directory. */
  take(event: DenoEvent): void;
  /** There are no events any more. */
  fail(error: Error): void;
}

/** Options of {@linkcode DenoStreams}. */
export interface DenoStreamsOptions {
  readonly clock: Clock;
  /** @throws {Error} When one of the paths can't be watched. */
  open(paths: readonly string[]): DenoWatcher;
  /** Whether a watcher can be opened now, without waiting. */
  mayOpen(): boolean;
  /** Something was told, whatever it is. */
  onHeard(): void;
}

/** So many directories are watched one by one. */
const FEW = 100;

/** With more to compare an event with than this, some are lost. */
const MANY = 200;

/** Time until many are watched by one, in milliseconds: those that are opened together. */
const GATHER_MS = 20;

/** The same after some came and went, as more may. */
const CALM_MS = 1_000;

/** Time until all are told that events were lost, in milliseconds. */
const RESCAN_MS = 100;

/** One watcher, and who takes what it tells, by directory. */
interface Shared {
  readonly stream: DenoStream;
  readonly takers: Map<string, DenoTaker>;
  /** Number of directories that no other one is above. */
  readonly tops: number;
}

/** The watchers that are open; which directory each watches changes without a gap. */
export class DenoStreams {
  readonly #options: DenoStreamsOptions;
  readonly #singles = new Map<DenoTaker, DenoStream>();
  #shared: Shared | undefined;
  #gathering: Disposable | undefined;
  #rescan: Disposable | undefined;

  /** None is open yet. */
  constructor(options: DenoStreamsOptions) {
    this.#options = options;
  }

  /** Whether events are lost in silence, because there is too much to compare them with. */
  get losesSome(): boolean {
    return this.#singles.size + (this.#shared?.tops ?? 0) > MANY;
  }

  /**
   * Watches a directory.
   *
   * @throws {Error} When it can't be watched.
   */
  add(taker: DenoTaker): void {
    const onEvent = (event: DenoEvent) => {
      this.#options.onHeard();
      taker.take(event);
    };
    const watcher = this.#options.open([taker.directory]);
    const stream = new DenoStream(watcher, { onEvent, onError: (error) => taker.fail(error) });
    stream.keepAlive(taker.isKept);
    this.#singles.set(taker, stream);
    if (this.#singles.size > FEW) this.#gathering ??= this.#gatherIn(GATHER_MS);
  }

  /** Watches it no more: another directory may be watched under its path when this settles. */
  remove(taker: DenoTaker): Promise<void> {
    const single = this.#singles.get(taker);
    single?.close();
    this.#singles.delete(taker);
    const shared = this.#shared;
    const isShared = shared?.takers.get(taker.directory) === taker;
    if (isShared) {
      shared.takers.delete(taker.directory);
      this.#scatter(shared);
    }
    if (this.#singles.size <= FEW) this.#rest();
    return Promise.all([single?.ended, isShared && shared.stream.ended]).then(() => {});
  }

  /** Whether a taker keeps the process alive is another than it was. */
  keepAlive(taker: DenoTaker): void {
    this.#singles.get(taker)?.keepAlive(taker.isKept);
    if (this.#shared?.takers.get(taker.directory) === taker) keepAlive(this.#shared);
  }

  #gatherIn(ms: number): Disposable {
    return this.#options.clock.schedule(ms, () => this.#gather(), { keepAlive: false });
  }

  #rest(): void {
    this.#gathering?.[Symbol.dispose]();
    this.#gathering = undefined;
  }

  #gatherLater(): void {
    this.#rest();
    if (this.#singles.size > FEW) this.#gathering = this.#gatherIn(CALM_MS);
  }

  /** Has all watched by one. */
  #gather(): void {
    this.#gathering = undefined;
    if (!this.#options.mayOpen()) return this.#gatherLater();
    const takers = new Map(this.#shared?.takers);
    for (const taker of this.#singles.keys()) {
      if (!takers.has(taker.directory)) takers.set(taker.directory, taker);
    }
    const [tops, others] = byHeight([...takers.keys()]);
    let watcher: DenoWatcher;
    try {
      watcher = this.#options.open([...tops, ...others]);
    } catch {
      // Some are gone, and will be noticed to be.
      return this.#gatherLater();
    }
    this.#shared?.stream.close();
    this.#shared = this.#share(watcher, takers, tops.length);
    for (const taker of takers.values()) {
      this.#singles.get(taker)?.close();
      this.#singles.delete(taker);
    }
  }

  #share(watcher: DenoWatcher, takers: Map<string, DenoTaker>, tops: number): Shared {
    const stream = new DenoStream(watcher, {
      onEvent: (event) => this.#take(event, takers),
      onError: (error) => {
        this.#shared = undefined;
        for (const taker of [...takers.values()]) taker.fail(error);
      },
    });
    const shared = { stream, takers, tops };
    keepAlive(shared);
    return shared;
  }

  /**
   * Has each watched by itself again. Deno lets go of a path only when the last watcher that names
   * it is closed, and keeps to the directory that was there when the first was opened.
   */
  #scatter({ stream, takers }: Shared): void {
    this.#shared = undefined;
    for (const taker of takers.values()) {
      try {
        this.add(taker);
      } catch (error) {
        // One that is missing is found to be, and tried again then.
        if ((error as Error).name !== "NotFound") taker.fail(error as Error);
      }
    }
    stream.close();
    this.#gatherLater();
  }

  #take(event: DenoEvent, takers: ReadonlyMap<string, DenoTaker>): void {
    this.#options.onHeard();
    if (event.flag || event.paths.length === 0) return this.#tellAll(event);
    const directories = event.paths.flatMap((path) => [path, nodePath.dirname(path)]);
    for (const directory of new Set(directories)) takers.get(directory)?.take(event);
  }

  /** When some were lost, more are: all have to look at everything, but not for each. */
  #tellAll(event: DenoEvent): void {
    this.#rescan ??= this.#options.clock.schedule(RESCAN_MS, () => {
      this.#rescan = undefined;
      for (const taker of [...this.#shared?.takers.values() ?? []]) taker.take(event);
    }, { keepAlive: false });
  }
}

function keepAlive({ stream, takers }: Shared): void {
  stream.keepAlive([...takers.values()].some(({ isKept }) => isKept));
}

/** Those that are below no other one, and those that are. */
function byHeight(directories: readonly string[]): [tops: string[], others: string[]] {
  const all = new Set(directories);
  const tops: string[] = [];
  const others: string[] = [];
  for (const directory of directories) (isBelow(directory, all) ? others : tops).push(directory);
  return [tops, others];
}

function isBelow(directory: string, all: ReadonlySet<string>): boolean {
  const parent = nodePath.dirname(directory);
  return parent !== directory && (all.has(parent) || isBelow(parent, all));
}
