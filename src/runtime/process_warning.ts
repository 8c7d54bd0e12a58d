/**
 * Warnings of the process, on every runtime.
 *
 * @module
 */

import process from "node:process";

/** Tells whoever runs the process of an error that nobody else is told of: it is printed. */
export function warn(error: Error): void {
  process.emitWarning(error);
}
