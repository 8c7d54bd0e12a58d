/**
 * Where each value came from, and what it won over.
 *
 * @module
 */

import { formatPath, getAt, type KeyPath } from "./key_path.ts";
import { type Layer, layersWith, type Place, placeIn } from "./layers.ts";
import { isPlainObject } from "./merge.ts";

/** A value that a source gives, and where. */
export interface Origin extends Place {
  /** Name of the source. */
  readonly source: string;
  /** What it gives, before the schema made anything of it. */
  readonly value: unknown;
}

/** Where a value came from. */
export interface Explanation {
  /** Its key path. */
  readonly path: string;
  /** What it is in the configuration that runs. */
  readonly value: unknown;
  /** Who gave it; absent when no source did: it is a default of the schema, or is not there. */
  readonly origin?: Origin;
  /** What others gave for it, the next in line first; of an object, what it was merged from. */
  readonly shadowed: readonly Origin[];
}

/** Where the value at `path` of a configuration came from. */
export function explainAt(layers: readonly Layer[], value: unknown, path: KeyPath): Explanation {
  const [origin, ...shadowed] = layersWith(layers, path).map((layer) => originIn(layer, path));
  return {
    path: formatPath(path),
    value: getAt(value, path),
    ...(origin !== undefined && { origin }),
    shadowed,
  };
}

/** Where every leaf of a configuration came from, in key order. */
export function explainAll(layers: readonly Layer[], value: unknown): Explanation[] {
  return leavesOf(value).map((path) => explainAt(layers, value, path));
}

function originIn(layer: Layer, path: KeyPath): Origin {
  return {
    ...placeIn(layer, path),
    source: layer.source,
    value: getAt(layer.parsed.value, path),
  };
}

/** Paths of the values that hold no others; an empty object or array is one. */
function leavesOf(value: unknown, path: KeyPath = []): KeyPath[] {
  const keys = Array.isArray(value)
    ? [...value.keys()]
    : isPlainObject(value)
    ? Object.keys(value)
    : [];
  if (keys.length === 0) return path.length === 0 ? [] : [path];
  const members = value as Record<string | number, unknown>;
  return keys.flatMap((key) => leavesOf(members[key], [...path, key]));
}
