/**
 * Integers that a number can't hold.
 *
 * @module
 */

/** Why a text with such an integer is refused, instead of giving another number than it says. */
export const INEXACT_REASON = "the integer is too large to be held exactly; put it in quotes";

const INTEGER = /^[-+]?(?:\d+|0x[\da-f]+|0o[0-7]+|0b[01]+)$/iu;

/**
 * Whether `written` is an integer that comes out as another one: `9007199254740993` does, and
 * `100000000000000000000` does not, although it is beyond 2^53. Neither does what JavaScript itself
 * writes for a large number.
 */
export function isInexactInteger(written: string): boolean {
  if (!INTEGER.test(written)) return false;
  const digits = written.replace(/^[-+]/u, "");
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return false;
  return !Number.isFinite(value) || (BigInt(digits) !== BigInt(value) && String(value) !== digits);
}
