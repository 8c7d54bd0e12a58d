/**
 * Whether a folder of state, and what is in it, may be trusted.
 *
 * @module
 */

import { StateError } from "../errors.ts";
import type { StateFiles, StateStat } from "../runtime/state_files.ts";
import { toError } from "../to_error.ts";

/** What is attempted when state is written. */
export const WRITE = "write the last known good configuration to";

/** Bits that let the group or anybody else write. */
const OTHERS_WRITE = 0o022;

/** What speaks against trusting what `stat` tells of; `undefined` when nothing does. */
export function distrust(
  { kind, mode, userId }: StateStat,
  expected: "file" | "directory",
  owner: number | undefined,
): { readonly reason: string; readonly remedy: string } | undefined {
  if (kind === "symlink") {
    return { reason: "it is a symbolic link", remedy: "remove it, after a look at who made it" };
  }
  if (kind !== expected) return { reason: `it is no ${expected}`, remedy: "remove it" };
  // Where files have no owner, such as on Windows, the bits mean nothing either.
  if (owner === undefined) return undefined;
  if (userId !== owner) {
    return {
      reason: `it belongs to the user ${userId}, and this process is the user ${owner}`,
      remedy: "give it to that user, or name another folder",
    };
  }
  if ((mode & OTHERS_WRITE) === 0) return undefined;
  return {
    reason: `others may write to it (mode 0${mode.toString(8)})`,
    remedy: "take that from them with chmod go-w, after a look at what is in it",
  };
}

/**
 * Checks a folder of state.
 *
 * @returns Whether it is there.
 * @throws {StateError} When it is not to be trusted.
 */
export async function checkFolder(
  files: StateFiles,
  path: string,
  attempt: string,
): Promise<boolean> {
  const stat = await files.stat(path);
  if (stat === undefined) return false;
  const doubt = distrust(stat, "directory", files.userId());
  if (doubt !== undefined) throw new StateError({ attempt, path, ...doubt });
  return true;
}

const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  EACCES: ["permission denied", "let this process write there, or name another folder"],
  EPERM: ["permission denied", "let this process write there, or name another folder"],
  EROFS: ["the file system is read-only", "name a folder that can be written to"],
  ENOSPC: ["no space is left on the disk", "make room there, or name another folder"],
  EDQUOT: ["the quota of the disk is used up", "make room there, or name another folder"],
  EMFILE: ["the process has too many open files", "raise the limit of open files"],
  ELOOP: ["it is a symbolic link", "remove it, after a look at who made it"],
  ENOTDIR: ["a part of the path is no directory", "name another folder"],
  EIO: ["the disk has an error", "look at the disk"],
};

/** What was thrown while something was attempted, as a {@linkcode StateError}. */
export function toStateError(attempt: string, path: string, thrown: unknown): StateError {
  if (thrown instanceof StateError) return thrown;
  const cause = toError(thrown);
  const { code, name } = cause as { code?: string; name?: string };
  const key = name === "PermissionDenied" ? "EACCES" : code ?? "";
  const [reason, remedy] = name === "NotCapable"
    ? ["Deno has no permission for it", "allow it with --allow-read and --allow-write"]
    : REASONS[key] ?? [cause.message, undefined];
  return new StateError({ attempt, path, reason, remedy, code, cause });
}
