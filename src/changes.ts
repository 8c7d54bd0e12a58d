/**
 * What a commit changed, for events and subscribers.
 *
 * @module
 */

import { diff, type Difference, type KeyOf } from "./diff.ts";
import type { Change } from "./events.ts";
import { formatPath, type KeyPath } from "./key_path.ts";
import { type Layer, placeOf, variablesIn } from "./layers.ts";
import type { Secrets } from "./secrets.ts";

/** The changes of one commit. */
export interface Changes {
  /** With the places of the values. */
  readonly changes: readonly Change[];
  /** Paths at which the values differ, arrays by index: what subscribers go by. */
  readonly changedPaths: readonly KeyPath[];
}

/** A configuration and the layers it was merged from; none, when it is an earlier one again. */
export interface Layered {
  readonly value: unknown;
  readonly layers: readonly Layer[];
}

/**
 * What differs from one configuration to the next, without its secrets; never throws, as it is asked
 * for too late.
 *
 * @param keyOf Tells the items of arrays from each other in `changes`.
 */
export function findChanges(
  before: Layered,
  after: Layered,
  secrets: Secrets,
  keyOf?: KeyOf,
): Changes {
  try {
    const byIndex = diff(before.value, after.value);
    const differences = keyOf === undefined ? byIndex : diff(before.value, after.value, { keyOf });
    return {
      changes: placeDifferences(differences, before, after, secrets),
      changedPaths: byIndex.map(({ path }) => path),
    };
  } catch {
    // A schema may give values that are nested too deep to be walked.
    return { changes: [{ path: "", kind: "changed" }], changedPaths: [[]] };
  }
}

function placeDifferences(
  differences: readonly Difference[],
  before: Layered,
  after: Layered,
  secrets: Secrets,
): Change[] {
  const variables = (path: KeyPath) => [
    ...variablesIn(before.layers, path),
    ...variablesIn(after.layers, path),
  ];
  const shown = (value: unknown, path: KeyPath) =>
    secrets.redact(value, path, { variablesIn: variables });
  return differences.map(({ path, pathBefore = path, kind, before: old, after: now }) => {
    const { layers } = kind === "removed" && after.layers.length > 0 ? before : after;
    const { file, line, variable, source } = placeOf(layers, path);
    return {
      path: formatPath(path),
      kind,
      ...(kind !== "added" && { before: shown(old, pathBefore) }),
      ...(kind !== "removed" && { after: shown(now, path) }),
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
      ...(variable !== undefined && { variable }),
      ...(source !== undefined && { source }),
    };
  });
}

/** `compute`, run when its result is needed for the first time, and not kept after that. */
export function lazily<V>(compute: () => V): () => V {
  let todo: (() => V) | undefined = compute;
  let result: V | undefined;
  return () => {
    if (todo !== undefined) result = todo();
    todo = undefined;
    return result as V;
  };
}
