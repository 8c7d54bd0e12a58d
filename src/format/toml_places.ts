/**
 * Places in a TOML text that is known to be well-formed.
 *
 * @module
 */

import { type Place, skipAll } from "./place.ts";

/** What is asked of the text on the way. */
export interface TomlVisitor {
  /** Most places that are wanted. @default {Infinity} */
  readonly most?: number;
  /** Called with the offset of the first place beyond; it has to throw. */
  readonly onMore?: (offset: number) => never;
  /** Called with each number, boolean and date. */
  readonly onBareValue?: (written: string, offset: number) => void;
}

/**
 * Place of the root table; it stands where the first key or header stands. The text of a malformed
 * document gives any places, but never more than `most`.
 */
export function openTomlPlaces(text: string, visitor: TomlVisitor = {}): Place {
  return new TomlScanner(text, visitor).document();
}

interface Table extends Place {
  members?: Map<string, Table>;
  /** The last element of an array of tables: the one that headers and keys extend. */
  latest?: Table;
}

interface KeySegment {
  readonly name: string;
  readonly offset: number;
}

const TRIVIA = /[\s\uFEFF]+|#.*/yu;
const BLANK = /[ \t]+/yu;
const BARE_KEY = /[\w-]+/yu;
/** A number, boolean or date; a date may hold a blank. */
const BARE_VALUE = /[^,\]}#\r\n]+/yu;

class TomlScanner {
  readonly #text: string;
  readonly #visitor: TomlVisitor;
  readonly #most: number;
  #at = 0;
  #places = 0;

  constructor(text: string, visitor: TomlVisitor) {
    this.#text = text;
    this.#visitor = visitor;
    this.#most = visitor.most ?? Infinity;
  }

  document(): Place {
    this.#skip(TRIVIA);
    const root: Table = { offset: this.#at };
    let table = root;
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] === "[") table = this.#header(root);
      else this.#entry(table);
      this.#skip(TRIVIA);
    }
    return root;
  }

  #header(root: Table): Table {
    const brackets = this.#text[this.#at + 1] === "[" ? 2 : 1;
    this.#at += brackets;
    const key = this.#key();
    this.#at += brackets;
    const table = this.#descend(root, key);
    if (brackets === 1) return table;
    table.latest = this.#appendItem(table, key.at(-1)!.offset);
    return table.latest;
  }

  #entry(table: Table): void {
    const place = this.#descend(table, this.#key());
    this.#at++; // the equals sign
    this.#skip(BLANK);
    this.#value(place);
  }

  #value(place: Table): void {
    const first = this.#text[this.#at];
    if (first === "[") this.#group("]", () => this.#value(this.#appendItem(place, this.#at)));
    else if (first === "{") this.#group("}", () => this.#entry(place));
    else if (first === '"' || first === "'") this.#string();
    else this.#bareValue();
  }

  #bareValue(): void {
    const start = this.#at;
    this.#skip(BARE_VALUE);
    this.#visitor.onBareValue?.(this.#text.slice(start, this.#at), start);
  }

  #group(close: string, member: () => void): void {
    this.#at++;
    this.#skip(TRIVIA);
    while (this.#at < this.#text.length && this.#text[this.#at] !== close) {
      member();
      this.#skip(TRIVIA);
      if (this.#text[this.#at] === ",") this.#at++;
      this.#skip(TRIVIA);
    }
    this.#at++;
  }

  /** A dotted key, with the blanks around it. */
  #key(): KeySegment[] {
    const segments: KeySegment[] = [];
    do {
      if (segments.length > 0) this.#at++; // the dot
      this.#skip(BLANK);
      const offset = this.#at;
      const quote = this.#text[offset];
      const isQuoted = quote === '"' || quote === "'";
      const raw = isQuoted ? this.#string() : this.#bareKey();
      segments.push({ name: quote === '"' ? unescape(raw) : raw, offset });
      if (segments.length > this.#most) this.#visitor.onMore?.(offset);
      this.#skip(BLANK);
    } while (this.#text[this.#at] === ".");
    return segments;
  }

  #bareKey(): string {
    const start = this.#at;
    this.#skip(BARE_KEY);
    return this.#text.slice(start, this.#at);
  }

  /** Passes a string of any of the four kinds; returns what stands between its quotes. */
  #string(): string {
    const quote = this.#text[this.#at]!;
    const isMultiline = this.#text.startsWith(quote.repeat(3), this.#at);
    const delimiter = isMultiline ? quote.repeat(3) : quote;
    const start = this.#at + delimiter.length;
    let end = this.#text.indexOf(delimiter, start);
    while (quote === '"' && this.#isEscaped(end)) end = this.#text.indexOf(delimiter, end + 1);
    this.#at = end < 0 ? this.#text.length : end + delimiter.length;
    // Up to two quotes may stand directly before the closing three.
    while (isMultiline && this.#text[this.#at] === quote) this.#at++;
    return this.#text.slice(start, end);
  }

  #isEscaped(offset: number): boolean {
    let backslashes = 0;
    while (this.#text[offset - 1 - backslashes] === "\\") backslashes++;
    return backslashes % 2 === 1;
  }

  #skip(pattern: RegExp): void {
    this.#at = skipAll(this.#text, pattern, this.#at);
  }

  #newPlace(offset: number): Table {
    this.#places += 1;
    if (this.#places > this.#most) this.#visitor.onMore?.(offset);
    return { offset };
  }

  #appendItem(array: Table, offset: number): Table {
    const item = this.#newPlace(offset);
    array.members ??= new Map();
    array.members.set(String(array.members.size), item);
    return item;
  }

  /** The table at a dotted key, through the latest element of arrays of tables; created if missing. */
  #descend(from: Table, key: readonly KeySegment[]): Table {
    let table = from;
    for (const { name, offset } of key) {
      table = table.latest ?? table;
      table.members ??= new Map();
      let member = table.members.get(name);
      if (member === undefined) table.members.set(name, member = this.#newPlace(offset));
      table = member;
    }
    return table;
  }
}

const ESCAPE = /\\(?:u(.{4})|U(.{8})|x(..)|(.))/gu;
const CONTROL: Readonly<Record<string, string>> = {
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

function unescape(raw: string): string {
  return raw.replace(ESCAPE, (_, short, long, byte, single) => {
    const hex: string | undefined = short ?? long ?? byte;
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return CONTROL[single as string] ?? single as string;
  });
}
