/**
 * What was stored of a configuration, read back and completed.
 *
 * @module
 */

import { formatPath, type KeyPath } from "../key_path.ts";
import { isPlainObject, setOwn } from "../merge.ts";
import { isTagged, type Omitted, type Reference } from "./stored_value.ts";

/** A value as it was stored, for want of what was not. */
export interface Restored {
  readonly value: unknown;
  /** Texts for want of types, with the variables that stand in them, by the text of their paths. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** Gives what is not stored. */
export interface Completion {
  /** What a variable says. */
  lookUp(name: string, path: KeyPath): string | undefined;
  /** What else gives the value at `path`, which was not stored, or whose variables are not set. */
  complete(path: KeyPath, why: Omitted | readonly string[]): unknown;
}

/**
 * A configuration from what was stored of it.
 *
 * @throws {TypeError} When it was not made by `toStored()`.
 */
export function readStored(stored: unknown, completion: Completion): Restored {
  const texts = new Map<string, readonly string[]>();
  const value = new Reading(completion, texts).read(stored, []);
  return { value, texts };
}

class Reading {
  readonly #completion: Completion;
  readonly #texts: Map<string, readonly string[]>;

  constructor(completion: Completion, texts: Map<string, readonly string[]>) {
    this.#completion = completion;
    this.#texts = texts;
  }

  read(stored: unknown, path: KeyPath): unknown {
    if (Array.isArray(stored)) {
      return stored.map((item, index) => this.read(item, [...path, index]));
    }
    if (!isPlainObject(stored)) return stored;
    if (isTagged(stored)) return this.#readTagged(stored, path);
    return this.#readMembers(Object.entries(stored), path);
  }

  #readMembers(entries: readonly (readonly [string, unknown])[], path: KeyPath): unknown {
    const value: Record<string, unknown> = {};
    for (const [key, stored] of entries) {
      const member = this.read(stored, [...path, key]);
      const isUndefined = isPlainObject(stored) && stored["$undefined"] === true;
      // What is missing has no key, so that the schema says so, or has a default.
      if (member !== undefined || isUndefined) setOwn(value, key, member);
    }
    return value;
  }

  #readTagged(stored: Readonly<Record<string, unknown>>, path: KeyPath): unknown {
    const [[tag, content]] = Object.entries(stored) as [[string, unknown]];
    if (tag === "$undefined") return undefined;
    if (tag === "$date") return new Date(content === null ? NaN : Number(content));
    if (tag === "$bigint") return BigInt(String(content));
    if (tag === "$number") return Number(content);
    if (tag === "$object") return this.#readMembers(entriesOf(content), path);
    if (tag === "$text") return this.#text(String(content), path, []);
    if (tag === "$variables" && Array.isArray(content)) return this.#fill(content, path);
    if (tag === "$omitted") return this.#completion.complete(path, content as Omitted);
    throw new TypeError(`it holds ${tag}, which is not known`);
  }

  #fill(pieces: readonly (string | Reference)[], path: KeyPath): unknown {
    const names = pieces.flatMap((piece) => typeof piece === "string" ? [] : String(piece.name));
    const texts = new Map(names.map((name) => [name, this.#completion.lookUp(name, path)]));
    const missing = names.filter((name) => texts.get(name) === undefined);
    if (missing.length > 0) return this.#completion.complete(path, missing);
    const text = pieces.map((piece) =>
      typeof piece === "string" ? piece : texts.get(String(piece.name))
    ).join("");
    return this.#text(text, path, names);
  }

  #text(text: string, path: KeyPath, names: readonly string[]): string {
    this.#texts.set(formatPath(path), names);
    return text;
  }
}

function entriesOf(content: unknown): [string, unknown][] {
  const isEntry = (entry: unknown) => Array.isArray(entry) && typeof entry[0] === "string";
  if (Array.isArray(content) && content.every(isEntry)) return content;
  throw new TypeError("it holds an object without keys");
}
