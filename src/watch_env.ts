/**
 * Environment variables without a configuration around them.
 *
 * @module
 */

import { warn } from "./runtime/process_warning.ts";
import { currentRuntime, type Runtime } from "./runtime/runtime.ts";
import { checkNumber } from "./option_checks.ts";
import { explainEnvironmentError } from "./source/env.ts";
import { type EnvChanges, lookAtVariables } from "./source/environment_looks.ts";
import { toError } from "./to_error.ts";

/** Options of {@linkcode watchEnv}. */
export interface WatchEnvOptions {
  /** Time between two looks, in milliseconds. @default {5000} */
  readonly intervalMs?: number;
  /** Ends watching when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Whether watching keeps the process alive. @default {false} */
  readonly keepAlive?: boolean;
  /**
   * Takes what the callback throws or rejects with, and why variables can't be read any more.
   * @default {a warning of the process, which is printed and ends nothing}
   */
  readonly onError?: (error: Error) => void;
  /** Environment and time. @default {those of the runtime} */
  readonly runtime?: Pick<Runtime, "clock" | "environment">;
}

/** Watched environment variables. Get it from {@linkcode watchEnv}. */
export interface EnvWatch extends Disposable {
  /** Ends watching: the callback is not called any more. Closing twice is closing once. */
  close(): void;
}

/**
 * Calls `fn` when environment variables changed since the last look, once for all of them. Nobody
 * changes the variables of a running process from outside: it finds what the program itself sets.
 *
 * @param names Name of a variable, or several.
 * @param fn Is called with the changes; whatever it throws, watching goes on. Nobody waits for it.
 * @throws {SourceError} When the variables may not be read.
 * @throws {RangeError} When there is no name, or `intervalMs` is out of range.
 * @example
 * ```ts
 * import { watchEnv } from "hotconf";
 *
 * using watch = watchEnv(["LOG_LEVEL", "TZ"], (changes) => {
 *   for (const [name, [before, now]] of Object.entries(changes)) console.log(name, before, now);
 * });
 * ```
 */
export function watchEnv(
  names: string | readonly string[],
  fn: (changes: EnvChanges) => unknown,
  options: WatchEnvOptions = {},
): EnvWatch {
  const { intervalMs = 5000, signal, keepAlive = false, onError = warn } = options;
  const { clock, environment } = options.runtime ?? currentRuntime();
  const watched = [...new Set([names].flat())];
  if (watched.length === 0) throw new RangeError("Cannot watch the environment without a name");
  checkNumber("intervalMs", intervalMs, 1, Infinity);
  const read = () => {
    try {
      return new Map(watched.flatMap((name) => {
        const text = environment.get(name);
        return text === undefined ? [] : [[name, text] as const];
      }));
    } catch (error) {
      throw explainEnvironmentError(error, `environment ${watched.join(", ")}`);
    }
  };
  const looks = lookAtVariables({
    schedule: (delayMs, callback, given) => clock.schedule(delayMs, callback, given),
    intervalMs,
    keepAlive,
    seen: read(),
    read,
    onChanged: (changes) => void call(fn, changes, onError),
    onFailure: (error) => contain(onError, error),
  });
  const close = () => {
    signal?.removeEventListener("abort", close);
    looks[Symbol.dispose]();
  };
  signal?.addEventListener("abort", close, { once: true });
  if (signal?.aborted) close();
  return { close, [Symbol.dispose]: close };
}

async function call(
  fn: (changes: EnvChanges) => unknown,
  changes: EnvChanges,
  onError: (error: Error) => void,
): Promise<void> {
  try {
    await fn(changes);
  } catch (error) {
    contain(onError, toError(error));
  }
}

/** Who is told of failures fails: that is told where nobody plugs anything in. */
function contain(onError: (error: Error) => void, error: Error): void {
  try {
    onError(error);
  } catch (thrown) {
    warn(error);
    warn(toError(thrown));
  }
}
