/**
 * A program that opens and closes configurations: `cycles.ts FILE COUNT EVERY`. It says what it
 * holds before, after each `EVERY` cycles, and a moment after the end. Every other configuration is
 * closed while a save is on its way through it.
 *
 * @module
 */

import { renameSync, writeFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { watchConfig } from "../../mod.ts";
import { say } from "../lines.ts";
import { type Resources, sampleResources } from "./resources.ts";

/** What the program holds after a number of cycles. */
export interface CycleSample extends Resources {
  /** Cycles so far. */
  readonly cycles: number;
}

/** Runtimes close what they watch a moment later. */
const SETTLE_MS = 50;
const SETTLE_AT_LAST_MS = 1000;

const [file = "", count = "0", every = "1"] = process.argv.slice(2);
const controller = new AbortController();
await sample(0);
for (let cycles = 1; cycles <= Number(count); cycles++) {
  await cycle(cycles);
  if (cycles % Number(every) === 0) await sample(cycles);
}
await delay(SETTLE_AT_LAST_MS);
await sample(Number(count));
say("done");

async function cycle(number: number): Promise<void> {
  const { signal } = controller; // One for all: what listens to it and stays adds up.
  await using config = await watchConfig({ sources: [file], signal });
  config.on("*", () => {}, { signal });
  config.subscribe("*", () => {}, { signal });
  config.changes({ signal });
  if (number % 2 > 0) return;
  writeFileSync(`${file}.tmp`, `seq: ${number}\n`);
  renameSync(`${file}.tmp`, file);
  await delay(number % 4); // 0 or 2 ms: before the hint or in the reload.
}

async function sample(cycles: number): Promise<void> {
  await delay(SETTLE_MS);
  const taken: CycleSample = { cycles, ...await sampleResources() };
  say(JSON.stringify(taken));
}
