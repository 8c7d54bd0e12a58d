/**
 * What this process holds: memory, descriptors, watches, timers.
 *
 * @module
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { setImmediate as turn } from "node:timers/promises";

/** What a process holds after its garbage was collected. */
export interface Resources {
  /** Resident memory, in bytes. */
  readonly rss: number;
  /** Used part of the JavaScript heap, in bytes. */
  readonly heap: number;
  /** Open descriptors; absent where the system does not tell. */
  readonly descriptors?: number;
  /** Watches in all inotify instances; absent where the system does not tell. */
  readonly watches?: number;
  /** Timers, watchers and pipes that the runtime knows of; absent where it does not tell. */
  readonly active?: number;
}

const DESCRIPTORS = "/proc/self/fd";
const COLLECTIONS = 3;

/** Collects garbage, as far as the runtime lets us, and looks. */
export async function sampleResources(): Promise<Resources> {
  // What a collection sets free for finalizers or weak references goes with the next one.
  for (let count = 0; count < COLLECTIONS; count++) {
    collectGarbage();
    await turn();
  }
  const { rss, heapUsed: heap } = process.memoryUsage();
  const active = activeResources();
  if (!existsSync(DESCRIPTORS)) return { rss, heap, active };
  return {
    rss,
    heap,
    active,
    descriptors: readdirSync(DESCRIPTORS).length,
    watches: watches(),
  };
}

function collectGarbage(): void {
  const { gc, Bun } = globalThis as unknown as {
    readonly gc?: () => void;
    readonly Bun?: { gc(isSynchronous: boolean): void };
  };
  if (Bun !== undefined) Bun.gc(true);
  else gc?.();
}

function activeResources(): number | undefined {
  try {
    return process.getActiveResourcesInfo().length;
  } catch {
    return undefined; // Not every runtime has it.
  }
}

function watches(): number {
  let count = 0;
  for (const descriptor of readdirSync("/proc/self/fdinfo")) {
    try {
      const text = readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8");
      count += text.split("\n").filter((line) => line.startsWith("inotify ")).length;
    } catch {
      // The descriptor that listed the folder is closed by now.
    }
  }
  return count;
}
