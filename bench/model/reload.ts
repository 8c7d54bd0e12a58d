/**
 * From bytes to commit, beside js-yaml's `load` alone: `reload.ts KILOBYTES none|arktype TIMES`.
 * Writes one JSON line, a {@linkcode ReloadTimes}.
 *
 * @module
 */

import process from "node:process";
import { load } from "js-yaml";
import { watchConfig } from "../../mod.ts";
import { createMemoryRuntime } from "../../testing.ts";
import { createSample } from "./sample.ts";

/** Times in milliseconds, one for each change. */
export interface ReloadTimes {
  /** Of `load` for the text. */
  readonly load: readonly number[];
  /** From bytes on a file system in memory to the commit: read, hash, settle, parse, validate. */
  readonly commit: readonly number[];
  /** From the commit until it is known what changed, and where it stands. */
  readonly changes: readonly number[];
}

/** Changes that are made before any is timed: compilers take their time. */
const WARM_UPS = 15;
/** More than a save takes to be dealt with. */
const SAVE_MS = 100;
const FILE = "/app.yaml";

const [kilobytes = "100", schemaName, times = "30"] = process.argv.slice(2);
const sample = createSample(Number(kilobytes));
const runtime = createMemoryRuntime();
runtime.files.write(FILE, sample.bytes(100));
const schema = schemaName === "arktype" ? (await import("./schema.ts")).Settings : undefined;
await using config = await watchConfig({ sources: [FILE], schema, runtime });
let committedAt = 0;
let toldAt = 0;
config.on("reloadSucceeded", () => void (committedAt = performance.now()));
config.subscribe("*", () => void (toldAt = performance.now()));

const measured = {
  load: [] as number[],
  commit: [] as number[],
  changes: [] as number[],
};
for (let round = 1; round <= WARM_UPS + Number(times); round++) {
  const steps = [() => timeLoad(round), () => timeReload(round)];
  // In turn, so that what the collector does meanwhile meets both alike.
  for (const step of round % 2 === 0 ? steps : steps.reverse()) await step();
  if (round === WARM_UPS) {
    for (const list of Object.values(measured)) list.length = 0;
  }
}
console.log(JSON.stringify(measured satisfies ReloadTimes));

function timeLoad(round: number): void {
  const text = new TextDecoder().decode(sample.bytes(100 + round));
  const startedAt = performance.now();
  load(text);
  measured.load.push(performance.now() - startedAt);
}

async function timeReload(round: number): Promise<void> {
  const revision = config.revision;
  runtime.files.writeAtomically(FILE, sample.bytes(100 + round));
  const startedAt = performance.now();
  await runtime.clock.advance(SAVE_MS);
  if (config.revision !== revision + 1) {
    throw new Error("A change was not committed");
  }
  measured.commit.push(committedAt - startedAt);
  measured.changes.push(toldAt - committedAt);
}
