/**
 * Bounds on a parsed value, measured as it will be walked: shared objects count at every use.
 *
 * @module
 */

import { ParseError } from "../errors.ts";
import { isContainer } from "../merge.ts";
import type { FormatLimits, ParsedDocument } from "./format.ts";

/** What an object measures, itself included. */
interface Extent {
  readonly nodes: number;
  readonly levels: number;
}

/** Why a text nested deeper than `maxDepth` is refused. */
export function tooDeepReason({ maxDepth }: FormatLimits): string {
  return `nested deeper than the limit of ${maxDepth} levels (maxDepth)`;
}

/** Why a text with more than `maxNodes` values is refused. */
export function tooManyReason({ maxNodes }: FormatLimits): string {
  return `holds more than the limit of ${maxNodes} values, aliases expanded (maxNodes)`;
}

/** The key that would be mistaken for an object's prototype. */
export const PROTOTYPE_KEY = "__proto__";

/** Why a text with a {@linkcode PROTOTYPE_KEY} is refused. */
export const PROTOTYPE_KEY_REASON: string = `the key "${PROTOTYPE_KEY}" is not allowed`;

/**
 * Refuses a document that nests too deep, holds too many values, contains itself or has a
 * `__proto__` key. Each object is walked once, however often aliases use it.
 *
 * @throws {ParseError} When a limit is crossed; at the first value beyond it, in document order.
 */
export function checkLimits(document: ParsedDocument, file: string, limits: FormatLimits): void {
  const path: (string | number)[] = [];
  // `undefined` while the object's members are being visited.
  const extents = new Map<object, Extent | undefined>();
  let nodes = 0;

  function refuse(reason: string): never {
    throw new ParseError({ file, reason, position: document.locate(path) });
  }

  function count(added: number): void {
    nodes += added;
    if (nodes > limits.maxNodes) refuse(tooManyReason(limits));
  }

  /** Counts `value`, which stands inside `depth` objects; returns the levels of nesting in it. */
  function measure(value: unknown, depth: number): number {
    count(1);
    if (!isContainer(value)) return 0;
    const known = extents.get(value);
    if (known !== undefined) {
      count(known.nodes - 1);
      if (depth + known.levels > limits.maxDepth) refuse(tooDeepReason(limits));
      return known.levels;
    }
    if (extents.has(value)) refuse("a value contains itself");
    if (depth >= limits.maxDepth) refuse(tooDeepReason(limits));

    extents.set(value, undefined);
    const nodesBefore = nodes - 1;
    let levels = 0;
    for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
      path.push(key);
      if (key === PROTOTYPE_KEY) refuse(PROTOTYPE_KEY_REASON);
      levels = Math.max(
        levels,
        measure((value as Record<string | number, unknown>)[key], depth + 1),
      );
      path.pop();
    }
    extents.set(value, { nodes: nodes - nodesBefore, levels: levels + 1 });
    return levels + 1;
  }

  measure(document.value, 0);
}
