/**
 * The event that tells of a change in the way a directory is watched.
 *
 * @module
 */

import type { WatcherChangedEvent, WatcherName } from "../events.ts";
import type { Runtime } from "../runtime/runtime.ts";

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: "Raise the limit on watches: sysctl fs.inotify.max_user_watches=524288",
  EMFILE: "Raise the limit on inotify instances or open files: " +
    "sysctl fs.inotify.max_user_instances=1024, ulimit -n",
  EACCES: "Allow the process to read the directory",
};

/** How files are watched. */
export function watcherName(
  { watcher }: Pick<Runtime, "watcher">,
  usePolling: boolean,
): WatcherName {
  return usePolling ? "poll" : watcher.name;
}

/** The event for `directory`: polled because of `error`, or watched by events again without one. */
export function watcherChanged(
  runtime: Pick<Runtime, "watcher">,
  directory: string,
  error: Error | undefined,
  at: string,
): WatcherChangedEvent {
  const type = "watcherChanged";
  if (error === undefined) {
    const watcher = watcherName(runtime, false);
    return { type, watcher, directory, reason: "the directory can be watched again", at };
  }
  const remedy = REMEDIES[(error as { code?: string }).code ?? ""];
  return {
    type,
    watcher: "poll",
    directory,
    reason: error.message,
    ...(remedy !== undefined && { remedy }),
    at,
  };
}
