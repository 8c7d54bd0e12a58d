/**
 * What the command asks of the machine beside its files and hints, so that a test can be one.
 *
 * @module
 */

import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import process from "node:process";

/** What is neither a file nor a directory. */
export type SpecialKind = "FIFO" | "socket" | "device";

/** A machine, and the process on it. */
export interface System {
  /** Name of the operating system as Node has it, such as `linux`. */
  readonly platform: string;
  /** Version of the runtime, such as `20.20.2`. */
  readonly runtimeVersion: string;
  /** Number of the process. */
  readonly processId: number;
  /** The text of a small file of the system, such as those of Linux under `/proc`. */
  readText(path: string): string;
  /** What `path` leads to when it is neither a file nor a directory. */
  specialKind(path: string): SpecialKind | undefined;
  /** Makes an empty file where there is none, and no link either. */
  createFile(path: string): void;
  /** Writes a file in place. */
  writeText(path: string, text: string): void;
  /** Moves a file onto another name, at once. */
  rename(from: string, to: string): void;
  /** Removes a file, if it is there. */
  remove(path: string): void;
}

/** The machine this process runs on. */
export function currentSystem(): System {
  const { deno, bun, node } = process.versions;
  return {
    platform: process.platform,
    runtimeVersion: deno ?? bun ?? node,
    processId: process.pid,
    readText: (path) => readFileSync(path, "utf8"),
    specialKind(path) {
      const stats = statSync(path);
      if (stats.isFIFO()) return "FIFO";
      if (stats.isSocket()) return "socket";
      return stats.isCharacterDevice() || stats.isBlockDevice() ? "device" : undefined;
    },
    createFile: (path) => writeFileSync(path, "", { flag: "wx" }),
    writeText: (path, text) => writeFileSync(path, text),
    rename: (from, to) => renameSync(from, to),
    remove: (path) => rmSync(path, { force: true }),
  };
}

const HEEDED = [
  "HOTCONF_POLL",
  "HOTCONF_ALERT_WEBHOOK",
  "NO_COLOR",
  "FORCE_COLOR",
  "TERM",
] as const;

/** The environment variables that the command heeds, without those that Deno does not permit. */
export function heededEnvironment(): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(HEEDED.flatMap((name) => {
    try {
      return [[name, process.env[name]]];
    } catch {
      return [];
    }
  }));
}
