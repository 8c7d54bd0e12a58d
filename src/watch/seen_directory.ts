/**
 * What is remembered of a watched directory, so that a look at its time tells enough.
 *
 * @module
 */

import type { FileStat } from "../runtime/file_system.ts";

/** A directory is verified no sooner again, in milliseconds. */
const VERIFY_MS = 500;

/** What follows a change so soon may not show in the directory's time, in milliseconds. */
const RACY_MS = 2_000;

/** What happened so recently may be told of in a moment, in milliseconds. */
const RECENT_MS = 20;

interface Listed {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** Time of the directory's last change, in milliseconds since 1970. */
  readonly mtimeMs: number;
  /** Whether there were links. */
  readonly hasLinks: boolean;
}

/** How a directory was found. */
export class SeenDirectory {
  readonly #inode: string | undefined;
  #listed: Listed | undefined;
  #verifiedAt = -Infinity;

  /** Remembers nothing yet but which directory it is. */
  constructor(stat: FileStat | undefined) {
    this.#inode = stat?.inode;
  }

  /** Whether it was ever listed. */
  get isListed(): boolean {
    return this.#listed !== undefined;
  }

  /** Remembers that it was listed. */
  noteListed(listed: Listed): void {
    this.#listed = listed;
  }

  /** Whether something may have come since it was listed. */
  mayHaveMore({ mtimeMs }: FileStat): boolean {
    const { at = 0, mtimeMs: before } = this.#listed ?? {};
    return mtimeMs !== before || Math.abs(at - mtimeMs) <= RACY_MS;
  }

  /** Begins to verify it, unless that was done just now. */
  beginVerifying(now: number): boolean {
    if (now - this.#verifiedAt < VERIFY_MS) return false;
    this.#verifiedAt = now;
    return true;
  }

  /** Whether its last change should be told of by now: it was not told of until `heardAt`. */
  isUntold({ inode, mtimeMs }: FileStat, heardAt: number, wallTime: number): boolean {
    // Deno does not tell of a link that comes and leads out of the directory.
    if (inode !== this.#inode || this.#listed?.hasLinks) return false;
    // A time in the future says nothing.
    return mtimeMs > heardAt && wallTime - mtimeMs >= RECENT_MS;
  }
}
