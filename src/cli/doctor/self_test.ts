/**
 * How long it takes to hear of a write, by writing.
 *
 * @module
 */

import * as nodePath from "node:path";
import { toSourceError } from "../../to_error.ts";
import { FileWatch } from "../../watch/file_watch.ts";
import type { CommandIo } from "../io.ts";
import type { SelfTestReport, Timing } from "./diagnosis.ts";
import { Scratch } from "./scratch.ts";
import { pause, time } from "./timing.ts";

/** What a self-test needs. */
export interface SelfTestContext extends Pick<CommandIo, "runtime" | "system" | "interrupted"> {
  /** Time between two looks when polling, in milliseconds. */
  readonly pollMs: number;
}

const EVENT_WRITES = 20;
const POLLING_WRITES = 5;

/** Time in which an event must come, and which polling has beyond its interval. */
const DEADLINE_MS = 1_000;

const LOOK_MS = 10;

/** Time in which a file must show up in another directory to say that both are the same. */
const SHOW_UP_MS = 1_000;

/** A directory to write in, and one to listen to that shows what is written. */
export interface View {
  /** Directory to listen to. */
  readonly directory: string;
  /** Directory to write in. */
  readonly writtenIn: string;
}

/**
 * Those of `directories` that show what is written in another one, `writeIn`, together with it; that
 * one alone when none does.
 *
 * @throws {unknown} The reason of `interrupted` when that is aborted.
 */
export async function findViews(
  directories: readonly string[],
  writeIn: string,
  context: SelfTestContext,
): Promise<View[]> {
  const { system, interrupted } = context;
  const scratch = new Scratch(writeIn, "view", system);
  const name = scratch.name("view");
  try {
    scratch.write(name, "");
    const shown = await Promise.all(
      directories.map((directory) => showsUp(nodePath.join(directory, name), context)),
    );
    const views = directories.filter((_, index) => shown[index]);
    if (views.length > 0) return views.map((directory) => ({ directory, writtenIn: writeIn }));
  } catch (thrown) {
    if (interrupted.aborted) throw thrown;
  } finally {
    scratch[Symbol.dispose]();
  }
  return [{ directory: writeIn, writtenIn: writeIn }];
}

/**
 * Writes and listens, by events and by polling. What it wrote is gone when it ends, whatever the
 * reason.
 *
 * @param label Tells tests apart that run at the same time.
 * @throws {unknown} The reason of `interrupted` when that is aborted.
 */
export async function selfTest(
  { directory, writtenIn }: View,
  label: string | number,
  context: SelfTestContext,
): Promise<SelfTestReport> {
  const scratch = new Scratch(writtenIn, label, context.system);
  try {
    const events = await timeEvents(directory, scratch, context);
    const polling = await timePolling(directory, scratch, context);
    return {
      directory,
      writtenIn,
      ...(events !== undefined && { events }),
      polling: { intervalMs: context.pollMs, ...polling },
    };
  } catch (thrown) {
    if (context.interrupted.aborted) throw thrown;
    return { directory, writtenIn, error: toSourceError(writtenIn, thrown).reason };
  } finally {
    scratch[Symbol.dispose]();
  }
}

async function showsUp(path: string, context: SelfTestContext): Promise<boolean> {
  const { runtime: { fileSystem, clock } } = context;
  const isThere = () => fileSystem.stat(path) !== undefined;
  const end = clock.now() + SHOW_UP_MS;
  while (!isThere() && clock.now() < end) await pause(LOOK_MS, context);
  return isThere();
}

/** Absent when the directory can't be watched; why is known from trying. */
async function timeEvents(
  directory: string,
  scratch: Scratch,
  context: SelfTestContext,
): Promise<Timing | undefined> {
  const { runtime: { watcher } } = context;
  let onName = (_name: string | undefined) => {};
  let watch: Disposable;
  try {
    watch = watcher.watch(directory, ({ name }) => onName(name), () => {});
  } catch {
    return undefined;
  }
  const write = (round: number, heard: () => void) => {
    const name = scratch.name(round);
    onName = (hinted) => {
      if (hinted === name || hinted === undefined) heard();
    };
    scratch.write(name, "hotconf doctor --self-test\n");
  };
  const after = (round: number) => scratch.remove(scratch.name(round));
  try {
    return await time({ writes: EVENT_WRITES, deadlineMs: DEADLINE_MS, write, after }, context);
  } finally {
    watch[Symbol.dispose]();
  }
}

async function timePolling(
  directory: string,
  scratch: Scratch,
  context: SelfTestContext,
): Promise<Timing> {
  const { runtime: { fileSystem, clock }, pollMs } = context;
  const name = scratch.name("poll");
  const path = nodePath.join(directory, name);
  scratch.write(name, "");
  let onHint = () => {};
  const watch = new FileWatch({
    fileSystem,
    clock,
    watcher: undefined,
    backstopMs: pollMs,
    pollMs,
    onHint: () => onHint(),
    onWatcherChanged: () => {},
  });
  const write = (round: number, heard: () => void) => {
    const text = "x".repeat(round + 1);
    onHint = () => {
      // A file written just now is hinted at by every look, whether it shows the write or not.
      if (fileSystem.stat(path)?.size === text.length) heard();
    };
    scratch.write(name, text);
  };
  // Writes come at any time between two looks, not always right after one.
  const after = (round: number) => pause(pollMs * (round + 1) / POLLING_WRITES, context);
  try {
    watch.set({ files: [path], directories: [] });
    const deadlineMs = pollMs + DEADLINE_MS;
    return await time({ writes: POLLING_WRITES, deadlineMs, write, after }, context);
  } finally {
    watch.close();
  }
}
