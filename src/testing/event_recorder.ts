/**
 * Keeps the events of a handle for a test to look at, and waits for the next one.
 *
 * @module
 */

import { type Clock, systemClock } from "../clock.ts";
import type { ConfigEvent, FilesEvent } from "../events.ts";
import { formatIssue, type Issue } from "../issue.ts";
import type { LiveConfig } from "../live_config.ts";
import { checkNumber, LONGEST_TIMER_MS } from "../option_checks.ts";
import type { LiveFiles } from "../watch_files.ts";
import { letPass, ManualClock } from "./manual_clock.ts";

/** Options of {@linkcode recordEvents}. */
export interface RecordEventsOptions {
  /**
   * Time for {@linkcode EventRecorder.next}. A {@linkcode ManualClock} goes on by itself while an
   * event is waited for. @default {the system's}
   */
  readonly clock?: Clock;
}

/** Options of {@linkcode EventRecorder.next}. */
export interface NextEventOptions {
  /** How long to wait at most, in milliseconds. @default {5000} */
  readonly withinMs?: number;
}

interface Waiter<E> {
  readonly type: string;
  event?: E;
  wake(): void;
}

/** The events of a handle, from {@linkcode recordEvents}. */
export class EventRecorder<E extends { readonly type: string }> implements Disposable {
  readonly #clock: Clock;
  readonly #events: E[] = [];
  readonly #waiters = new Set<Waiter<E>>();
  /** So many events were given by {@linkcode EventRecorder.next}, or passed over by it. */
  #given = 0;
  #isDisposed = false;
  readonly #subscription: Disposable;

  /** @ignore Use {@linkcode recordEvents}. */
  constructor(clock: Clock, listen: (handler: (event: E) => void) => Disposable) {
    this.#clock = clock;
    this.#subscription = listen((event) => this.#record(event));
  }

  /** All events since the recorder was made, oldest first. */
  get events(): readonly E[] {
    return this.#events;
  }

  /** Their types, in order. */
  get types(): readonly E["type"][] {
    return this.#events.map(({ type }) => type);
  }

  /** Those of one type, oldest first. */
  ofType<Type extends E["type"]>(type: Type): readonly Extract<E, { readonly type: Type }>[] {
    return this.#events.filter((event) => event.type === type) as Extract<
      E,
      { readonly type: Type }
    >[];
  }

  /**
   * The next event of a type, after the one that was given last; it may have come already.
   *
   * @throws {Error} When none comes in time, or the recorder is disposed; says what came instead.
   * @throws {RangeError} When `withinMs` is out of range.
   */
  async next<Type extends E["type"]>(
    type: Type,
    { withinMs = 5000 }: NextEventOptions = {},
  ): Promise<Extract<E, { readonly type: Type }>> {
    checkNumber("withinMs", withinMs, 0, LONGEST_TIMER_MS);
    const index = this.#events.findIndex((event, at) => at >= this.#given && event.type === type);
    if (index >= 0) {
      this.#given = index + 1;
      return this.#events[index] as Extract<E, { readonly type: Type }>;
    }
    const waiter: Waiter<E> = { type, wake: () => {} };
    this.#waiters.add(waiter);
    try {
      await this.#wait(waiter, withinMs);
    } finally {
      this.#waiters.delete(waiter);
    }
    if (waiter.event !== undefined) return waiter.event as Extract<E, { readonly type: Type }>;
    const limit = this.#isDisposed ? "the recorder was disposed" : `not within ${withinMs} ms`;
    const came = this.#events.slice(this.#given).map(describe).join(", ");
    throw new Error(`Cannot see ${type}, ${limit}: there came ${came || "no event at all"}`);
  }

  /** Forgets what was recorded; what is waited for is waited for still. */
  clear(): void {
    this.#events.length = 0;
    this.#given = 0;
  }

  /** Records no more, and lets nobody wait. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#subscription[Symbol.dispose]();
    for (const waiter of this.#waiters) waiter.wake();
  }

  #record(event: E): void {
    this.#events.push(event);
    const waiter = [...this.#waiters].find(({ type }) => type === event.type);
    if (waiter === undefined) return;
    this.#waiters.delete(waiter);
    this.#given = this.#events.length;
    waiter.event = event;
    waiter.wake();
  }

  async #wait(waiter: Waiter<E>, withinMs: number): Promise<void> {
    const isOver = () => this.#isDisposed || waiter.event !== undefined;
    if (isOver()) return;
    if (this.#clock instanceof ManualClock) {
      await letPass(this.#clock, isOver, withinMs);
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = this.#clock.schedule(withinMs, resolve);
      waiter.wake = () => {
        timer[Symbol.dispose]();
        resolve();
      };
    });
  }
}

/**
 * Records the events of a configuration, or of watched files, for a test to look at.
 *
 * @example
 * ```ts
 * import { watchConfig } from "hotconf";
 * import { createMemoryRuntime, recordEvents } from "hotconf/testing";
 *
 * const runtime = createMemoryRuntime();
 * runtime.files.write("/app.yaml", "port: 1\n");
 * await using config = await watchConfig({ sources: ["/app.yaml"], runtime });
 * using recorded = recordEvents(config, runtime);
 *
 * runtime.files.writeAtomically("/app.yaml", "port: [\n");
 * const { error } = await recorded.next("reloadFailed"); // no sleep: the clock goes on by itself
 * console.log(error.message, recorded.types);
 * ```
 */
export function recordEvents<T>(
  handle: LiveConfig<T>,
  options?: RecordEventsOptions,
): EventRecorder<ConfigEvent>;
/** Records the events of watched files, in the same way. */
export function recordEvents(
  handle: LiveFiles,
  options?: RecordEventsOptions,
): EventRecorder<FilesEvent>;
export function recordEvents<T>(
  handle: LiveConfig<T> | LiveFiles,
  { clock = systemClock }: RecordEventsOptions = {},
): EventRecorder<ConfigEvent> | EventRecorder<FilesEvent> {
  // Both have `on()`; only the events differ.
  const config = handle as LiveConfig<T>;
  return new EventRecorder<ConfigEvent>(clock, (handler) => config.on("*", handler));
}

/** An event as a message names it, with why something failed. */
function describe(event: { readonly type: string }): string {
  const { type, error, issues } = event as {
    readonly type: string;
    readonly error?: Error;
    readonly issues?: readonly Issue[];
  };
  const why = error?.message ?? issues?.map(formatIssue).join("; ");
  return why === undefined ? type : `${type} (${why})`;
}
