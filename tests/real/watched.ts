/** A watched configuration on real files, and waiting for what becomes of it. */

import { execFile, spawnSync } from "node:child_process";
import { setTimeout } from "node:timers";
import { promisify } from "node:util";
import {
  type ConfigEvent,
  type LiveConfig,
  watchConfig,
  type WatchConfigOptions,
} from "../../mod.ts";
import { Folder } from "./cli_process.ts";

/** Far longer than anything takes, on a machine with other work to do as well. */
const DEADLINE_MS = 30_000;

const LOOK_MS = 5;

/** A configuration under test, in a folder of its own. */
export interface Watched extends AsyncDisposable {
  readonly folder: Folder;
  readonly config: LiveConfig<unknown>;
  /** Every event since the first load, oldest first. */
  readonly events: ConfigEvent[];
  /** Each configuration that was committed since the first load. */
  readonly values: unknown[];
  /** Resolves as soon as `isTrue` is; fails after a deadline with what happened instead. */
  until(isTrue: () => boolean, what: string): Promise<void>;
}

/** Writes `files` into a new folder and watches `sources` there. */
export async function openWatched(
  files: Readonly<Record<string, string>>,
  options: Omit<WatchConfigOptions<unknown>, "sources"> & {
    readonly sources?: readonly string[];
    /** Run before watching starts. */
    readonly prepare?: (folder: Folder) => void;
  } = {},
): Promise<Watched> {
  const { sources = Object.keys(files), prepare, ...rest } = options;
  const folder = new Folder(files);
  prepare?.(folder);
  const config = await watchConfig({ ...rest, sources: sources.map((name) => folder.at(name)) });
  const events: ConfigEvent[] = [];
  const values: unknown[] = [];
  config.on("*", (event) => void events.push(event));
  config.on("reloadSucceeded", () => void values.push(config.current));
  return {
    folder,
    config,
    events,
    values,
    until: (isTrue, what) => waitFor(isTrue, () => `${what}:\n${JSON.stringify(events)}`),
    async [Symbol.asyncDispose]() {
      await config.close();
      folder[Symbol.dispose]();
    },
  };
}

/** Resolves as soon as `isTrue` is; fails after a deadline with what `describe` says. */
export function waitFor(isTrue: () => boolean, describe: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + DEADLINE_MS;
    const look = () => {
      if (isTrue()) resolve();
      else if (Date.now() > deadline) reject(new Error(`Waited in vain for ${describe()}`));
      else setTimeout(look, LOOK_MS);
    };
    look();
  });
}

/** Resolves after `ms` milliseconds: the pace of a writer, never a way to wait for a result. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

/** Runs a program to its end. */
export async function run(program: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(program, args);
}

/** Whether a program is missing here, with the reason for a skipped test. */
export function missing(program: string): string | false {
  const { status } = spawnSync("sh", ["-c", `command -v ${program}`]);
  return status === 0 ? false : `${program} is not installed`;
}
