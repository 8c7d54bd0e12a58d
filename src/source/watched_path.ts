/**
 * A path that is watched without being parsed: a file or a directory, which may be missing.
 *
 * @module
 */

import * as nodePath from "node:path";
import { SourceError } from "../errors.ts";
import type { FileSystem } from "../runtime/file_system.ts";
import type { ReadContext, Source, SourceDocument, WatchContext } from "./source.ts";

/** The path as a source; one that is not there yet may become a file or a directory. */
export function watchedPath(fileSystem: FileSystem, path: string, recursive: boolean): Source {
  const name = nodePath.resolve(path);
  const kind = fileSystem.stat(name)?.kind;
  const mayBeDirectory = kind === undefined || kind === "directory";
  const isDirectory = () =>
    kind === "directory" || (mayBeDirectory && fileSystem.stat(name)?.kind === "directory");
  const target = ({ isIgnored }: Pick<WatchContext, "isIgnored">) => ({
    path: name,
    recursive,
    accepts: (candidate: string) => !isIgnored(candidate) && !isEnvironment(candidate),
  });
  return {
    name,
    read: (context) =>
      isDirectory()
        ? context.readDocuments(context.listFiles(target(context)))
        : readOptional(name, context),
    watch(context) {
      if (kind !== "directory") context.file(name);
      if (mayBeDirectory) context.directory(target(context));
    },
  };
}

async function readOptional(
  name: string,
  { readDocument }: ReadContext,
): Promise<readonly SourceDocument[]> {
  try {
    return [await readDocument(name)];
  } catch (error) {
    if (error instanceof SourceError && error.code === "ENOENT") return [];
    throw error;
  }
}

/** Whether it is a file of environment variables, such as `.env`: those are watched by name only. */
function isEnvironment(path: string): boolean {
  return /^\.env(\.|$)/.test(nodePath.basename(path));
}
