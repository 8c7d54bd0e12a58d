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

/** What happened is told of later than it is seen by so much at most, in milliseconds. */
const LATE_MS = 100;

interface Listed {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** Time of the directory's last change, in milliseconds since 1970. */
  readonly mtimeMs: number;
  readonly hasLinks: boolean;
}

interface Change {
  /** When it was seen, in the clock's milliseconds. */
  readonly at: number;
  readonly mtimeMs: number;
}

/** How a directory was found. */
export class SeenDirectory {
  #listed: Listed | undefined;
  #change: Change | undefined;
  #verifiedAt = -Infinity;

  /** Whether it was ever listed. */
  get isListed(): boolean {
    return this.#listed !== undefined;
  }

  /** Whether something may have come since it was listed. */
  mayHaveMore({ mtimeMs }: FileStat): boolean {
    const { at = 0, mtimeMs: before } = this.#listed ?? {};
    return mtimeMs !== before || Math.abs(at - mtimeMs) <= RACY_MS;
  }

  /** Remembers that it was listed. */
  noteListed(listed: Listed): void {
    this.#listed = listed;
  }

  /** Begins to verify it, unless that was done just now. */
  beginVerifying(now: number): boolean {
    if (now - this.#verifiedAt < VERIFY_MS) return false;
    this.#verifiedAt = now;
    return true;
  }

  /** Remembers its last change, if all those before were told of until `heardAt`. */
  noteChange(change: Change, heardAt: number): void {
    if (this.#change === undefined || this.#change.mtimeMs <= heardAt) this.#change = change;
  }

  /** Time of a change that should be told of by now, and is not. */
  untoldChange(now: number, heardAt: number): number | undefined {
    // Deno does not tell of a link that comes and leads out of the directory.
    if (this.#change === undefined || this.#listed?.hasLinks) return undefined;
    const { at, mtimeMs } = this.#change;
    return mtimeMs > heardAt && now - at > LATE_MS ? mtimeMs : undefined;
  }
}
