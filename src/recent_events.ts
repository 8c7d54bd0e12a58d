/**
 * The last events of a handle.
 *
 * @module
 */

/** A list that holds the newest `size` events. */
export class RecentEvents<E> {
  readonly #size: number;
  #events: E[] = [];

  /** Creates an empty list for at most `size` events. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Adds an event; the oldest leaves when there are too many. */
  push(event: E): void {
    this.#events.push(event);
    if (this.#events.length > this.#size) this.#events.shift();
  }

  /** The events, newest first, at most `limit`. */
  list(limit: number = this.#size): E[] {
    return this.#events.toReversed().slice(0, Math.max(0, limit));
  }
}
