/**
 * A program that does nothing, or nothing but watch, with hotconf or with the least that reads YAML
 * and hears of changes: `probe.ts bare|watching|byHand IDLE_MS [DIRECTORY]`.
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
if (mode === "byHand") await watchByHand(path);
await delay(SETTLE_MS);
const { rss } = process.memoryUsage();
const idleCpuPercent = await useWhileIdle(Number(idleMs));
console.log(JSON.stringify({ rss, idleCpuPercent } satisfies Probe));
process.exit(0);

async function watch(path: string): Promise<void> {
  const { directory, watchConfig } = await import("../../mod.ts");
  await watchConfig({ sources: [directory(path)], validators: [validate] });
}

/** What every program pays that does this on the runtime, whatever it does it with. */
async function watchByHand(directory: string): Promise<void> {
  const { readdirSync, readFileSync, watch } = await import("node:fs");
  const { createHash } = await import("node:crypto");
  const { load } = await import("js-yaml");
  for (const name of readdirSync(directory)) {
    const text = readFileSync(`${directory}/${name}`, "utf8");
    createHash("sha256").update(text).digest("hex");
    load(text);
  }
  watch(directory, () => {});
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
