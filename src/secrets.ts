/**
 * Which values are secret, and what is shown instead of them.
 *
 * @module
 */

import type { KeyPath } from "./key_path.ts";
import { isPlainObject, setOwn } from "./merge.ts";
import { type DeepPattern, matchesPathOrAncestor, parseDeepPattern } from "./path_pattern.ts";

/** What is shown instead of a secret. */
export const REDACTED = "[secret]";

/** Last words of names whose values are secret. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  "passwords",
  "passphrases",
  "pass",
  "pwd",
  "pw",
  "secrets",
  "apikeys",
  "credential",
  "credentials",
  "authorization",
  "dsn",
]);

/** Ends of names whose values are secret, even where no capital sets them apart: `PGPASSWORD`. */
const SECRET_ENDS = /(?:password|passwd|passphrase|secret|token|apikey)$/u;

/** A name that ends with one of these and `key` is secret, as `apiKey`; `publicKey` is not. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  "api",
  "private",
  "secret",
  "access",
  "signing",
  "encryption",
  "master",
]);

/** Whether a key or a variable of that name holds a secret: `dbPassword`, `API_KEY`, `auth-token`. */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z\d])([A-Z])|([A-Z])(?=[A-Z][a-z])/gu, "$1$3 $2").toLowerCase()
    .split(/[^a-z]+/u).filter((word) => word !== "");
  const last = words.at(-1);
  if (last === undefined) return false;
  if (last === "key" || last === "keys") return SECRET_KEYS.has(words.at(-2) ?? "");
  return SECRET_WORDS.has(last) || SECRET_ENDS.test(last);
}

/** Where a value comes from, as far as it tells whether it is secret. */
export interface SecretOrigin {
  /** Names of the variables that stand in the value at `path`. */
  variablesIn(path: KeyPath): readonly string[];
  /** Names of the variables that stand in values, and what they said. */
  readonly filledIn?: readonly (readonly [name: string, text: string | undefined])[];
}

function isOfSecretVariable(path: KeyPath, origin: SecretOrigin): boolean {
  return origin.variablesIn(path).some(isSecretName);
}

/** A text of fewer characters is too common to be taken for a secret wherever it occurs. */
const SHORTEST_TEXT = 4;

/**
 * What is in an instance of a class may lead anywhere and in circles: so many steps are followed,
 * of which one into an instance counts for {@linkcode INSTANCE}.
 */
const MOST_STEPS = 15;
const INSTANCE = 4;

/** More of what instances hold is not searched for secret texts. */
const MOST_SEARCHED = 10_000;

/** How far inside instances the members of `value` are. */
function stepsInto(value: object, steps: number): number {
  if (!Array.isArray(value) && !isPlainObject(value)) return steps + INSTANCE;
  return steps === 0 ? 0 : steps + 1;
}

/** More names than most configurations have; what is beyond them is asked each time. */
const MOST_NAMES = 10_000;

/** Tells secrets by path and name, and hides them. */
export class Secrets {
  /** Whether names are secret: each value asks for all on its path, and most were asked before. */
  readonly #names = new Map<string, boolean>();
  readonly #secret: readonly DeepPattern[];
  readonly #open: readonly DeepPattern[];

  /**
   * Creates it for patterns of paths, beside the names that are secret by themselves.
   *
   * @param patterns `database.url`, `services.*.dsn`, `**.pin`; with a `!` in front, what is none.
   * @throws {RangeError} When one of them is not a path.
   */
  constructor(patterns: readonly string[] = []) {
    this.#open = patterns.filter((text) => text.startsWith("!"))
      .map((text) => parseDeepPattern(text.slice(1)));
    this.#secret = patterns.filter((text) => !text.startsWith("!")).map(parseDeepPattern);
  }

  /**
   * Whether the value at `path` is secret, by its path, its names, or where it, or what it is in,
   * comes from: a variable may give an object.
   */
  isSecret(path: KeyPath, origin?: SecretOrigin): boolean {
    return this.#isSecretItself(path, origin) || this.#isInSecret(path, origin);
  }

  /** Whether a secret variable gave what the value at `path` is in. */
  #isInSecret(path: KeyPath, origin: SecretOrigin | undefined): boolean {
    if (origin === undefined || this.#isOpen(path)) return false;
    return path.some((_, length) => isOfSecretVariable(path.slice(0, length), origin));
  }

  /** The same, for those who have asked about what it is in. */
  #isSecretItself(path: KeyPath, origin: SecretOrigin | undefined): boolean {
    if (this.#isOpen(path)) return false;
    return this.#secret.some((pattern) => matchesPathOrAncestor(pattern, path)) ||
      path.some((key) => typeof key === "string" && this.#isSecretName(key)) ||
      (origin !== undefined && isOfSecretVariable(path, origin));
  }

  #isOpen(path: KeyPath): boolean {
    return this.#open.some((pattern) => matchesPathOrAncestor(pattern, path));
  }

  #isSecretName(name: string): boolean {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const isSecret = isSecretName(name);
    if (this.#names.size < MOST_NAMES) this.#names.set(name, isSecret);
    return isSecret;
  }

  /**
   * The value at `path` with every secret in it hidden; itself when there is none. An instance of a
   * class with a secret among its fields becomes a plain object.
   */
  redact(value: unknown, path: KeyPath, origin?: SecretOrigin): unknown {
    if (value !== undefined && this.#isInSecret(path, origin)) return REDACTED;
    return this.#redact(value, path, 0, origin);
  }

  #redact(value: unknown, path: KeyPath, steps: number, origin?: SecretOrigin): unknown {
    if (value === undefined) return value;
    if (this.#isSecretItself(path, origin)) return REDACTED;
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
    const inside = stepsInto(value, steps);
    if (inside > MOST_STEPS) return REDACTED;
    const hide = (key: string | number, member: unknown) =>
      this.#redact(member, [...path, key], inside, origin);
    if (value instanceof Map) return redactMap(value, hide);
    if (value instanceof Set) return redactSet(value, hide);
    if (Array.isArray(value)) {
      const items = value.map((item, index) => hide(index, item));
      return items.every((item, index) => Object.is(item, value[index])) ? value : items;
    }
    const members = membersOf(value);
    // What can't be read would not be shown, or end who shows it.
    if (members === undefined) return REDACTED;
    let isSame = true;
    const redacted: Record<string, unknown> = {};
    for (const [key, field] of members) {
      const member = hide(key, field);
      isSame &&= Object.is(member, field);
      setOwn(redacted, String(key), member);
    }
    return isSame ? value : redacted;
  }

  /**
   * What a text gives to names that are secret, or are the last of a pattern, longest first: for
   * texts that can't be parsed.
   */
  textsInSource(text: string): readonly string[] {
    const names = new Set(this.#secret.map((pattern) => pattern.at(-1)));
    return secretTextsIn(text, (name) => isSecretName(name) || names.has(name));
  }

  /** The secret texts and numbers in `value`, longest first, as they may be quoted somewhere. */
  textsIn(value: unknown, origin?: SecretOrigin): readonly string[] {
    const found = { texts: new Set<string>(), left: MOST_SEARCHED, origin };
    this.#collect(value, [], false, 0, found);
    // What is filled in may be quoted by itself, such as the password in a URL.
    for (const [name, text = ""] of origin?.filledIn ?? []) {
      if (isSecretName(name)) { for (const form of formsOf(text)) found.texts.add(form); }
    }
    return [...found.texts].sort((a, b) => b.length - a.length);
  }

  #collect(
    value: unknown,
    path: KeyPath,
    isWithin: boolean,
    steps: number,
    found: { readonly texts: Set<string>; left: number; readonly origin: SecretOrigin | undefined },
  ): void {
    const isSecret = isWithin || this.#isSecretItself(path, found.origin);
    if (typeof value === "object" && value !== null) {
      const inside = stepsInto(value, steps);
      if (inside > MOST_STEPS || found.left === 0) return;
      if (inside > 0) found.left -= 1;
      for (const [key, member] of membersOf(value) ?? []) {
        this.#collect(member, [...path, key], isSecret, inside, found);
      }
    } else if (isSecret && ["string", "number", "bigint"].includes(typeof value)) {
      for (const form of formsOf(String(value))) found.texts.add(form);
    }
  }
}

/** What an object holds, by key; `undefined` when it can't be read. */
function membersOf(
  value: object,
): Iterable<readonly [key: string | number, member: unknown]> | undefined {
  if (ArrayBuffer.isView(value)) return [];
  if (Array.isArray(value)) return value.entries();
  try {
    if (value instanceof Map) return [...value].map(([key, member]) => [keyOf(key), member]);
    return value instanceof Set ? [...value].entries() : Object.entries(value);
  } catch {
    return undefined;
  }
}

/** The key of a map as part of a path. */
function keyOf(key: unknown): string {
  return typeof key === "object" && key !== null ? "" : String(key);
}

/** A text as it may be quoted: as it is, trimmed, in JSON, in a URL; none where it is too short. */
export function formsOf(text: string): readonly string[] {
  const trimmed = text.trim();
  const plain = trimmed === text ? [text] : [text, trimmed];
  return plain.flatMap((form) => [
    form,
    JSON.stringify(form).slice(1, -1),
    encodeURIComponent(form.toWellFormed?.() ?? ""),
  ]).filter(({ length }) => length >= SHORTEST_TEXT);
}

type Hide = (key: string | number, member: unknown) => unknown;

function redactMap(map: ReadonlyMap<unknown, unknown>, hide: Hide): ReadonlyMap<unknown, unknown> {
  const entries = [...map].map(([key, member]) => [key, hide(keyOf(key), member)] as const);
  return entries.every(([key, member]) => Object.is(member, map.get(key))) ? map : new Map(entries);
}

function redactSet(set: ReadonlySet<unknown>, hide: Hide): ReadonlySet<unknown> {
  const items = [...set].map((item, index) => hide(index, item));
  return items.every((item) => set.has(item)) ? set : new Set(items);
}

/** A key or variable and what is given to it on the same line, in any format. */
// Only from the start of a word and of a run of delimiters: otherwise a long one takes for ever.
const ASSIGNMENT = /["']?(?<![\p{L}\p{N}_.-])([\p{L}\p{N}_.-]+)["']?[ \t]*[:=][ \t]*/gu;

/** More of a value is not looked at: a file of one line may hold very many of them. */
const LONGEST_VALUE = 1_000;

/** What quotes, commas and brackets leave of a value. */
const DELIMITERS = /^[\s"'{[(]+|(?<![\s"',;)\]}])[\s"',;)\]}]+$/gu;

/**
 * What a text gives to names that are secret, longest first, line by line: for texts that can't be
 * parsed.
 */
export function secretTextsIn(
  text: string,
  isSecret: (name: string) => boolean = isSecretName,
): readonly string[] {
  const texts = new Set<string>();
  for (const line of text.split(/[\r\n]+/u)) {
    // Every assignment of a line, the inner ones of a line such as `{a: 1, token: x}` too.
    for (const { 0: assignment, 1: name, index } of line.matchAll(ASSIGNMENT)) {
      if (!isSecret(name!)) continue;
      const start = index + assignment.length;
      const value = line.slice(start, start + LONGEST_VALUE).replace(DELIMITERS, "");
      if (value.length >= SHORTEST_TEXT) texts.add(value);
    }
  }
  return [...texts].sort((a, b) => b.length - a.length);
}

/** The text without the secrets that it quotes. */
export function redactText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, REDACTED), text);
}

/** More members of an error are not looked at, and not shown. */
const MOST_MEMBERS = 1_000;

/**
 * The error itself, or where it, a cause or a member of it quotes a secret, one that does not: it
 * keeps texts, numbers and booleans among its members, and errors.
 */
export function redactError(error: Error, secrets: readonly string[]): Error {
  if (secrets.length === 0) return error;
  try {
    return isQuotedIn(error, secrets, new Set()) ? withoutQuotes(error, secrets, []) : error;
  } catch {
    return new Error("an error that can't be read was thrown");
  }
}

/** @param seen What was looked at: an error may hold itself. */
function isQuotedIn(value: unknown, secrets: readonly string[], seen: Set<object>): boolean {
  if (typeof value === "string") return secrets.some((secret) => value.includes(secret));
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  if (seen.has(value)) return false;
  if (seen.size === MOST_MEMBERS) return true;
  seen.add(value);
  const isQuoted = (member: unknown) => isQuotedIn(member, secrets, seen);
  if (value instanceof Map && [...value].some(isQuoted)) return true;
  if (value instanceof Set && [...value].some(isQuoted)) return true;
  const members = value instanceof Error ? errorMembersOf(value) : Object.keys(value);
  if (members.length > MOST_MEMBERS) return true;
  return members.some((name) =>
    isQuoted(name) || isQuoted((value as Record<string, unknown>)[name])
  );
}

/** Those of errors are not enumerable, and their class may make what is shown of them. */
function errorMembersOf(error: Error): readonly string[] {
  return [...new Set(["name", "message", ...Object.getOwnPropertyNames(error)])];
}

/** @param outer The errors that this one is a cause or a member of. */
function withoutQuotes(error: Error, secrets: readonly string[], outer: readonly Error[]): Error {
  const redacted: Error = new Error(redactText(error.message, secrets));
  Object.setPrototypeOf(redacted, Object.getPrototypeOf(error));
  const within = [...outer, error];
  const shown = (value: unknown): unknown => {
    if (typeof value === "string") return redactText(value, secrets);
    if (typeof value === "number" || typeof value === "boolean") return value;
    const isNew = value instanceof Error && !within.includes(value) && within.length < MOST_CAUSES;
    return isNew ? withoutQuotes(value, secrets, within) : undefined;
  };
  for (const name of errorMembersOf(error)) {
    const value: unknown = (error as unknown as Record<string, unknown>)[name];
    const member = Array.isArray(value) ? value.map(shown).filter(Boolean) : shown(value);
    const { enumerable = false } = Object.getOwnPropertyDescriptor(error, name) ?? {};
    if (member === undefined || redactText(name, secrets) !== name) continue;
    Object.defineProperty(redacted, name, {
      value: member,
      enumerable,
      writable: true,
      configurable: true,
    });
  }
  // Some runtimes make it when it is asked for, of the prototype and the message.
  redacted.stack = redactText(error.stack ?? "", secrets);
  return redacted;
}

/** More errors inside one another are not shown. */
const MOST_CAUSES = 10;

/** A longer one is not worth the time to look for parts of secrets in it. */
const LONGEST_EXCERPT = 500;

/** The same, also without parts of them between quotation marks: parsers cut what they quote. */
export function redactExcerpt(text: string, secrets: readonly string[]): string {
  const whole = redactText(text, secrets);
  return whole.replace(
    /"[^]+"/u,
    (excerpt) => excerpt.length > LONGEST_EXCERPT ? REDACTED : redactParts(excerpt, secrets),
  );
}

function redactParts(excerpt: string, secrets: readonly string[]): string {
  let shown = "";
  for (let index = 0; index < excerpt.length;) {
    const length = longestPart(excerpt, index, secrets);
    shown += length > 0 ? REDACTED : excerpt[index]!;
    index += Math.max(1, length);
  }
  return shown;
}

/** How much of the text from `index` on is part of a secret; 0 for what is common in any text. */
function longestPart(text: string, index: number, secrets: readonly string[]): number {
  let length = 0;
  for (const secret of secrets) {
    for (let end = Math.max(length + 1, SHORTEST_TEXT); index + end <= text.length; end++) {
      if (!secret.includes(text.slice(index, index + end))) break;
      length = end;
    }
  }
  return length;
}

/** What schema libraries quote of the value, at the end of a message; its type is no secret. */
const QUOTED =
  /(\(was |received |got )(?!(?:an? )?(?:number|string|boolean|object|array|null|undefined|missing)\)?$).*?(\)?)$/isu;

/** What is wrong with a secret value, without the value, however short it is. */
export function withoutValue(message: string, value?: unknown): string {
  const left = message.replace(QUOTED, (_match, start: string, end: string) => {
    return start + REDACTED + end;
  });
  if (typeof value !== "string" && typeof value !== "number") return left;
  const text = String(value).trim();
  if (text === "" || text.length >= SHORTEST_TEXT) return left;
  const literal = text.replace(/[\\^$.*+?()[\]{}|/-]/gu, "\\$&");
  return left.replace(
    new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, "gu"),
    REDACTED,
  );
}
