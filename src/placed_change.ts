/**
 * Changes with the places of their values, which are looked up late: finding them takes as long as
 * the rest of a reload, and the program should have its configuration before.
 *
 * @module
 */

import type { Difference } from "./diff.ts";
import type { Change } from "./events.ts";
import { formatPath } from "./key_path.ts";
import { type Layer, type Place, placeOf } from "./layers.ts";

/**
 * The differences from the layers `before` to the layers `after` as changes. `file` and `line` are
 * found when they are first read; see {@linkcode findPlaces}.
 *
 * @param after Absent when the values come from no layers, as after a rollback.
 */
export function placedChanges(
  differences: readonly Difference[],
  before: readonly Layer[],
  after: readonly Layer[] | undefined,
): Change[] {
  return differences.map(({ path, kind, ...values }) => {
    const change = { path: formatPath(path), kind, ...values };
    const layers = kind === "removed" ? before : after;
    return after === undefined ? change : withPlace(change, () => placeOf(layers!, path));
  });
}

/** Finds all places now, so that the changes keep no layer in memory. */
export function findPlaces(changes: readonly Change[]): void {
  for (const change of changes) void change.line;
}

function withPlace(change: Change, find: () => Place): Change {
  let search: (() => Place) | undefined = find;
  let place: Place = {};
  const found = (): Place => {
    if (search !== undefined) place = search();
    search = undefined;
    return place;
  };
  return {
    ...change,
    get file() {
      return found().file;
    },
    get line() {
      return found().line;
    },
  };
}
