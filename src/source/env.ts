/**
 * Environment variables as a source.
 *
 * @module
 */

import { formatPath } from "../key_path.ts";
import { SourceError } from "../errors.ts";
import { checkNumber } from "../option_checks.ts";
import type { Environment } from "../runtime/environment.ts";
import { toError } from "../to_error.ts";
import { lookAtVariables } from "./environment_looks.ts";
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
  checkNumber("intervalMs", intervalMs, 1, Infinity);
  const inEnvironment = <R>(ask: () => R): R => {
    try {
      return ask();
    } catch (error) {
      throw explainEnvironmentError(error, name);
    }
  };
  const read = (environment: Environment) => {
    const { value, names } = inEnvironment(() => variables.read(environment));
    const variableAt = (path: readonly (string | number)[]) => names.get(formatPath(path));
    return { ...valueDocument(name, value, { variableAt }), isText: true, mayBeEmpty: true };
  };
  return {
    name,
    read: ({ environment }) => Promise.resolve().then(() => [read(environment)]),
    watch({ environment, schedule, changed }) {
      if (!watch) return;
      const textsOf = () => inEnvironment(() => variables.textsOf(environment));
      const seen = textsOf();
      // Why it can't be read is told when it is.
      const onFailure = changed;
      const options = { schedule, intervalMs, keepAlive: false, seen, onFailure };
      lookAtVariables({ ...options, read: textsOf, onChanged: changed });
    },
  };
}

/** Why variables can't be read. */
export function explainEnvironmentError(thrown: unknown, file: string): SourceError {
  const cause = toError(thrown);
  if (cause instanceof SourceError) return cause;
  if (cause.name !== "NotCapable") return new SourceError({ file, reason: cause.message, cause });
  const reason = "Deno has no permission for environment variables; allow it with --allow-env " +
    "(all of them, as a prefix needs) or --allow-env=NAME,…";
  return new SourceError({ file, reason, cause });
}
