/**
 * All components take a new configuration, or none does.
 *
 * @module
 */

import type { Component } from "./component.ts";
import {
  type Attached,
  ComponentSteps,
  type ComponentStepsOptions,
  takeAgain,
} from "./component_steps.ts";
import type { ComponentError } from "./errors.ts";
import type { ReloadCause } from "./events.ts";
import { freezeShared } from "./freeze.ts";

/** A component's way through one transaction. */
interface Turn<T> {
  readonly attached: Attached<T>;
  readonly next: unknown;
  readonly given: AbortController;
  /** Whether it is being attached: there is nothing it could go back to. */
  readonly isNew: boolean;
  prepared: unknown;
}

const DEADLINE_MS = 5000;

/** The components of one configuration, in the order they were attached. */
export class Components<T> {
  readonly #options: ComponentStepsOptions;
  readonly #steps: ComponentSteps;
  #attached: readonly Attached<T>[] = [];
  /** Aborting it ends what is being prepared. */
  #preparing: AbortController | undefined;
  #closed: Error | undefined;
  #isChanging = false;

  /** Creates a list without components. */
  constructor(options: ComponentStepsOptions) {
    this.#options = options;
    this.#steps = new ComponentSteps(options);
  }

  /** Names of the components, in order. */
  get names(): readonly string[] {
    return this.#attached.map(({ name }) => name);
  }

  /** Why components may run on something else than the current snapshot. */
  get doubts(): readonly ComponentError[] {
    return this.#attached.flatMap(({ doubt }) => doubt ?? []);
  }

  /** Whether components commit or undo, so that nobody knows yet what they will run on. */
  get isChanging(): boolean {
    return this.#isChanging;
  }

  /** The step whose code runs at this moment, up to its first `await`. */
  get calling(): string | undefined {
    return this.#steps.calling;
  }

  /**
   * Attaches a component after the others: it prepares and commits `value`. When it fails it is not
   * attached.
   *
   * @returns Detaches it, and gives whether it was attached until then. It is told nothing, but that
   * what it prepared is given up.
   * @throws {ComponentError} When it fails.
   * @throws {RangeError} When there is one of that name.
   */
  async add(component: Component<T, unknown, unknown>, value: T): Promise<() => boolean> {
    const { name, deadlineMs = DEADLINE_MS } = component;
    if (this.names.includes(name)) {
      throw new RangeError(
        `Cannot attach the component ${JSON.stringify(name)}: there is one of that name`,
      );
    }
    const attached: Attached<T> = {
      component,
      name,
      deadlineMs,
      isAttached: false,
      part: undefined,
      doubt: undefined,
    };
    const failure = await this.#take([attached], value, undefined, () => {
      attached.isAttached = true;
      this.#attached = [...this.#attached, attached];
    });
    if (failure !== undefined) throw failure;
    // Not the component: it may be attached again by then.
    return () => this.#remove(attached);
  }

  /**
   * Lets all components take `value`, and calls `accept` in the turn in which the last one took it;
   * or none takes it.
   *
   * @returns What refused it.
   */
  async take(
    value: T,
    cause: ReloadCause,
    accept: () => void,
  ): Promise<ComponentError | undefined> {
    return await this.#take(this.#attached, value, cause, accept);
  }

  /** Lets nobody prepare any more, for this reason. What is being committed goes on. */
  close(reason: Error): void {
    this.#closed = reason;
    this.#preparing?.abort(reason);
  }

  #remove(attached: Attached<T>): boolean {
    const { isAttached } = attached;
    attached.isAttached = false;
    this.#attached = this.#attached.filter((each) => each !== attached);
    return isAttached;
  }

  async #take(
    attached: readonly Attached<T>[],
    value: T,
    cause: ReloadCause | undefined,
    accept: () => void,
  ): Promise<ComponentError | undefined> {
    const onFailed = (failure: ComponentError) => this.#options.onFailed(failure, cause);
    const turns: Turn<T>[] = [];
    try {
      for (const each of attached) turns.push(...this.#turnOf(each, value));
      await this.#prepare(turns);
    } catch (error) {
      return refuse(turns, error as ComponentError, onFailed);
    }
    this.#isChanging = true;
    for (const [index, turn] of turns.entries()) {
      if (this.#isDetached(turn)) {
        turn.given.abort(new Error("it was detached"));
        continue;
      }
      try {
        // No turn of the event loop passes between those that are not asynchronous.
        const result = this.#commit(turn);
        if (result !== undefined) await result;
      } catch (error) {
        const failure = refuse(turns.slice(index + 1), error as ComponentError, onFailed);
        await this.#undo(turns.slice(0, index + 1).reverse(), failure, onFailed);
        this.#isChanging = false;
        return failure;
      }
    }
    this.#isChanging = false;
    for (const { attached, next } of turns) attached.part = next;
    accept();
    return undefined;
  }

  /** The component's turn; none, when its part does not change. */
  #turnOf(attached: Attached<T>, value: T): Turn<T>[] {
    const { component, name, part, doubt } = attached;
    let next: unknown;
    try {
      // The whole is frozen, and shares what did not change; a copy would take as long as all of it.
      next = component.select === undefined ? value : freezeShared(part, component.select(value));
    } catch (thrown) {
      throw this.#steps.failureOf(name, "select", thrown);
    }
    const isNew = !attached.isAttached;
    return isNew || doubt !== undefined || !Object.is(next, part)
      ? [{ attached, next, given: new AbortController(), isNew, prepared: undefined }]
      : [];
  }

  #isDetached({ attached, isNew }: Turn<T>): boolean {
    return !isNew && !attached.isAttached;
  }

  /** @throws {ComponentError} The first failure, when all are done. */
  async #prepare(turns: readonly Turn<T>[]): Promise<void> {
    const preparing = turns.filter(({ attached }) => attached.component.prepare !== undefined);
    if (preparing.length === 0) return;
    const all = this.#preparing = new AbortController();
    if (this.#closed !== undefined) all.abort(this.#closed);
    let first: ComponentError | undefined;
    await Promise.all(preparing.map(async (turn) => {
      // Who is not asked can't miss that it is given up.
      if (all.signal.aborted) return;
      const { attached, next, given } = turn;
      const { component, part } = attached;
      const giveUp = () => given.abort(all.signal.reason);
      all.signal.addEventListener("abort", giveUp, { once: true });
      try {
        turn.prepared = await this.#steps.call(
          attached,
          "prepare",
          given,
          () => component.prepare!(next, { before: part, signal: given.signal }),
        );
      } catch (error) {
        first ??= error as ComponentError;
        all.abort(first);
      } finally {
        all.signal.removeEventListener("abort", giveUp);
      }
    }));
    this.#preparing = undefined;
    if (all.signal.aborted) {
      throw first ??
        this.#steps.failureOf(turns[0]!.attached.name, "prepare", all.signal.reason);
    }
  }

  #commit({ attached, next, given, prepared }: Turn<T>): Promise<unknown> | undefined {
    const { component, part } = attached;
    const { signal } = given;
    // What is late of an earlier change may come to its end from now on.
    attached.doubt = undefined;
    return this.#steps.call(
      attached,
      "commit",
      given,
      () => component.commit(next, { before: part, prepared, signal }),
    );
  }

  /** Nor does a turn of the event loop pass between these, while they are not asynchronous. */
  async #undo(
    turns: readonly Turn<T>[],
    failure: ComponentError,
    onFailed: (error: ComponentError) => void,
  ): Promise<void> {
    for (const turn of turns) {
      const { attached, given, isNew } = turn;
      const undoing = new AbortController();
      try {
        const result = isNew || this.#isDetached(turn) ? undefined : this.#undoOne(turn, undoing);
        if (result !== undefined) await result;
      } catch (error) {
        attached.doubt = error as ComponentError;
        onFailed(attached.doubt);
        // Without an undo of its own, it may have prepared what nobody would ever let go.
        undoing.abort(error);
      }
      // Not before: until then it runs on what it prepared.
      given.abort(failure);
    }
  }

  #undoOne(
    { attached, next, prepared }: Turn<T>,
    undoing: AbortController,
  ): Promise<unknown> | undefined {
    const { component, part } = attached;
    const { signal } = undoing;
    attached.doubt = undefined;
    return this.#steps.call(
      attached,
      "undo",
      undoing,
      () =>
        component.undo === undefined
          ? takeAgain(component, part, { before: next, signal })
          : component.undo(part, { failed: next, prepared, signal }),
    );
  }
}

/** Tells the components that the change is given up, and of what refused it. */
function refuse(
  turns: readonly { readonly given: AbortController }[],
  failure: ComponentError,
  onFailed: (error: ComponentError) => void,
): ComponentError {
  for (const { given } of turns) given.abort(failure);
  onFailed(failure);
  return failure;
}
