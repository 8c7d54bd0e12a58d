/**
 * Comparing files with what they were at the last look or hint.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import {
  type FileStat,
  type FileSystem,
  isSameContent,
  isSameStat,
} from "../runtime/file_system.ts";
import { LinkChains } from "./link_chain.ts";
import type { MissedChanges } from "./missed_changes.ts";
import {
  mayHaveChanged,
  type Moment,
  momentOf,
  noteLook,
  roundedMs,
  type WatchedFile,
} from "./watched_file.ts";
import type { WatchedPlaces } from "./watched_places.ts";
import type { Polled } from "./watcher_set.ts";

/** Options of {@linkcode FileLooks}. */
export interface FileLooksOptions {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly places: WatchedPlaces;
  /** Where the changes go that no watcher told of. */
  readonly missed: MissedChanges;
  /**
   * Takes a file that changed, for how long it has not been written, in milliseconds, and whether it
   * was written in place since the last hint or look; or a directory that can't be listed any more.
   */
  onChange(changed: { readonly path: string }, quietForMs: number, isWrittenOver: boolean): void;
}

/** One look at many things. */
export interface Look {
  readonly moment: Moment;
  readonly chains: LinkChains;
  /** Whether it is a look beside the watchers: what it finds they should have told. */
  readonly isBackstop: boolean;
  /** What no watcher tells of; not known of other looks than those. */
  readonly polled: Polled | undefined;
}

/** Looks at files one by one, and tells of those that are not what they were. */
export class FileLooks {
  readonly #options: FileLooksOptions;
  readonly #places: WatchedPlaces;

  /** Looks at nothing before it is asked. */
  constructor(options: FileLooksOptions) {
    this.#options = options;
    this.#places = options.places;
  }

  /** Begins a look. */
  begin(isBackstop: boolean): Look {
    const { fileSystem, clock } = this.#options;
    return {
      moment: momentOf(clock),
      chains: new LinkChains(fileSystem),
      isBackstop,
      polled: isBackstop ? this.#places.watchers.polled : undefined,
    };
  }

  /** Says whether the file changed; if its stat would not tell, it is told of all the same. */
  at(file: WatchedFile, look: Look, isTwice: boolean): boolean {
    const { files } = this.#places;
    const stat = files.stat(file);
    const isChanged = !isSameStat(stat, file.stat);
    if (!isChanged && !(isTwice && mayHaveChanged(file, look.moment))) return false;
    if (isChanged) {
      // A link on the way may lead elsewhere now; its directory must be watched before the read.
      files.relink(file, look.chains);
      this.#places.sync();
      this.#suspect(file, look);
    }
    this.#tell(file, stat, look, isChanged);
    return isChanged;
  }

  /** Watches what has to be watched by now, and tells of the files that came and went. */
  report(look: Look): void {
    const { files, listings } = this.#places;
    this.#places.watchEntered();
    for (const listing of listings.takeUnread()) this.#options.onChange(listing, 0, false);
    if (!files.hasNews) return;
    const { appeared, vanished } = files.takeNews();
    for (const file of [...appeared, ...vanished]) {
      // One that was hinted at when it vanished does not vanish again, and a link to nothing is none.
      if (file.stat === undefined) continue;
      this.#suspect(file, look);
      this.#tell(file, file.stat, look, true);
    }
  }

  #suspect(file: WatchedFile, { isBackstop, polled }: Look): void {
    if (!isBackstop || polled?.hasFile(file)) return;
    this.#options.missed.found(file.path, file.chain.entries.map(({ directory }) => directory));
  }

  /** Tells of a file: of one that is new or another than before, or of one that may have changed. */
  #tell(file: WatchedFile, stat: FileStat | undefined, { moment }: Look, isNew: boolean): void {
    // Whatever its time says, this very file was written since it was seen, perhaps just now: the
    // system sets the time of one that is emptied later than its size, tools keep old times, and a
    // server has a clock of its own.
    const isWritten = stat?.inode === file.stat?.inode && !isSameStat(stat, file.stat);
    let quietForMs = stat === undefined || isWritten ? 0 : moment.wallTime - stat.mtimeMs;
    // One that was not there when it was last looked for may be written still.
    if (isNew && stat !== undefined) quietForMs -= roundedMs(stat);
    const isWrittenOver = isWritten && !isSameContent(stat, file.stat);
    noteLook(file, stat, moment);
    this.#options.onChange(file, Math.max(0, quietForMs), isWrittenOver);
  }
}
