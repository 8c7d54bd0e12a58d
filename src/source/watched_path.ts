/**
 * A path that is watched without being parsed: a file that may be missing, or a directory.
 *
 * @module
 */

import * as nodePath from "node:path";
import { SourceError } from "../errors.ts";
import type { FileSystem } from "../runtime/file_system.ts";
import type { Source, WatchContext } from "./source.ts";

/** The path as a source; what it is now decides whether it is a directory. */
export function watchedPath(fileSystem: FileSystem, path: string, recursive: boolean): Source {
  const name = nodePath.resolve(path);
  if (fileSystem.stat(name)?.kind !== "directory") return optionalFile(name);
  const target = ({ isIgnored }: Pick<WatchContext, "isIgnored">) => ({
    path: name,
    recursive,
    accepts: (candidate: string) => !isIgnored(candidate) && !isEnvironment(candidate),
  });
  return {
    name,
    read: (context) => context.readDocuments(context.listFiles(target(context))),
    watch: (context) => context.directory(target(context)),
  };
}

/** Whether it is a file of environment variables, such as `.env`: those are watched by name only. */
function isEnvironment(path: string): boolean {
  return /^\.env(\.|$)/.test(nodePath.basename(path));
}

function optionalFile(name: string): Source {
  return {
    name,
    async read({ readDocument }) {
      try {
        return [await readDocument(name)];
      } catch (error) {
        if (error instanceof SourceError && error.code === "ENOENT") return [];
        throw error;
      }
    },
    watch: (context) => context.file(name),
  };
}
