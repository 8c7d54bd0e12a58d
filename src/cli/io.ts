/**
 * What the command needs of its process, so that a test can be one.
 *
 * @module
 */

import type { Runtime } from "../runtime/runtime.ts";
import type { System } from "./system.ts";

/** Where lines go. */
export interface Output {
  /** Whether a person reads along at a terminal. */
  readonly isTerminal: boolean;
  /** Its columns, where it is a terminal. */
  readonly columns?: number | undefined;
  /** Writes text as it is. */
  write(text: string): void;
}

/** The process around the command. */
export interface CommandIo {
  /** What was asked for. */
  readonly stdout: Output;
  /** Why it can't be given. */
  readonly stderr: Output;
  /** Environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute path that relative ones start from. */
  readonly cwd: string;
  /** Aborted when the command shall end: by SIGINT, SIGTERM, or a reader that went away. */
  readonly interrupted: AbortSignal;
  /** Files, hints and time. Modules are loaded by the real runtime, in real time. */
  readonly runtime: Runtime;
  /** The rest of the machine. */
  readonly system: System;
}

/** Waits until `signal` is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/**
 * The outcome of `work`, unless `signal` is aborted first.
 *
 * @throws {unknown} The signal's reason when it is aborted first, else what `work` throws.
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {};
  const interrupted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
