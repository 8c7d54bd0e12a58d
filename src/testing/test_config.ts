/**
 * A configuration for the tests of what uses one: a value in memory and a clock that stands still.
 *
 * @module
 */

import { ClosedError } from "../errors.ts";
import type { ConfigEvent } from "../events.ts";
import type { LiveConfig } from "../live_config.ts";
import { mergeLayers } from "../merge.ts";
import type { WatchConfigOptions } from "../options.ts";
import type { ReloadOutcome } from "../outcome.ts";
import type { StandardSchema } from "../standard_schema.ts";
import { toError } from "../to_error.ts";
import type { Leaf } from "../typed_path.ts";
import { watchConfig } from "../watch_config.ts";
import { type EventRecorder, recordEvents } from "./event_recorder.ts";
import { letPass, LONGEST_MS, type ManualClock } from "./manual_clock.ts";
import { createMemoryRuntime, type MemoryRuntime } from "./memory_runtime.ts";
import { createTestSource, type TestContent, type TestSource } from "./test_source.ts";

/** Options of {@linkcode createTestConfig}: those of `watchConfig`, without files. */
export type TestConfigOptions<T> = Omit<WatchConfigOptions<T>, "sources" | "runtime">;

/** A schema that says what it takes. */
export interface SchemaFor<Input, T> {
  /** What the Standard Schema specification defines. */
  readonly "~standard": StandardSchema<T>["~standard"] & {
    readonly types?: { readonly input: Input; readonly output: T } | undefined;
  };
}

/** Part of a value: of objects any keys, anything else whole. */
export type Patch<T> = T extends Leaf | readonly unknown[] ? T
  : { readonly [Key in keyof T]?: Patch<T[Key]> };

/** Parts of a {@linkcode TestConfig}. */
export interface TestConfigParts<T> {
  readonly config: LiveConfig<T>;
  readonly runtime: MemoryRuntime;
  readonly source: TestSource;
}

/** A configuration whose value a test sets; get one from {@linkcode createTestConfig}. */
export class TestConfig<T, Input = T> implements AsyncDisposable {
  /** The configuration, as `watchConfig` gives it: what is tested takes this. */
  readonly config: LiveConfig<T>;
  /** What it runs on: its environment variables, its files, its time. */
  readonly runtime: MemoryRuntime;
  /** All events since the first load. */
  readonly recorded: EventRecorder<ConfigEvent>;
  readonly #source: TestSource;
  /** The save under way. */
  #saving: Promise<unknown> = Promise.resolve();

  /** @ignore Use {@linkcode createTestConfig}. */
  constructor({ config, runtime, source }: TestConfigParts<T>) {
    this.config = config;
    this.runtime = runtime;
    this.#source = source;
    this.recorded = recordEvents(config, runtime);
  }

  /** The clock: deadlines, retries and whatever else takes time wait for it. */
  get clock(): ManualClock {
    return this.runtime.clock;
  }

  /**
   * Saves a value, after those that were saved before. Once the answer is there it was committed or
   * refused, and all were told; while the configuration is paused it is `unchanged`, and waits.
   *
   * What takes time, such as a component that hangs until its deadline, needs the clock: begin, let
   * the time pass, and await the answer then.
   *
   * @throws {ClosedError} When the configuration is closed.
   */
  set(value: Input): Promise<ReloadOutcome> {
    return this.#save(() => ({ value: value as object }));
  }

  /** Saves the value with some of it replaced: objects key by key, anything else whole. */
  patch(part: Patch<Input>): Promise<ReloadOutcome> {
    return this.#save(({ value }) => ({ value: mergeLayers([value, part]) as object }));
  }

  /** Saves something that is refused with an issue, whatever the value: `validationFailed`. */
  refuse(message: string = "the test refuses it"): Promise<ReloadOutcome> {
    return this.#save(({ value }) => ({ value, refusal: message }));
  }

  /** Makes the source one that can't be read, until the next save: `reloadFailed`. */
  fail(reason: string | Error = "the test makes it fail"): Promise<ReloadOutcome> {
    return this.#save(({ value }) => ({ value, failure: toError(reason) }));
  }

  /** Closes the configuration; the time passes that what hangs has left. */
  async [Symbol.asyncDispose](): Promise<void> {
    let isClosed = false;
    const closing = this.config.close().then(() => isClosed = true);
    // A test that failed in between says why, and does not wait for what it did not get to.
    await letPass(this.clock, () => isClosed, LONGEST_MS);
    await closing;
    this.recorded[Symbol.dispose]();
  }

  /** Saves one after the other: each answer is that of its own save. */
  #save(change: (content: TestContent) => TestContent): Promise<ReloadOutcome> {
    const saved = this.#saving.then(() => this.#saveAlone(change));
    this.#saving = saved.catch(() => {});
    return saved;
  }

  async #saveAlone(change: (content: TestContent) => TestContent): Promise<ReloadOutcome> {
    if (this.config.isClosed) throw new ClosedError("save a value");
    // What comes while sources are read waits for a quiet time.
    await this.config.idle();
    const events: ConfigEvent[] = [];
    const listening = this.config.on("*", (event) => events.push(event));
    this.#source.set(change(this.#source.content));
    await this.config.idle();
    await this.#letBeRead();
    listening[Symbol.dispose]();
    return outcomeOf(events, this.config.revision);
  }

  /** Beside other sources, or after fifty saves in a second, it is held back: lets the time pass. */
  async #letBeRead(): Promise<void> {
    const isOver = () => this.#source.isRead || this.config.isPaused || this.config.isClosed;
    if (isOver()) return;
    await letPass(this.clock, isOver, LONGEST_MS);
    await this.config.idle();
  }
}

/**
 * A configuration over a value in memory, for the tests of components, subscribers and services: the
 * real thing, with schema, validators, guards, components and history, but without files and with a
 * clock that stands still.
 *
 * @param value What it holds at first; with a schema, what the schema takes.
 * @throws {ValidationError} When the schema or a validator refuses the value.
 * @throws {RangeError} When an option is out of range.
 * @example
 * ```ts
 * import { createTestConfig } from "hotconf/testing";
 *
 * await using test = await createTestConfig({ server: { host: "localhost", port: 8080 } });
 * test.config.subscribe("server.port", (port) => console.log("now on", port));
 *
 * await test.set({ server: { host: "localhost", port: 9090 } }); // now on 9090
 * await test.patch({ server: { port: 7070 } }); // now on 7070
 * const { status } = await test.refuse("no such port");
 * console.log(status, test.config.current.server.port, test.recorded.types);
 * ```
 */
export function createTestConfig<Input, T>(
  value: NoInfer<Input>,
  options: TestConfigOptions<T> & { readonly schema: SchemaFor<Input, T> },
): Promise<TestConfig<T, Input>>;
/** The same without a schema: the configuration is of the value's type. */
export function createTestConfig<T extends object>(
  value: T,
  options?: TestConfigOptions<T>,
): Promise<TestConfig<T>>;
export async function createTestConfig<T>(
  value: object,
  { validators = [], ...options }: TestConfigOptions<T> = {},
): Promise<TestConfig<T, never>> {
  const runtime = createMemoryRuntime();
  const source = createTestSource(value);
  const refusals = () => {
    const { refusal } = source.content;
    return refusal === undefined ? [] : [{ message: refusal }];
  };
  const config = await watchConfig<T>({
    ...options,
    validators: [refusals, ...validators],
    sources: [source],
    runtime,
  });
  return new TestConfig({ config, runtime, source });
}

/** What came of a save, by the events that tell of it. */
function outcomeOf(events: readonly ConfigEvent[], revision: number): ReloadOutcome {
  for (const event of events) {
    if (event.type === "rolledBack" && event.reason !== undefined) {
      return { status: "rejected", revision, error: new Error(event.reason) };
    }
  }
  for (const event of events) {
    if (event.type === "reloadSucceeded") {
      return { status: "committed", revision: event.revision, changes: event.changes };
    }
    if (event.type === "validationFailed") {
      return { status: "rejected", revision, issues: event.issues };
    }
    if (event.type === "reloadFailed") {
      return { status: "rejected", revision, error: event.error };
    }
  }
  return { status: "unchanged", revision };
}
