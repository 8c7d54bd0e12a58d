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
  /** Device and inode, as text. */
  readonly inode: string;
  /** Name of the source the file belongs to. */
  readonly source: string;
}

/**
 * The changes from one set of files to the next, in path order.
 *
 * A file that vanished and one that appeared are one `moved` when they are the same inode or have
 * the same content.
 */
export function compareFiles(
  before: ReadonlyMap<string, FileIdentity>,
  after: ReadonlyMap<string, FileIdentity>,
): FileChange[] {
  const changes: FileChange[] = [];
  const vanished = new Map([...before].filter(([path]) => !after.has(path)));
  for (const [path, { checksum, inode, source }] of after) {
    const previous = before.get(path);
    if (previous === undefined) {
      const oldPath = [...vanished].find(([, old]) => old.inode === inode)?.[0] ??
        [...vanished].find(([, old]) => old.checksum === checksum)?.[0];
      if (oldPath === undefined) changes.push({ kind: "created", path, checksum, source });
      else {
        vanished.delete(oldPath);
        changes.push({ kind: "moved", path, oldPath, checksum, source });
      }
    } else if (previous.checksum !== checksum) {
      changes.push({ kind: "modified", path, checksum, source });
    }
  }
  for (const [path, { source }] of vanished) changes.push({ kind: "deleted", path, source });
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}
