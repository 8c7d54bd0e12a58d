/**
 * Limits on watching that are reached: on watches, and on inotify instances.
 *
 * @module
 */

import { mkdirSync, renameSync, rmSync } from "node:fs";
import { CONFIG } from "./next_file.ts";
import type { Place } from "./place.ts";
import type { Situation } from "./situation.ts";
import type { SubjectEvent, WatcherEvent } from "./subject_events.ts";
import { told } from "./stress_told.ts";
import { configText, partText } from "./text.ts";

const PLENTY = 100_000;

/** A limit of the user namespace that the subject has for itself. */
type Limit = "max_inotify_watches" | "max_inotify_instances";

const pathOf = (limit: Limit) => `/proc/sys/user/${limit}`;

async function setLimit(place: Place, limit: Limit, value: number): Promise<void> {
  const script = `echo ${value} > ${pathOf(limit)}`;
  const namespace = ["--target", `${place.subject!.pid}`, "--user", "--preserve-credentials"];
  await place.run("nsenter", ...namespace, "sh", "-ec", script);
}

/** The subject in a user namespace of its own, whose `limit` is `value` at first. */
function inNamespace(command: readonly string[], limit: Limit, value: number): readonly string[] {
  const script = `echo ${value} > ${pathOf(limit)}; exec "$@"`;
  return ["unshare", "--user", "--map-root-user", "sh", "-ec", script, "sh", ...command];
}

const isPolled = (event: SubjectEvent) => event.type === "watcher" && event.watcher === "poll";
const isWatched = (event: SubjectEvent) => event.type === "watcher" && event.watcher !== "poll";

/** What is wrong with what was told of the watchers, given what has to be told of each directory. */
export function watcherFaults(
  told: readonly SubjectEvent[],
  directories: readonly string[],
  remedy: RegExp,
): string[] {
  const news = told.filter((event) => event.type === "watcher");
  const own = (directory: string) => news.filter((event) => event.directory === directory);
  const isRight = ([polled, watched, ...more]: readonly WatcherEvent[]) =>
    polled !== undefined && isPolled(polled) && remedy.test(polled.remedy ?? "") &&
    watched !== undefined && isWatched(watched) && more.length === 0;
  return [
    ...directories.filter((directory) => !isRight(own(directory))).map((directory) =>
      `told wrong of ${directory.split("/").at(-1)}`
    ),
    ...(news.some(({ directory }) => !directories.includes(directory))
      ? ["told of another directory"]
      : []),
  ];
}

const isPolling = ({ column }: Place) => column.backend === "polling";

/** Two directories, so that there is an event for each. */
const PARTS = { "conf/a.yaml": "a", "conf/sub/b.yaml": "b" } as const;

function writeParts(place: Place, k: number): void {
  for (const [path, part] of Object.entries(PARTS)) place.write(path, partText(part, k));
}

async function saveParts(place: Place, k: number): Promise<void> {
  writeParts(place, k);
  await told(
    place,
    `save ${k}`,
    (event) => event.type === "commit" && event.digest.a?.[0] === k && event.digest.b?.[0] === k,
  );
}

const SAVES = 3;

const watchLimit: Situation = {
  name: "watch-limit",
  group: "stress",
  title:
    "no watch to be had (ENOSPC) for two directories that are replaced, until the limit is raised",
  rounds: 2,
  needs: ["linux", "user namespace"],
  watch: { directory: "conf", recursive: true },
  prepare: (place) => writeParts(place, 0),
  command: (command) => inNamespace(command, "max_inotify_watches", PLENTY),
  async save(place, n) {
    const from = place.subject!.events.length;
    const k = SAVES * (n - 1);
    await setLimit(place, "max_inotify_watches", 0);
    mkdirSync(place.path("next/sub"), { recursive: true });
    renameSync(place.path("conf"), place.path("old"));
    renameSync(place.path("next"), place.path("conf"));
    await saveParts(place, k + 1);
    if (!isPolling(place)) await told(place, "polling", isPolled, { from, count: 2 });
    await saveParts(place, k + 2);
    await setLimit(place, "max_inotify_watches", PLENTY);
    if (!isPolling(place)) await told(place, "events", isWatched, { from, count: 2 });
    rmSync(place.path("old"), { recursive: true });
    writeParts(place, k + SAVES);
  },
  states: (n) =>
    n === 0
      ? [{ a: 0, b: 0 }]
      : [2, 1, 0].map((index) => SAVES * n - index).map((k) => ({ a: k, b: k })),
  mayMix: true,
  rejects: "may",
  reloads: { least: SAVES, most: 3 * SAVES },
  faults: (told, place) =>
    watcherFaults(
      told,
      isPolling(place) ? [] : [place.path("conf"), place.path("conf/sub")],
      /max_user_watches/,
    ),
  note: "In a user namespace with a limit of its own. Right is one event for each directory that " +
    "names the limit, and one when it is watched again; each save arrives meanwhile.",
};

const instanceLimit: Situation = {
  name: "instance-limit",
  group: "stress",
  title: "no inotify instance to be had (EMFILE) at the start, until the limit is raised",
  rounds: 1,
  needs: ["linux", "user namespace"],
  command: (command) => inNamespace(command, "max_inotify_instances", 0),
  async save(place) {
    place.write(CONFIG, configText(1));
    await told(place, "save 1", (event) => event.type === "commit" && event.digest[""]?.[0] === 1);
    await setLimit(place, "max_inotify_instances", PLENTY);
    if (!isPolling(place)) await told(place, "events", isWatched);
    place.write(CONFIG, configText(2));
  },
  states: (n) => n === 0 ? [{ "": 0 }] : [{ "": 2 * n - 1 }, { "": 2 * n }],
  reloads: { least: 2, most: 2 },
  // What happened at the start was told before the round.
  faults: (_told, place) =>
    watcherFaults(
      place.subject!.events.map(({ event }) => event),
      isPolling(place) ? [] : [place.directory],
      /max_user_instances/,
    ),
};

/** Rows about limits. */
export const limits: readonly Situation[] = [watchLimit, instanceLimit];
