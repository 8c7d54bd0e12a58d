/**
 * The program under observation: watches what it is told to and prints a line of JSON for whatever
 * it is handed. It has no schema, so that nothing but the library refuses a torn configuration.
 * It is given one argument, a {@linkcode SubjectPlan} as JSON, and ends when its standard input does.
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { directory, type FilesEvent, watchConfig, watchFiles } from "../mod.ts";
import type { ConfigEvent, LiveConfig } from "../mod.ts";
import { digestOf } from "./digest.ts";
import type { SubjectEvent, SubjectPlan } from "./subject_events.ts";

const plan = JSON.parse(process.argv[2] ?? "{}") as SubjectPlan;

process.stdin.on("end", () => process.exit(0)).resume();
if (plan.watch.files === undefined) await watchAsConfig();
else await watchAsFiles(plan.watch.files);

async function watchAsConfig(): Promise<void> {
  const { file, directory: path, recursive = false } = plan.watch;
  const source = path === undefined ? file ?? "config.yaml" : directory(path, { recursive });
  const config = await watchConfig({ ...plan.options, sources: [source] });
  config.on("*", (event) => tellConfig(config, event));
  tell({ type: "ready", digest: digestOf(config.current), watcher: config.watcher });
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
      return tell({ type: "watcher", watcher: event.watcher, why: event.reason });
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
      return tell({ type: "watcher", watcher: event.watcher, why: event.reason });
    case "readFailed":
      return tell({ type: "rejected", why: event.error.message });
    case "handlerFailed":
      return tell({ type: "failed", why: event.error.message });
  }
}

function tell(event: SubjectEvent): void {
  writeSync(1, `${JSON.stringify(event)}\n`);
}
