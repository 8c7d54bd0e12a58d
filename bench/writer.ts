/**
 * The program on Node that saves, starts the readers and holds the clock, because only Node's
 * `hrtime` can be compared between a save and what another process says about it.
 * Takes a plan on its standard input, writes one JSON line for each pool that is done.
 *
 * @module
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { createMemoryFolder } from "./folder.ts";
import { measure, type Measurement } from "./measure.ts";
import { createRandom } from "./random.ts";
import { ReaderProcess } from "./reader_process.ts";
import { sampleText } from "./sample.ts";
import { SAVE_STYLES, type SaveStyle } from "./save_styles.ts";
import type { RuntimeName } from "./systems/mod.ts";

/** All that is to be measured. */
export interface Plan {
  /** Saves for each system, at most. */
  readonly saves: number;
  /** Time for each pool, in milliseconds. */
  readonly budgetMs: number;
  /** Repeats gaps and contents. */
  readonly seed: number;
  /** What runs one after the other. */
  readonly pools: readonly Pool[];
}

/** The systems of one runtime under one save style; they run side by side. */
export interface Pool {
  readonly runtime: RuntimeName;
  /** How the files are saved. */
  readonly style: SaveStyle;
  /** Name of each system, and the command that starts its reader when a file is appended. */
  readonly readers: Readonly<Record<string, readonly string[]>>;
}

/** One row: what one system did. */
export interface Row extends Measurement {
  readonly runtime: RuntimeName;
  /** How the files were saved. */
  readonly style: SaveStyle;
  /** Name of the system. */
  readonly system: string;
}

const root = mkdtempSync(join(tmpdir(), "hotconf-bench-"));
const memory = createMemoryFolder();
process.on("exit", () => rmSync(root, { recursive: true, force: true }));

const input = createInterface({ input: process.stdin });
input.on("line", async (line) => {
  const plan = JSON.parse(line) as Plan;
  for (const [index, pool] of plan.pools.entries()) {
    const folder = pool.style === "atomic in memory" ? memory : root;
    const rows = await runPool(pool, plan, join(folder, String(index)));
    process.stdout.write(`${JSON.stringify(rows)}\n`);
  }
  input.close();
  process.stdin.destroy();
});
input.on("close", () => setImmediate(() => process.exit()));

async function runPool(pool: Pool, plan: Plan, directory: string): Promise<Row[]> {
  const { runtime, style } = pool;
  const readers: ReaderProcess[] = [];
  const loops: { system: string; reader: ReaderProcess; file: string; seed: number }[] = [];
  for (const [position, [system, command]] of Object.entries(pool.readers).entries()) {
    const seed = plan.seed + position;
    const file = join(directory, String(position), "config.yaml");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, sampleText(0, createRandom(seed)));
    const reader = new ReaderProcess([...command, file]);
    readers.push(reader);
    try {
      await reader.ready();
      loops.push({ system, reader, file, seed });
    } catch (error) {
      console.error(`${system} on ${runtime}: ${error}`);
    }
  }
  const save = SAVE_STYLES[style];
  const rows = await Promise.all(loops.map(async ({ system, ...loop }) => {
    const measurement = await measure({ ...plan, ...loop, save });
    return { runtime, style, system, ...measurement };
  }));
  await Promise.all(readers.map((reader) => reader.close()));
  return rows;
}
