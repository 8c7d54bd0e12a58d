/**
 * A value that stays the same for a piece of work and all that it awaits.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";

/** Pins values to pieces of work. */
export class Pin<V> {
  /** Made when it is first used, as it makes every promise of a process on Node 20 slower. */
  #storage: AsyncLocalStorage<V | undefined> | undefined;

  /** The value that is pinned to the work this is called from. */
  get current(): V | undefined {
    return this.#storage?.getStore();
  }

  /** Runs `work` with `value` pinned to it. */
  run<R>(value: V, work: (value: V) => R): R {
    this.#storage ??= new AsyncLocalStorage();
    return this.#storage.run(value, work, value);
  }

  /** Runs `work` with nothing pinned. */
  exit<R>(work: () => R): R {
    return this.#storage === undefined ? work() : this.#storage.run(undefined, work);
  }
}
