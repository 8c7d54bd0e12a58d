/**
 * From environment variables to a configuration: which variable gives which value.
 *
 * @module
 */

import { formatPath, type KeyPath, parsePath } from "../key_path.ts";
import { isPlainObject, setOwn } from "../merge.ts";
import { formsOf, redactExcerpt, withoutValue } from "../redact_text.ts";
import { isSecretName } from "../secret_names.ts";
import { toError } from "../to_error.ts";

/** Where the value of one variable goes, and what is made of it. */
export interface VariableMapping {
  /** Key path in the configuration, such as `server.port`. */
  readonly path: string;
  /** Makes a value of the text; throws when it can't. @default {what the schema asks for} */
  readonly parse?: (text: string) => unknown;
  /** Value when the variable is not set. @default {none: lower sources keep theirs} */
  readonly default?: unknown;
}

/** Which variables are used, and where their values go. */
export interface VariableOptions {
  /**
   * Variables that begin with it are used, without it: with `"APP_"`, `APP_SERVER__PORT` gives
   * `server.port` and `APP_LOG_LEVEL` gives `logLevel`. A name with an empty key, such as
   * `APP_A____B`, is left out. @default {only those in `map`}
   */
  readonly prefix?: string;
  /** What separates the keys of a path in a name. @default {"__"} */
  readonly separator?: string;
  /** Single variables: a key path, or more about it. They come before `prefix`. @default {{}} */
  readonly map?: Readonly<Record<string, string | VariableMapping>>;
}

/** What variables give. */
export interface VariableValues {
  readonly value: Record<string, unknown>;
  /** Variable by the text of the path it gives. */
  readonly names: ReadonlyMap<string, string>;
}

/** Looks variables up. */
export interface Variables {
  get(name: string): string | undefined;
  names(): readonly string[];
}

/** A variable that gives no value. */
export class VariableError extends Error {
  /** Name of the class. */
  override readonly name = "VariableError";
  /** Name of the variable. */
  readonly variable: string;

  /** Creates the error for a `reason`. */
  constructor(variable: string, reason: string, options?: ErrorOptions) {
    super(`the variable ${variable} ${reason}`, options);
    this.variable = variable;
  }
}

/** What {@linkcode VariableOptions} mean. */
export class VariableMap {
  readonly #prefix: string | undefined;
  readonly #separator: string;
  readonly #mapped: ReadonlyMap<string, VariableMapping & { readonly keys: KeyPath }>;

  /**
   * Checks the options.
   *
   * @param scope `takesAll`: every variable is used where there is neither prefix nor map.
   * @throws {RangeError} When there is neither prefix nor map, or a path is none.
   */
  constructor(
    { prefix, separator = "__", map = {} }: VariableOptions,
    { takesAll = false }: { readonly takesAll?: boolean } = {},
  ) {
    const hasNone = prefix === undefined && Object.keys(map).length === 0;
    if (hasNone && !takesAll) {
      throw new RangeError("Cannot use environment variables without prefix or map");
    }
    if (prefix === "" || separator === "") {
      throw new RangeError("Cannot use an empty prefix or separator");
    }
    this.#prefix = hasNone ? "" : prefix;
    this.#separator = separator;
    this.#mapped = new Map(
      Object.entries(map).map(([name, given]) => {
        const mapping = typeof given === "string" ? { path: given } : given;
        return [name, { ...mapping, keys: parsePath(mapping.path) }];
      }),
    );
  }

  /** What tells variables of one use from those of another. */
  get label(): string {
    return this.#prefix === undefined ? [...this.#mapped.keys()].join(", ") : `${this.#prefix}*`;
  }

  /**
   * The configuration that the variables give.
   *
   * @throws {VariableError} When one can't be parsed, or two of them exclude each other.
   */
  read(variables: Variables): VariableValues {
    const value: Record<string, unknown> = {};
    const names = new Map<string, string>();
    for (const [name, keys, text, mapping] of this.#all(variables)) {
      put(value, keys, parseText(name, keys, text, mapping), name);
      names.set(formatPath(keys), name);
    }
    return { value, names };
  }

  /** What the variables say that are used. */
  textsOf(variables: Variables): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    for (const [name, , text] of this.#all(variables)) {
      if (text !== undefined) texts.set(name, text);
    }
    return texts;
  }

  /** Whether the text of the variable is given to a `parse` of its own. */
  hasParser(name: string): boolean {
    return this.#mapped.get(name)?.parse !== undefined;
  }

  *#all(
    variables: Variables,
  ): Iterable<[name: string, keys: KeyPath, text: string | undefined, mapping?: VariableMapping]> {
    const prefix = this.#prefix;
    const prefixed = prefix === undefined
      ? []
      : variables.names().filter((name) =>
        name.startsWith(prefix) && !this.#mapped.has(name) && !this.#keysOf(name).includes("")
      ).sort();
    for (const name of prefixed) yield [name, this.#keysOf(name), variables.get(name)];
    for (const [name, mapping] of this.#mapped) {
      const text = variables.get(name);
      if (text !== undefined || mapping.default !== undefined) {
        yield [name, mapping.keys, text, mapping];
      }
    }
  }

  #keysOf(name: string): KeyPath {
    return name.slice(this.#prefix!.length).split(this.#separator).map(toCamelCase);
  }
}

/** `LOG_LEVEL` as a key: `logLevel`. */
function toCamelCase(name: string): string {
  return name.toLowerCase().replace(
    /(?<=[^_])_+(.)/gu,
    (_match, letter: string) => letter.toUpperCase(),
  );
}

function parseText(
  name: string,
  keys: KeyPath,
  text: string | undefined,
  mapping: VariableMapping | undefined,
): unknown {
  if (text === undefined) return mapping?.default;
  try {
    return mapping?.parse === undefined ? text : mapping.parse(text);
  } catch (cause) {
    const reason = `can't be parsed: ${toError(cause).message}`;
    // It is not known yet what the user calls a secret.
    if (![name, ...keys].some((key) => isSecretName(String(key)))) {
      throw new VariableError(name, reason, { cause });
    }
    throw new VariableError(name, redactExcerpt(withoutValue(reason, text), formsOf(text)));
  }
}

function put(
  target: Record<string, unknown>,
  keys: KeyPath,
  value: unknown,
  name: string,
): void {
  if (keys.includes("__proto__")) throw new VariableError(name, 'gives the key "__proto__"');
  let container = target;
  for (const key of keys.slice(0, -1)) {
    if (!Object.hasOwn(container, key)) setOwn(container, String(key), {});
    const next = container[key];
    if (!isPlainObject(next)) throw excluded(name, keys);
    container = next;
  }
  const last = String(keys.at(-1));
  if (Object.hasOwn(container, last)) throw excluded(name, keys);
  setOwn(container, last, value);
}

function excluded(name: string, keys: KeyPath): VariableError {
  return new VariableError(name, `gives ${formatPath(keys)}, and so does another one`);
}
