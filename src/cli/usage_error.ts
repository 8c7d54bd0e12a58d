/**
 * The error for a command that can't run as it was written.
 *
 * @module
 */

/** The command was used wrongly: its message is one line for the person who typed it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * What `make` makes of what was typed.
 *
 * @throws {UsageError} When the library refuses it, as out of range or not what it should be.
 */
export async function orUsage<R>(make: () => R | Promise<R>): Promise<R> {
  try {
    return await make();
  } catch (thrown) {
    if (!(thrown instanceof RangeError || thrown instanceof TypeError)) throw thrown;
    throw new UsageError(thrown.message, { cause: thrown });
  }
}
