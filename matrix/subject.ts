/**
 * The program under observation: watches what it is told to and prints a line of JSON for whatever
 * it is handed. It has no schema, so that nothing but the library refuses a torn configuration.
 * It is given one argument, a {@linkcode SubjectPlan} as JSON, and ends when its standard input does;
 * a line `block 3000` there keeps it busy for 3,000 ms, in which nothing else happens.
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { directory, type FilesEvent, watchConfig, watchFiles } from "../mod.ts";
import type { ConfigEvent, LiveConfig, WatcherChangedEvent } from "../mod.ts";
import { digestOf } from "./digest.ts";
import type { SubjectEvent, SubjectPlan } from "./subject_events.ts";

const plan = JSON.parse(process.argv[2] ?? "{}") as SubjectPlan;

process.stdin.on("data", obey).on("end", () => process.exit(0));
if (plan.watch.files === undefined) await watchAsConfig();
else await watchAsFiles(plan.watch.files);

async function watchAsConfig(): Promise<void> {
  const { file, directory: path, recursive = false } = plan.watch;
  const source = path === undefined ? file ?? "config.yaml" : directory(path, { recursive });
  const config = await watchConfig({ ...plan.options, sources: [source] });
  config.on("*", (event) => tellConfig(config, event));
  tell({ type: "ready", digest: digestOf(config.current), watcher: config.watcher });
  // What was to be told before anybody could listen.
  for (const event of config.recentEvents().toReversed()) tellConfig(config, event);
}

async function watchAsFiles(paths: readonly string[]): Promise<void> {
  const { recursive = false } = plan.watch;
  const files = await watchFiles(paths, { ...plan.options, recursive });
  files.on("*", tellFiles);
  tell({ type: "ready", digest: {}, watcher: files.watcher });
}

function tellConfig(config: LiveConfig<unknown>, event: ConfigEvent): void {
  switch (event.type) {
    case "reloadSucceeded":
      return tell({ type: "commit", digest: digestOf(config.current) });
    case "validationFailed":
      return tell({ type: "rejected", why: event.issues[0]?.message ?? "" });
    case "reloadFailed":
      return tell({ type: "rejected", why: event.error.message });
    case "recovered":
      return tell({ type: "recovered" });
    case "watcherChanged":
      return tellWatcher(event);
    case "handlerFailed":
      return tell({ type: "failed", why: event.error.message });
  }
}

function tellFiles(event: FilesEvent): void {
  switch (event.type) {
    case "fileChanged": {
      const { kind, path, oldPath, checksum } = event;
      return tell({ type: "change", kind, path, oldPath, checksum });
    }
    case "watcherChanged":
      return tellWatcher(event);
    case "readFailed":
      return tell({ type: "rejected", why: event.error.message });
    case "handlerFailed":
      return tell({ type: "failed", why: event.error.message });
  }
}

function tellWatcher({ watcher, directory, reason, remedy }: WatcherChangedEvent): void {
  tell({ type: "watcher", watcher, directory, why: reason, remedy });
}

function obey(order: unknown): void {
  const [, blockMs] = /^block (\d+)$/m.exec(String(order)) ?? [];
  const end = performance.now() + Number(blockMs ?? 0);
  while (performance.now() < end);
}

function tell(event: SubjectEvent): void {
  writeSync(1, `${JSON.stringify(event)}\n`);
}
