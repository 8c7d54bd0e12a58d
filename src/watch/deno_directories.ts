/**
 * The directories that Deno watches, and the FIFOs that come there: see `deno_thread.ts`.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { Clock } from "../clock.ts";
import type { FileStat, FileSystem } from "../runtime/file_system.ts";
import { DenoThread, silence } from "./deno_thread.ts";
import { SeenDirectory } from "./seen_directory.ts";
import { fifoError, type Specials } from "./fifos.ts";

/** A directory that is watched. */
export interface WatchedByDeno {
  /** Its path. */
  readonly directory: string;
  /** Takes nothing from its watcher any more; others close that. */
  end(error: Error): void;
  /** Closes its watcher. */
  close(): void;
}

/** Options of {@linkcode DenoDirectories}. */
export interface DenoDirectoriesOptions {
  readonly clock: Clock;
  readonly fileSystem: Pick<FileSystem, "stat">;
  /** What is in a directory beside files and directories. */
  specialsIn(directory: string): Specials;
  /** Lets nobody wait for a writer of these until disposed; `undefined`: that can't be done. */
  hold(fifos: readonly string[]): Disposable | undefined;
}

/** With fewer directories, each is listed before it is watched; with more, that would be felt. */
const FEW = 100;

/** Time until those are listed that were not, and between two parts of them, in milliseconds. */
const SOON_MS = 20;

/** Time for one part, in milliseconds. */
const PART_MS = 1;

/** They are not all looked at again for so many times as long as it took. */
const REST_FACTOR = 10;

/** Watches none with a FIFO, and asks nothing of a thread that may be waiting for one. */
export class DenoDirectories {
  readonly #options: DenoDirectoriesOptions;
  readonly #thread: DenoThread;
  readonly #watches = new Map<WatchedByDeno, SeenDirectory>();
  /** FIFOs that the thread is not freed from yet. */
  readonly #found = new Set<string>();
  #listing: Disposable | undefined;
  #hasMetFifos = false;
  #restsUntil = -Infinity;

  /** None are watched yet. */
  constructor(options: DenoDirectoriesOptions) {
    this.#options = options;
    this.#thread = new DenoThread(options.clock);
  }

  /** Whether the program may end, which it never does while the thread waits and is not freed. */
  mayEnd(): boolean {
    this.#lookEverywhere();
    return !this.#thread.isBeingFreed;
  }

  /** Something was told of one of them. */
  heard(): void {
    // That may have been before the next FIFO came, which must be known now.
    const isFreed = this.#thread.doubt !== undefined && this.#lookAtAll();
    if (!isFreed) this.#thread.heard();
  }

  /** Time to wait until a watcher can be opened, in milliseconds. */
  waitMs(): number {
    this.#lookEverywhere();
    return this.#thread.waitMs;
  }

  /**
   * Makes sure that a watcher can be opened.
   *
   * @throws {Error} When that might wait for a FIFO, or what it watches would.
   */
  prepare(directory: string): void {
    this.#lookEverywhere();
    if (this.#thread.doubt !== undefined) throw this.#thread.doubt;
    if (this.#watches.size >= FEW && !this.#hasMetFifos) return;
    const [fifo] = this.#options.specialsIn(directory).fifos;
    if (fifo === undefined) return;
    // Trying again must not begin with watching.
    this.#hasMetFifos = true;
    throw fifoError(`the FIFO ${fifo} would stop Deno's watching`);
  }

  /** A watcher was opened. */
  add(watch: WatchedByDeno): void {
    this.#thread.heard();
    this.#watches.set(watch, new SeenDirectory(this.#statOf(watch)));
    this.#listing ??= this.#listSoon();
  }

  /** Closes a watcher, unless a FIFO had it closed before. */
  remove(watch: WatchedByDeno): void {
    this.#lookEverywhere();
    if (this.#watches.has(watch)) this.#close(watch);
  }

  /** Looks whether a directory can be watched further. */
  verify(watch: WatchedByDeno, stat: FileStat): void {
    const seen = this.#watches.get(watch);
    if (!seen?.beginVerifying(this.#options.clock.now())) return;
    this.#look(watch, seen, stat);
    if (this.#found.size > 0) this.#lookAtAll();
  }

  #lookEverywhere(): void {
    const { clock } = this.#options;
    const begin = clock.now();
    if (begin < this.#restsUntil) return;
    this.#lookAtAll();
    const end = clock.now();
    this.#restsUntil = end + REST_FACTOR * (end - begin);
  }

  /** Looks for FIFOs where something came or went. Says whether the thread had to be freed. */
  #lookAtAll(): boolean {
    for (const [watch, seen] of this.#watches) {
      const stat = this.#statOf(watch);
      if (stat === undefined) continue;
      if (seen.isListed) this.#look(watch, seen, stat);
      this.#listen(watch, seen, stat);
    }
    if (this.#found.size === 0) return false;
    this.#free([...this.#found]);
    this.#found.clear();
    return true;
  }

  #listSoon(): Disposable {
    const { clock } = this.#options;
    return clock.schedule(SOON_MS, () => {
      this.#listing = undefined;
      const end = clock.now() + PART_MS;
      for (const [watch, seen] of this.#watches) {
        if (clock.now() > end) {
          this.#listing = this.#listSoon();
          break;
        }
        const stat = seen.isListed ? undefined : this.#statOf(watch);
        if (stat !== undefined) this.#look(watch, seen, stat);
      }
      if (this.#found.size > 0) this.#lookAtAll();
    }, { keepAlive: false });
  }

  #statOf({ directory }: WatchedByDeno): FileStat | undefined {
    try {
      return this.#options.fileSystem.stat(directory);
    } catch {
      return undefined;
    }
  }

  #look(watch: WatchedByDeno, seen: SeenDirectory, stat: FileStat): void {
    if (!seen.mayHaveMore(stat)) return;
    const at = this.#options.clock.wallTime();
    const { fifos, hasLinks } = this.#options.specialsIn(watch.directory);
    seen.noteListed({ at, mtimeMs: stat.mtimeMs, hasLinks });
    for (const fifo of fifos) this.#found.add(fifo);
  }

  #listen({ directory }: WatchedByDeno, seen: SeenDirectory, stat: FileStat): void {
    const { doubt, heardAt } = this.#thread;
    if (doubt !== undefined || !seen.isUntold(stat, heardAt, this.#options.clock.wallTime())) {
      return;
    }
    const time = new Date(stat.mtimeMs).toISOString();
    this.#thread.mayWait(silence(`since ${directory} changed at ${time}`));
  }

  /** Ends watching directories with FIFOs; watching at all when the thread can't be freed. */
  #free(fifos: readonly string[]): void {
    this.#hasMetFifos = true;
    const held = this.#options.hold(fifos);
    const reason = held !== undefined
      ? "would stop Deno's watching"
      : "has stopped Deno's watching, and could not be opened for writing";
    const errors = new Map(fifos.map((fifo) => {
      return [nodePath.dirname(fifo), fifoError(`the FIFO ${fifo} ${reason}`)];
    }));
    const [error] = errors.values();
    this.#thread.mayWait(error!, held);
    for (const watch of [...this.#watches.keys()]) {
      const own = errors.get(watch.directory);
      if (own === undefined && held !== undefined) continue;
      this.#close(watch);
      watch.end(own ?? error!);
    }
  }

  #close(watch: WatchedByDeno): void {
    this.#watches.delete(watch);
    this.#thread.close(() => watch.close());
  }
}
