/**
 * A program that watches a file and stops: `ending.ts HOW FILE`. It says `closing` when it begins to
 * close, and does nothing to end.
 *
 * @module
 */

import { renameSync, watch, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { watchConfig } from "../../mod.ts";
import { say } from "../lines.ts";

/** What is watched and how it stops. */
export type Ending = "bare" | "idle" | "polling" | "in a reload";

const [how, file = ""] = process.argv.slice(2);
const close = await (how === "bare" ? openBare() : openConfig());
await delay(100);
if (how === "in a reload") {
  writeFileSync(`${file}.tmp`, "seq: 2\n");
  renameSync(`${file}.tmp`, file);
  await delay(1);
}
say("closing");
await close();

async function openConfig(): Promise<() => Promise<void>> {
  const watcher = how === "polling" ? "poll" : "auto";
  const config = await watchConfig({ sources: [file], watcher });
  return () => config.close();
}

/** The runtime's own watcher, to tell what the end of any process takes. */
function openBare(): () => void {
  const watcher = "Deno" in globalThis
    ? Deno.watchFs(dirname(file), { recursive: false })
    : watch(dirname(file), () => {});
  return () => watcher.close();
}
