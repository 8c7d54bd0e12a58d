/**
 * Figures and tables of them: pure functions.
 *
 * @module
 */

/** The value below which `share` (0 to 1) of the values lie; the nearest that was measured. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Rounds to a number of decimals. */
export function round(value: number, decimals = 2): number {
  return Number(value.toFixed(decimals));
}

/** A Markdown table; the first `textColumns` are left-aligned, the others right. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  textColumns: number,
): string {
  const rule = head.map((_, column) => column < textColumns ? "---" : "--:");
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join(
    "\n",
  );
}
