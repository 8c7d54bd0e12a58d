/**
 * A watched directory and the files in it.
 *
 * @module
 */

import type { DirectoryEntry, FileKind, FileSystem } from "../runtime/file_system.ts";
import { toSourceError } from "../to_error.ts";
import { pathOf } from "./link_chain.ts";

/** A directory whose files are all watched. */
export interface WatchedDirectory {
  /** Absolute path. */
  readonly path: string;
  /** Whether directories below it count. */
  readonly recursive: boolean;
  /** Whether a file of this path belongs to it. */
  accepts(path: string): boolean;
}

/** What is in a directory and belongs to a watched one. */
export interface DirectoryContent {
  /** What each name of a file stands for: a file, or a link to one or to nothing yet. */
  readonly files: ReadonlyMap<string, FileKind>;
  /** Names of the directories below that count. */
  readonly directories: ReadonlySet<string>;
}

/** The files of a directory that it accepts, sorted by path. Unreadable directories are empty. */
export function listFiles(fileSystem: FileSystem, target: WatchedDirectory): string[] {
  const found: string[] = [];
  collectFiles(fileSystem, target, target.path, found);
  return found.sort();
}

function collectFiles(
  fileSystem: FileSystem,
  target: WatchedDirectory,
  directory: string,
  found: string[],
): void {
  const { files, directories } = readContent(fileSystem, target, directory);
  for (const [name, kind] of files) {
    const path = pathOf({ directory, name });
    if (kind === "file" || kindBehind(fileSystem, path) === "file") found.push(path);
  }
  for (const name of directories) {
    collectFiles(fileSystem, target, pathOf({ directory, name }), found);
  }
}

/**
 * What is in `directory` and belongs to `target`, which is the same one or above it; nothing when it
 * is missing.
 *
 * @param known Names of files that were accepted before.
 * @throws {SourceError} When it can't be listed.
 */
export function readContent(
  fileSystem: FileSystem,
  target: WatchedDirectory,
  directory: string,
  known?: ReadonlyMap<string, unknown>,
): DirectoryContent {
  const files = new Map<string, FileKind>();
  const directories = new Set<string>();
  for (const { name, kind } of entriesOf(fileSystem, directory)) {
    if (kind === "directory") {
      if (target.recursive && isOrdinary(name)) directories.add(name);
      continue;
    }
    const path = pathOf({ directory, name });
    if (!known?.has(name) && !target.accepts(path)) continue;
    if (kind === "file" || mayBeFile(kind, kindBehind(fileSystem, path))) files.set(name, kind);
  }
  return { files, directories };
}

/** Kubernetes keeps the generations of a mount in directories whose names have two leading dots. */
export function isOrdinary(name: string): boolean {
  return !name.startsWith("..");
}

function entriesOf(fileSystem: FileSystem, directory: string): readonly DirectoryEntry[] {
  try {
    return fileSystem.list(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw toSourceError(directory, error);
  }
}

/**
 * Whether a name of a `kind` is a file's where what it leads to is `behind`: a file, or nothing where
 * it is a link, as no name in its directory tells when that comes.
 */
export function mayBeFile(kind: FileKind, behind: FileKind | undefined): boolean {
  return behind === "file" || (kind === "symlink" && behind === undefined);
}

function kindBehind(fileSystem: FileSystem, path: string): FileKind | undefined {
  try {
    return fileSystem.stat(path)?.kind;
  } catch {
    // A loop of links, or a way that must not be gone: it has no content that could be read.
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  const { code, name } = error as { code?: string; name?: string };
  return code === "ENOENT" || code === "ENOTDIR" || name === "NotFound";
}
