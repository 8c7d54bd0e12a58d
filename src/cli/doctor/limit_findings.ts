/**
 * Which limits are in the way, and the line that raises each.
 *
 * @module
 */

import type { Limit, Limits } from "./diagnosis.ts";
import type { Finding, FindingCode } from "./finding.ts";

/** From here on, a limit is worth a note. */
const NEARLY = 0.9;

/** A queue below this is filled by one unpacked archive. */
const SHORT_QUEUE = 1024;

/** A program that reloads opens a few files at a time, and others of its own. */
const SPARE_FILES = 32;

/** Limits that keep directories from being watched, and why. */
export interface LimitExamination {
  readonly findings: readonly Finding[];
  /** The errors that are explained by no limit. */
  readonly unexplained: ReadonlyMap<string, Error>;
}

/**
 * Judges the limits.
 *
 * @param errors Why directories could not be watched when it was tried.
 */
export function examineLimits(
  limits: Limits,
  errors: ReadonlyMap<string, Error>,
): LimitExamination {
  const codes = new Map(
    [...errors].map(([path, error]) => [path, (error as { code?: string }).code]),
  );
  const count = (code: string) => [...codes.values()].filter((other) => other === code).length;
  const { watches, instances, queuedEvents, openFiles } = limits;
  const lacksFiles = openFiles?.used !== undefined &&
    openFiles.limit - openFiles.used < SPARE_FILES;
  const findings = [
    ...watchFinding("watchLimit", "watches", watches, { refused: count("ENOSPC"), least: 524_288 }),
    ...watchFinding("instanceLimit", "instances", instances, {
      refused: lacksFiles ? 0 : count("EMFILE"),
      least: 1024,
    }),
    ...(queuedEvents !== undefined && queuedEvents.limit < SHORT_QUEUE
      ? [shortQueue(queuedEvents)]
      : []),
    ...(lacksFiles ? [fewFiles(openFiles)] : []),
  ];
  const isExplained = (path: string) => ["ENOSPC", "EMFILE"].includes(codes.get(path) ?? "");
  return { findings, unexplained: new Map([...errors].filter(([path]) => !isExplained(path))) };
}

function watchFinding(
  code: FindingCode,
  what: string,
  limit: Limit | undefined,
  { refused, least }: { readonly refused: number; readonly least: number },
): Finding[] {
  const usage = limit?.used === undefined ? "" : `: ${limit.used} of ${limit.limit}`;
  const remedy = `sysctl ${limit?.setting ?? `fs.inotify.max_user_${what}`}=${
    Math.max(least, 2 * (limit?.limit ?? 0))
  }`;
  if (refused > 0) {
    const message = `the user's inotify ${what} are used up${usage}; what can't be watched by ` +
      `events is polled: ${refused} ${refused === 1 ? "directory" : "directories"}`;
    return [{ code, severity: "problem", message, remedy }];
  }
  if (limit?.used === undefined || limit.used < NEARLY * limit.limit) return [];
  const message = `the user's inotify ${what} are nearly used up${usage}`;
  return [{ code, severity: "note", message, remedy }];
}

function shortQueue({ setting, limit }: Limit): Finding {
  return {
    code: "queueLimit",
    severity: "note",
    message: `a burst of more than ${limit} events is lost, and found by looking up to 1 s later`,
    remedy: `sysctl ${setting}=16384`,
  };
}

function fewFiles({ setting, limit, used }: Limit): Finding {
  return {
    code: "openFileLimit",
    severity: "problem",
    message: `a process may have ${limit} files open, and this one has ${used} already`,
    remedy: `${setting} ${Math.max(65_536, limit)}, in the shell or service that starts it`,
  };
}
