/**
 * The event that tells of a change in the way a directory is watched.
 *
 * @module
 */

import type { WatcherChangedEvent, WatcherName } from "../events.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { WatcherNews } from "./watch_subscription.ts";

const REASONS: Readonly<Record<Exclude<WatcherNews, Error>, string>> = {
  available: "the directory can be watched again",
  replaced: "the directory was replaced",
  returned: "the directory was missing and is back",
};

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: "Raise the limit on watches: sysctl fs.inotify.max_user_watches=524288; " +
    "in a container or user namespace also user.max_inotify_watches",
  EMFILE: "Raise the limit on inotify instances or open files: " +
    "sysctl fs.inotify.max_user_instances=1024, ulimit -n; " +
    "in a container or user namespace also user.max_inotify_instances",
  EFIFO: 'Move the FIFO out of the directory, or set watcher: "poll"',
  EACCES: "Allow the process to read the directory",
};

/** How files are watched. */
export function watcherName(
  { watcher }: Pick<Runtime, "watcher">,
  usePolling: boolean,
): WatcherName {
  return usePolling ? "poll" : watcher.name;
}

/** The event for `directory`: polled because of an error, or watched by events anew. */
export function watcherChanged(
  runtime: Pick<Runtime, "watcher">,
  directory: string,
  news: WatcherNews,
  at: string,
): WatcherChangedEvent {
  const type = "watcherChanged";
  if (!(news instanceof Error)) {
    return { type, watcher: watcherName(runtime, false), directory, reason: REASONS[news], at };
  }
  const remedy = REMEDIES[(news as { code?: string }).code ?? ""];
  return {
    type,
    watcher: "poll",
    directory,
    reason: news.message,
    ...(remedy !== undefined && { remedy }),
    at,
  };
}
