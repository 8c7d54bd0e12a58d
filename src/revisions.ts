/**
 * How an accepted candidate becomes the current snapshot, with all components or not at all.
 *
 * @module
 */

import { type Changes, findChanges, type Layered } from "./changes.ts";
import { type Clock, isoTime } from "./clock.ts";
import type { KeyOf } from "./diff.ts";
import type { ComponentError } from "./errors.ts";
import type { ReloadCause } from "./events.ts";
import type { Log } from "./log.ts";
import { type Layer, originIn } from "./layers.ts";
import { redactError } from "./redact_error.ts";
import { RevisionStore, type Snapshot } from "./revision_store.ts";
import type { Secrets } from "./secrets.ts";
import { Components } from "./transaction.ts";

/** A commit, as subscribers need it. */
export interface Commit<T> extends Changes {
  readonly before: Snapshot<T>;
  readonly after: Snapshot<T>;
}

/** An accepted candidate. */
export interface Accepted<T> extends Layered {
  readonly value: T;
  readonly layers: readonly Layer[];
  readonly checksum: string;
  readonly cause: ReloadCause;
  /** Revision whose value it has. */
  readonly rolledBackTo?: number;
}

/** Options of {@linkcode Revisions}. */
export interface RevisionsOptions {
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** Tells the items of arrays from each other in changes. @default {their indices} */
  readonly keyOf?: KeyOf | undefined;
  readonly historySize: number;
  /** Whether waiting keeps the process alive. */
  readonly keepAlive: boolean;
  /** Is told of the steps of components. */
  readonly log?: Log | undefined;
  /** Told why a component can't take a candidate, or can't go back. */
  onComponentFailed(error: ComponentError, cause: ReloadCause | undefined): void;
}

/** The snapshots of one configuration, what they were merged from, and who takes them. */
export class Revisions<T> {
  readonly #options: RevisionsOptions;
  /** What each snapshot was merged from; those that do not run any more have lost their places. */
  readonly #layersOf = new WeakMap<Snapshot<T>, readonly Layer[]>();
  /** The secrets of configurations, by what those were merged from. */
  readonly #secretTexts = new WeakMap<readonly Layer[], readonly string[]>();
  #store: RevisionStore<T> | undefined;
  /** The candidate that components take at this moment. */
  #candidate: Accepted<T> | undefined;
  /** The parts of the program that take each snapshot. */
  readonly components: Components<T>;

  /** Creates it without a snapshot. */
  constructor(options: RevisionsOptions) {
    this.#options = options;
    this.components = new Components({
      clock: options.clock,
      keepAlive: options.keepAlive,
      log: options.log,
      onFailed: (error, cause) => options.onComponentFailed(error, cause),
      withoutSecrets: (error) => this.withoutSecrets(error),
    });
  }

  /** Whether there is a snapshot. */
  get isStarted(): boolean {
    return this.#store !== undefined;
  }

  /** The accepted snapshots. */
  get store(): RevisionStore<T> {
    return this.#store!;
  }

  /** The snapshot that runs. */
  get current(): Snapshot<T> {
    return this.store.current;
  }

  /** What the snapshot that runs was merged from, in order. */
  get layers(): readonly Layer[] {
    return this.layersOf(this.current);
  }

  /** What a snapshot was merged from, in order. */
  layersOf(snapshot: Snapshot<T>): readonly Layer[] {
    return this.#layersOf.get(snapshot) ?? [];
  }

  /** Takes the first snapshot. */
  start(first: Accepted<T>): Snapshot<T> {
    const snapshot = Object.freeze({ revision: 1, ...this.#snapshotOf(first) });
    this.#store = new RevisionStore(snapshot, this.#options.historySize);
    this.#layersOf.set(snapshot, first.layers);
    return snapshot;
  }

  /** The current snapshot has these layers now, which give the same value. */
  replaceLayers(layers: readonly Layer[]): void {
    this.#layersOf.set(this.current, layers);
  }

  /**
   * Makes a candidate the current snapshot when all components take it, and calls `onCommit` in the
   * same turn.
   *
   * @returns What refused it.
   */
  async commit(
    accepted: Accepted<T>,
    onCommit: (before: Snapshot<T>, after: Snapshot<T>) => void,
  ): Promise<ComponentError | undefined> {
    this.#candidate = accepted;
    const { value, cause } = accepted;
    return await this.components.take(value, cause, () => {
      const before = this.current;
      const after = this.store.commit(this.#snapshotOf(accepted));
      // Places keep the text and what was parsed of it, and tell of a file that is not so any more.
      this.#layersOf.set(before, this.layersOf(before).map(withoutPlaces));
      this.#layersOf.set(after, accepted.layers);
      onCommit(before, after);
    });
  }

  /** What differs between two configurations. */
  compare(before: Layered, after: Layered): Changes {
    const { secrets, keyOf } = this.#options;
    return findChanges(before, after, secrets, keyOf);
  }

  /** A snapshot and what it was merged from. */
  layered(snapshot: Snapshot<T>): Layered {
    return { value: snapshot.value, layers: this.layersOf(snapshot) };
  }

  /**
   * What somebody else threw, without the secrets of the configurations that are kept, and of the
   * one that was tried last: who is late may quote one that does not run any more.
   */
  withoutSecrets(error: Error): Error {
    const given: Layered[] = this.isStarted
      ? this.store.history.map((snapshot) => this.layered(snapshot))
      : [];
    if (this.#candidate !== undefined) given.push(this.#candidate);
    const texts = new Set(given.flatMap((each) => this.#secretTextsOf(each)));
    return redactError(error, [...texts].sort((a, b) => b.length - a.length));
  }

  #secretTextsOf({ value, layers }: Layered): readonly string[] {
    const known = this.#secretTexts.get(layers);
    if (known !== undefined) return known;
    const texts = this.#options.secrets.textsIn(value, originIn(layers));
    this.#secretTexts.set(layers, texts);
    return texts;
  }

  #snapshotOf(
    { value, checksum, layers, cause, rolledBackTo }: Accepted<T>,
  ): Omit<Snapshot<T>, "revision"> {
    return {
      value,
      checksum,
      at: isoTime(this.#options.clock),
      files: Object.freeze(filesOf(layers)),
      cause,
      ...(rolledBackTo !== undefined && { rolledBackTo }),
    };
  }
}

/** The files, and what else has a text. */
function filesOf(layers: readonly Layer[]): string[] {
  return layers.filter(({ hasText }) => hasText).map(({ file }) => file);
}

function withoutPlaces(layer: Layer): Layer {
  const { value, variableAt } = layer.parsed;
  // Who names a secret variable names a secret, whenever its value comes back.
  return { ...layer, parsed: { value, locate: () => undefined, variableAt } };
}
