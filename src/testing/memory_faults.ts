/**
 * What goes wrong with files in memory.
 *
 * @module
 */

import { checkNumber } from "../option_checks.ts";

/** What a program does with a file or a directory. */
export type FileOperation = "stat" | "open" | "read" | "list" | "watch";

/** Options of {@linkcode MemoryFiles.fail}. */
export interface FailOptions {
  /** How often it fails before it works again. @default {until mended} */
  readonly times?: number;
  /** What fails: what is not named works. @default {["open", "list", "watch"]} */
  readonly on?: readonly FileOperation[];
}

interface Fault {
  readonly code: string;
  readonly on: readonly FileOperation[];
  timesLeft: number;
}

/** As for a file without permission: it is seen, and can't be read. */
const USUAL: readonly FileOperation[] = ["open", "list", "watch"];

/** The paths that fail now. */
export class MemoryFaults {
  readonly #faults = new Map<string, Fault>();

  /** Makes operations on `path` fail with the system's error `code`. */
  set(path: string, code: string, { times, on = USUAL }: FailOptions): void {
    if (times !== undefined) checkNumber("times", times, 1);
    this.#faults.set(path, { code, on, timesLeft: times ?? Infinity });
  }

  /** Makes them work again. */
  delete(path: string): void {
    this.#faults.delete(path);
  }

  /** To be called before an operation. @throws {Error} When it is to fail. */
  check(operation: FileOperation, path: string): void {
    const fault = this.#faults.get(path);
    if (fault === undefined || !fault.on.includes(operation)) return;
    fault.timesLeft -= 1;
    if (fault.timesLeft <= 0) this.#faults.delete(path);
    throw systemError(fault.code, path);
  }
}

/** An error as the system gives it. */
export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
