/**
 * A watched directory and the files in it.
 *
 * @module
 */

import * as nodePath from "node:path";
import { toSourceError } from "../errors.ts";
import type { DirectoryEntry, FileSystem } from "../runtime/file_system.ts";

/** A directory whose files are all watched. */
export interface WatchedDirectory {
  /** Absolute path. */
  readonly path: string;
  /** Whether directories below it count. */
  readonly recursive: boolean;
  /** Whether a file of this path belongs to it. */
  accepts(path: string): boolean;
}

/** The files of a directory that it accepts, sorted by path. Unreadable directories are empty. */
export function listFiles(fileSystem: FileSystem, target: WatchedDirectory): string[] {
  return subdirectories(fileSystem, target).flatMap((directory) =>
    entriesOf(fileSystem, directory)
      .map(({ name }) => nodePath.join(directory, name))
      .filter((path) => target.accepts(path) && isFile(fileSystem, path))
  ).sort();
}

/** The directory itself and, when recursive, those below; names with two leading dots are left out. */
export function subdirectories(
  fileSystem: FileSystem,
  { path, recursive }: Pick<WatchedDirectory, "path" | "recursive">,
): string[] {
  if (!recursive) return [path];
  const below = entriesOf(fileSystem, path)
    // Kubernetes keeps the generations of a mount in such directories.
    .filter(({ name, kind }) => kind === "directory" && !name.startsWith(".."))
    .flatMap(({ name }) =>
      subdirectories(fileSystem, { path: nodePath.join(path, name), recursive })
    );
  return [path, ...below];
}

function entriesOf(fileSystem: FileSystem, directory: string): readonly DirectoryEntry[] {
  try {
    return fileSystem.list(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw toSourceError(directory, error);
  }
}

function isFile(fileSystem: FileSystem, path: string): boolean {
  try {
    return fileSystem.stat(path)?.kind === "file";
  } catch {
    // A loop of links: it has no content that could be read.
    return false;
  }
}

function isMissing(error: unknown): boolean {
  const { code, name } = error as { code?: string; name?: string };
  return code === "ENOENT" || code === "ENOTDIR" || name === "NotFound";
}
