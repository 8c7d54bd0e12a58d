/**
 * Which values are secret, and values without those that are.
 *
 * @module
 */

import type { FrozenParts } from "./frozen_parts.ts";
import type { KeyPath } from "./key_path.ts";
import { isContainer, setOwn } from "./merge.ts";
import { type DeepPattern, matchesPathOrAncestor, parseDeepPattern } from "./path_pattern.ts";
import { formsOf, REDACTED } from "./redact_text.ts";
import { isSecretName, secretTextsIn } from "./secret_names.ts";

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
  if (!isContainer(value)) return steps + INSTANCE;
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

  /**
   * The secret texts and numbers in `value`, longest first, as they may be quoted somewhere.
   *
   * @param remembered Those of the parts that were searched before, where no variables make a
   * difference.
   */
  textsIn(
    value: unknown,
    origin?: SecretOrigin,
    remembered?: FrozenParts<ReadonlySet<string>>,
  ): readonly string[] {
    const parts = origin === undefined ? remembered : undefined;
    const found = { texts: new Set<string>(), left: MOST_SEARCHED, origin, parts };
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
    found: Collected,
  ): void {
    const isSecret = isWithin || this.#isSecretItself(path, found.origin);
    if (typeof value === "object" && value !== null) {
      const inside = stepsInto(value, steps);
      if (inside > MOST_STEPS || (inside > 0 && found.left === 0)) return;
      if (inside > 0) found.left -= 1;
      const collectMembers = () => this.#collectMembers(value, path, isSecret, inside, found);
      // What is inside an instance is not all looked at, and may change.
      if (found.parts === undefined || steps > 0) return void collectMembers();
      const { texts } = found;
      found.texts = new Set();
      for (const text of found.parts.add(value, path, collectMembers)) texts.add(text);
      found.texts = texts;
    } else if (isSecret && ["string", "number", "bigint"].includes(typeof value)) {
      for (const form of formsOf(String(value))) found.texts.add(form);
    }
  }

  #collectMembers(
    value: object,
    path: KeyPath,
    isWithin: boolean,
    inside: number,
    found: Collected,
  ): ReadonlySet<string> {
    const parts = inside > 0 ? undefined : found.parts;
    for (const [key, member] of membersOf(value) ?? []) {
      const known = parts?.at(member, path, key);
      if (known === undefined) this.#collect(member, [...path, key], isWithin, inside, found);
      else for (const text of known) found.texts.add(text);
    }
    return found.texts;
  }
}

/** The secret texts that were found so far. */
interface Collected {
  texts: Set<string>;
  /** How much more of what instances hold is searched. */
  left: number;
  readonly origin: SecretOrigin | undefined;
  readonly parts: FrozenParts<ReadonlySet<string>> | undefined;
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

type Hide = (key: string | number, member: unknown) => unknown;

function redactMap(map: ReadonlyMap<unknown, unknown>, hide: Hide): ReadonlyMap<unknown, unknown> {
  const entries = [...map].map(([key, member]) => [key, hide(keyOf(key), member)] as const);
  return entries.every(([key, member]) => Object.is(member, map.get(key))) ? map : new Map(entries);
}

function redactSet(set: ReadonlySet<unknown>, hide: Hide): ReadonlySet<unknown> {
  const items = [...set].map((item, index) => hide(index, item));
  return items.every((item) => set.has(item)) ? set : new Set(items);
}
