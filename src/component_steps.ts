/**
 * One step of a component: called, waited for until its deadline, and doubted when it goes on.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { Component, ComponentStep } from "./component.ts";
import { ComponentError, type ComponentStepName } from "./errors.ts";
import type { ReloadCause } from "./events.ts";
import type { Log } from "./log.ts";
import { toError } from "./to_error.ts";

type AnyComponent<T> = Component<T, unknown, unknown>;

/** A component, whether it is attached, and what it runs on. */
export interface Attached<T> {
  readonly component: AnyComponent<T>;
  readonly name: string;
  readonly deadlineMs: number;
  isAttached: boolean;
  part: unknown;
  /** Why it may run on something else; absent while it is known to run on `part`. */
  doubt: ComponentError | undefined;
}

/** Options of {@linkcode ComponentSteps}. */
export interface ComponentStepsOptions {
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

/** Calls the steps of components. */
export class ComponentSteps {
  readonly #options: ComponentStepsOptions;
  #calling: string | undefined;

  /** Creates it; no step is called. */
  constructor(options: ComponentStepsOptions) {
    this.#options = options;
  }

  /** The step whose code runs at this moment, up to its first `await`. */
  get calling(): string | undefined {
    return this.#calling;
  }

  /**
   * Calls a step of a component and waits for it, for its deadline at most.
   *
   * @throws {ComponentError} When it fails, at once or later.
   */
  call(
    attached: Attached<unknown>,
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
      throw this.failureOf(name, step, thrown);
    } finally {
      this.#calling = undefined;
    }
    if (isPending) return this.#within(attached, step, given, result as PromiseLike<unknown>);
    return step === "prepare" ? Promise.resolve(result) : undefined;
  }

  /** What a step threw, as the failure of its component. */
  failureOf(component: string, step: ComponentStepName, thrown: unknown): ComponentError {
    const cause = this.#options.withoutSecrets(toError(thrown));
    return new ComponentError({ component, step, reason: cause.message, cause });
  }

  async #within(
    attached: Attached<unknown>,
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
      throw isGivenUp ? thrown : this.failureOf(name, step, thrown);
    } finally {
      timer?.[Symbol.dispose]();
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** Notes that a step went on as if nothing had happened, and may have undone what came after it. */
  #doubt(attached: Attached<unknown>, step: ComponentStepName, reason: string): void {
    if (step === "prepare" || attached.doubt !== undefined) return;
    if (!attached.isAttached) return;
    attached.doubt = new ComponentError({ component: attached.name, step, reason });
    this.#options.onFailed(attached.doubt);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Whether somebody stopped because a signal told it to. */
function isAbort(thrown: unknown, signal: AbortSignal): boolean {
  return thrown === signal.reason || toError(thrown).name === "AbortError";
}

/** Undoes by taking what was before, unless it is too late for that when it is prepared. */
export function takeAgain<T>(
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
