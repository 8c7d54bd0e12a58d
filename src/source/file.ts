/**
 * A file as a source.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { Format } from "../format/format.ts";
import type { Source } from "./source.ts";

/** Options of {@linkcode file}. */
export interface FileOptions {
  /** Parser to use instead of the one for the extension. */
  readonly format?: Format;
}

/**
 * A file as a source: YAML, JSON, JSONC or TOML by its extension.
 *
 * @param path Path of the file, relative to the working directory.
 * @example
 * ```ts
 * import { file, loadConfig } from "hotconf";
 *
 * const { value } = await loadConfig({ sources: [file("config/app.yaml")] });
 * ```
 */
export function file(path: string, { format }: FileOptions = {}): Source {
  const absolute = nodePath.resolve(path);
  return {
    name: path,
    async read({ readDocument }) {
      const document = await readDocument(absolute);
      return [format === undefined ? document : { ...document, format }];
    },
    watch: (context) => context.file(absolute),
  };
}
