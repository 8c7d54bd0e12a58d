/**
 * Tells subscribers of the values that a commit changed.
 *
 * @module
 */

import { callContained, type ListenOptions } from "./event_bus.ts";
import { formatPath, getAt, parsePattern, type PathPattern } from "./key_path.ts";
import { type Finding, PathIndex, type PathMatch } from "./path_index.ts";
import type { Commit } from "./revisions.ts";

/** What a subscriber learns beside the values. */
export interface SubscriptionInfo {
  /** Path of the value, with `*` filled in. */
  readonly path: string;
  /** Number of the new snapshot. */
  readonly revision: number;
}

/** Called with the value after and before a commit in which it changed. */
export type Subscriber<V> = (value: V, before: V, info: SubscriptionInfo) => unknown;

interface Subscription {
  readonly name: string;
  /** Subscriptions are called in this order. */
  readonly number: number;
  readonly isOnce: boolean;
  readonly subscriber: Subscriber<unknown>;
  remove(): void;
}

/** The subscribers of one configuration, called in the order they were added. */
export class Subscriptions {
  #isClosed = false;
  #added = 0;
  readonly #all = new Set<Subscription>();
  readonly #everywhere = new Set<Subscription>();
  readonly #byPath = new PathIndex<Subscription>();
  readonly #onFailed: (subscription: string, error: Error) => void;

  /** Creates a list without subscribers; `onFailed` learns who threw or rejected, and why. */
  constructor(onFailed: (subscription: string, error: Error) => void) {
    this.#onFailed = onFailed;
  }

  /**
   * Adds a subscriber to a path or a pattern, or to every value with `"*"`.
   *
   * @returns Removes the subscriber when disposed.
   * @throws {RangeError} When the text is not a path.
   */
  add(
    path: string,
    subscriber: Subscriber<unknown>,
    { signal, once: isOnce = false }: ListenOptions = {},
  ): Disposable {
    const pattern = path === "*" ? undefined : parsePattern(path);
    if (signal?.aborted || this.#isClosed) return { [Symbol.dispose]: () => {} };
    const remove = () => {
      signal?.removeEventListener("abort", remove);
      if (this.#all.delete(subscription)) this.#unlist(subscription, pattern);
    };
    this.#added += 1;
    const name = `subscribe ${path}`;
    const subscription = { name, number: this.#added, isOnce, subscriber, remove };
    this.#all.add(subscription);
    if (pattern === undefined) this.#everywhere.add(subscription);
    else this.#byPath.add(pattern, subscription);
    signal?.addEventListener("abort", remove, { once: true });
    return { [Symbol.dispose]: remove };
  }

  /**
   * Calls those whom a commit concerns; one that is removed meanwhile is not called any more, one
   * that is added meanwhile not yet.
   */
  publish(commit: Commit<unknown>): void {
    const { before, after, changedPaths } = commit;
    const found = this.#byPath.find(before.value, after.value, changedPaths)
      .concat(this.#findEverywhere(commit))
      .sort((one, other) => one.entry.number - other.entry.number);
    for (const { entry, news } of found) {
      if (!this.#all.has(entry)) continue;
      if ("error" in news) this.#onFailed(entry.name, news.error);
      else this.#call(entry, news, after.revision);
    }
  }

  /** Removes all subscribers and takes no more. */
  close(): void {
    this.#isClosed = true;
    for (const subscription of [...this.#all]) subscription.remove();
  }

  #unlist(subscription: Subscription, pattern: PathPattern | undefined): void {
    if (pattern === undefined) this.#everywhere.delete(subscription);
    else this.#byPath.remove(pattern, subscription);
  }

  #findEverywhere({ before, after, changedPaths }: Commit<unknown>): Finding<Subscription>[] {
    if (this.#everywhere.size === 0) return [];
    const matches = changedPaths
      .map((path) => ({
        path: formatPath(path),
        before: getAt(before.value, path),
        after: getAt(after.value, path),
      }))
      .filter((match) => !Object.is(match.before, match.after));
    return [...this.#everywhere].flatMap((entry) => matches.map((news) => ({ entry, news })));
  }

  #call(subscription: Subscription, { path, before, after }: PathMatch, revision: number): void {
    const { name, isOnce, subscriber, remove } = subscription;
    if (isOnce) remove();
    callContained(
      () => subscriber(after, before, { path, revision }),
      (error) => this.#onFailed(name, error),
    );
  }
}
