/**
 * Which names are those of secrets, and what a text gives to them.
 *
 * @module
 */

import { SHORTEST_TEXT } from "./redact_text.ts";

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
