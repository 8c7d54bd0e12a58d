/**
 * What is wrong, or worth knowing.
 *
 * @module
 */

/** What was found, for programs; docs/command.md explains each. */
export type FindingCode =
  | "missing"
  | "linkLoop"
  | "notAFile"
  | "unreadable"
  | "tooLarge"
  | "unknownFormat"
  | "noFiles"
  | "leftOut"
  | "litterName"
  | "fileMount"
  | "staleMount"
  | "silentMount"
  | "mountsUnknown"
  | "cannotWatch"
  | "fifoBeside"
  | "watchLimit"
  | "instanceLimit"
  | "queueLimit"
  | "openFileLimit"
  | "runtimeTooOld"
  | "cannotTest"
  | "testedAlone"
  | "noEvents"
  | "lostEvents"
  | "notSeen";

/** Something that works as it should, and is worth knowing. */
export interface Note {
  /** What it is. */
  readonly code: FindingCode;
  /** Tells a note from a problem. */
  readonly severity: "note";
  /** File or directory it is about. */
  readonly path?: string;
  /** What is said of the path, or a sentence of its own; without a full stop. */
  readonly message: string;
  /** What may be done about it. */
  readonly remedy?: string;
}

/** Something that does not work as it could, and what to do about it. */
export interface Problem extends Omit<Note, "severity" | "remedy"> {
  /** Tells a problem from a note. */
  readonly severity: "problem";
  /** What to do about it. */
  readonly remedy: string;
}

/** Something that was found. */
export type Finding = Note | Problem;

/** A note about a path. */
export function note(code: FindingCode, path: string, message: string): Note {
  return { code, severity: "note", path, message };
}

/** A problem with a path. */
export function problem(
  code: FindingCode,
  path: string,
  message: string,
  remedy: string,
): Problem {
  return { code, severity: "problem", path, message, remedy };
}

/** Whether something has to be done. */
export function isProblem(finding: Finding): finding is Problem {
  return finding.severity === "problem";
}
