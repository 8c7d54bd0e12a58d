/**
 * What Linux allows a user and a process to watch and open, and what of it is used.
 *
 * @module
 */

import type { CommandIo } from "../io.ts";
import type { Limit, Limits } from "./diagnosis.ts";

/** The machine as far as limits go. */
export type LimitedMachine = Pick<CommandIo, "system"> & {
  readonly runtime: Pick<CommandIo["runtime"], "fileSystem">;
};

/** Reads the limits and counts what is used. Nothing is known of other systems than Linux. */
export function readLimits(machine: LimitedMachine): Limits {
  const { watches, instances, uncountedProcesses } = countInotify(machine);
  return {
    watches: readInotifyLimit(machine, "watches", watches),
    instances: readInotifyLimit(machine, "instances", instances),
    queuedEvents: readSetting(machine, "fs.inotify.max_queued_events"),
    openFiles: readOpenFiles(machine),
    uncountedProcesses,
  };
}

/** The system and each user namespace have a limit of their own: the lower one counts. */
function readInotifyLimit(
  machine: LimitedMachine,
  what: "watches" | "instances",
  used: number | undefined,
): Limit | undefined {
  const ofSystem = readSetting(machine, `fs.inotify.max_user_${what}`);
  const ofNamespace = readSetting(machine, `user.max_inotify_${what}`);
  const isNamespaceLower = (ofNamespace?.limit ?? Infinity) < (ofSystem?.limit ?? Infinity);
  const limit = isNamespaceLower ? ofNamespace : ofSystem;
  return limit && { ...limit, ...(used !== undefined && { used }) };
}

function readSetting({ system }: LimitedMachine, setting: string): Limit | undefined {
  const text = orNothing(() => system.readText(`/proc/sys/${setting.replaceAll(".", "/")}`));
  return text === undefined || !/^\d+\s*$/u.test(text) ? undefined : {
    setting,
    limit: Number(text),
  };
}

function readOpenFiles({ system, runtime: { fileSystem } }: LimitedMachine): Limit | undefined {
  const text = orNothing(() => system.readText("/proc/self/limits"));
  const [, soft] = /^Max open files +(\d+)/mu.exec(text ?? "") ?? [];
  if (soft === undefined) return undefined;
  const descriptors = orNothing(() => fileSystem.list("/proc/self/fd"));
  // Listing them has one open.
  const used = descriptors && { used: descriptors.length - 1 };
  return { setting: "ulimit -n", limit: Number(soft), ...used };
}

interface Count {
  /** Absent where there is nothing to count in. */
  readonly watches?: number;
  readonly instances?: number;
  readonly uncountedProcesses: number;
}

/** Counts the inotify descriptors of the user's processes; one that was inherited counts twice. */
function countInotify(machine: LimitedMachine): Count {
  const { system, runtime: { fileSystem } } = machine;
  const user = userOf(machine, "self");
  const names = orNothing(() => fileSystem.list("/proc")) ?? [];
  if (user === undefined || names.length === 0) return { uncountedProcesses: 0 };
  const processes = names.map(({ name }) => name)
    .filter((name) => /^\d+$/u.test(name) && userOf(machine, name) === user)
    .map((id) => inotifyOf(id, { system, fileSystem }));
  const counted = processes.filter((watches) => watches !== undefined);
  return {
    watches: counted.flat().reduce((sum, watches) => sum + watches, 0),
    instances: counted.flat().length,
    uncountedProcesses: processes.length - counted.length,
  };
}

/** The user whose limits a process counts towards. */
function userOf({ system }: LimitedMachine, id: string): string | undefined {
  const status = orNothing(() => system.readText(`/proc/${id}/status`)) ?? "";
  const [, effective] = /^Uid:\s+\d+\s+(\d+)/mu.exec(status) ?? [];
  return effective;
}

/** The number of watches of each inotify descriptor of a process; `undefined` if it may not be seen. */
function inotifyOf(
  id: string,
  { system, fileSystem }: Pick<LimitedMachine, "system"> & LimitedMachine["runtime"],
): number[] | undefined {
  const descriptors = orNothing(() => fileSystem.list(`/proc/${id}/fd`));
  return descriptors?.flatMap(({ name }) => {
    const target = orNothing(() => fileSystem.readLink(`/proc/${id}/fd/${name}`));
    if (target !== "anon_inode:inotify") return [];
    const info = orNothing(() => system.readText(`/proc/${id}/fdinfo/${name}`)) ?? "";
    return [info.match(/^inotify wd:/gmu)?.length ?? 0];
  });
}

/** Processes end and files vanish while they are looked at, and not everything may be read. */
function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
