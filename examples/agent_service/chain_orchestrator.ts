/**
 * Runs a chain of questions with the settings it is given, whatever is saved meanwhile.
 *
 * @module
 */

import type { ProviderFactory } from "./provider_factory.ts";
import { ProviderError } from "./provider_factory.ts";
import type { ChainStep, Settings } from "./settings.ts";

/** What one step gave. */
export interface StepResult {
  /** Name of the step. */
  readonly name: string;
  /** Provider that answered: the step's own or its fallback. */
  readonly provider: string;
  /** The answer. */
  readonly output: string;
}

/** What a chain gave. */
export interface ChainResult {
  /** Answer of the last step. */
  readonly output: string;
  /** All steps in order. */
  readonly steps: readonly StepResult[];
}

/** Asks the providers of a chain one after the other. */
export class ChainOrchestrator {
  readonly #providers: ProviderFactory;

  /** @param providers Where clients come from. */
  constructor(providers: ProviderFactory) {
    this.#providers = providers;
  }

  /**
   * Runs `chain` on `input`. All steps use `settings`, the snapshot the request began with.
   *
   * @throws {RangeError} When there is no such chain.
   * @throws {ProviderError} When a provider and its fallback can't answer.
   * @throws {DOMException} When the chain's `timeout_ms` passes (`TimeoutError`) or `signal` aborts.
   */
  async run(
    settings: Settings,
    chain: string,
    input: string,
    signal: AbortSignal,
  ): Promise<ChainResult> {
    if (!Object.hasOwn(settings.agent_chains, chain)) {
      throw new RangeError(`No chain is called "${chain}"`);
    }
    const { steps: plan, timeout_ms } = settings.agent_chains[chain]!;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeout_ms)]);
    const steps: StepResult[] = [];
    let output = input;
    for (const step of plan) {
      const result = await this.#runStep(settings, step, output, deadline);
      steps.push(result);
      output = result.output;
    }
    return { output, steps };
  }

  async #runStep(
    settings: Settings,
    { name, provider, fallback, prompt }: ChainStep,
    input: string,
    signal: AbortSignal,
  ): Promise<StepResult> {
    const question = prompt.replaceAll("{input}", () => input);
    const ask = async (who: string): Promise<StepResult> => {
      const output = await this.#providers.get(settings, who).complete(question, signal);
      return { name, provider: who, output };
    };
    try {
      return await ask(provider);
    } catch (error) {
      signal.throwIfAborted();
      if (fallback === undefined || !(error instanceof ProviderError)) throw error;
      return await ask(fallback).catch((again: unknown) => {
        signal.throwIfAborted();
        throw again;
      });
    }
  }
}
