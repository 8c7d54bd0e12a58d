/**
 * The directories that Deno watches, and the FIFOs that come there: see `deno_thread.ts`.
 *
 * @module
 */

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
  /** Whether a thread of this process waits for a FIFO; `undefined`: the system does not tell. */
  isWaiting(): boolean | undefined;
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
    this.#thread.heard();
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

  /** Whether a watcher can be opened for what is watched already. */
  mayOpen(): boolean {
    this.#lookEverywhere();
    return this.#thread.doubt === undefined;
  }

  /** A directory is watched. */
  add(watch: WatchedByDeno): void {
    this.#thread.heard();
    this.#watches.set(watch, new SeenDirectory());
    this.#listing ??= this.#listSoon();
  }

  /** Watches it no more, unless that was ended because of a FIFO before. */
  remove(watch: WatchedByDeno): void {
    this.#lookEverywhere();
    if (this.#watches.has(watch)) this.#close(watch);
  }

  /** Looks whether a directory can be watched further. */
  verify(watch: WatchedByDeno, stat: FileStat): void {
    const { clock } = this.#options;
    const seen = this.#watches.get(watch);
    const [at, { mtimeMs }] = [clock.now(), stat];
    if (!seen?.beginVerifying(at)) return;
    this.#look(watch, seen, stat);
    // A time in the future says nothing.
    if (mtimeMs <= clock.wallTime()) seen.noteChange({ at, mtimeMs }, this.#thread.heardAt);
  }

  /** Looks for FIFOs in all directories where something came or went. */
  #lookEverywhere(): void {
    const { clock } = this.#options;
    const begin = clock.now();
    if (begin < this.#restsUntil) return;
    for (const [watch, seen] of this.#watches) {
      if (seen.isListed) this.#look(watch, seen, this.#statOf(watch));
      this.#listen(watch, seen, begin);
    }
    const end = clock.now();
    this.#restsUntil = end + REST_FACTOR * (end - begin);
  }

  #listSoon(): Disposable {
    const { clock } = this.#options;
    return clock.schedule(SOON_MS, () => {
      this.#listing = undefined;
      const end = clock.now() + PART_MS;
      for (const [watch, seen] of this.#watches) {
        if (seen.isListed) continue;
        if (clock.now() > end) return void (this.#listing ??= this.#listSoon());
        this.#look(watch, seen, this.#statOf(watch));
      }
    }, { keepAlive: false });
  }

  #statOf({ directory }: WatchedByDeno): FileStat | undefined {
    try {
      return this.#options.fileSystem.stat(directory);
    } catch {
      return undefined;
    }
  }

  #look(watch: WatchedByDeno, seen: SeenDirectory, stat: FileStat | undefined): void {
    if (stat === undefined || !seen.mayHaveMore(stat)) return;
    const at = this.#options.clock.wallTime();
    const { fifos, hasLinks } = this.#options.specialsIn(watch.directory);
    seen.noteListed({ at, mtimeMs: stat.mtimeMs, hasLinks });
    if (fifos.length > 0) this.#meet(watch.directory, fifos);
  }

  /** Notices when a change should be told of by now, and nothing is. */
  #listen({ directory }: WatchedByDeno, seen: SeenDirectory, now: number): void {
    if (this.#thread.doubt !== undefined) return;
    const change = seen.untoldChange(now, this.#thread.heardAt);
    // On a busy machine it may be late only.
    if (change === undefined || this.#options.isWaiting() === false) return;
    const time = new Date(change).toISOString();
    this.#thread.mayWait(silence(`since ${directory} changed at ${time}`));
  }

  /** Ends watching a directory with FIFOs; watching at all when the thread can't be freed. */
  #meet(directory: string, fifos: readonly string[]): void {
    this.#hasMetFifos = true;
    const held = this.#options.hold(fifos);
    const error = fifoError(
      held !== undefined
        ? `the FIFO ${fifos[0]} would stop Deno's watching`
        : `the FIFO ${fifos[0]} has stopped Deno's watching, and could not be opened for writing`,
    );
    this.#thread.mayWait(error, held);
    for (const watch of [...this.#watches.keys()]) {
      if (held !== undefined && watch.directory !== directory) continue;
      this.#close(watch);
      watch.end(error);
    }
  }

  #close(watch: WatchedByDeno): void {
    this.#watches.delete(watch);
    this.#thread.close(() => watch.close());
  }
}
