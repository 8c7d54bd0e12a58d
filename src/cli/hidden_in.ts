/**
 * Which parts of a line of a file are secret, as far as its text tells: it may not be well-formed.
 *
 * @module
 */

import { endOfBrackets, keysAround } from "./brackets.ts";
import { parsePath } from "../key_path.ts";
import { parseDeepPattern } from "../path_pattern.ts";
import { isSecretName } from "../secret_names.ts";
import { Secrets } from "../secrets.ts";

/** A key or variable at the start of a line, after a dash or a brace, and what is given to it. */
const GIVEN =
  /^(\s*(?:[-{[,]\s*|export\s+)*["']?([\p{L}\p{N}_.][\p{L}\p{N}_.-]*)["']?\s*[:=]\s*)(.*)$/u;

/** A key anywhere in a line. Only from the start of a word: otherwise a long one takes for ever. */
const KEY = /(?<![\p{L}\p{N}_.-])([\p{L}\p{N}_.-]+)["']?\s*[:=]\s*/gu;

/** What is given to it. */
const VALUE = /"(?:[^"\\]|\\.)*"?|'[^']*'?|[^,}\]{[]+/yu;

/** The head of a table in TOML, or of a section. */
const TABLE = /^\s*\[+([^[\]]+)\]+\s*(?:#.*)?$/u;

/** Begins and ends a text of several lines in TOML. */
const TEXT_MARK = /"""|'''/gu;

/** A part of a line. */
export interface Range {
  /** Index of its first character. */
  readonly from: number;
  /** Index after its last one. */
  readonly to: number;
}

/** What is known to be secret. */
export interface Hiding {
  /** Path of the value that the line is about. */
  readonly path: string;
  /** Patterns of secrets beside the names that are secret by themselves. */
  readonly secrets: readonly string[];
}

/** The parts of a line that are not to be shown, in their order; rather too much than too little. */
export function hiddenIn(
  lines: readonly string[],
  index: number,
  { path, secrets }: Hiding,
): readonly Range[] {
  if (isSecretPath(path, secrets)) return [givenIn(lines[index]!)];
  return new Lines(lines, secretNames(secrets)).hiddenIn(index);
}

type IsSecret = (name: string) => boolean;

/** Whether a key may be a secret's, as a line does not tell what it stands in. */
function secretNames(patterns: readonly string[]): IsSecret {
  const named = patterns.filter((pattern) => !pattern.startsWith("!")).map((pattern) =>
    parseDeepPattern(pattern).findLast((segment) => typeof segment === "string")
  );
  return (name) =>
    isSecretName(name) || named.includes(name) || named.includes(name.split(".").at(-1)!);
}

function isSecretPath(path: string, patterns: readonly string[]): boolean {
  try {
    return new Secrets(patterns).isSecret(parsePath(path));
  } catch {
    return false; // of the whole configuration, or a text of a schema's own that is no path
  }
}

/** What a line gives to the key that it begins with, or all of a line without one. */
function givenIn(line: string): Range {
  const before = GIVEN.exec(line)?.[1] ?? /^\s*/u.exec(line)![0];
  return { from: before.length, to: Math.max(before.length, line.trimEnd().length) };
}

/** Finds the secrets in the lines of a file that may be well-formed or not. */
class Lines {
  readonly #lines: readonly string[];
  readonly #isSecret: IsSecret;

  constructor(lines: readonly string[], isSecret: IsSecret) {
    this.#lines = lines;
    this.#isSecret = isSecret;
  }

  /** What a line gives to a secret name, or what of it belongs to one above it. */
  hiddenIn(index: number): readonly Range[] {
    const line = this.#lines[index]!;
    const opening = this.#textAround(index);
    if (opening !== undefined) {
      return this.#isGivenToSecret(opening) ? [wholeOf(line)] : innerSecrets(line, this.#isSecret);
    }
    const given = GIVEN.exec(line);
    if (given !== null && this.#isSecret(given[2]!)) return [givenIn(line)];
    const [parent, ...others] = this.#parents(index);
    if ([parent, ...others].some((above) => above !== undefined && this.#isSecret(above.name))) {
      return [parent!.isText ? wholeOf(line) : givenIn(line)];
    }
    if (this.#isInSecretTable(index) || this.#isInSecretBrackets(index)) return [givenIn(line)];
    const isContinued = given === null && /[\p{L}\p{N}]/u.test(line) && !TABLE.test(line);
    if (isContinued && this.#followsSecret(index)) return [wholeOf(line)];
    return innerSecrets(line, this.#isSecret);
  }

  /** Index of the line on which a text of several lines began that the line is in. */
  #textAround(index: number): number | undefined {
    let mark: string | undefined;
    let opening: number | undefined;
    for (let above = 0; above < index; above++) {
      for (const [found] of this.#lines[above]!.matchAll(TEXT_MARK)) {
        if (mark === undefined) [mark, opening] = [found, above];
        else if (mark === found) [mark, opening] = [undefined, undefined];
      }
    }
    return opening;
  }

  #isGivenToSecret(index: number): boolean {
    const name = GIVEN.exec(this.#lines[index]!)?.[2];
    return (name !== undefined && this.#isSecret(name)) || this.#isInSecretTable(index);
  }

  /** The keys above with a smaller indent, the first at each step outwards. */
  *#parents(index: number): Generator<{ readonly name: string; readonly isText: boolean }> {
    let indent = indentOf(this.#lines[index]!);
    for (let above = index - 1; above >= 0 && indent > 0; above--) {
      const line = this.#lines[above]!;
      if (line.trim() === "" || indentOf(line) >= indent) continue;
      indent = indentOf(line);
      const given = GIVEN.exec(line);
      if (given !== null) yield { name: given[2]!, isText: /^[^#{[&!]/u.test(given[3]!) };
    }
  }

  #isInSecretTable(index: number): boolean {
    for (let above = index - 1; above >= 0; above--) {
      const head = TABLE.exec(this.#lines[above]!);
      if (head !== null) return head[1]!.split(/[\s."']+/u).some(this.#isSecret);
    }
    return false;
  }

  /** Whether the line has something in brackets that a secret is given, whatever the indents. */
  #isInSecretBrackets(index: number): boolean {
    return /[^\s}\],]/u.test(this.#lines[index]!) &&
      keysAround(this.#lines, index).some(this.#isSecret);
  }

  /** Whether the nearest line above with a key has one that is secret, whatever the indents. */
  #followsSecret(index: number): boolean {
    for (let above = index - 1; above >= 0; above--) {
      const keys = [...this.#lines[above]!.matchAll(KEY)];
      if (keys.length > 0) return keys.some(([, name]) => this.#isSecret(name!));
    }
    return false;
  }
}

function wholeOf(line: string): Range {
  return { from: /^\s*/u.exec(line)![0].length, to: line.trimEnd().length };
}

/** An item of a list in YAML may stand no further to the right than its list. */
function indentOf(line: string): number {
  return /^\s*/u.exec(line)![0].length + (/^\s*-\s/u.test(line) ? 1 : 0);
}

/** Secrets further on in a line, as in `{a: 1, token: x, credentials: {user: y}}`. */
function innerSecrets(line: string, isSecret: IsSecret): Range[] {
  const ranges: Range[] = [];
  for (const { 0: key, 1: name, index } of line.matchAll(KEY)) {
    const from = index + key.length;
    if (index < (ranges.at(-1)?.to ?? 0) || !isSecret(name!)) continue;
    VALUE.lastIndex = from;
    const value = VALUE.exec(line)?.[0];
    const to = value === undefined ? endOfValue(line, from) : from + value.length;
    ranges.push({ from, to });
  }
  return ranges;
}

function endOfValue(line: string, from: number): number {
  return /[{[]/u.test(line.charAt(from)) ? endOfBrackets(line, from) : from;
}
