/**
 * A file as a source.
 *
 * @module
 */

import * as nodePath from "node:path";
import {
  type DebounceOptions,
  type DebounceStrategy,
  resolveDebounce,
} from "../debounce/strategy.ts";
import type { Format } from "../format/format.ts";
import { type MissingOptions, unlessMissing } from "./missing.ts";
import type { Source } from "./source.ts";

/** Options of {@linkcode file}. */
export interface FileOptions extends MissingOptions {
  /** Parser to use instead of the one for the extension, or an extension, such as `".yaml"`. */
  readonly format?: Format | string;
  /**
   * When a burst of hints about it is released. Files whose options differ reload each on their own,
   * also when they are saved together. @default {as for the whole configuration}
   */
  readonly debounce?: DebounceStrategy | DebounceOptions;
}

/**
 * A file as a source: YAML, JSON, JSONC or TOML by its extension.
 *
 * @param path Path of the file, relative to the working directory.
 * @throws {RangeError} When an option is out of range.
 * @example
 * ```ts
 * import { file, loadConfig } from "hotconf";
 *
 * const { value } = await loadConfig({
 *   sources: [file("config/app.yaml"), file("config/local.yaml", { optional: true })],
 * });
 * ```
 */
export function file(path: string, { format, debounce, ...missing }: FileOptions = {}): Source {
  const absolute = nodePath.resolve(path);
  const own = debounce === undefined ? undefined : resolveDebounce(debounce);
  return {
    name: path,
    path: absolute,
    read: unlessMissing(missing, async ({ readDocument }) => {
      const document = await readDocument(absolute);
      return [format === undefined ? document : { ...document, ...formatFields(format) }];
    }),
    watch: (context) => context.file(absolute, { debounce: own }),
  };
}

/** The format of a document, as a parser or by an extension. */
export function formatFields(
  format: Format | string,
): { readonly extension: string } | { readonly format: Format } {
  return typeof format === "string" ? { extension: format } : { format };
}
