/**
 * A program that watches one directory with one system: `watcher.ts SYSTEM DIRECTORY flat|tree`. It
 * says how long the start took, and answers `begin`, `state` and `verify`.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { listen, say } from "../lines.ts";
import type { WatchDirectory, WatchSystem } from "./systems/mod.ts";

/** What the program says when it watches. */
export interface Started {
  /** From the call until it watches, in milliseconds. */
  readonly startMs: number;
  /** Resident memory before it, in megabytes. */
  readonly rssBeforeMb: number;
}

/** What the program answers to `state`; times count from `begin`. */
export interface State {
  /** How often it was told of a change, and of how many files. */
  readonly told: number;
  readonly files: number;
  /** Time since the last of them, in milliseconds. */
  readonly quietForMs: number;
  /** Processor time until the last of them, in milliseconds. */
  readonly cpuAtLastMs: number;
  /** Processor time until now, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory now and at its highest, in megabytes. */
  readonly rssMb: number;
  readonly peakMb: number;
}

/** What the program answers to `verify`. */
export interface Verdict {
  /** Files that are there. */
  readonly files: number;
  /** Those it was told about; where it reads files, those whose last content it knows. */
  readonly right: number;
}

/** Each loads its own module only. */
const LOAD: Readonly<Record<WatchSystem, () => Promise<{ start: WatchDirectory }>>> = {
  "hotconf": () => import("./systems/hotconf.ts"),
  "chokidar": () => import("./systems/chokidar.ts"),
  "chokidar polling": () => import("./systems/chokidar_polling.ts"),
  "@parcel/watcher": () => import("./systems/parcel_watcher.ts"),
  "fs.watch": () => import("./systems/fs_watch.ts"),
  "fs.watch + hash": () => import("./systems/fs_watch.ts"),
  "fs.watch recursive": () => import("./systems/fs_watch_recursive.ts"),
  "Deno.watchFs": () => import("./systems/deno_watch_fs.ts"),
  "Deno.watchFs + hash": () => import("./systems/deno_watch_fs.ts"),
};

/** Those that are only told names, to see what the names alone cost. */
const NAMES_ONLY: readonly string[] = ["fs.watch", "fs.watch recursive", "Deno.watchFs"];
/** How exactly the processor time at the last change is known. */
const SAMPLE_MS = 50;

const [name = "", directory = "", layout] = process.argv.slice(2);
const { start } = await LOAD[name as WatchSystem]();
const readsFiles = !NAMES_ONLY.includes(name);
const believed = new Map<string, string>();
let told = 0;
let sampledTold = 0;
let isSampling = false;
let atBegin = { at: performance.now(), cpu: process.cpuUsage() };
let atLast = atBegin;

const rssBeforeMb = megabytes(process.memoryUsage().rss);
const startedAt = performance.now();
await start(directory, layout === "tree", onChange);
const started: Started = { startMs: performance.now() - startedAt, rssBeforeMb };
const ANSWERS: Readonly<Record<string, () => unknown>> = { begin, state, verify };
listen((line) => say(JSON.stringify(ANSWERS[line]?.() ?? null)));
say(JSON.stringify(started));

function onChange(path: string, checksum?: string): void {
  told += 1;
  believed.set(path, checksum ?? (readsFiles ? checksumOf(path) : ""));
  if (isSampling) return;
  isSampling = true;
  setTimeout(sample, SAMPLE_MS);
}

/** Keeps the processor time at the last change, without asking for it at each. */
function sample(): void {
  atLast = { at: performance.now(), cpu: process.cpuUsage() };
  isSampling = told !== sampledTold;
  sampledTold = told;
  if (isSampling) setTimeout(sample, SAMPLE_MS);
}

function begin(): boolean {
  told = sampledTold = 0;
  believed.clear();
  try {
    writeFileSync("/proc/self/clear_refs", "5"); // Forgets the highest memory so far.
  } catch {
    // Then it counts from the start of the process.
  }
  atBegin = atLast = { at: performance.now(), cpu: process.cpuUsage() };
  return true;
}

function state(): State {
  const now = { at: performance.now(), cpu: process.cpuUsage() };
  return {
    told,
    files: believed.size,
    quietForMs: isSampling ? 0 : now.at - atLast.at,
    cpuAtLastMs: cpuSince(atLast.cpu),
    cpuMs: cpuSince(now.cpu),
    rssMb: megabytes(process.memoryUsage().rss),
    peakMb: peakMb(),
  };
}

function cpuSince({ user, system }: { readonly user: number; readonly system: number }): number {
  return (user + system - atBegin.cpu.user - atBegin.cpu.system) / 1000;
}

function verify(): Verdict {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const isRight = (path: string) =>
    readsFiles ? believed.get(path) === checksumOf(path) : believed.has(path);
  return { files: files.length, right: files.filter(isRight).length };
}

function checksumOf(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return "";
  }
}

function peakMb(): number {
  try {
    const kilobytes = /VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return Number(kilobytes) * 1024 / 1e6;
  } catch {
    return NaN;
  }
}

function megabytes(bytes: number): number {
  return bytes / 1e6;
}
