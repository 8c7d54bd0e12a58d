/**
 * Hides secrets in texts that quote them, such as messages of errors.
 *
 * @module
 */

/** What is shown instead of a secret. */
export const REDACTED = "[secret]";

/** A text of fewer characters is too common to be taken for a secret wherever it occurs. */
export const SHORTEST_TEXT = 4;

/** A longer one is not worth the time to look for parts of secrets in it. */
const LONGEST_EXCERPT = 500;

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

/** The text without the secrets that it quotes. */
export function redactText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, REDACTED), text);
}

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
