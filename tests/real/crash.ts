/**
 * Killing `state_child.ts` at a random moment, and looking at what it left; for the suite, and for
 * `deno task crash`.
 */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../src/clock.ts";
import { nodeStateFiles } from "../../src/runtime/node_state_files.ts";
import { Journal, type Newest } from "../../src/state/journal.ts";
import { crashValue } from "./crash_value.ts";

/** What one kill left. */
export interface Crash {
  /** Number that was said to be on disk last, by any process so far. */
  readonly written: number;
  /** Number that was offered last. */
  readonly given: number;
  /** Number that is read back; 0 where there is none. */
  readonly found: number;
  /** Entries that can't be trusted. */
  readonly unreadable: number;
  /** Files of entries that were being written. */
  readonly leftOver: number;
}

/** Longest time after the first commit until it is killed, in milliseconds. */
const LONGEST_LIFE_MS = 80;

/** One of so many is killed before it commits for the first time. */
const EARLY = 5;

const DEADLINE_MS = 30_000;

/** Starts the program, kills it, and reads the journal; `last` is what the kill before left. */
export async function crash(
  [runtime = "", ...words]: readonly string[],
  directory: string,
  last: Pick<Crash, "written" | "found">,
): Promise<Crash> {
  const child = spawn(runtime, [...words, directory, String(last.found + 1)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collect(child);
  const isEarly = Math.random() * EARLY < 1;
  await output.until(isEarly ? "given" : "written");
  await sleep(Math.random() * LONGEST_LIFE_MS);
  if (child.exitCode === null) process.kill(child.pid!, "SIGKILL");
  const { numbers, errors } = await output.end;
  assert.equal(errors, "");
  const { found, skipped } = await newestIn(directory);
  const value = found?.entry.configuration as { readonly number: number } | undefined;
  if (value !== undefined) assert.deepEqual(value, crashValue(value.number));
  return {
    written: Math.max(last.written, ...numbers("written")),
    given: Math.max(last.found, ...numbers("given")),
    found: value?.number ?? 0,
    unreadable: skipped.length,
    leftOver: readdirSync(directory, { recursive: true })
      .filter((name) => String(name).endsWith(".tmp")).length,
  };
}

/** What the journal of the program holds. */
export async function newestIn(directory: string): Promise<Newest> {
  const journal = new Journal({
    files: nodeStateFiles,
    clock: systemClock,
    folder: join(directory, "app"),
    maxEntries: 10,
    maxAgeMs: 1e9,
  });
  return await journal.newest();
}

/** What is wrong after a kill; `undefined` when nothing is. */
export function judge({ written, given, found, unreadable }: Crash): string | undefined {
  if (unreadable > 0) return `${unreadable} entries are unreadable`;
  if (found < written) return `${written} was written, ${found} is read back`;
  return found > given ? `${given} was given, ${found} is read back` : undefined;
}

/** Lets programs commit beside each other in one directory until each did it `times` times. */
export async function commitTogether(
  [runtime = "", ...words]: readonly string[],
  directory: string,
  firsts: readonly number[],
  times: number,
): Promise<void> {
  await Promise.all(firsts.map(async (first) => {
    const child = spawn(runtime, [...words, directory, `${first}`], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = collect(child);
    await output.until("written", times);
    if (child.exitCode === null) process.kill(child.pid!, "SIGKILL");
    const { errors } = await output.end;
    assert.equal(errors, "");
  }));
}

interface Output {
  readonly end: Promise<{ numbers(what: string): readonly number[]; readonly errors: string }>;
  /** Waits for so many lines that begin so. */
  until(what: string, times?: number): Promise<void>;
}

function collect(child: ChildProcess): Output {
  let text = "";
  let errors = "";
  let look = () => {};
  child.stdout!.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    look();
  });
  child.stderr!.setEncoding("utf8").on("data", (part: string) => errors += part);
  const numbers = (what: string) =>
    [...text.matchAll(new RegExp(`^${what} (\\d+)\\n`, "gmu"))].map(([, number]) => Number(number));
  const end = new Promise<Awaited<Output["end"]>>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve({ numbers, errors }));
  });
  return {
    end,
    async until(what, times = 1) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((_resolve, reject) => {
        timer = setTimeout(() => {
          child.kill("SIGKILL");
          reject(new Error(`It printed ${JSON.stringify(text)}, and ${errors}`));
        }, DEADLINE_MS);
      });
      const seen = new Promise<void>((resolve) => {
        look = () => numbers(what).length >= times && resolve();
        look();
      });
      await Promise.race([seen, end.then(() => {}), late]);
      clearTimeout(timer);
    },
  };
}
