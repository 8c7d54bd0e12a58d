/**
 * All components take a new configuration, or none does.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { Component } from "./component.ts";
import { ComponentError, type ComponentStepName, toError } from "./errors.ts";
import { freezeShared } from "./freeze.ts";

type AnyComponent<T> = Component<T, unknown, unknown>;

/** A component, and what it runs on. */
interface Attached<T> {
  readonly component: AnyComponent<T>;
  part: unknown;
  /** Why it may run on something else; absent while it is known to run on `part`. */
  doubt: ComponentError | undefined;
}

/** A component's way through one transaction. */
interface Turn<T> {
  readonly attached: Attached<T>;
  readonly next: unknown;
  readonly given: AbortController;
  prepared: unknown;
}

/** Options of {@linkcode Components}. */
export interface ComponentsOptions {
  readonly clock: Clock;
  /** Told of each failure: of what refused the change, and of what could not be undone. */
  onFailed(error: ComponentError): void;
  /** What a component threw, without secrets. */
  withoutSecrets(error: Error): Error;
}

const DEADLINE_MS = 5000;

/** The components of one configuration, in the order they were attached. */
export class Components<T> {
  readonly #options: ComponentsOptions;
  #attached: readonly Attached<T>[] = [];
  /** Aborting it ends what is being prepared. */
  #preparing: AbortController | undefined;
  #calling: string | undefined;

  /** Creates a list without components. */
  constructor(options: ComponentsOptions) {
    this.#options = options;
  }

  /** Names of the components, in order. */
  get names(): readonly string[] {
    return this.#attached.map(({ component }) => component.name);
  }

  /** Why components may run on something else than the current snapshot. */
  get doubts(): readonly ComponentError[] {
    return this.#attached.flatMap(({ doubt }) => doubt ?? []);
  }

  /** The step whose code runs at this moment, up to its first `await`. */
  get calling(): string | undefined {
    return this.#calling;
  }

  /**
   * Attaches a component after the others: it prepares and commits `value`. When it fails it is not
   * attached.
   *
   * @throws {ComponentError} When it fails.
   * @throws {RangeError} When there is one of that name.
   */
  async add(component: AnyComponent<T>, value: T): Promise<void> {
    const { name } = component;
    if (this.#attached.some((attached) => attached.component.name === name)) {
      throw new RangeError(
        `Cannot attach the component ${JSON.stringify(name)}: there is one of that name`,
      );
    }
    const attached = { component, part: undefined, doubt: undefined };
    const failure = await this.#take([attached], value, () => {
      this.#attached = [...this.#attached, attached];
    });
    if (failure !== undefined) throw failure;
  }

  /** Detaches a component; it is told nothing. */
  remove(component: AnyComponent<T>): void {
    this.#attached = this.#attached.filter((attached) => attached.component !== component);
  }

  /** Whether the component is attached. */
  has(component: AnyComponent<T>): boolean {
    return this.#attached.some((attached) => attached.component === component);
  }

  /**
   * Lets all components take `value`, and calls `accept` in the turn in which the last one took it;
   * or none takes it.
   *
   * @returns What refused it.
   */
  async take(value: T, accept: () => void): Promise<ComponentError | undefined> {
    return await this.#take(this.#attached, value, accept);
  }

  /** Gives up what is being prepared. What is being committed goes on. */
  abort(reason: unknown): void {
    this.#preparing?.abort(reason);
  }

  async #take(
    attached: readonly Attached<T>[],
    value: T,
    accept: () => void,
  ): Promise<ComponentError | undefined> {
    const turns: Turn<T>[] = [];
    try {
      for (const each of attached) turns.push(...this.#turnOf(each, value));
      await this.#prepare(turns);
    } catch (error) {
      return this.#refuse(turns, error as ComponentError);
    }
    for (const [index, turn] of turns.entries()) {
      try {
        // No turn of the event loop passes between those that are not asynchronous.
        const result = this.#commit(turn);
        if (result !== undefined) await result;
      } catch (error) {
        const failure = this.#refuse(turns, error as ComponentError);
        await this.#undo(turns.slice(0, index + 1).reverse());
        return failure;
      }
    }
    for (const { attached, next } of turns) {
      attached.part = next;
      attached.doubt = undefined;
    }
    accept();
    return undefined;
  }

  /** The component's turn; none, when its part does not change. */
  #turnOf(attached: Attached<T>, value: T): Turn<T>[] {
    const { component, part, doubt } = attached;
    let next: unknown;
    try {
      const chosen = component.select === undefined ? value : component.select(value);
      next = freezeShared(part, chosen);
    } catch (thrown) {
      throw this.#failureOf(component.name, "select", thrown);
    }
    const isConcerned = !this.#attached.includes(attached) || doubt !== undefined ||
      !Object.is(next, part);
    return isConcerned
      ? [{ attached, next, given: new AbortController(), prepared: undefined }]
      : [];
  }

  /** @throws {ComponentError} The first failure, when all are done. */
  async #prepare(turns: readonly Turn<T>[]): Promise<void> {
    const preparing = turns.filter(({ attached }) => attached.component.prepare !== undefined);
    if (preparing.length === 0) return;
    const all = this.#preparing = new AbortController();
    let first: ComponentError | undefined;
    await Promise.all(preparing.map(async (turn) => {
      const { attached: { component, part }, next, given } = turn;
      const giveUp = () => given.abort(all.signal.reason);
      all.signal.addEventListener("abort", giveUp, { once: true });
      if (all.signal.aborted) giveUp();
      try {
        turn.prepared = await this.#call(
          component,
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
    if (first !== undefined) throw first;
  }

  #commit({ attached, next, given, prepared }: Turn<T>): Promise<unknown> | undefined {
    const { component, part } = attached;
    const { signal } = given;
    return this.#call(
      component,
      "commit",
      given,
      () => component.commit(next, { before: part, prepared, signal }),
      () => this.#doubt(attached, "commit", "it went on after its deadline"),
    );
  }

  /** Tells the components that the change is given up. */
  #refuse(turns: readonly Turn<T>[], failure: ComponentError): ComponentError {
    for (const { given } of turns) given.abort(failure);
    this.#options.onFailed(failure);
    return failure;
  }

  async #undo(turns: readonly Turn<T>[]): Promise<void> {
    for (const turn of turns) {
      // What is being attached has nothing to go back to.
      if (!this.#attached.includes(turn.attached)) continue;
      try {
        await this.#undoOne(turn);
      } catch (error) {
        turn.attached.doubt = error as ComponentError;
        this.#options.onFailed(turn.attached.doubt);
      }
    }
  }

  #undoOne({ attached, next, prepared }: Turn<T>): Promise<unknown> | undefined {
    const { component, part } = attached;
    const given = new AbortController();
    const { signal } = given;
    const undo = async () => {
      if (component.undo !== undefined) {
        return await component.undo(part, { failed: next, prepared, signal });
      }
      const step = { before: next, signal };
      const again = await component.prepare?.(part, step);
      await component.commit(part, { ...step, prepared: again });
    };
    return this.#call(component, "undo", given, undo);
  }

  /**
   * Calls a step of a component and waits for it, for its deadline at most.
   *
   * @param onLate Told when it goes on after its deadline as if nothing had happened.
   * @throws {ComponentError} When it fails, at once or later.
   */
  #call(
    component: AnyComponent<T>,
    step: ComponentStepName,
    given: AbortController,
    call: () => unknown,
    onLate?: () => void,
  ): Promise<unknown> | undefined {
    const { name, deadlineMs = DEADLINE_MS } = component;
    let result: unknown;
    this.#calling = `${step} of component ${name}`;
    try {
      result = call();
    } catch (thrown) {
      throw this.#failureOf(name, step, thrown);
    } finally {
      this.#calling = undefined;
    }
    if (!isThenable(result)) return step === "prepare" ? Promise.resolve(result) : undefined;
    return this.#within(deadlineMs, result, { name, step, given, onLate });
  }

  async #within(
    deadlineMs: number,
    result: PromiseLike<unknown>,
    { name, step, given, onLate }: {
      readonly name: string;
      readonly step: ComponentStepName;
      readonly given: AbortController;
      readonly onLate: (() => void) | undefined;
    },
  ): Promise<unknown> {
    let isOver = false;
    let timer: Disposable | undefined;
    let giveUp!: () => void;
    const end = new Promise<never>((_, reject) => {
      giveUp = () => reject(given.signal.reason);
      given.signal.addEventListener("abort", giveUp, { once: true });
      if (given.signal.aborted) giveUp();
      timer = this.#options.clock.schedule(
        deadlineMs,
        () => given.abort(new Error(`it did not finish within ${deadlineMs} ms (deadlineMs)`)),
      );
    });
    const done = Promise.resolve(result);
    done.then(() => isOver && onLate?.(), () => {});
    try {
      return await Promise.race([done, end]);
    } catch (thrown) {
      isOver = true;
      throw this.#failureOf(name, step, thrown);
    } finally {
      timer?.[Symbol.dispose]();
      given.signal.removeEventListener("abort", giveUp);
    }
  }

  #doubt(attached: Attached<T>, step: ComponentStepName, reason: string): void {
    if (!this.#attached.includes(attached)) return;
    attached.doubt = new ComponentError({ component: attached.component.name, step, reason });
    this.#options.onFailed(attached.doubt);
  }

  #failureOf(component: string, step: ComponentStepName, thrown: unknown): ComponentError {
    // Who is given up because of another one has not failed itself.
    if (thrown instanceof ComponentError) return thrown;
    const cause = this.#options.withoutSecrets(toError(thrown));
    return new ComponentError({ component, step, reason: cause.message, cause });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
