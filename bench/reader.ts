/**
 * A program that watches one file with one system and writes a line for each configuration it is
 * handed: `reader.ts SYSTEM FILE`. It ends when its standard input does.
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import type { System } from "./settings.ts";
import type { SystemName } from "./systems/mod.ts";

/** Each loads its own module only. */
const LOAD: Readonly<Record<SystemName, () => Promise<{ start: System }>>> = {
  "hotconf": () => import("./systems/hotconf.ts"),
  "c12": () => import("./systems/c12.ts"),
  "chokidar": () => import("./systems/chokidar.ts"),
  "awaitWriteFinish": () => import("./systems/chokidar_await_write_finish.ts"),
  "@parcel/watcher": () => import("./systems/parcel_watcher.ts"),
  "fs.watch": () => import("./systems/fs_watch.ts"),
  "Deno.watchFs": () => import("./systems/deno_watch_fs.ts"),
};

const [name, file = ""] = process.argv.slice(2);
const { start } = await LOAD[name as SystemName]();

process.stdin.on("end", () => process.exit(0)).resume();
await start(file, (settings) => {
  const { seq, end } = settings as { seq?: number; end?: number };
  report(`${seq} ${end}`);
});
report("ready");

function report(line: string): void {
  writeSync(1, `${line}\n`);
}
