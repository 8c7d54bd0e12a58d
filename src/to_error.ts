/**
 * What was thrown, as an error that can be shown.
 *
 * @module
 */

import { SourceError } from "./errors.ts";

/** The value as an Error, whatever was thrown; its name, message and cause can be read. */
export function toError(thrown: unknown): Error {
  if (isReadableError(thrown)) return thrown;
  // What an error hides behind its members is nothing for those who print it.
  return new Error(textOf(thrown), isHidden(thrown) ? {} : { cause: thrown });
}

function isReadableError(thrown: unknown): thrown is Error {
  try {
    if (!(thrown instanceof Error)) return false;
    const { name, message, cause: _ } = thrown;
    return typeof name === "string" && typeof message === "string";
  } catch {
    return false;
  }
}

/** Whether it is an error, or says of nothing what it is, as a proxy that was revoked. */
function isHidden(thrown: unknown): boolean {
  try {
    return thrown instanceof Error;
  } catch {
    return true;
  }
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "something that is no error was thrown";
  }
}

/** Whether `error` says that the file at `path`, or a directory it is in, is not there. */
export function isGone(path: string, error: unknown): boolean {
  return error instanceof SourceError && error.code === "ENOENT" &&
    (error.file === path ||
      /^[/\\]/u.test(path.slice(error.file.length)) && path.startsWith(error.file));
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "there is no such file",
  EMFILE: "the process has too many open files",
  ENFILE: "the system has too many open files",
  EBUSY: "the file is in use",
  ELOOP: "too many symbolic links",
  ENXIO: "it is not a regular file",
};

/** What was thrown while `path` was read, as a {@linkcode SourceError}. */
export function toSourceError(path: string, thrown: unknown): SourceError {
  if (thrown instanceof SourceError) return thrown;
  const cause = toError(thrown);
  const { code, name } = cause as { code?: string; name?: string };
  const reason = name === "NotCapable"
    ? "Deno has no permission to read it; allow it with --allow-read"
    : REASONS[code ?? ""] ?? (name === "PermissionDenied" ? REASONS["EACCES"]! : cause.message);
  return new SourceError({ file: path, reason, code, cause });
}
