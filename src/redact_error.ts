/**
 * Hides secrets in errors that quote them.
 *
 * @module
 */

import { REDACTED, redactText } from "./redact_text.ts";

/** More members of an error are not looked at, and not shown. */
const MOST_MEMBERS = 1_000;

/** More errors inside one another are not shown. */
const MOST_CAUSES = 10;

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
  if (isNumber(value)) return secrets.includes(String(value));
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

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
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
    if (isNumber(value)) return secrets.includes(String(value)) ? REDACTED : value;
    if (typeof value === "boolean") return value;
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
