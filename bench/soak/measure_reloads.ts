/**
 * The closed loop of the soak: save, wait until the program has it, save again, and look from time
 * to time at what the program holds.
 *
 * @module
 */

import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Program } from "../program.ts";
import type { Look } from "./reloads.ts";

/** What the loop needs. */
export interface ReloadsOptions {
  /** The program and its arguments, the file left out. */
  readonly command: readonly string[];
  /** The file to save. */
  readonly file: string;
  /** Configurations that are to be committed. */
  readonly reloads: number;
  /** Each so many saves one is not valid; 0 for never. */
  readonly invalidEvery: number;
  /** No save is made later than this after the first, in milliseconds. */
  readonly budgetMs: number;
  /** Told of each look. */
  onLook(sample: ReloadsSample): void;
}

/** What the program held after a number of reloads. */
export interface ReloadsSample extends Look {
  /** Configurations committed so far. */
  readonly reloads: number;
  /** Since the first save. */
  readonly elapsedMs: number;
}

/** What the loop saw. */
export interface ReloadsResult {
  readonly samples: readonly ReloadsSample[];
  /** Configurations that were committed. */
  readonly committed: number;
  /** Saves that had to be refused and were. */
  readonly refused: number;
  /** Saves that were neither committed nor refused in time. */
  readonly missed: number;
  /** Commits or refusals beyond one for each save. */
  readonly surplus: number;
}

const LOOKS = 200;
const MISSED_AFTER_MS = 10_000;
/** A missing file is waited for, for a second: often enough to count, too seldom to take long. */
const MISSING_EVERY = 2000;

/** Runs the loop to its end. */
export async function measureReloads(options: ReloadsOptions): Promise<ReloadsResult> {
  const { file, reloads, invalidEvery, budgetMs, onLook } = options;
  mkdirSync(dirname(file), { recursive: true });
  save(file, soakText(0, 8000));
  await using program = new Program([...options.command, file]);
  if (await program.next(MISSED_AFTER_MS) !== "ready") {
    throw new Error("No program to soak");
  }
  const lookEvery = Math.max(1, Math.floor(reloads / LOOKS));
  const samples: ReloadsSample[] = [];
  const startedAt = performance.now();
  let [seq, committed, refused, missed, surplus] = [0, 0, 0, 0, 0];
  const look = async () => {
    program.tell("look");
    const { found, skipped } = await lookAt(program);
    surplus += skipped;
    const sample = {
      reloads: committed,
      elapsedMs: performance.now() - startedAt,
      ...found,
    };
    samples.push(sample);
    onLook(sample);
  };
  await look();
  while (committed < reloads && performance.now() - startedAt < budgetMs) {
    seq += 1;
    const isInvalid = invalidEvery > 0 && seq % invalidEvery === 0;
    if (isInvalid) saveInvalid(file, seq);
    else save(file, soakText(seq, 8000 + seq % 1000));
    const { isMissing, skipped } = await expect(program, isInvalid ? "r" : `c ${seq}`);
    surplus += skipped;
    if (isMissing) missed += 1;
    else if (isInvalid) refused += 1;
    else committed += 1;
    if (!isInvalid && committed % lookEvery === 0) await look();
  }
  if (samples.at(-1)!.reloads < committed) await look();
  return { samples, committed, refused, missed, surplus };
}

/** Waits for a line and counts others that come before it. */
async function expect(program: Program, expected: string) {
  let skipped = 0;
  for (;;) {
    const line = await program.next(MISSED_AFTER_MS);
    if (line === undefined) return { isMissing: true, skipped };
    if (line === expected) return { isMissing: false, skipped };
    skipped += 1;
  }
}

async function lookAt(program: Program): Promise<{ found: Look; skipped: number }> {
  let skipped = 0;
  for (;;) {
    const line = await program.next(MISSED_AFTER_MS);
    if (line === undefined) {
      throw new Error("A program does not say what it holds");
    }
    if (line.startsWith("{")) return { found: JSON.parse(line), skipped };
    skipped += 1;
  }
}

function save(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

function saveInvalid(file: string, seq: number): void {
  if (seq % MISSING_EVERY === 0) rmSync(file);
  else if (seq % 3 === 0) save(file, `${soakText(seq, 8000)}limits: [1, 2\n`);
  else save(file, soakText(seq, -1));
}

/** About 300 bytes, so that the time goes into reloading and not into parsing. */
function soakText(seq: number, port: number): string {
  return `# Saved over and over
seq: ${seq}
server:
  host: 0.0.0.0
  port: ${port}
  timeoutMs: ${1000 + seq % 500}
providers:
  anthropic:
    endpoint: https://anthropic.example.com/v1/messages
    model: large-${seq % 9}
    tags: [production, region-${seq % 4}]
limits:
  requestsPerMinute: 600
features:
  streaming: ${seq % 2 === 0}
`;
}
