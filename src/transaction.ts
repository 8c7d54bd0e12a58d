/**
 * All components take a new configuration, or none does.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { Component, ComponentStep } from "./component.ts";
import { ComponentError, type ComponentStepName } from "./errors.ts";
import type { ReloadCause } from "./events.ts";
import { toError } from "./to_error.ts";
import { freezeShared } from "./freeze.ts";
import type { Log } from "./log.ts";

type AnyComponent<T> = Component<T, unknown, unknown>;

/** A component, and what it runs on. */
interface Attached<T> {
  readonly component: AnyComponent<T>;
  readonly name: string;
  readonly deadlineMs: number;
  part: unknown;
  /** Why it may run on something else; absent while it is known to run on `part`. */
  doubt: ComponentError | undefined;
}

/** A component's way through one transaction. */
interface Turn<T> {
  readonly attached: Attached<T>;
  readonly next: unknown;
  readonly given: AbortController;
  /** Whether it is being attached: there is nothing it could go back to. */
  readonly isNew: boolean;
  prepared: unknown;
}

/** Options of {@linkcode Components}. */
export interface ComponentsOptions {
  readonly clock: Clock;
  /** Whether a step that is waited for keeps the process alive. */
  readonly keepAlive: boolean;
  /** Is told of each step. */
  readonly log?: Log | undefined;
  /**
   * Told of each failure: of what refused the change, and of what could not be undone.
   *
   * @param cause Why the change was to be made; absent for who is attached, and who was late.
   */
  onFailed(error: ComponentError, cause?: ReloadCause): void;
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
  #closed: Error | undefined;
  #calling: string | undefined;
  #isChanging = false;

  /** Creates a list without components. */
  constructor(options: ComponentsOptions) {
    this.#options = options;
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
    return this.#calling;
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
  async add(component: AnyComponent<T>, value: T): Promise<() => boolean> {
    const { name, deadlineMs = DEADLINE_MS } = component;
    if (this.names.includes(name)) {
      throw new RangeError(
        `Cannot attach the component ${JSON.stringify(name)}: there is one of that name`,
      );
    }
    const attached = { component, name, deadlineMs, part: undefined, doubt: undefined };
    const failure = await this.#take([attached], value, undefined, () => {
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
    const isAttached = this.#attached.includes(attached);
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
      throw this.#failureOf(name, "select", thrown);
    }
    const isNew = !this.#attached.includes(attached);
    return isNew || doubt !== undefined || !Object.is(next, part)
      ? [{ attached, next, given: new AbortController(), isNew, prepared: undefined }]
      : [];
  }

  #isDetached({ attached, isNew }: Turn<T>): boolean {
    return !isNew && !this.#attached.includes(attached);
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
        turn.prepared = await this.#call(
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
        this.#failureOf(turns[0]!.attached.name, "prepare", all.signal.reason);
    }
  }

  #commit({ attached, next, given, prepared }: Turn<T>): Promise<unknown> | undefined {
    const { component, part } = attached;
    const { signal } = given;
    // What is late of an earlier change may come to its end from now on.
    attached.doubt = undefined;
    return this.#call(
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
    return this.#call(
      attached,
      "undo",
      undoing,
      () =>
        component.undo === undefined
          ? takeAgain(component, part, { before: next, signal })
          : component.undo(part, { failed: next, prepared, signal }),
    );
  }

  /**
   * Calls a step of a component and waits for it, for its deadline at most.
   *
   * @throws {ComponentError} When it fails, at once or later.
   */
  #call(
    attached: Attached<T>,
    step: ComponentStepName,
    given: AbortController,
    call: () => unknown,
  ): Promise<unknown> | undefined {
    const { name } = attached;
    let result: unknown;
    let isPending: boolean;
    this.#options.log?.apply.debug?.("{component}: {step}", { component: name, step });
    this.#calling = `${step} of component ${name}`;
    try {
      result = call();
      isPending = isThenable(result);
    } catch (thrown) {
      throw this.#failureOf(name, step, thrown);
    } finally {
      this.#calling = undefined;
    }
    if (isPending) return this.#within(attached, step, given, result as PromiseLike<unknown>);
    return step === "prepare" ? Promise.resolve(result) : undefined;
  }

  async #within(
    attached: Attached<T>,
    step: ComponentStepName,
    given: AbortController,
    result: PromiseLike<unknown>,
  ): Promise<unknown> {
    const { name, deadlineMs } = attached;
    const { clock, keepAlive } = this.#options;
    const { signal } = given;
    let isOver = false;
    let timer: Disposable | undefined;
    let giveUp!: () => void;
    const end = new Promise<never>((_, reject) => {
      giveUp = () => reject(signal.reason);
      signal.addEventListener("abort", giveUp, { once: true });
      if (signal.aborted) giveUp();
      timer = clock.schedule(
        deadlineMs,
        () => given.abort(new Error(`it did not finish within ${deadlineMs} ms (deadlineMs)`)),
        { keepAlive },
      );
    });
    const done = Promise.resolve(result);
    done.then(
      () => isOver && this.#doubt(attached, step, "it went on after its deadline"),
      (thrown) => {
        // Who stopped because it was told to was stopped before it was undone.
        if (!isOver || isAbort(thrown, signal)) return;
        this.#doubt(attached, step, "it went on after its deadline, and failed");
      },
    );
    try {
      const value = await Promise.race([done, end]);
      // Who ended because of that was late, and has let go what it prepared.
      signal.throwIfAborted();
      return value;
    } catch (thrown) {
      isOver = true;
      // Who is given up because of another one has not failed itself.
      const isGivenUp = thrown === signal.reason && thrown instanceof ComponentError;
      throw isGivenUp ? thrown : this.#failureOf(name, step, thrown);
    } finally {
      timer?.[Symbol.dispose]();
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** Notes that a step went on as if nothing had happened, and may have undone what came after it. */
  #doubt(attached: Attached<T>, step: ComponentStepName, reason: string): void {
    if (step === "prepare" || attached.doubt !== undefined) return;
    if (!this.#attached.includes(attached)) return;
    attached.doubt = new ComponentError({ component: attached.name, step, reason });
    this.#options.onFailed(attached.doubt);
  }

  #failureOf(component: string, step: ComponentStepName, thrown: unknown): ComponentError {
    const cause = this.#options.withoutSecrets(toError(thrown));
    return new ComponentError({ component, step, reason: cause.message, cause });
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

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Whether somebody stopped because a signal told it to. */
function isAbort(thrown: unknown, signal: AbortSignal): boolean {
  return thrown === signal.reason || toError(thrown).name === "AbortError";
}

/** Undoes by taking what was before, unless it is too late for that when it is prepared. */
function takeAgain<T>(
  component: AnyComponent<T>,
  part: unknown,
  step: ComponentStep<unknown>,
): unknown {
  const commit = (prepared: unknown) => {
    step.signal.throwIfAborted();
    return component.commit(part, { ...step, prepared });
  };
  const prepared = component.prepare?.(part, step);
  return isThenable(prepared) ? Promise.resolve(prepared).then(commit) : commit(prepared);
}
