/**
 * A file of environment variables as a source.
 *
 * @module
 */

import * as nodePath from "node:path";
import { ParseError } from "../errors.ts";
import type { DocumentParser } from "../format/format.ts";
import { formatPath, type KeyPath } from "../key_path.ts";
import { type DefinedVariable, parseVariables } from "./dotenv_text.ts";
import { type MissingOptions, unlessMissing } from "./missing.ts";
import type { Source } from "./source.ts";
import { escapePlaceholders } from "./text.ts";
import { VariableError, VariableMap, type VariableOptions } from "./variables.ts";

/** Options of {@linkcode dotenv}; without `prefix` and `map` every variable in the file is used. */
export interface DotenvOptions extends VariableOptions, MissingOptions {}

/**
 * A file of environment variables, such as `.env`, as a source. The environment of the process stays
 * as it is. `${NAME}` in a value is another variable of the file, or else of the environment; in
 * single quotes it is itself.
 *
 * @param path Path of the file, relative to the working directory.
 * @throws {RangeError} When an option is out of range.
 * @example
 * ```ts
 * import { dotenv, env, loadConfig } from "hotconf";
 *
 * const { value } = await loadConfig({
 *   sources: [dotenv(".env", { prefix: "APP_", optional: true }), env({ prefix: "APP_" })],
 * });
 * ```
 */
export function dotenv(
  path: string,
  { optional, onMissing, ...options }: DotenvOptions = {},
): Source {
  const absolute = nodePath.resolve(path);
  const map = new VariableMap(options, { takesAll: true });
  const format = { name: "dotenv", open: () => Promise.resolve(parserFor(map)) };
  return {
    name: path,
    path: absolute,
    read: unlessMissing({ optional, onMissing }, async ({ readDocument }) => {
      return [{ ...await readDocument(absolute), format, isText: true }];
    }),
    watch: (context) => context.file(absolute),
  };
}

function parserFor(map: VariableMap): DocumentParser {
  return (text, file, { maxNodes, maxDepth }) => {
    const defined = parseVariables(text, file);
    const refuse = (variable: string | undefined, reason: string) =>
      new ParseError({ file, reason, position: defined.get(variable ?? "") });
    if (defined.size > maxNodes) {
      throw refuse(undefined, `holds more than the limit of ${maxNodes} values (maxNodes)`);
    }
    for (const [name, variable] of defined) {
      if (map.hasParser(name) && hasPlaceholder(variable)) {
        throw refuse(name, `${name} holds a placeholder, and is given to a parse of its own`);
      }
    }
    const { value, names } = read(map, defined, refuse);
    const variableAt = (path: KeyPath) => names.get(formatPath(path));
    const definitionAt = (path: KeyPath) => defined.get(variableAt(path) ?? "");
    for (const [path, name] of names) {
      if (path.split(".").length > maxDepth) {
        throw refuse(name, `nested deeper than the limit of ${maxDepth} levels (maxDepth)`);
      }
    }
    return {
      value,
      variableAt,
      variables: new Map([...defined].map(([name, variable]) => [name, templateOf(variable)])),
      locate: (path) => {
        const place = definitionAt(path);
        return place && { line: place.line, column: place.column };
      },
      templateAt: (path) => {
        const variable = definitionAt(path);
        return variable && templateOf(variable);
      },
    };
  };
}

function read(
  map: VariableMap,
  defined: ReadonlyMap<string, DefinedVariable>,
  refuse: (variable: string, reason: string) => ParseError,
): ReturnType<VariableMap["read"]> {
  try {
    return map.read({ get: (name) => defined.get(name)?.text, names: () => [...defined.keys()] });
  } catch (error) {
    throw error instanceof VariableError ? refuse(error.variable, error.message) : error;
  }
}

function hasPlaceholder({ text, isLiteral }: DefinedVariable): boolean {
  return !isLiteral && text.includes("${");
}

function templateOf({ text, isLiteral }: DefinedVariable): string {
  return isLiteral ? escapePlaceholders(text) : text;
}
