/** Configurations that show whether they are whole. */

/** The configuration of that number. */
export function crashValue(number: number): { number: number; filler: string } {
  return { number, filler: `${number},`.repeat(400) };
}
