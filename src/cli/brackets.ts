/**
 * Brackets in a file, as far as its text tells: it may not be well-formed, and is in any format.
 *
 * @module
 */

/**
 * Space, the start of a comment, its end, a text in quotes, a mark, or a word. A text ends with its
 * line at the latest, so that a quote that was forgotten spoils one line only.
 */
const TOKEN =
  /\s+|(?<!\S)(?:#|\/\/|\/\*)|\*\/|"(?:[^"\\]|\\.)*"?|'[^']*'?|[{[\]},:=]|[^\s{}[\],:="'][^\s{}[\],:=]*|./yu;

/** Keys whose values are in the brackets that are open at the start of line `index`. */
export function keysAround(lines: readonly string[], index: number): readonly string[] {
  const open = new OpenBrackets();
  for (const line of lines.slice(0, index)) {
    for (const token of tokensIn(line, 0)) open.take(token);
    open.endLine();
  }
  return open.keys;
}

/** Index after the bracket that closes the one at `from`, or else of the end of the line. */
export function endOfBrackets(line: string, from: number): number {
  let depth = 0;
  let at = from;
  for (const token of tokensIn(line, from)) {
    at += token.length;
    if (/^[{[]$/u.test(token)) depth++;
    else if (/^[}\]]$/u.test(token)) depth--;
    if (depth === 0) return at;
    if (/^(?:#|\/\/|\/\*)$/u.test(token)) break;
  }
  return line.length;
}

function* tokensIn(line: string, from: number): Generator<string> {
  for (let at = from; at < line.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [token] = TOKEN.exec(line)!;
    yield token;
    TOKEN.lastIndex = at + token.length;
  }
}

/** The brackets that are open after each token; those in comments count when nothing closes them. */
class OpenBrackets {
  readonly #keys: (string | undefined)[] = [];
  #word: string | undefined;
  #key: string | undefined;
  /** What began the comment that goes on. */
  #comment: string | undefined;
  /** How many were open there. */
  #outside = 0;

  get keys(): readonly string[] {
    return this.#keys.filter((key) => key !== undefined);
  }

  take(token: string): void {
    switch (token) {
      case "{":
      case "[":
        this.#keys.push(this.#key);
        return this.#forget();
      case "}":
      case "]":
        if (this.#keys.length > this.#outside) this.#keys.pop();
        return this.#forget();
      case ",":
        return this.#forget();
      case ":":
      case "=":
        this.#key = this.#word ?? this.#key;
        return;
      case "#":
      case "//":
      case "/*":
        return this.#beginComment(token);
      case "*/":
        return this.#endComment();
      default:
        if (token.trim() !== "") this.#word = token.replace(/^["']|["']$/gu, "");
    }
  }

  endLine(): void {
    if (this.#comment !== "/*") this.#endComment();
  }

  #forget(): void {
    this.#word = undefined;
    this.#key = undefined;
  }

  #beginComment(mark: string): void {
    if (this.#comment !== undefined) return;
    this.#comment = mark;
    this.#outside = this.#keys.length;
  }

  #endComment(): void {
    this.#comment = undefined;
    this.#outside = 0;
  }
}
