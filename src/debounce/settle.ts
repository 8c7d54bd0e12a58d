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
  /** Size in bytes, or `undefined` when there is no file to read. */
  readonly size: number | undefined;
  /** Whether it ends with a newline. */
  readonly endsLine?: boolean;
  /** The parsed value; `"unparsable"` when there is none. Absent where nobody parses. */
  readonly parsed?: { readonly value: unknown } | "unparsable";
}

/** Doubts that count although the runtime reported a rename onto the name or a close. */
const DOUBTS_DESPITE: Readonly<Record<"rename" | "close", readonly Doubt[]>> = {
  rename: ["missing", "empty"],
  close: ["missing", "empty", "unparsable"],
};

/** A shorter file than this part of the last one is doubted. */
const SHARP = 0.5;

interface Check {
  readonly doubt: Doubt;
  isFound(next: ReadingFacts, previous: ReadingFacts): boolean;
}

/** The cheapest first. */
const CHECKS: readonly Check[] = [
  { doubt: "missing", isFound: ({ size }) => size === undefined },
  { doubt: "empty", isFound: ({ size }) => size === 0 },
  { doubt: "unparsable", isFound: ({ parsed }) => parsed === "unparsable" },
  {
    doubt: "shrank",
    isFound: ({ size: after = 0 }, { size: before = 0 }) => after < before * SHARP,
  },
  {
    doubt: "newline lost",
    isFound: ({ endsLine: after = false }, { endsLine: before = false }) => before && !after,
  },
  {
    doubt: "keys vanished",
    isFound: ({ parsed: after }, { parsed: before }) =>
      typeof before === "object" && typeof after === "object" &&
      hasLostKeys(before.value, after.value),
  },
];

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
  return CHECKS.find(({ doubt, isFound }) =>
    (evidence === undefined || DOUBTS_DESPITE[evidence].includes(doubt)) &&
    isFound(next, previous ?? { size: undefined })
  )?.doubt;
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
