/**
 * A bound on how often something is sent.
 *
 * @module
 */

const MINUTE_MS = 60_000;

/** So many in any minute. */
export class SendingRate {
  readonly #maxPerMinute: number;
  /** When the last ones were sent, oldest first. */
  #sentAt: number[] = [];

  /** Starts with nothing sent. */
  constructor(maxPerMinute: number) {
    this.#maxPerMinute = maxPerMinute;
  }

  /** Time until one more may be sent, in milliseconds; 0 at once. */
  waitMs(now: number): number {
    this.#sentAt = this.#sentAt.filter((sentAt) => sentAt > now - MINUTE_MS);
    return this.#sentAt.length < this.#maxPerMinute ? 0 : this.#sentAt[0]! + MINUTE_MS - now;
  }

  /** One is sent now. */
  note(now: number): void {
    this.#sentAt.push(now);
  }
}
