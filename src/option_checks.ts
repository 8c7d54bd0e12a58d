/**
 * Checks of options, for those who write JavaScript or read them from somewhere: what is wrong is
 * said at once, and by name.
 *
 * @module
 */

/** Beyond it, runtimes run a timer at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/**
 * Checks a number.
 *
 * @param most `Infinity` where it need not be finite.
 * @throws {RangeError} When it is out of range.
 */
export function checkNumber(
  name: string,
  value: number,
  least: number,
  most: number = Number.MAX_VALUE,
): void {
  if (typeof value === "number" && value >= least && value <= most) return;
  const range = most >= Number.MAX_VALUE ? `${least} or more` : `between ${least} and ${most}`;
  const isEndless = value === Infinity && most === Number.MAX_VALUE;
  const must = isEndless ? `finite, ${range}` : range;
  throw new RangeError(`Cannot use ${name}, it must be ${must}: current value is ${shown(value)}`);
}

/** Checks what is on or off. @throws {TypeError} When one of them is neither. */
export function checkFlags(flags: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (value === undefined || typeof value === "boolean") continue;
    throw new TypeError(
      `Cannot use ${name}, it must be true or false: current value is ${shown(value)}`,
    );
  }
}

/** Checks what has members. @throws {TypeError} When one of them is no object. */
export function checkObjects(objects: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(objects)) {
    if (value === undefined || (typeof value === "object" && value !== null)) continue;
    throw new TypeError(
      `Cannot use ${name}, it must be an object: current value is ${shown(value)}`,
    );
  }
}

/**
 * Checks texts: one alone would be taken for an array of its letters, and hide or leave out others.
 *
 * @throws {TypeError} When it is no array of texts.
 */
export function checkTexts(name: string, value: unknown): void {
  if (Array.isArray(value) && value.every((text) => typeof text === "string")) return;
  throw new TypeError(`Cannot use ${name}, it must be an array of texts`);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
