/**
 * Placeholders in string values: `${NAME}`, `${NAME:-default}`, and `$${` for a literal `${`.
 *
 * @module
 */

import type { ParsedDocument } from "./format/format.ts";
import { freezeShared } from "./freeze.ts";
import { formatPath, type KeyPath } from "./key_path.ts";
import type { Layer } from "./layers.ts";
import { isPlainObject, setOwn } from "./merge.ts";
import type { Environment } from "./runtime/environment.ts";
import type { UnplacedIssue } from "./schema_issues.ts";

/** What became of a layer. */
export interface Interpolation {
  /** With its placeholders filled in. */
  readonly layer: Layer;
  /** Placeholders that can't be filled in; their values stay as they are written. */
  readonly issues: readonly UnplacedIssue[];
}

interface Remembered extends Pick<Interpolation, "issues"> {
  readonly value: unknown;
  readonly substituted: ReadonlyMap<string, readonly string[]>;
  /** What every variable that was looked up had to say. */
  readonly used: ReadonlyMap<string, string | undefined>;
}

/** Fills in placeholders, each document once while no variable in it changes. */
export class Interpolator {
  readonly #environment: Environment | undefined;
  readonly #frozen: WeakSet<object>;
  /** Objects that are frozen and hold no placeholder. */
  readonly #literal = new WeakSet<object>();
  readonly #remembered = new WeakMap<ParsedDocument, Remembered>();
  #used = new Map<string, string | undefined>();

  /**
   * Creates one that looks variables up in `environment`; without it placeholders stay.
   *
   * @param frozen Takes every object that is made, see `freezeShared()`.
   */
  constructor(environment: Environment | undefined, frozen: WeakSet<object>) {
    this.#environment = environment;
    this.#frozen = frozen;
  }

  /** Begins a candidate. */
  begin(): void {
    this.#used = new Map();
  }

  /** What the variables said that were used since {@linkcode Interpolator.begin}. */
  get used(): ReadonlyMap<string, string | undefined> {
    return this.#used;
  }

  /** Whether all of these variables still say the same. */
  isCurrent(used: ReadonlyMap<string, string | undefined>): boolean {
    return this.#environment === undefined || isCurrent(used, this.#environment);
  }

  /** The layer with its placeholders filled in. What no text was parsed for holds none. */
  interpolate(layer: Layer): Interpolation {
    const environment = this.#environment;
    if (environment === undefined || !layer.hasText) {
      return { layer, issues: [] };
    }
    const { parsed } = layer;
    let known = this.#remembered.get(parsed);
    if (known === undefined || !isCurrent(known.used, environment)) {
      known = new Substitution(parsed, environment, this.#literal).run(known?.value, this.#frozen);
      this.#remembered.set(parsed, known);
    }
    const { value, substituted, issues, used } = known;
    for (const [name, text] of used) this.#used.set(name, text);
    return {
      layer: { ...layer, parsed: { ...parsed, value }, substituted, filledIn: used },
      issues,
    };
  }
}

function isCurrent(
  used: ReadonlyMap<string, string | undefined>,
  environment: Environment,
): boolean {
  try {
    return [...used].every(([name, value]) => environment.get(name) === value);
  } catch {
    return false;
  }
}

/** A piece of a text: literal, or a placeholder. */
type Piece = string | { readonly name: string; readonly fallback: readonly Piece[] | undefined };

/** Characters that the placeholders of one document may give together. */
const MOST_FILLED_IN = 10_000_000;

/** What a placeholder counts for beside its characters, as it takes its time even with none. */
const PLACEHOLDER_COST = 10;

/** Defaults in defaults, and variables in variables. */
const DEEPEST = 50;

/** Fills in the placeholders of one document. */
class Substitution {
  readonly #parsed: ParsedDocument;
  readonly #environment: Environment;
  readonly #literal: WeakSet<object>;
  readonly #substituted = new Map<string, readonly string[]>();
  readonly #issues: UnplacedIssue[] = [];
  readonly #used = new Map<string, string | undefined>();
  /** How many texts with placeholders there were. */
  #filled = 0;
  #left = MOST_FILLED_IN;

  constructor(parsed: ParsedDocument, environment: Environment, literal: WeakSet<object>) {
    this.#parsed = parsed;
    this.#environment = environment;
    this.#literal = literal;
  }

  run(last: unknown, frozen: WeakSet<object>): Remembered {
    return {
      value: freezeShared(last, this.#walk(this.#parsed.value, []), frozen),
      substituted: this.#substituted,
      issues: this.#issues,
      used: this.#used,
    };
  }

  /** The value, itself where nothing is to be filled in. */
  #walk(value: unknown, path: KeyPath): unknown {
    if (typeof value === "string") {
      const template = value.includes("${") ? this.#parsed.templateAt?.(path) ?? value : "";
      return template.includes("${") ? this.#fill(template, path, value) : value;
    }
    if (typeof value !== "object" || value === null || this.#literal.has(value)) return value;
    const filledBefore = this.#filled;
    const walked = this.#walkMembers(value, path);
    if (this.#filled === filledBefore && Object.isFrozen(value)) this.#literal.add(value);
    return walked;
  }

  #walkMembers(value: object, path: KeyPath): unknown {
    if (Array.isArray(value)) {
      const items = value.map((item, index) => this.#walk(item, [...path, index]));
      return items.every((item, index) => Object.is(item, value[index]))
        ? value
        : Object.freeze(items);
    }
    if (!isPlainObject(value)) return value;
    const filled: Record<string, unknown> = {};
    let isSame = true;
    for (const key of Object.keys(value)) {
      const member = this.#walk(value[key], [...path, key]);
      isSame &&= Object.is(member, value[key]);
      setOwn(filled, key, member);
    }
    return isSame ? value : filled;
  }

  /** @param written What stays when it can't be filled in. */
  #fill(text: string, path: KeyPath, written: string): string {
    this.#filled += 1;
    const names = new Set<string>();
    try {
      const own = this.#parsed.variables && this.#parsed.variableAt?.(path);
      const filled = this.#expand(parsePieces(text), names, own === undefined ? [] : [own]);
      if (names.size > 0) this.#substituted.set(formatPath(path), [...names]);
      return filled;
    } catch (error) {
      if (!(error instanceof PlaceholderError)) throw error;
      this.#issues.push({ path, message: error.message });
      return written;
    }
  }

  /** @param via Variables of the document whose values are being expanded. */
  #expand(pieces: readonly Piece[], names: Set<string>, via: readonly string[]): string {
    return pieces.map((piece) => {
      if (typeof piece === "string") return piece;
      const { name, fallback } = piece;
      names.add(name);
      const value = this.#lookUp(name, names, via);
      if (value !== undefined && (value !== "" || fallback === undefined)) {
        return this.#spend(value);
      }
      if (fallback !== undefined) return this.#expand(fallback, names, via);
      throw new PlaceholderError(
        `the environment variable ${name} is not set; set it, or give a default: \${${name}:-…}`,
      );
    }).join("");
  }

  /** Variables that use each other twice double with each step, and a short text may name long ones. */
  #spend(value: string): string {
    this.#left -= value.length + PLACEHOLDER_COST;
    if (this.#left >= 0) return value;
    throw new PlaceholderError(
      `the placeholders of this document give more than ${MOST_FILLED_IN} characters`,
    );
  }

  #lookUp(name: string, names: Set<string>, via: readonly string[]): string | undefined {
    const own = this.#parsed.variables?.get(name);
    // A variable that names itself means the one of the environment.
    if (own !== undefined && via.at(-1) !== name) {
      if (via.includes(name)) {
        const cycle = [...via.slice(via.indexOf(name)), name].join(" → ");
        throw new PlaceholderError(`the variables are defined by each other: ${cycle}`);
      }
      if (via.length >= DEEPEST) throw tooDeep();
      return this.#expand(parsePieces(own), names, [...via, name]);
    }
    if (!this.#used.has(name)) this.#used.set(name, this.#fromEnvironment(name));
    return this.#used.get(name);
  }

  #fromEnvironment(name: string): string | undefined {
    try {
      return this.#environment.get(name);
    } catch (cause) {
      throw new PlaceholderError(
        `the environment variable ${name} may not be read; on Deno allow it with ` +
          `--allow-env=${name}`,
        { cause },
      );
    }
  }
}

/** A placeholder that can't be filled in. */
class PlaceholderError extends RangeError {}

const NAME = /[A-Za-z_]\w*/uy;

/** The pieces of a text. @throws {PlaceholderError} When a placeholder is malformed. */
function parsePieces(text: string): readonly Piece[] {
  const { pieces } = readPieces(text, 0, 0);
  return pieces;
}

/**
 * Reads up to the end, or up to the brace that closes the placeholder whose default it is.
 *
 * @param depth How many placeholders it is in.
 */
function readPieces(
  text: string,
  from: number,
  depth: number,
): { readonly pieces: readonly Piece[]; readonly end: number } {
  if (depth > DEEPEST) throw tooDeep();
  const isDefault = depth > 0;
  const pieces: Piece[] = [];
  let literal = "";
  let index = from;
  while (index < text.length) {
    if (isDefault && text[index] === "}") break;
    if (text.startsWith("$${", index)) {
      literal += "${";
      index += 3;
    } else if (text.startsWith("${", index)) {
      const { piece, end } = readPlaceholder(text, index, depth);
      pieces.push(literal, piece);
      literal = "";
      index = end;
    } else {
      literal += text[index++];
    }
  }
  if (isDefault && index === text.length) throw malformed();
  return { pieces: [...pieces, literal], end: index };
}

function readPlaceholder(
  text: string,
  start: number,
  depth: number,
): { readonly piece: Piece; readonly end: number } {
  NAME.lastIndex = start + 2;
  const name = NAME.exec(text)?.[0];
  if (name === undefined) throw malformed();
  const after = start + 2 + name.length;
  if (text[after] === "}") return { piece: { name, fallback: undefined }, end: after + 1 };
  if (!text.startsWith(":-", after)) throw malformed();
  const { pieces, end } = readPieces(text, after + 2, depth + 1);
  return { piece: { name, fallback: pieces }, end: end + 1 };
}

function tooDeep(): PlaceholderError {
  return new PlaceholderError(`placeholders are nested deeper than ${DEEPEST} levels`);
}

function malformed(): PlaceholderError {
  return new PlaceholderError(
    "a placeholder is malformed: write ${NAME} or ${NAME:-default}; a literal ${ is written $${",
  );
}
