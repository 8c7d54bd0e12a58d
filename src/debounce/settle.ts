/**
 * Decides whether a file that was read is complete, by what speaks against it.
 *
 * @module
 */

/** What can speak against a file being whole. */
export type Doubt =
  /** It is not there, or can't be read. */
  | "missing"
  /** It has no bytes. */
  | "empty"
  /** It has less than half of the bytes it had. */
  | "shrank"
  /** It ended with a newline and does not any more. */
  | "newline lost"
  /** It does not parse. */
  | "unparsable"
  /** Keys it had are not there any more. */
  | "keys vanished";

/** What is known of one reading of a file. */
export interface ReadingFacts {
  /** The bytes, or `undefined` when there is no file to read. */
  readonly bytes: Uint8Array | undefined;
  /** The parsed value; `"unparsable"` when there is none. Absent where nobody parses. */
  readonly parsed?: { readonly value: unknown } | "unparsable";
}

/** Doubts that count although the runtime reported a rename onto the name or a close. */
const DOUBTS_DESPITE: Readonly<Record<"rename" | "close", readonly Doubt[]>> = {
  rename: ["missing", "empty"],
  close: ["missing", "empty", "unparsable"],
};

const NEWLINE = 10;

/** A shorter file than this part of the last one is doubted. */
const SHARP = 0.5;

/**
 * What speaks against `next` being whole, given what was whole before; `undefined` when nothing does.
 *
 * @param evidence What speaks for it.
 */
export function doubt(
  previous: ReadingFacts | undefined,
  next: ReadingFacts,
  evidence: "rename" | "close" | undefined,
): Doubt | undefined {
  const found = findDoubt(previous, next);
  if (found === undefined || evidence === undefined) return found;
  return DOUBTS_DESPITE[evidence].includes(found) ? found : undefined;
}

function findDoubt(previous: ReadingFacts | undefined, next: ReadingFacts): Doubt | undefined {
  if (next.bytes === undefined) return "missing";
  if (next.bytes.length === 0) return "empty";
  if (next.parsed === "unparsable") return "unparsable";
  if (previous?.bytes === undefined || previous.bytes.length === 0) return undefined;
  if (next.bytes.length < previous.bytes.length * SHARP) return "shrank";
  if (previous.bytes.at(-1) === NEWLINE && next.bytes.at(-1) !== NEWLINE) return "newline lost";
  if (typeof previous.parsed !== "object" || typeof next.parsed !== "object") return undefined;
  return hasLostKeys(previous.parsed.value, next.parsed.value) ? "keys vanished" : undefined;
}

/** Whether `next` misses a key or an array item that `previous` has, at any depth. */
function hasLostKeys(previous: unknown, next: unknown): boolean {
  if (typeof previous !== "object" || previous === null) return false;
  if (typeof next !== "object" || next === null) return true;
  if (Array.isArray(previous)) return Array.isArray(next) && next.length < previous.length;
  return Object.keys(previous).some((key) =>
    !Object.hasOwn(next, key) ||
    hasLostKeys(
      (previous as Record<string, unknown>)[key],
      (next as Record<string, unknown>)[key],
    )
  );
}
