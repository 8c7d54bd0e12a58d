/**
 * Environment variables as a source.
 *
 * @module
 */

import { formatPath } from "../key_path.ts";
import { SourceError, toError } from "../errors.ts";
import type { Environment } from "../runtime/environment.ts";
import type { Source } from "./source.ts";
import { valueDocument } from "./value_document.ts";
import { VariableMap, type VariableOptions } from "./variables.ts";

/** Options of {@linkcode env}. */
export interface EnvOptions extends VariableOptions {
  /**
   * Whether to look from time to time. Nobody changes the variables of a running process from
   * outside: it finds what the program itself sets. @default {false}
   */
  readonly watch?: boolean;
  /** Time between two looks, in milliseconds. @default {5000} */
  readonly intervalMs?: number;
}

/**
 * Environment variables as a source. Their texts become numbers and booleans where the schema asks
 * for them; anything else takes a `parse` of its own, or a schema that transforms text.
 *
 * @throws {RangeError} When there is neither prefix nor map, or an option is out of range.
 * @example
 * ```ts
 * import { env, loadConfig } from "hotconf";
 *
 * const { value } = await loadConfig({
 *   sources: ["config/app.yaml", env({ prefix: "APP_", map: { PORT: "server.port" } })],
 * });
 * ```
 */
export function env(
  { watch = false, intervalMs = 5000, ...options }: EnvOptions,
): Source {
  const variables = new VariableMap(options);
  const name = `environment ${variables.label}`;
  if (!(intervalMs >= 1)) {
    throw new RangeError(
      `Cannot use intervalMs, it must be 1 or more: current value is ${intervalMs}`,
    );
  }
  const read = (environment: Environment) => {
    try {
      const { value, names } = variables.read(environment, name);
      const variableAt = (path: readonly (string | number)[]) => names.get(formatPath(path));
      return { ...valueDocument(name, value, { variableAt }), isText: true, mayBeEmpty: true };
    } catch (error) {
      throw explain(error, name);
    }
  };
  return {
    name,
    read: ({ environment }) => Promise.resolve().then(() => [read(environment)]),
    watch({ environment, schedule, changed }) {
      if (!watch) return;
      let seen = checksumOf(environment);
      const look = () => {
        const now = checksumOf(environment);
        if (now !== seen) changed();
        seen = now;
        schedule(intervalMs, look, { keepAlive: false });
      };
      schedule(intervalMs, look, { keepAlive: false });
    },
  };

  /** What is wrong is told when it is read. */
  function checksumOf(environment: Environment): string {
    try {
      return read(environment).checksum;
    } catch (error) {
      return toError(error).message;
    }
  }
}

/** Why variables can't be read. */
function explain(thrown: unknown, file: string): Error {
  const cause = toError(thrown);
  if (cause instanceof SourceError || cause.name !== "NotCapable") return cause;
  const reason = "Deno has no permission for environment variables; allow it with --allow-env " +
    "(all of them, as a prefix needs) or --allow-env=NAME,…";
  return new SourceError({ file, reason, cause });
}
