/**
 * What was heard of watchers lately.
 *
 * @module
 */

import type { DirectoryWatcher } from "./watcher.ts";

/**
 * So many hints between two looks are a storm, in which runtimes and the system lose hints, most of
 * them without a word.
 */
const STORM_HINTS = 1_000;

/** How far watchers can be trusted. */
export interface Trust {
  /** Whether hints are lost, however few there are. */
  readonly losesSome: boolean;
  /** Whether some may have been lost since the last look. */
  readonly mayHaveLost: boolean;
}

/** The hints that came since the look before the last one. */
export class HeardHints {
  readonly #watcher: DirectoryWatcher | undefined;
  #count = 0;
  #wasToldOfLosses = false;
  #directories = new Set<string>();
  #directoriesBefore = new Set<string>();

  /** Has heard of nobody yet. */
  constructor(watcher: DirectoryWatcher | undefined) {
    this.#watcher = watcher;
  }

  /** A hint came from a directory; it may stand for many that were lost. */
  add(directory: string, isForLost: boolean): void {
    this.#count += 1;
    if (isForLost) this.#wasToldOfLosses = true;
    this.#directories.add(directory);
  }

  /** A directory has another watcher, which said nothing yet; what happened meanwhile is lost. */
  forget(directory: string): void {
    this.#wasToldOfLosses = true;
    this.#directories.delete(directory);
    this.#directoriesBefore.delete(directory);
  }

  /** Whether one came from a directory lately. */
  has(directory: string): boolean {
    return this.#directories.has(directory) || this.#directoriesBefore.has(directory);
  }

  /** Another look begins: how far the hints since the last one can be trusted. */
  take(): Trust {
    const count = this.#count;
    const wasToldOfLosses = this.#wasToldOfLosses;
    this.#count = 0;
    this.#wasToldOfLosses = false;
    this.#directoriesBefore = this.#directories;
    this.#directories = new Set();
    const losesSome = !!this.#watcher?.losesSome;
    const mayHaveLost = wasToldOfLosses || count >= (losesSome ? 1 : STORM_HINTS);
    return { losesSome, mayHaveLost };
  }
}
