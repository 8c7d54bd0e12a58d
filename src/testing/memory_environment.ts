/**
 * Environment variables in memory.
 *
 * @module
 */

import type { Environment } from "../runtime/environment.ts";

/** Variables that a test sets. */
export class MemoryEnvironment implements Environment {
  readonly #variables = new Map<string, string>();

  /** Value of a variable, `undefined` when it is not set. */
  get(name: string): string | undefined {
    return this.#variables.get(name);
  }

  /** Names of all variables that are set. */
  names(): readonly string[] {
    return [...this.#variables.keys()];
  }

  /** Sets a variable; `undefined` removes it. */
  set(name: string, value: string | undefined): void {
    if (value === undefined) this.#variables.delete(name);
    else this.#variables.set(name, value);
  }
}
