/**
 * Names of the files of a journal: they tell the order, the time and the process, so that several
 * processes never mean the same one.
 *
 * @module
 */

import * as nodePath from "node:path";

/** What the name of a file says. */
export interface EntryName {
  /** The name itself. */
  readonly name: string;
  /** Its number in the journal. */
  readonly sequence: number;
  /** When it was written, in milliseconds since 1970. */
  readonly writtenAt: number;
  /** Whether it is still being written, or was left so. */
  readonly isTemporary: boolean;
}

const NAME = /^(\d{12,15})-(\d{8}T\d{9}Z)-\d+-[\da-f]{6}\.(json|tmp)$/u;

/** The name for an entry of a process; `token` tells processes with the same number apart. */
export function entryName(
  sequence: number,
  writtenAt: number,
  { processId, token }: { readonly processId: number; readonly token: string },
): string {
  const time = new Date(writtenAt).toISOString().replace(/[-:.]/gu, "");
  return `${String(sequence).padStart(12, "0")}-${time}-${processId}-${token}`;
}

/**
 * The test, which leaves out the files of journals, too: one among the sources would be a part of
 * what is written next, which would be a change again.
 */
export function leavingOutEntries(isIgnored: (path: string) => boolean): (path: string) => boolean {
  return (path) => NAME.test(nodePath.basename(path)) || isIgnored(path);
}

/** What the names say that are of the journal, the newest first. */
export function readNames(names: readonly string[]): EntryName[] {
  return names.flatMap((name) => readName(name) ?? [])
    .sort((a, b) =>
      b.sequence - a.sequence || b.writtenAt - a.writtenAt || (a.name < b.name ? 1 : -1)
    );
}

function readName(name: string): EntryName | undefined {
  const [, sequence, time, extension] = NAME.exec(name) ?? [];
  if (sequence === undefined) return undefined;
  const iso = time!.replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/u,
    "$1-$2-$3T$4:$5:$6.$7Z",
  );
  const writtenAt = Date.parse(iso);
  return { name, sequence: Number(sequence), writtenAt, isTemporary: extension === "tmp" };
}
