/**
 * Asks the schema and the user's validators whether a candidate is acceptable.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { toError } from "./errors.ts";
import { type KeyPath, parsePath } from "./key_path.ts";
import type { StandardSchema, StandardSchemaIssue } from "./standard_schema.ts";

/** What a validator finds wrong; places are filled in by the library. */
export interface ValidatorIssue {
  /** Key path of the value, as segments or text. @default {the whole configuration} */
  readonly path?: KeyPath | string;
  /** What is wrong, in one sentence. */
  readonly message: string;
}

/**
 * A rule over the whole candidate, for example that every name which is used is defined. It gives
 * what is wrong, or nothing. It may be asynchronous; throwing is an issue too.
 */
export type Validator<T> = (
  candidate: T,
) => ValidatorResult | Promise<ValidatorResult>;

/** What a {@linkcode Validator} gives. */
export type ValidatorResult = readonly ValidatorIssue[] | undefined | null | void;

/** An issue without its place. */
export interface UnplacedIssue {
  /** Where in the candidate. */
  readonly path: KeyPath;
  /** What is wrong. */
  readonly message: string;
}

/** Rules for a candidate. */
export interface Rules<T> {
  /** Schema that the merged candidate must satisfy; its output is the configuration. */
  readonly schema?: StandardSchema<T> | undefined;
  /** Rules that the schema's output must satisfy as well. */
  readonly validators: readonly Validator<T>[];
  /** Time for all of them together, in milliseconds. */
  readonly timeoutMs: number;
}

/** Outcome of a validation. */
export type Validation<T> =
  | { readonly value: T }
  | { readonly issues: readonly UnplacedIssue[] };

/** Asks the schema, then, when it accepts, all validators. Never throws and never hangs. */
export async function validate<T>(
  candidate: unknown,
  rules: Rules<T>,
  clock: Clock,
): Promise<Validation<T>> {
  let timer: Disposable | undefined;
  const timeout = new Promise<Validation<T>>((resolve) => {
    timer = clock.schedule(rules.timeoutMs, () => {
      const message = `validation did not finish within ${rules.timeoutMs} ms (validateTimeoutMs)`;
      resolve({ issues: [{ path: [], message }] });
    });
  });
  try {
    return await Promise.race([runRules(candidate, rules), timeout]);
  } finally {
    timer?.[Symbol.dispose]();
  }
}

async function runRules<T>(
  candidate: unknown,
  { schema, validators }: Rules<T>,
): Promise<Validation<T>> {
  const checked = schema === undefined
    ? { value: candidate as T }
    : await askSchema(candidate, schema);
  if ("issues" in checked) return checked;
  const issues = (await Promise.all(validators.map((rule) => askValidator(checked.value, rule))))
    .flat();
  return issues.length > 0 ? { issues } : checked;
}

async function askSchema<T>(
  candidate: unknown,
  schema: StandardSchema<T>,
): Promise<Validation<T>> {
  try {
    const result = await schema["~standard"].validate(candidate);
    if (result.issues === undefined) return { value: result.value };
    const issues = result.issues.map(fromStandard);
    const message = "the schema refuses it and does not say why";
    return { issues: issues.length > 0 ? issues : [{ path: [], message }] };
  } catch (error) {
    return { issues: [{ path: [], message: `the schema failed: ${toError(error).message}` }] };
  }
}

async function askValidator<T>(candidate: T, rule: Validator<T>): Promise<UnplacedIssue[]> {
  try {
    const issues = await rule(candidate) ?? [];
    return issues.map(({ path = [], message }) => ({
      path: typeof path !== "string" ? path : path === "" ? [] : parsePath(path),
      message: String(message),
    }));
  } catch (error) {
    const name = rule.name === "" ? "a validator" : `the validator ${rule.name}`;
    return [{ path: [], message: `${name} failed: ${toError(error).message}` }];
  }
}

function fromStandard({ path = [], message }: StandardSchemaIssue): UnplacedIssue {
  // Not `path.map`: arktype's own kind of array gives an empty path back with a 0 in it.
  const segments = Array.from(path, (segment) => {
    const key = typeof segment === "object" ? segment.key : segment;
    return typeof key === "number" ? key : String(key);
  });
  // arktype begins its messages with the path, which is shown before them already.
  const access = accessPath(segments);
  const prefix = [`${access} `, `value at ${access} `].find((text) => message.startsWith(text));
  const isPrefixed = segments.length > 0 && prefix !== undefined;
  return { path: segments, message: isPrefixed ? message.slice(prefix.length) : message };
}

const IDENTIFIER = /^[$A-Z_a-z][\w$]*$/u;

/** The path as JavaScript reads it, as in `hosts[0]["a-b"].port`. */
function accessPath(path: KeyPath): string {
  return path.reduce((text: string, key) => {
    if (typeof key === "string" && IDENTIFIER.test(key)) {
      return text === "" ? key : `${text}.${key}`;
    }
    return `${text}[${JSON.stringify(key)}]`;
  }, "");
}
