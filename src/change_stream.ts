/**
 * Changes as an async iterator that holds one change at most.
 *
 * @module
 */

/**
 * An iterator over what is pushed. It keeps only the newest value that was not taken, so that a slow
 * consumer skips and never piles up.
 */
export class ChangeStream<C> implements AsyncIterableIterator<C> {
  readonly #onEnd: () => void;
  #slot: { readonly change: C } | undefined;
  #waiting: PromiseWithResolvers<IteratorResult<C, undefined>>[] = [];
  #isEnded = false;
  /** Why it ended, until somebody was told. */
  #failure: { readonly reason: unknown } | undefined;

  /** Creates a stream; `onEnd` is called once when it ends. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** Offers a change. */
  push(change: C): void {
    if (this.#isEnded) return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#slot = { change };
    else waiting.resolve({ done: false, value: change });
  }

  /** Ends the stream quietly; a change that was not taken can still be. */
  close(): void {
    this.#finish((waiting) => waiting.resolve({ done: true, value: undefined }));
  }

  /** Ends the stream: the consumer's `next()` throws `reason`. */
  abort(reason: unknown): void {
    if (this.#isEnded) return;
    this.#slot = undefined;
    if (this.#waiting.length === 0) this.#failure = { reason };
    this.#finish((waiting) => waiting.reject(reason));
  }

  /** The next change; waits for it. */
  next(): Promise<IteratorResult<C, undefined>> {
    const slot = this.#slot;
    if (slot !== undefined) {
      this.#slot = undefined;
      return Promise.resolve({ done: false, value: slot.change });
    }
    if (this.#failure !== undefined) {
      const { reason } = this.#failure;
      this.#failure = undefined;
      return Promise.reject(reason);
    }
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    const waiting = withResolvers<IteratorResult<C, undefined>>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  /** Ends the stream from the consumer's side, as `break` does. */
  return(): Promise<IteratorResult<C, undefined>> {
    this.#slot = undefined;
    this.#failure = undefined;
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** The stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(settle: (waiting: PromiseWithResolvers<IteratorResult<C, undefined>>) => void): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#waiting.splice(0).forEach(settle);
    this.#onEnd();
  }
}

interface PromiseWithResolvers<R> {
  readonly promise: Promise<R>;
  resolve(result: R): void;
  reject(reason: unknown): void;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<R>(): PromiseWithResolvers<R> {
  let resolve!: (result: R) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<R>((onResolved, onRejected) => {
    resolve = onResolved;
    reject = onRejected;
  });
  return { promise, resolve, reject };
}
