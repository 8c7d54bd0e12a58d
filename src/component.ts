/**
 * A part of the user's program that takes new configuration in two steps, and can undo it.
 *
 * @module
 */

import { checkNumber, LONGEST_TIMER_MS } from "./option_checks.ts";

/** What a step of a {@linkcode Component} learns beside the value. */
export interface ComponentStep<Part> {
  /** What the component runs on; `undefined` while it is being attached. */
  readonly before: Part | undefined;
  /**
   * Aborted when the step is late, and when the change is given up, which is after the component
   * went back from it: whoever prepared something lets it go then. Not aborted any more once the
   * change is committed.
   */
  readonly signal: AbortSignal;
}

/** What `commit` learns beside the value. */
export interface CommitStep<Part, Prepared> extends ComponentStep<Part> {
  /** What `prepare` gave. */
  readonly prepared: Prepared;
}

/** What `undo` learns beside the value to go back to. */
export interface UndoStep<Part, Prepared> {
  /** What is given up. */
  readonly failed: Part;
  /** What `prepare` gave for it. */
  readonly prepared: Prepared;
  /** Aborted when the step is late, and when it failed. */
  readonly signal: AbortSignal;
}

/**
 * Takes new configuration in two steps. When all components have prepared it, they commit it in the
 * order they were attached; when one fails, those before it go back in reverse.
 *
 * In a literal, TypeScript infers the types of what stands below from what stands above: write
 * `select`, `prepare`, `commit`, `undo` in this order.
 *
 * @typeParam T The configuration.
 * @typeParam Part What the component uses of it.
 * @typeParam Prepared What `prepare` hands to `commit`.
 */
export interface Component<T, Part = T, Prepared = unknown> {
  /** Its name, which no other component of the handle has. */
  readonly name: string;
  /** Time for each of its steps, in milliseconds. @default {5000} */
  readonly deadlineMs?: number;
  /**
   * What it uses. While that stays as it is, the component is not called.
   * @default {the whole configuration}
   */
  select?(value: T): Part;
  /**
   * Gets ready for `next` without using it yet; throwing refuses it. Several components prepare at
   * the same time.
   */
  prepare?(next: Part, step: ComponentStep<Part>): Prepared | PromiseLike<Prepared>;
  /** Uses `next` from now on; throwing refuses it. */
  commit(next: Part, step: CommitStep<Part, Prepared>): unknown;
  /**
   * Goes back to `before`, after its own `commit` failed or one after it.
   * @default {prepares and commits `before`}
   */
  undo?(before: Part, step: UndoStep<Part, Prepared>): unknown;
}

/** Checks a component. @throws {TypeError} When it is none. */
export function checkComponent(component: unknown): void {
  const { name, select, prepare, commit, undo, deadlineMs = 1 } = Object(component) as Partial<
    Component<unknown>
  >;
  const steps = Object.entries({ select, prepare, commit, undo });
  if (typeof name !== "string" || name === "" || typeof commit !== "function") {
    throw new TypeError("Cannot attach a component, it must have a name and a function commit");
  }
  for (const [step, call] of steps) {
    if (call === undefined || typeof call === "function") continue;
    throw new TypeError(`Cannot attach the component ${name}, its ${step} must be a function`);
  }
  checkNumber("deadlineMs", deadlineMs, 1, LONGEST_TIMER_MS);
}
