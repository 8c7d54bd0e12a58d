/**
 * A configuration as it is stored, before the schema made anything of it: JSON, without its secrets
 * and with what JSON can't hold.
 *
 * @module
 */

import { FrozenParts } from "../frozen_parts.ts";
import { formatPath, type KeyPath } from "../key_path.ts";
import { type Layer, layersWith } from "../layers.ts";
import { isPlainObject, setOwn } from "../merge.ts";
import type { Environment } from "../runtime/environment.ts";
import type { SecretOrigin, Secrets } from "../secrets.ts";
import { Origins } from "./origins.ts";

/** What a candidate was merged from, and what of it is secret. */
export interface StoredFrom {
  readonly layers: readonly Layer[];
  readonly secrets: Secrets;
  readonly environment: Environment;
  /** What was stored before by the same rules; absent: nothing. */
  readonly before?: StoredParts | undefined;
}

/** What is known of parts that were stored, so that the next value costs what changed. */
export class StoredParts {
  /** The secret texts in them. */
  readonly secretTexts: FrozenParts<ReadonlySet<string>> = new FrozenParts();
  #texts: readonly string[] = [];
  #stored: FrozenParts<unknown> = new FrozenParts();

  /** What was made of them while these texts were secret, wherever they were quoted. */
  storedWithout(texts: readonly string[]): FrozenParts<unknown> {
    const known = this.#texts;
    const isSame = texts.length === known.length && texts.every((text, i) => text === known[i]);
    if (!isSame) [this.#texts, this.#stored] = [texts, new FrozenParts()];
    return this.#stored;
  }
}

/** A variable that is filled in again. */
export interface Reference {
  /** Its name. */
  readonly name: string;
}

/** Why a value is not stored. */
export type Omitted = "secret" | "value";

/** A shorter text may stand for something else than the secret that is the same, as `postgres`. */
const SHORTEST_QUOTED = 12;

/** A shorter text of a variable may stand in a value by chance. */
const SHORTEST_PART = 8;

/** The candidate as JSON that `readStored()` understands. */
export function toStored(candidate: unknown, from: StoredFrom): unknown {
  return new Storing(candidate, from).store(candidate, []);
}

class Storing {
  readonly #from: StoredFrom;
  readonly #origins: Origins;
  readonly #origin: SecretOrigin | undefined;
  /** Secrets that are long enough to be known wherever they are quoted. */
  readonly #texts: readonly string[];
  /** What was stored before; none where variables make a difference. */
  readonly #before: FrozenParts<unknown> | undefined;

  constructor(candidate: unknown, from: StoredFrom) {
    this.#from = from;
    this.#origins = new Origins(from.layers);
    this.#origin = this.#origins.isEmpty ? undefined : this.#origins;
    const { secrets, before } = from;
    this.#texts = secrets.textsIn(candidate, this.#origin, before?.secretTexts)
      .filter(({ length }) => length >= SHORTEST_QUOTED);
    this.#before = this.#origin === undefined ? before?.storedWithout(this.#texts) : undefined;
  }

  store(value: unknown, path: KeyPath): unknown {
    if (this.#from.secrets.isSecret(path, this.#origin)) return this.#storeSecret(value, path);
    if (typeof value === "string") return this.#storeText(value, path);
    if (typeof value !== "object" || value === null) return this.#storeScalar(value);
    const store = () => this.#storeObject(value, path);
    return this.#before === undefined ? store() : this.#before.add(value, path, store);
  }

  #storeMember(value: unknown, path: KeyPath, key: string | number): unknown {
    return this.#before?.at(value, path, key) ?? this.store(value, [...path, key]);
  }

  #storeObject(value: object, path: KeyPath): unknown {
    if (Array.isArray(value)) {
      return Array.from(value, (item, index) => this.#storeMember(item, path, index));
    }
    if (!isPlainObject(value)) return this.#storeScalar(value);
    const keys = Object.keys(value);
    if (keys.some((key) => this.#quotesSecret(key))) return omitted("secret");
    const stored: Record<string, unknown> = {};
    for (const key of keys) {
      setOwn(stored, key, this.#storeMember(value[key], path, key));
    }
    return isTagged(stored) ? { $object: Object.entries(stored) } : stored;
  }

  #storeScalar(value: unknown): unknown {
    const isNumber = typeof value === "number" || typeof value === "bigint";
    return isNumber && this.#quotesSecret(String(value)) ? omitted("secret") : storeScalar(value);
  }

  #storeText(text: string, path: KeyPath): unknown {
    if (this.#quotesSecret(text)) return omitted("secret");
    return this.#origins.isText(path) && isTextIn(this.#from.layers, path) ? { $text: text } : text;
  }

  #storeSecret(value: unknown, path: KeyPath): unknown {
    const pieces = typeof value === "string" ? this.#piecesOf(value, path) : undefined;
    return pieces === undefined ? omitted("secret") : { $variables: pieces };
  }

  /** The text with references for what variables gave; `undefined` when anything else is secret. */
  #piecesOf(text: string, path: KeyPath): (string | Reference)[] | undefined {
    const names = namesIn(layersWith(this.#from.layers, path).winner, path);
    const texts = new Map(names.map((name) => [name, this.#lookUp(name)]));
    const whole = names.find((name) => texts.get(name) === text);
    if (whole !== undefined) return [{ name: whole }];
    // Around the variables there may be more that is secret.
    if (names.length === 0 || this.#from.secrets.isSecret(path)) return undefined;
    let pieces: (string | Reference)[] = [text];
    for (const [name, part] of texts) {
      // What is not set has a default, and who defaults a secret writes one.
      if (part === undefined || part.length < SHORTEST_PART) return undefined;
      if (text.split(part).length !== 2) return undefined;
      pieces = pieces.flatMap((piece) =>
        typeof piece === "string" ? split(piece, part, name) : piece
      );
    }
    const references = pieces.filter((piece) => typeof piece !== "string");
    const isQuoting = pieces.some((piece) =>
      typeof piece === "string" && this.#quotesSecret(piece)
    );
    return references.length === texts.size && !isQuoting ? pieces : undefined;
  }

  #quotesSecret(text: string): boolean {
    return text.length >= SHORTEST_QUOTED && this.#texts.some((secret) => text.includes(secret));
  }

  #lookUp(name: string): string | undefined {
    try {
      return this.#from.environment.get(name);
    } catch {
      // It is not allowed any more; the value is taken from a source.
      return undefined;
    }
  }
}

function split(text: string, part: string, name: string): (string | Reference)[] {
  const [before, after] = text.split(part) as [string, string?];
  if (after === undefined) return [text];
  return [before, { name }, after].filter((piece) => piece !== "");
}

function omitted(why: Omitted): unknown {
  return { $omitted: why };
}

function storeScalar(value: unknown): unknown {
  if (value === undefined) return { $undefined: true };
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $number: Object.is(value, -0) ? "-0" : String(value) };
  }
  const isDate = value instanceof Date && Object.getPrototypeOf(value) === Date.prototype;
  // A map, a function or a connection can't be stored; a program gives it again.
  return isDate
    ? { $date: Number.isNaN(value.getTime()) ? null : value.getTime() }
    : omitted("value");
}

/** Whether it would be taken for what stands for something else. */
export function isTagged(object: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(object);
  return keys.length === 1 && keys[0]!.startsWith("$");
}

/** Names of the variables that stand in what the layer has at `path`. */
function namesIn(layer: Layer | undefined, path: KeyPath): string[] {
  const own = layer?.parsed.variableAt?.(path);
  const filledIn = layer?.substituted?.get(formatPath(path)) ?? [];
  return own === undefined ? [...filledIn] : [own, ...filledIn];
}

function isTextIn(layers: readonly Layer[], path: KeyPath): boolean {
  const { winner } = layersWith(layers, path);
  return winner !== undefined &&
    (winner.isText || (winner.substituted?.has(formatPath(path)) ?? false));
}
