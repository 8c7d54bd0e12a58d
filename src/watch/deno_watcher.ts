/**
 * Directory watching through `Deno.watchFs`.
 *
 * @module
 */

import * as nodePath from "node:path";
import type { Clock } from "../clock.ts";
import type { FileSystem } from "../runtime/file_system.ts";
import { toError } from "../to_error.ts";
import { DenoDirectories } from "./deno_directories.ts";
import type { DenoEvent, DenoWatcher } from "./deno_stream.ts";
import { DenoStreams } from "./deno_streams.ts";
import { holdFifos, isWaitingForFifo, specialsIn } from "./fifos.ts";
import { OpenDenoWatch } from "./open_deno_watch.ts";
import { THREAD_MS, turnsOf } from "./turns.ts";
import type { DirectoryWatcher, Hint, HintKind } from "./watcher.ts";

/** The sliver of `Deno` that is used here. */
interface DenoWatch {
  readonly build: { readonly os: string };
  watchFs(paths: readonly string[], options: { recursive: boolean }): DenoWatcher;
  readonly permissions: {
    querySync(permission: { name: "read" | "write"; path: string }): { readonly state: string };
  };
  lstatSync(path: string): { readonly isFile: boolean; readonly nlink: number | null };
}

/** What Deno's errors say where those of others have a code. */
const CODES: readonly (readonly [text: RegExp, code: string])[] = [
  [/watch limit|os error 28\b/, "ENOSPC"],
  [/os error 24\b|too many open files/i, "EMFILE"],
  [/os error 13\b/, "EACCES"],
];

const KINDS: Readonly<Record<string, HintKind>> = {
  modify: "modified",
  access: "closed",
  rename: "renamed",
  remove: "renamed",
};

/** A watcher over `Deno.watchFs`. */
export function createDenoWatcher(clock: Clock, fileSystem: FileSystem): DirectoryWatcher {
  const deno = (globalThis as unknown as { Deno: DenoWatch }).Deno;
  const directories = new DenoDirectories({
    clock,
    fileSystem,
    specialsIn: (directory) => specialsIn(fileSystem, directory),
    hold: (fifos) => holdFifos(fifos, (path) => isAllowed(deno, "write", path)),
    isWaiting: () => isWaitingForFifo((path) => isAllowed(deno, "read", path)),
  });
  const streams = new DenoStreams({
    clock,
    open: (paths) => open(deno, paths),
    mayOpen: () => directories.mayOpen(),
    onHeard: () => directories.heard(),
  });
  const onUnload = (event: Event) => {
    if (!directories.mayEnd()) event.preventDefault();
  };
  return {
    name: "deno",
    // inotify's CLOSE_WRITE; other systems have no such event.
    reportsClose: deno.build.os === "linux",
    get losesSome() {
      return streams.losesSome;
    },
    watch(directory, onHint, onEnd) {
      directories.prepare(directory);
      (globalThis as unknown as EventTarget).addEventListener("beforeunload", onUnload);
      return new OpenDenoWatch({
        directory,
        directories,
        streams,
        onEnd,
        onEvent(event) {
          for (const hint of toHints(deno, directory, event)) onHint(hint);
        },
      });
    },
    caughtUp: () => turnsOf(clock, THREAD_MS),
  };
}

/** Whether a path can be opened without a question to the user. */
function isAllowed({ permissions }: DenoWatch, name: "read" | "write", path: string): boolean {
  return permissions.querySync({ name, path }).state === "granted";
}

function open(deno: DenoWatch, paths: readonly string[]): DenoWatcher {
  try {
    return deno.watchFs(paths, { recursive: false });
  } catch (thrown) {
    const error = toError(thrown);
    const [, code] = CODES.find(([text]) => text.test(error.message)) ?? [];
    throw code === undefined ? error : Object.assign(error, { code });
  }
}

/** What an event says about `directory`: all watches of a process share their events. */
function toHints(
  deno: DenoWatch,
  directory: string,
  { kind, paths, flag }: DenoEvent,
): Hint[] {
  // Events were lost. The watcher goes on: without a name this would be taken for its end, and
  // closing it takes half a second while so many are on their way.
  if (flag || paths.length === 0) return [{ name: ".", kind: "unknown" }];
  const concerned = paths.filter((path) =>
    path === directory || nodePath.dirname(path) === directory
  );
  return concerned.map((path) => {
    const name = nodePath.basename(path);
    if (kind !== "create") return { name, kind: KINDS[kind] ?? "unknown" };
    const look = () => kindOfCreated(deno, path);
    return path === directory ? { name, kind: look() } : { name, kind: "modified", look };
  });
}

/** A created file is open for writing until its close is reported; nothing else is ever closed. */
function kindOfCreated(deno: DenoWatch, path: string): HintKind {
  try {
    const { isFile, nlink } = deno.lstatSync(path);
    // A second name for a file is created as well.
    return isFile && (nlink ?? 1) === 1 ? "modified" : "renamed";
  } catch {
    // It has another name by now, or none.
    return "modified";
  }
}
