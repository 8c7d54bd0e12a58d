/**
 * Files that the subject may not read, or not open, for a while.
 *
 * @module
 */

import { chmodSync, closeSync, ftruncateSync, openSync, renameSync, writeSync } from "node:fs";
import process from "node:process";
import { CONFIG, NEXT } from "./next_file.ts";
import type { Place } from "./place.ts";
import type { Situation } from "./situation.ts";
import { isRefusal, told } from "./stress_told.ts";
import { configText } from "./text.ts";

/** Root may read everything, unless it gives that up. */
function obeying(command: readonly string[]): readonly string[] {
  if (process.getuid?.() !== 0) return command;
  return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", ...command];
}

/** Saves `file` while `locked` may not be read; it was opened before. */
async function saveForbidden(place: Place, n: number, file: string, locked: string): Promise<void> {
  const from = place.subject!.events.length;
  const descriptor = openSync(place.path(file), "r+");
  chmodSync(place.path(locked), 0);
  try {
    ftruncateSync(descriptor);
    writeSync(descriptor, configText(n));
    closeSync(descriptor);
    await told(place, "EACCES", isRefusal(/permission denied/i), { from });
  } finally {
    chmodSync(place.path(locked), locked === file ? 0o644 : 0o755);
  }
}

function forbidden(name: string, title: string, file: string, locked: string): Situation {
  return {
    name,
    group: "stress",
    title,
    rounds: 3,
    needs: ["linux", "setpriv"],
    watch: { file },
    prepare: (place) => void place.write(file, configText(0)),
    command: obeying,
    save: (place, n) => saveForbidden(place, n, file, locked),
    rejects: "must",
  };
}

/** Deno panics when it can't open what it needs just after its start. */
const STARTED_MS = 3_000;

async function saveUnopened(place: Place, n: number): Promise<void> {
  await place.pause(STARTED_MS);
  const from = place.subject!.events.length;
  const limit = (files: number) =>
    place.run("prlimit", "--pid", `${place.subject!.pid}`, `--nofile=${files}:`);
  await limit(0);
  try {
    renameSync(place.write(NEXT, configText(n)), place.path(CONFIG));
    await told(place, "EMFILE", isRefusal(/too many open files/i), { from });
  } finally {
    await limit(1_000);
  }
}

/** Rows about files that can't be read for a while. */
export const forbiddenFiles: readonly Situation[] = [
  forbidden("forbidden-file", "the file may not be read (`chmod 0`) for a while", CONFIG, CONFIG),
  forbidden(
    "forbidden-directory",
    "its directory may not be searched (`chmod 0`) for a while",
    `conf/${CONFIG}`,
    "conf",
  ),
  {
    name: "open-files",
    group: "stress",
    title: "no file can be opened (EMFILE) for a while",
    rounds: 3,
    needs: ["linux", "prlimit"],
    save: saveUnopened,
    rejects: "must",
  },
];
