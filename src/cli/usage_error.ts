/**
 * The error for a command that can't run as it was written.
 *
 * @module
 */

/** The command was used wrongly: its message is one line for the person who typed it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
