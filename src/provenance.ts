/**
 * Where each value came from, and what it won over.
 *
 * @module
 */

import { formatPath, getAt, type KeyPath } from "./key_path.ts";
import { type Layer, layersWith, type Place, placeIn, variablesIn } from "./layers.ts";
import { isPlainObject } from "./merge.ts";
import type { Secrets } from "./secrets.ts";

/** A value that a source gives, and where. */
export interface Origin extends Place {
  /** Name of the source. */
  readonly source: string;
  /** What it gives, before the schema made anything of it; `[secret]` for a secret. */
  readonly value: unknown;
}

/** Where a value came from. */
export interface Explanation {
  /** Its key path. */
  readonly path: string;
  /** What it is in the configuration that runs; `[secret]` for a secret. */
  readonly value: unknown;
  /** Who gave it; absent when no source did: it is a default of the schema, or is not there. */
  readonly origin?: Origin;
  /** What others gave for it, the next in line first; of an object, what it was merged from. */
  readonly shadowed: readonly Origin[];
}

/** A configuration, what it was merged from, and what of it is secret. */
export interface Explained {
  readonly layers: readonly Layer[];
  readonly value: unknown;
  readonly secrets: Secrets;
}

/** Where the value at `path` of a configuration came from. */
export function explainAt(
  { layers, value, secrets }: Explained,
  path: KeyPath,
): Explanation {
  const show = (shown: unknown) =>
    secrets.redact(shown, path, { variablesIn: (inner) => variablesIn(layers, inner) });
  const originIn = (layer: Layer) => ({
    ...placeIn(layer, path),
    source: layer.source,
    value: show(getAt(layer.parsed.value, path)),
  });
  const { winner, shadowed } = layersWith(layers, path);
  return {
    path: formatPath(path),
    value: show(getAt(value, path)),
    ...(winner !== undefined && { origin: originIn(winner) }),
    shadowed: shadowed.map(originIn),
  };
}

/** A configuration as it may be shown: without its secrets. */
export function withoutSecrets({ layers, value, secrets }: Explained): unknown {
  return secrets.redact(value, [], { variablesIn: (path) => variablesIn(layers, path) });
}

/** Where every leaf of a configuration came from, in key order. */
export function explainAll(explained: Explained): Explanation[] {
  return leavesOf(explained.value).map((path) => explainAt(explained, path));
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
