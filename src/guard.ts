/**
 * Guards: what no schema can know, because it depends on what is running now.
 *
 * @module
 */

import type { Issue } from "./errors.ts";
import type { Layer } from "./layers.ts";
import { isPlainObject } from "./merge.ts";

/** Options of the guards. */
export interface GuardOptions {
  /**
   * Whether a file that had content is refused when it is empty. An empty YAML, JSONC or TOML file
   * is well-formed, and most often the first half of a save. @default {true}
   */
  readonly empty?: boolean;
}

/** What the guards find wrong with `next`, given the layers that are running. */
export function guard(
  current: readonly Layer[],
  next: readonly Layer[],
  { empty = true }: GuardOptions,
): Issue[] {
  if (!empty) return [];
  const withContent = new Set(current.filter((layer) => !isEmpty(layer)).map(({ file }) => file));
  return next.filter((layer) => isEmpty(layer) && withContent.has(layer.file)).map(({ file }) => ({
    path: "",
    message: "the file is empty and was not before (to allow it, set guards.empty to false)",
    file,
    line: 1,
    column: 1,
  }));
}

function isEmpty({ parsed: { value } }: Layer): boolean {
  if (value === undefined || value === null) return true;
  return isPlainObject(value) && Object.keys(value).length === 0;
}
