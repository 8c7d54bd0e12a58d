/**
 * A program that does nothing, or nothing but watch: `probe.ts bare|watching IDLE_MS [DIRECTORY]`.
 * Writes one JSON line: resident memory, and processor time over `IDLE_MS`.
 *
 * @module
 */

import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";

/** What the program measured of itself. */
export interface Probe {
  /** Resident memory when it had settled, in bytes. */
  readonly rss: number;
  /** Share of one core used while idle, in percent; 0 when it was not asked for. */
  readonly idleCpuPercent: number;
}

/** Long enough for start-up work to be over. */
const SETTLE_MS = 3000;
/** Node's compiler threads and collector still tidy up after the start for about ten seconds. */
const IDLE_AFTER_MS = 12_000;

const [mode, idleMs = "0", path = ""] = process.argv.slice(2);
if (mode === "watching") await watch(path);
await delay(SETTLE_MS);
const { rss } = process.memoryUsage();
const idleCpuPercent = await useWhileIdle(Number(idleMs));
console.log(JSON.stringify({ rss, idleCpuPercent } satisfies Probe));
process.exit(0);

async function watch(path: string): Promise<void> {
  const { directory, watchConfig } = await import("../../mod.ts");
  await watchConfig({ sources: [directory(path)], validators: [validate] });
}

/** A validator as people write them without a library. */
function validate(candidate: unknown): { path: string; message: string }[] {
  const isObject = typeof candidate === "object" && candidate !== null;
  return isObject ? [] : [{ path: "", message: "must be an object" }];
}

async function useWhileIdle(durationMs: number): Promise<number> {
  if (durationMs === 0) return 0;
  await delay(IDLE_AFTER_MS);
  const before = process.cpuUsage();
  await delay(durationMs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / durationMs * 100;
}
