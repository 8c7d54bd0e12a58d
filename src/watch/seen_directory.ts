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

interface Verified {
  /** When, in the clock's milliseconds. */
  readonly at: number;
  /** Time of the directory's last change, in milliseconds since 1970. */
  readonly mtimeMs: number;
}

interface Listed {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  readonly mtimeMs: number;
  readonly hasLinks: boolean;
}

/** How a directory was found at the last look. */
export class SeenDirectory {
  #listed: Listed | undefined;
  #verified: Verified = { at: -Infinity, mtimeMs: NaN };

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

  /** Whether it was not verified just now. */
  isToBeVerified(now: number): boolean {
    return now - this.#verified.at >= VERIFY_MS;
  }

  /** Remembers that it was verified. */
  noteVerified(verified: Verified): void {
    this.#verified = verified;
  }

  /** A change that nobody told of after it was seen, the last news being of `heardAt`. */
  untoldChange(now: number, heardAt: number): number | undefined {
    const { at, mtimeMs } = this.#verified;
    // Deno does not tell of a link that comes and leads out of the directory.
    const isUntold = !this.#listed?.hasLinks && mtimeMs > heardAt && now - at > LATE_MS;
    return isUntold ? mtimeMs : undefined;
  }
}
