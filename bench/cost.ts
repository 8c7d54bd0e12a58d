/**
 * What hotconf costs before anything changes: `deno task bench:cost`.
 * Import time, memory over the bare runtime, processor time while nothing happens.
 *
 * @module
 */

import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Probe } from "./cost/probe.ts";
import { BENCH, prepare } from "./prepare.ts";
import { type RuntimeName, RUNTIMES } from "./systems/mod.ts";
import {
  circumstances,
  formatCircumstances,
  formatTable,
  keepResult,
  median,
  publish,
  round,
} from "./table.ts";

const IMPORT_ROUNDS = 15;
const MEMORY_ROUNDS = 5;
const IDLE_MS = 10_000;
const PROBE_WITHIN_MS = 60_000;
const EXAMPLE = join(BENCH, "..", "examples", "agent_service", "config");

const execute = promisify(execFile);
const programs = ["cost/empty.ts", "cost/import.ts", "cost/probe.ts"];
const commandFor = await prepare(programs, { bundlesForBun: true });

const rows = [];
for (const runtime of RUNTIMES) rows.push(await measureCosts(runtime));
const table = formatTable(
  [
    "runtime",
    "bare start ms",
    "import ms",
    "bare memory MB",
    "by hand memory MB",
    "hotconf memory MB",
    "bare idle CPU %",
    "hotconf idle CPU %",
  ],
  rows.map((row) => Object.values(row)),
  1,
);
console.log(table);
const found = circumstances(commandFor);
keepResult("cost.json", { ...found, rows });
publish("cost", `${formatCircumstances(found)}\n\n${table}`);

async function measureCosts(runtime: RuntimeName) {
  const { bareStartMs, importMs } = measureImport(runtime);
  const memory = { bare: [] as number[], byHand: [] as number[], watching: [] as number[] };
  for (let round = 0; round < MEMORY_ROUNDS; round += 1) {
    const [bare, watching] = await probeBoth(runtime, 0);
    const byHand = await probe(runtime, "byHand", 0);
    memory.bare.push(bare.rss / 1e6);
    memory.byHand.push(byHand.rss / 1e6);
    memory.watching.push(watching.rss / 1e6);
  }
  const [bare, watching] = await probeBoth(runtime, IDLE_MS);
  return {
    runtime,
    bareStartMs: round(bareStartMs, 1),
    importMs: round(importMs, 1),
    bareMb: round(median(memory.bare), 1),
    byHandMb: round(median(memory.byHand) - median(memory.bare), 1),
    hotconfMb: round(median(memory.watching) - median(memory.bare), 1),
    bareIdlePercent: round(bare.idleCpuPercent),
    hotconfIdlePercent: round(watching.idleCpuPercent),
  };
}

/** Whole processes, with and without the import in turn, so that noise meets both alike. */
function measureImport(runtime: RuntimeName): { bareStartMs: number; importMs: number } {
  const bare: number[] = [];
  const importing: number[] = [];
  // The first round only fills the caches.
  for (let round = 0; round <= IMPORT_ROUNDS; round += 1) {
    bare.push(timeProcess(commandFor(runtime, "cost/empty.ts")));
    importing.push(timeProcess(commandFor(runtime, "cost/import.ts")));
  }
  const bareStartMs = median(bare.slice(1));
  return { bareStartMs, importMs: median(importing.slice(1)) - bareStartMs };
}

function timeProcess([program = "", ...rest]: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(program, rest, { timeout: PROBE_WITHIN_MS });
  if (status !== 0) throw new Error(`Cannot time ${program} ${rest.join(" ")}: ${stderr}`);
  return performance.now() - startedAt;
}

function probeBoth(runtime: RuntimeName, idleMs: number): Promise<[Probe, Probe]> {
  return Promise.all([probe(runtime, "bare", idleMs), probe(runtime, "watching", idleMs)]);
}

async function probe(runtime: RuntimeName, mode: string, idleMs: number): Promise<Probe> {
  const [program = "", ...rest] = commandFor(runtime, "cost/probe.ts");
  const { stdout } = await execute(program, [...rest, mode, String(idleMs), EXAMPLE], {
    timeout: PROBE_WITHIN_MS,
  });
  return JSON.parse(stdout) as Probe;
}
