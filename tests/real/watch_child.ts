/**
 * A program for tests that look at it from outside. It is given what to do and a file:
 *
 * - `close`, `close-polling`: watches the file as configuration, says so, and closes it;
 * - `write`: writes the configurations of {@linkcode completeConfig} into it in place, in small
 *   chunks with pauses.
 */

import { closeSync, openSync, writeSync } from "node:fs";
import process from "node:process";
import { watchConfig } from "../../mod.ts";
import { completeConfig, VERSIONS } from "./complete_config.ts";
import { pause } from "./watched.ts";

const CHUNK_BYTES = 1777;

const [task = "", path = ""] = process.argv.slice(2);
if (task === "write") {
  for (let version = 2; version <= VERSIONS; version++) {
    await writeSlowly(completeConfig(version));
    await pause(150);
  }
} else {
  const watcher = task === "close" ? "auto" : "poll";
  const config = await watchConfig({ sources: [path], watcher });
  const files = config.files.length;
  await config.close();
  process.stdout.write(`watched ${files} file\n`);
}

async function writeSlowly(text: string): Promise<void> {
  const file = openSync(path, "w");
  for (let start = 0; start < text.length; start += CHUNK_BYTES) {
    writeSync(file, text.slice(start, start + CHUNK_BYTES));
    await pause(3);
  }
  closeSync(file);
}
