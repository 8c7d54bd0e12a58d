/**
 * The known word nearest to a mistyped one.
 *
 * @module
 */

/** The entry of `known` that `typed` was most likely meant to be; `undefined` when none is near. */
export function nearestWord(typed: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(typed.length / 3));
  let nearest: { word: string; distance: number } | undefined;
  for (const word of known) {
    const distance = editDistance(typed, word);
    if (distance <= limit && distance < (nearest?.distance ?? Infinity)) {
      nearest = { word, distance };
    }
  }
  return nearest?.word ?? known.find((word) => typed.length > 2 && word.startsWith(typed));
}

/**
 * How many letters must be inserted, removed, replaced or swapped with their neighbour to turn
 * `from` into `to` (optimal string alignment, Damerau 1964).
 */
export function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = row > 1 && column > 1 &&
        from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        previous[column]! + 1,
        current[column - 1]! + 1,
        previous[column - 1]! + (isSame ? 0 : 1),
        isSwapped ? beforePrevious[column - 2]! + 1 : Infinity,
      );
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[to.length]!;
}

/** The end of a message that suggests `meant`; empty when there is nothing to suggest. */
export function suggest(meant: string | undefined): string {
  return meant === undefined ? "" : `; did you mean ${meant}?`;
}
