/**
 * How long it takes to hear of a write, by writing.
 *
 * @module
 */

import * as nodePath from "node:path";
import { toSourceError } from "../../errors.ts";
import { FileWatch } from "../../watch/file_watch.ts";
import { type CommandIo, orAborted } from "../io.ts";
import type { SelfTestReport, Timing } from "./diagnosis.ts";

/** What a self-test needs. */
export interface SelfTestContext extends Pick<CommandIo, "runtime" | "system" | "interrupted"> {
  /** Time between two looks when polling, in milliseconds. */
  readonly pollMs: number;
}

const EVENT_WRITES = 20;
const POLLING_WRITES = 5;

/** Time in which an event must come, and which polling has beyond its interval. */
const DEADLINE_MS = 1_000;

/** Between two writes, so that one is not taken for the other. */
const PAUSE_MS = 10;

/** So many writes of which nothing is heard tell enough. */
const MOST_UNHEARD = 3;

/** Time in which a file must show up in another directory to say that both are the same. */
const SHOW_UP_MS = 1_000;

/** A directory to write in, and one to listen to that shows what is written. */
export interface View {
  readonly directory: string;
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

/** Files in a directory that go when it is disposed. Watchers take them for editor litter. */
class Scratch implements Disposable {
  readonly #directory: string;
  readonly #label: string | number;
  readonly #system: CommandIo["system"];
  readonly #paths = new Set<string>();

  constructor(directory: string, label: string | number, system: CommandIo["system"]) {
    this.#directory = directory;
    this.#label = label;
    this.#system = system;
  }

  name(round: string | number): string {
    return `.hotconf-doctor-${this.#system.processId}-${this.#label}-${round}.tmp`;
  }

  write(name: string, text: string): void {
    const path = nodePath.join(this.#directory, name);
    this.#paths.add(path);
    this.#system.writeText(path, text);
  }

  remove(name: string): void {
    const path = nodePath.join(this.#directory, name);
    this.#system.remove(path);
    this.#paths.delete(path);
  }

  [Symbol.dispose](): void {
    for (const path of this.#paths) {
      try {
        this.#system.remove(path);
      } catch {
        // The others have to go all the same.
      }
    }
  }
}

async function showsUp(path: string, context: SelfTestContext): Promise<boolean> {
  const { runtime: { fileSystem, clock } } = context;
  const isThere = () => fileSystem.stat(path) !== undefined;
  const end = clock.now() + SHOW_UP_MS;
  while (!isThere() && clock.now() < end) await pause(PAUSE_MS, context);
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

interface Rounds {
  readonly writes: number;
  readonly deadlineMs: number;
  /** Writes, and calls `heard` when that is heard of. */
  write(round: number, heard: () => void): void;
  after(round: number): void | Promise<void>;
}

async function time(
  { writes, deadlineMs, write, after }: Rounds,
  context: SelfTestContext,
): Promise<Timing> {
  const { runtime: { clock } } = context;
  const times: number[] = [];
  let round = 0;
  for (; round < writes && round - times.length < MOST_UNHEARD; round++) {
    let heardAt: number | undefined;
    const heard = new Promise<void>((resolve) => {
      write(round, () => {
        heardAt ??= clock.now();
        resolve();
      });
    });
    const writtenAt = clock.now();
    await orLater(heard, deadlineMs, context);
    // Some watchers tell while the write is under way.
    if (heardAt !== undefined) times.push(Math.max(0, heardAt - writtenAt));
    await after(round);
    await pause(PAUSE_MS, context);
  }
  return { writes: round, heard: times.length, ...summarize(times) };
}

function summarize(times: number[]): Pick<Timing, "medianMs" | "worstMs"> {
  if (times.length === 0) return {};
  const sorted = times.sort((one, other) => one - other);
  return { medianMs: sorted[sorted.length >> 1]!, worstMs: sorted.at(-1)! };
}

async function pause(ms: number, context: SelfTestContext): Promise<void> {
  await orLater(new Promise<void>(() => {}), ms, context);
}

/** Waits for `event`, but no longer than `ms` milliseconds. */
async function orLater(
  event: Promise<void>,
  ms: number,
  { runtime: { clock }, interrupted }: SelfTestContext,
): Promise<void> {
  let timer: Disposable | undefined;
  const later = new Promise<void>((resolve) => timer = clock.schedule(ms, resolve));
  try {
    await orAborted(Promise.race([event, later]), interrupted);
  } finally {
    timer?.[Symbol.dispose]();
  }
}
