/**
 * One watcher for each directory, however many handles watch it.
 *
 * @module
 */

import { Endings } from "./endings.ts";
import { SharedWatch, type WatchTools } from "./shared_watch.ts";
import type { DirectoryWatcher } from "./watcher.ts";

interface Group {
  readonly watches: Map<string, SharedWatch>;
  readonly endings: Endings;
}

/**
 * The directories that the handles of a runtime watch together, with one watcher each: Deno and Bun
 * share what they watch by path, so that a second one would keep the first from being started again.
 */
export class SharedWatches {
  /** By watcher, as a copy of a runtime may have another one. */
  readonly #groups = new WeakMap<DirectoryWatcher, Group>();

  /** @ignore The watch of `directory`, new when nobody watches it. */
  of(directory: string, tools: WatchTools): SharedWatch {
    const { watches, endings } = this.#groupOf(tools.watcher);
    const known = watches.get(directory);
    if (known !== undefined) return known;
    const forget = () => void watches.delete(directory);
    const watch = new SharedWatch(directory, tools, endings, forget);
    watches.set(directory, watch);
    return watch;
  }

  #groupOf(watcher: DirectoryWatcher): Group {
    const known = this.#groups.get(watcher);
    if (known !== undefined) return known;
    const group = { watches: new Map<string, SharedWatch>(), endings: new Endings() };
    this.#groups.set(watcher, group);
    return group;
  }
}
