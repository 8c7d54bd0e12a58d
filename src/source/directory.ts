/**
 * A directory of files as a source.
 *
 * @module
 */

import * as nodePath from "node:path";
import { SourceError } from "../errors.ts";
import { createMatcher, type PathTest } from "../watch/ignore.ts";
import type { WatchedDirectory } from "../watch/watched_directory.ts";
import type { Source, WatchContext } from "./source.ts";

/** Options of {@linkcode directory}. */
export interface DirectoryOptions {
  /** Whether the files of the directories below it belong to it. @default {false} */
  readonly recursive?: boolean;
  /** Globs of the files that belong to it. @default {every file whose format is known} */
  readonly include?: readonly string[];
  /** Globs of files to leave out, beside editor litter. @default {[]} */
  readonly exclude?: readonly string[];
}

/**
 * All files of a directory as one source, merged in the order of their paths: the later wins.
 * Files that come later or vanish are noticed. Hidden files, such as `.env`, are left out.
 *
 * @param path Path of the directory, relative to the working directory.
 * @example
 * ```ts
 * import { directory, watchConfig } from "hotconf";
 *
 * await using config = await watchConfig({ sources: [directory("config", { recursive: true })] });
 * ```
 */
export function directory(
  path: string,
  { recursive = false, include, exclude = [] }: DirectoryOptions = {},
): Source {
  const absolute = nodePath.resolve(path);
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
        (isIncluded?.(candidate) ?? context.hasFormat(candidate)) &&
        !isExcluded(candidate) && !context.isIgnored(candidate),
    };
  };
  return {
    name: path,
    async read(context) {
      const paths = context.listFiles(await open(context));
      if (paths.length > 0) return await context.readDocuments(paths);
      throw new SourceError({
        file: absolute,
        reason: "there is no configuration file in it, or no such directory",
        code: "ENOENT",
      });
    },
    watch: async (context) => context.directory(await open(context)),
  };
}
