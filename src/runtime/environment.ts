/**
 * Environment variables, as the library reads them.
 *
 * @module
 */

/** The variables of a process. */
export interface Environment {
  /**
   * Value of a variable, `undefined` when it is not set.
   *
   * @throws {Error} When the runtime does not allow it.
   */
  get(name: string): string | undefined;
  /**
   * Names of all variables that are set.
   *
   * @throws {Error} When the runtime does not allow it.
   */
  names(): readonly string[];
}
