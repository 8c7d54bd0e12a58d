/**
 * Looking at environment variables from time to time.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { toError } from "../to_error.ts";

/** Values of variables by name, before and now; `undefined`: not set. */
export type EnvChanges = Readonly<
  Record<string, readonly [before: string | undefined, now: string | undefined]>
>;

/** Options of {@linkcode lookAtVariables}. */
export interface LookOptions {
  readonly schedule: Clock["schedule"];
  /** Time between two looks, in milliseconds. */
  readonly intervalMs: number;
  readonly keepAlive: boolean;
  /** What the variables said at the start. */
  readonly seen: ReadonlyMap<string, string>;
  /** What the variables that are set say now. */
  read(): ReadonlyMap<string, string>;
  /** Is called once for all that changed between two looks. */
  onChanged(changes: EnvChanges): void;
  /** Is told why the variables can't be read, once in a row. */
  onFailure(error: Error): void;
}

/** Looks at variables until it is disposed, whatever becomes of one look. */
export function lookAtVariables(options: LookOptions): Disposable {
  const { schedule, intervalMs, keepAlive } = options;
  let { seen } = options;
  let failure: string | undefined;
  const look = () => {
    timer = schedule(intervalMs, look, { keepAlive });
    try {
      const now = options.read();
      failure = undefined;
      const changes = compare(seen, now);
      seen = now;
      if (Object.keys(changes).length > 0) options.onChanged(changes);
    } catch (thrown) {
      const error = toError(thrown);
      if (error.message !== failure) options.onFailure(error);
      failure = error.message;
    }
  };
  let timer = schedule(intervalMs, look, { keepAlive });
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}

function compare(
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): EnvChanges {
  const names = new Set([...before.keys(), ...now.keys()]);
  return Object.fromEntries(
    [...names].filter((name) => before.get(name) !== now.get(name))
      .map((name) => [name, [before.get(name), now.get(name)] as const]),
  );
}
