/**
 * What happened to files between two readings.
 *
 * @module
 */

/** What can happen to a file. */
export type FileChangeKind = "created" | "modified" | "deleted" | "moved";

/** A file whose content, existence or name changed. */
export interface FileChange {
  /** What happened. */
  readonly kind: FileChangeKind;
  /** Path of the file, now. */
  readonly path: string;
  /** Path it was moved from. */
  readonly oldPath?: string;
  /** SHA-256 of the content in lower-case hex; absent when deleted. */
  readonly checksum?: string;
  /** Name of the source the file belongs to. */
  readonly source: string;
}

/** What is compared of a file. */
export interface FileIdentity {
  /** SHA-256 of the content. */
  readonly checksum: string;
  /** Text that names the file object. */
  readonly inode: string;
  /** Name of the source the file belongs to. */
  readonly source: string;
}

/** Files by path. */
type Files = ReadonlyMap<string, FileIdentity>;

/**
 * The changes from one set of files to the next, in path order; they hold together, in any order.
 *
 * A path that vanished and one that appeared are one `moved` when they are the same file object,
 * whatever its content, or else when they have the same content. A path that is there before and
 * after is at most `modified`, also when another file was moved onto it: what was moved from is then
 * `deleted`.
 */
export function compareFiles(before: Files, after: Files): FileChange[] {
  const moves = findMoves(before, after);
  const movedFrom = new Set(moves.values());
  const changes: FileChange[] = [];
  for (const [path, { checksum, source }] of after) {
    const previous = before.get(path);
    const oldPath = moves.get(path);
    if (oldPath !== undefined) changes.push({ kind: "moved", path, oldPath, checksum, source });
    else if (previous === undefined) changes.push({ kind: "created", path, checksum, source });
    else if (previous.checksum !== checksum) {
      changes.push({ kind: "modified", path, checksum, source });
    }
  }
  for (const [path, { source }] of before) {
    if (!after.has(path) && !movedFrom.has(path)) changes.push({ kind: "deleted", path, source });
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Old paths by the new ones they were moved to. */
function findMoves(before: Files, after: Files): ReadonlyMap<string, string> {
  const vanished = missingFrom(after, before);
  const appeared = missingFrom(before, after);
  const moves = pair(vanished, appeared, "inode");
  const left = new Set(moves.values());
  const byContent = pair(
    vanished.filter(([path]) => !left.has(path)),
    appeared.filter(([path]) => !moves.has(path)),
    "checksum",
  );
  return new Map([...moves, ...byContent]);
}

/** The files of `files` that `others` lack, in path order: equal ones are then paired in order. */
function missingFrom(others: Files, files: Files): [path: string, file: FileIdentity][] {
  return [...files].filter(([path]) => !others.has(path)).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Pairs files that have the same `key`, each with one other. */
function pair(
  vanished: readonly [path: string, file: FileIdentity][],
  appeared: readonly [path: string, file: FileIdentity][],
  key: "inode" | "checksum",
): Map<string, string> {
  const free = new Map<string, string[]>();
  for (const [path, file] of vanished.toReversed()) {
    const paths = free.get(file[key]);
    if (paths === undefined) free.set(file[key], [path]);
    else paths.push(path);
  }
  const pairs = new Map<string, string>();
  for (const [path, file] of appeared) {
    const oldPath = free.get(file[key])?.pop();
    if (oldPath !== undefined) pairs.set(path, oldPath);
  }
  return pairs;
}
