/**
 * How each directory would be watched, and why: by trying.
 *
 * @module
 */

import * as nodePath from "node:path";
import { toError } from "../../errors.ts";
import { type Mount, mountOf, whyPolled } from "../../watch/mounts.ts";
import { watcherChanged } from "../../watch/watcher_changed.ts";
import type { CommandIo } from "../io.ts";
import type { Polling } from "../polling.ts";
import type { DirectoryReport, Finding } from "./diagnosis.ts";

/** What examining needs. */
export interface DirectoryContext extends Pick<CommandIo, "runtime" | "system"> {
  /** The table of mounts; empty where it is not known. */
  readonly mounts: readonly Mount[];
  /** Set when polling was asked for. */
  readonly polling: Polling | undefined;
}

/** Directories, and what was found. */
export interface DirectoriesExamination {
  readonly reports: readonly DirectoryReport[];
  readonly findings: readonly Finding[];
  /** Why directories can't be watched, where they should be. */
  readonly errors: ReadonlyMap<string, Error>;
}

/** Examines the directories together, as all are watched together. */
export function examineDirectories(
  paths: readonly string[],
  context: DirectoryContext,
): DirectoriesExamination {
  const mountsByPath = new Map(paths.map((path) => [path, mountOf(context.mounts, path)]));
  const silent = new Map(
    paths.map((path) => [path, silenceOf(mountsByPath.get(path))] as const)
      .filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  );
  const tried = context.polling === undefined ? paths.filter((path) => !silent.has(path)) : [];
  const errors = tryToWatch(tried, context);
  const reports = paths.map((path): DirectoryReport => {
    const mount = mountsByPath.get(path);
    return {
      path,
      ...backendOf(path, mount, { silent, errors, context }),
      ...(mount && { mount }),
    };
  });
  const silences = [...new Set(silent.values())].map((message): Finding => {
    const [path] = [...silent].find(([, other]) => other === message)!;
    return { code: "silentMount", severity: "note", path, message: `is polled: ${message}` };
  });
  const fifos = reports.filter(({ watcher }) => watcher === "deno")
    .flatMap(({ path }) => fifosIn(path, context));
  return { reports, findings: [...silences, ...fifos], errors };
}

function silenceOf(mount: Mount | undefined): string | undefined {
  return mount && whyPolled(mount);
}

function backendOf(
  path: string,
  mount: Mount | undefined,
  { silent, errors, context: { polling, runtime } }: {
    readonly silent: ReadonlyMap<string, string>;
    readonly errors: ReadonlyMap<string, Error>;
    readonly context: DirectoryContext;
  },
): Pick<DirectoryReport, "watcher" | "reason"> {
  if (polling !== undefined) return { watcher: "poll", reason: `asked for by ${polling.askedBy}` };
  const silence = silent.get(path);
  if (silence !== undefined) return { watcher: "poll", reason: silence };
  const error = errors.get(path);
  if (error !== undefined) {
    return { watcher: "poll", reason: describe(path, error, runtime).reason };
  }
  return {
    watcher: runtime.watcher.name,
    reason: mount === undefined ? "watching it works" : `${mount.fileSystem} reports changes`,
  };
}

/** Watches all of them at once, for a moment. */
function tryToWatch(
  paths: readonly string[],
  { runtime: { watcher } }: DirectoryContext,
): Map<string, Error> {
  const errors = new Map<string, Error>();
  const watches: Disposable[] = [];
  try {
    for (const path of paths) {
      try {
        watches.push(watcher.watch(path, () => {}, (error) => errors.set(path, error)));
      } catch (thrown) {
        errors.set(path, toError(thrown));
      }
    }
  } finally {
    for (const watch of watches) watch[Symbol.dispose]();
  }
  return errors;
}

/** The problems of directories that can't be watched for another reason than a limit. */
export function cannotWatch(
  errors: ReadonlyMap<string, Error>,
  { runtime }: Pick<CommandIo, "runtime">,
): Finding[] {
  return [...errors].map(([path, error]) => {
    const { reason, remedy = "see why the system refuses it, or ask for polling with --poll" } =
      describe(path, error, runtime);
    const message = `can't be watched by events and is polled: ${reason}`;
    return { code: "cannotWatch", severity: "problem", path, message, remedy };
  });
}

function describe(
  path: string,
  error: Error,
  runtime: CommandIo["runtime"],
): { readonly reason: string; readonly remedy?: string } {
  return watcherChanged(runtime, path, error, "");
}

/** What reads or writes a FIFO beside a watched file stops Deno's watching. */
function fifosIn(directory: string, { runtime, system }: DirectoryContext): Finding[] {
  return specialEntries(directory, runtime).filter((path) => isFifo(path, system)).map((path) => ({
    code: "fifoBeside",
    severity: "problem",
    path,
    message: "is a FIFO: once it is used, Deno reports nothing more in its directory",
    remedy: "move it to another directory, or poll: --poll or HOTCONF_POLL=1 for the command, " +
      'watcher: "poll" in the program',
  }));
}

function specialEntries(directory: string, { fileSystem }: CommandIo["runtime"]): string[] {
  try {
    return fileSystem.list(directory).filter(({ kind }) => kind === "other")
      .map(({ name }) => nodePath.join(directory, name));
  } catch {
    return []; // what can't be listed is reported as such
  }
}

function isFifo(path: string, system: CommandIo["system"]): boolean {
  try {
    return system.specialKind(path) === "FIFO";
  } catch {
    return false; // gone meanwhile
  }
}
