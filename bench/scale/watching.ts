/**
 * A watching program as its driver sees it.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { Program } from "../program.ts";
import type { Started, State, Verdict } from "./watcher.ts";

/** The instants after a start in which runtimes still tidy up. */
const SETTLE_MS = 300;
const POLL_MS = 100;
const ANSWER_WITHIN_MS = 20_000;

/** A program that watches a directory. */
export class Watching implements AsyncDisposable {
  readonly started: Started;
  readonly #program: Program;

  private constructor(program: Program, started: Started) {
    this.#program = program;
    this.started = started;
  }

  /** Starts it and waits until it watches. */
  static async start(command: readonly string[], withinMs: number): Promise<Watching> {
    const program = new Program(command);
    try {
      const started = await program.answer<Started>(withinMs);
      await delay(SETTLE_MS);
      return new Watching(program, started);
    } catch (error) {
      await program[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Lets its figures count from now. */
  async begin(): Promise<void> {
    await this.#ask("begin");
  }

  /** Its figures; `undefined` when it does not answer in time. */
  async state(withinMs: number = ANSWER_WITHIN_MS): Promise<State | undefined> {
    try {
      return await this.#ask<State>("state", withinMs);
    } catch {
      return undefined;
    }
  }

  /** Compares what it believes with what is there. */
  verify(): Promise<Verdict> {
    return this.#ask<Verdict>("verify");
  }

  /** Its figures once it was told nothing for `quietMs`; `undefined` when that takes too long. */
  async whenQuiet(quietMs: number, withinMs: number): Promise<State | undefined> {
    const deadline = performance.now() + withinMs;
    for (let left = withinMs; left > 0; left = deadline - performance.now()) {
      const state = await this.state(left);
      if (state === undefined || (state.told > 0 && state.quietForMs >= quietMs)) return state;
      await delay(POLL_MS);
    }
    return undefined;
  }

  /** Of how many files it is told; waits until they are `expected` or the time is over. */
  async filesTold(expected: number, withinMs: number): Promise<number> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const { files = 0 } = await this.state() ?? {};
      if (files >= expected || performance.now() > deadline) return files;
      await delay(POLL_MS);
    }
  }

  /** Kills it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#program[Symbol.asyncDispose]();
  }

  #ask<Answer>(question: string, withinMs = ANSWER_WITHIN_MS): Promise<Answer> {
    this.#program.tell(question);
    return this.#program.answer<Answer>(withinMs);
  }
}
