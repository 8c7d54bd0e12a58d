/**
 * Asks the schema and the user's validators whether a candidate is acceptable.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { thaw } from "./freeze.ts";
import { type KeyPath, parsePath } from "./key_path.ts";
import { fromStandard, type UnplacedIssue } from "./schema_issues.ts";
import type { StandardSchema } from "./standard_schema.ts";
import { toError } from "./to_error.ts";

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
  | {
    readonly issues: readonly UnplacedIssue[];
    /** What the validators refuse, which they may quote; absent: the candidate itself. */
    readonly refused?: T;
  };

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
  return issues.length > 0 ? { issues, refused: checked.value } : checked;
}

async function askSchema<T>(
  candidate: unknown,
  schema: StandardSchema<T>,
): Promise<Validation<T>> {
  try {
    const result = await schema["~standard"].validate(inputFor(schema, candidate));
    if (result.issues === undefined) return { value: result.value };
    const issues = Array.from(result.issues).flatMap(fromStandard);
    const message = "the schema refuses it and does not say why";
    return { issues: issues.length > 0 ? issues : [{ path: [], message }] };
  } catch (error) {
    return { issues: [{ path: [], message: `the schema failed: ${toError(error).message}` }] };
  }
}

/**
 * What to hand to a schema. arktype writes what its morphs and defaults give into a copy, which it
 * can't where the original is frozen, and it morphs an object that stands in two places twice; a
 * type of it that does neither is its own input type, and needs no copy.
 */
function inputFor(schema: StandardSchema<unknown>, candidate: unknown): unknown {
  const isWriting = schema["~standard"].vendor === "arktype" &&
    (schema as { readonly in?: unknown }).in !== schema;
  return isWriting ? thaw(candidate) : candidate;
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
