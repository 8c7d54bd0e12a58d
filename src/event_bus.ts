/**
 * Hands events to handlers; nothing a handler does can hurt the others or the sender.
 *
 * @module
 */

import { toError } from "./to_error.ts";

/** Options of a listener. */
export interface ListenOptions {
  /** Removes the listener when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Whether to remove the listener after its first call. @default {false} */
  readonly once?: boolean;
}

/** Takes an event; may be asynchronous, nobody waits for it. */
export type Handler<E> = (event: E) => unknown;

/** Called when a handler threw or rejected, with the event it was given. */
export type HandlerFailed<E> = (listener: string, error: Error, event: E) => void;

interface Listener<E> {
  readonly name: string;
  readonly handler: Handler<E>;
  remove(): void;
}

/** A list of handlers, called in the order they were added. */
export class EventBus<E> {
  #isClosed = false;
  readonly #listeners = new Set<Listener<E>>();
  /** What handlers emitted, until all were told of what is before it. */
  readonly #waiting: E[] = [];
  #isTelling = false;
  readonly #onFailed: HandlerFailed<E>;

  /** Creates a bus without handlers. */
  constructor(onFailed: HandlerFailed<E>) {
    this.#onFailed = onFailed;
  }

  /**
   * Adds a handler.
   *
   * @param name What it listens to, for the event that tells of its failure.
   * @returns Removes the handler when disposed.
   */
  add(
    name: string,
    handler: Handler<E>,
    { signal }: Pick<ListenOptions, "signal"> = {},
  ): Disposable {
    if (signal?.aborted || this.#isClosed) return { [Symbol.dispose]: () => {} };
    const remove = () => {
      this.#listeners.delete(listener);
      signal?.removeEventListener("abort", remove);
    };
    const listener: Listener<E> = { name, handler, remove };
    this.#listeners.add(listener);
    signal?.addEventListener("abort", remove, { once: true });
    return { [Symbol.dispose]: remove };
  }

  /** Adds a handler for the events of one type, or for every event with `"*"`. */
  addFor(
    this: EventBus<E & { readonly type: string }>,
    type: string,
    handler: Handler<E>,
    { signal, once = false }: ListenOptions = {},
  ): Disposable {
    const subscription = this.add(type, (event) => {
      if (type !== "*" && event.type !== type) return;
      if (once) subscription[Symbol.dispose]();
      return handler(event);
    }, { signal });
    return subscription;
  }

  /**
   * Calls every handler with `event`; one that was removed meanwhile is not called. What a handler
   * emits comes after it, so that all hear of everything in the same order.
   */
  emit(event: E): void {
    this.#waiting.push(event);
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      while (this.#waiting.length > 0) this.#tell(this.#waiting.shift()!);
    } finally {
      this.#isTelling = false;
    }
  }

  #tell(event: E): void {
    for (const listener of [...this.#listeners]) {
      if (!this.#listeners.has(listener)) continue;
      callContained(
        () => listener.handler(event),
        (error) => this.#onFailed(listener.name, error, event),
      );
    }
  }

  /** Removes all handlers and takes no more. */
  close(): void {
    this.#isClosed = true;
    for (const listener of [...this.#listeners]) listener.remove();
  }
}

/** Calls `run`; what it throws, now or later, goes to `onFailed`. */
export function callContained(run: () => unknown, onFailed: (error: Error) => void): void {
  const fail = (error: unknown) => onFailed(toError(error));
  try {
    const result = run();
    if (result instanceof Promise) result.catch(fail);
  } catch (error) {
    fail(error);
  }
}
