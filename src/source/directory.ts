/**
 * A directory of files as a source.
 *
 * @module
 */

import * as nodePath from "node:path";
import {
  type DebounceOptions,
  type DebounceStrategy,
  resolveDebounce,
} from "../debounce/strategy.ts";
import { SourceError } from "../errors.ts";
import { formatPath, type KeyPath } from "../key_path.ts";
import { createMatcher, type PathTest } from "../watch/ignore.ts";
import type { WatchedDirectory } from "../watch/watched_directory.ts";
import { type MissingOptions, unlessMissing } from "./missing.ts";
import type { ReadContext, Source, SourceDocument, WatchContext } from "./source.ts";
import { plainText } from "./text.ts";

/** Options of {@linkcode directory}; it is missing when no file in it belongs to it. */
export interface DirectoryOptions extends MissingOptions {
  /** Whether the files of the directories below it belong to it. @default {false} */
  readonly recursive?: boolean;
  /** Globs of the files that belong to it. @default {every file whose format is known, or by name every one} */
  readonly include?: readonly string[];
  /** Globs of files to leave out, beside editor litter. @default {[]} */
  readonly exclude?: readonly string[];
  /**
   * `merge`: all files together are the configuration. `filename`: the content of each stands under
   * its name without the extension, in directories below it under theirs; a file of no known format
   * is one string, under its full name, without the newline at its end. @default {"merge"}
   */
  readonly keyBy?: "merge" | "filename";
  /**
   * When a burst of hints about its files is released. Files whose options differ reload each on
   * their own. @default {as for the whole configuration}
   */
  readonly debounce?: DebounceStrategy | DebounceOptions;
}

/**
 * All files of a directory as one source, merged in the order of their paths: the later wins.
 * Files that come later or vanish are noticed. Hidden files, such as `.env`, are left out.
 *
 * @param path Path of the directory, relative to the working directory.
 * @throws {RangeError} When an option is out of range.
 * @example
 * ```ts
 * import { directory, watchConfig } from "hotconf";
 *
 * await using config = await watchConfig({
 *   sources: [
 *     directory("config", { recursive: true }),
 *     directory("/run/secrets", { keyBy: "filename" }),
 *   ],
 * });
 * ```
 */
export function directory(
  path: string,
  { recursive = false, include, exclude = [], keyBy = "merge", debounce, ...missing }:
    DirectoryOptions = {},
): Source {
  const absolute = nodePath.resolve(path);
  const own = debounce === undefined ? undefined : resolveDebounce(debounce);
  const byName = isByName(keyBy);
  let matchers: Promise<readonly [PathTest, PathTest | undefined]> | undefined;
  const open = async (
    context: Pick<WatchContext, "isIgnored" | "hasFormat">,
  ): Promise<WatchedDirectory> => {
    matchers ??= Promise.all([createMatcher(exclude), include && createMatcher(include)]);
    const [isExcluded, isIncluded] = await matchers;
    return {
      path: absolute,
      recursive,
      accepts: (candidate) =>
        !nodePath.basename(candidate).startsWith(".") &&
        (isIncluded?.(candidate) ?? (byName || context.hasFormat(candidate))) &&
        !isExcluded(candidate) && !context.isIgnored(candidate),
    };
  };
  return {
    name: path,
    path: absolute,
    read: unlessMissing(missing, async (context) => {
      const documents = await context.readDocuments(context.listFiles(await open(context)));
      if (documents.length > 0) return byName ? keyed(documents, absolute, context) : documents;
      throw new SourceError({
        file: absolute,
        reason: "there is no configuration file in it, or no such directory",
        code: "ENOENT",
      });
    }),
    watch: async (context) => context.directory(await open(context), { debounce: own }),
  };
}

function isByName(keyBy: unknown): boolean {
  if (keyBy === "merge" || keyBy === "filename") return keyBy === "filename";
  throw new RangeError(
    `Cannot use keyBy, it must be "merge" or "filename": current value is ${JSON.stringify(keyBy)}`,
  );
}

/**
 * The documents, each at the place that its path names.
 *
 * @throws {SourceError} When two have one place.
 */
function keyed(
  documents: readonly SourceDocument[],
  directory: string,
  { hasFormat }: Pick<ReadContext, "hasFormat">,
): readonly SourceDocument[] {
  const places = new Map<string, string>();
  return documents.map((document) => {
    const { path } = document;
    const isParsed = hasFormat(path);
    const at = keysOf(nodePath.relative(directory, path), isParsed);
    const other = places.get(formatPath(at));
    if (other !== undefined) {
      const reason = `it gives ${formatPath(at)}, and so does ${other}`;
      throw new SourceError({ file: path, reason });
    }
    places.set(formatPath(at), path);
    return isParsed ? { ...document, at } : { ...document, at, format: plainText, isText: true };
  });
}

function keysOf(path: string, isParsed: boolean): KeyPath {
  const keys = path.split(nodePath.sep);
  const name = keys.pop()!;
  return [...keys, isParsed ? nodePath.parse(name).name : name];
}
