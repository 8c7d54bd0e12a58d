/**
 * Machines that don't exist, for `hotconf doctor` to examine.
 *
 * @module
 */

import type { FileStat, FileSystem } from "../../src/runtime/file_system.ts";
import type { RuntimeName } from "../../src/runtime/runtime.ts";
import type { SpecialKind, System } from "../../src/cli/system.ts";
import { createMemoryRuntime, type MemoryRuntime } from "../../testing.ts";
import { Session } from "./session.ts";

/** A process that the machine runs. */
export interface MachineProcess {
  readonly user: number;
  /** The number of watches of each inotify descriptor; `hidden` when it may not be looked into. */
  readonly inotify: readonly number[] | "hidden";
}

/** A machine; what is left out is ordinary. Paths are below `/work` or absolute. */
export interface MachineOptions {
  readonly runtime?: RuntimeName;
  readonly version?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly specials?: Readonly<Record<string, SpecialKind>>;
  /** Error codes of what can be neither read, listed nor watched. */
  readonly failures?: Readonly<Record<string, string>>;
  /** What watching any directory fails with. */
  readonly watchError?: Error;
  /** Whether no change is reported. */
  readonly isSilent?: boolean;
  /** Lines of the table of mounts. */
  readonly mounts?: readonly string[];
  /** Files below `/proc/sys`. */
  readonly settings?: Readonly<Record<string, number>>;
  readonly processes?: readonly MachineProcess[];
  readonly openFiles?: { readonly limit: number; readonly used: number };
  readonly system?: Partial<System>;
}

/** The user that the command runs as. */
export const USER = 1000;

const SETTINGS: Readonly<Record<string, number>> = {
  "fs/inotify/max_user_watches": 60_000,
  "fs/inotify/max_user_instances": 128,
  "fs/inotify/max_queued_events": 16_384,
};

/** A session on a machine. */
export function machine(options: MachineOptions): Session {
  const { runtime: name = "node", version = "20.20.2", files = {}, links = {} } = options;
  const memory = createMemoryRuntime({ name, reportsClose: name === "deno" });
  const at = (path: string) => path.startsWith("/") ? path : `/work/${path}`;
  const specials = new Map(
    Object.entries(options.specials ?? {}).map(([path, kind]) => [at(path), kind]),
  );
  const runtime = withSpecials(memory, new Set(specials.keys()), options.watchError);
  const session = new Session(files, {
    runtime,
    system: {
      runtimeVersion: version,
      specialKind: (path) => specials.get(path),
      ...options.system,
    },
  });
  for (const [path, target] of Object.entries(links)) memory.files.symlink(target, at(path));
  for (const path of specials.keys()) memory.files.write(path, "");
  writeSystemFiles(memory, options);
  if (options.isSilent) memory.files.deliverHints("never");
  memory.files.mount((options.mounts ?? ["20 1 8:1 / / rw - ext4 /dev/sda1 rw"]).join("\n"));
  for (const [path, code] of Object.entries(options.failures ?? {})) {
    memory.files.fail(at(path), code);
  }
  return session;
}

function writeSystemFiles({ files }: MemoryRuntime, options: MachineOptions): void {
  const { processes = [], openFiles = { limit: 1024, used: 20 } } = options;
  for (const [name, value] of Object.entries({ ...SETTINGS, ...options.settings })) {
    files.write(`/proc/sys/${name}`, `${value}\n`);
  }
  files.write("/proc/self/status", statusOf(USER));
  files.write(
    "/proc/self/limits",
    "Limit                     Soft Limit           Hard Limit           Units     \n" +
      `Max open files            ${openFiles.limit}                 1048576              files     \n`,
  );
  for (let fd = 0; fd <= openFiles.used; fd++) files.write(`/proc/self/fd/${fd}`, "");
  processes.forEach(({ user, inotify }, index) => {
    const directory = `/proc/${100 + index}`;
    files.write(`${directory}/status`, statusOf(user));
    files.symlink("/dev/null", `${directory}/fd/0`);
    if (inotify === "hidden") return files.fail(`${directory}/fd`, "EACCES");
    inotify.forEach((watches, descriptor) => {
      files.symlink("anon_inode:inotify", `${directory}/fd/${3 + descriptor}`);
      const watched = Array.from({ length: watches }, (_, wd) => `inotify wd:${wd} ino:1\n`);
      files.write(
        `${directory}/fdinfo/${3 + descriptor}`,
        `pos:\t0\nflags:\t02004000\n${watched.join("")}`,
      );
    });
  });
}

function statusOf(user: number): string {
  return `Name:\tprogram\nUid:\t0\t${user}\t0\t0\nGid:\t0\t0\t0\t0\n`;
}

/** The files with some that are neither files nor directories. */
function withSpecials(
  memory: MemoryRuntime,
  specials: ReadonlySet<string>,
  watchError: Error | undefined,
): MemoryRuntime {
  const { fileSystem, watcher } = memory;
  const mark = (path: string, stat: FileStat | undefined): FileStat | undefined =>
    stat && (specials.has(path) ? { ...stat, kind: "other" } : stat);
  const marked: FileSystem = {
    ...fileSystem,
    stat: (path) => mark(path, fileSystem.stat(path)),
    lstat: (path) => mark(path, fileSystem.lstat(path)),
    list: (directory) =>
      fileSystem.list(directory).map((entry) =>
        specials.has(`${directory}/${entry.name}`) ? { ...entry, kind: "other" } : entry
      ),
  };
  return {
    ...memory,
    fileSystem: marked,
    watcher: {
      ...watcher,
      watch(...given) {
        if (watchError !== undefined) throw watchError;
        return watcher.watch(...given);
      },
    },
  };
}
