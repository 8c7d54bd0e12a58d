/**
 * How each directory would be watched, and why: by trying.
 *
 * @module
 */

import * as nodePath from "node:path";
import { toError } from "../../to_error.ts";
import { type Mount, mountOf, whyPolled } from "../../watch/mounts.ts";
import { watcherChanged } from "../../watch/watcher_changed.ts";
import type { CommandIo } from "../io.ts";
import type { Polling } from "../polling.ts";
import type { DirectoryReport } from "./diagnosis.ts";
import { type Finding, note, problem } from "./finding.ts";
import { staleMount } from "./stale_mount.ts";

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
  /** Why directories can't be watched, where they should be and no finding says so. */
  readonly errors: ReadonlyMap<string, Error>;
}

/** Examines the directories together, as all are watched together. */
export function examineDirectories(
  paths: readonly string[],
  context: DirectoryContext,
): DirectoriesExamination {
  const places = paths.map((path): Place => {
    const mount = mountOf(context.mounts, path);
    return { path, ...(mount && { mount, silence: whyPolled(mount) }) };
  });
  const isPolled = context.polling !== undefined;
  const tried = isPolled ? [] : places.filter(({ silence }) => silence === undefined);
  const errors = tryToWatch(tried.map(({ path }) => path), context);
  const silent = isPolled ? [] : places.filter(({ silence }) => silence !== undefined);
  const fifos = context.runtime.name === "deno"
    ? tried.flatMap(({ path }) => fifosIn(path, context))
    : [];
  const withFifos = new Set(fifos.map(({ path = "" }) => nodePath.dirname(path)));
  return {
    reports: places.map((place) => ({
      path: place.path,
      ...backendOf(place, errors.get(place.path), context),
      ...(place.mount && { mount: place.mount }),
    })),
    findings: [
      ...places.flatMap(({ path, mount }) => mount === undefined ? [] : staleMount(path, mount)),
      ...silent.map(({ path, silence }) => note("silentMount", path, `is polled: ${silence}`)),
      ...unknownMounts(context),
      ...fifos,
    ],
    errors: new Map([...errors].filter(([path]) => !withFifos.has(path))),
  };
}

interface Place {
  readonly path: string;
  readonly mount?: Mount;
  /** Why its mount has to be polled. */
  readonly silence?: string | undefined;
}

function backendOf(
  { path, mount, silence }: Place,
  error: Error | undefined,
  { polling, runtime }: DirectoryContext,
): Pick<DirectoryReport, "watcher" | "reason"> {
  if (polling !== undefined) return { watcher: "poll", reason: `asked for by ${polling.askedBy}` };
  if (silence !== undefined) return { watcher: "poll", reason: silence };
  if (error !== undefined) {
    return { watcher: "poll", reason: describe(path, error, runtime).reason };
  }
  return {
    watcher: runtime.watcher.name,
    reason: mount === undefined ? "watching it works" : `${mount.fileSystem} reports changes`,
  };
}

/** Without its table, no mount is known to be silent, and events are all that is hoped for. */
function unknownMounts(
  { mounts, runtime: { name }, system, polling }: DirectoryContext,
): Finding[] {
  if (polling !== undefined || mounts.length > 0 || system.platform !== "linux") return [];
  return [{
    code: "mountsUnknown",
    severity: "note",
    message: "the table of mounts can't be read, so network file systems are not known as such",
    remedy: name === "deno"
      ? "allow Deno to read /proc/self/mountinfo, which takes --allow-all"
      : "allow the process to read /proc/self/mountinfo",
  }];
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
    return problem("cannotWatch", path, message, remedy);
  });
}

function describe(
  path: string,
  error: Error,
  runtime: CommandIo["runtime"],
): { readonly reason: string; readonly remedy?: string } {
  return watcherChanged(runtime, path, error, "");
}

const FIFO_REMEDY = "move it to another directory, or poll: --poll or HOTCONF_POLL=1 for the " +
  'command, watcher: "poll" in the program';

/** Deno opens a FIFO that an event names, for which its watching thread would wait for ever. */
function fifosIn(directory: string, { runtime, system }: DirectoryContext): Finding[] {
  const message = "is a FIFO, at which Deno's watching would stop: its directory is polled";
  return specialEntries(directory, runtime).filter((path) => isFifo(path, system))
    .map((path) => problem("fifoBeside", path, message, FIFO_REMEDY));
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
