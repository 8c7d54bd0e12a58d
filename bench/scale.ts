/**
 * Many files and storms of writes, beside other libraries: `deno task bench:scale [options]`.
 *
 * @module
 */

import { createMemoryFolder } from "./folder.ts";
import { readOptions } from "./options.ts";
import { prepare } from "./prepare.ts";
import { formatLooks, measureLooks } from "./scale/looks.ts";
import { formatStarts, measureStarts, type StartRow } from "./scale/start.ts";
import { formatStorms, measureStorm, type Storm, type StormRow } from "./scale/storm.ts";
import { WATCH_SYSTEMS, type WatchSystem } from "./scale/systems/mod.ts";
import { BARE, type RuntimeName, RUNTIMES } from "./systems/mod.ts";
import { circumstances, formatCircumstances, keepResult, publish } from "./table.ts";

const HELP = `Measures many files and storms of writes, beside other libraries.

deno task bench:scale [--parts storm,start,looks] [--runtimes node,bun,deno]
                      [--systems hotconf,chokidar,…] [--rounds N] [--quick] [--json]

storm: 10,000 files created, and 100 files rewritten 100 times, as fast as possible.
start: time until 1,000 files, and 5 files in each of 2,000 directories, are watched; memory; idle.
looks: what a look at 10, 1,000 and 10,000 files takes, and how much of a core looking does.
--rounds is how often starts and the storms that ratios are made of are repeated; the median counts.
--quick makes one round of smaller storms and leaves out what takes half a minute of nothing. Only a
run with no option but --parts is kept and published in docs/performance.md. --json prints the rows
instead of the tables.
`;

const PARTS = ["storm", "start", "looks"] as const;
type Part = typeof PARTS[number];

const options = readOptions(HELP, {
  values: ["parts", "runtimes", "systems", "rounds"],
  switches: ["quick", "json"],
});
const isQuick = options.has("quick");
const parts = options.list<Part>("parts", PARTS);
const runtimes = options.list("runtimes", RUNTIMES);
const systems = options.list(
  "systems",
  Object.keys(WATCH_SYSTEMS) as (keyof typeof WATCH_SYSTEMS)[],
);
const rounds = options.number("rounds", isQuick ? 1 : 3);
const commandFor = await prepare(["scale/watcher.ts", "scale/ticks.ts"]);
const root = createMemoryFolder();

/** Every system on every runtime it runs on, runtime by runtime. */
const pairs = runtimes.flatMap((runtime) =>
  systems.filter((system) => WATCH_SYSTEMS[system].includes(runtime))
    .map((system): [WatchSystem, RuntimeName] => [system, runtime])
);

const found = circumstances(commandFor);
const results: Partial<Record<Part, readonly unknown[]>> = {};
for (const part of parts) {
  const { rows, table } = await measure(part);
  results[part] = rows;
  if (!options.has("json")) console.log(`\n${table}`);
  if (options.given.some((name) => name !== "parts")) continue;
  keepResult(`${part}.json`, { ...found, rounds, rows });
  publish(part, `${formatCircumstances(found)}\n\n${table}`);
}
if (options.has("json")) console.log(JSON.stringify(results));

async function measure(part: Part): Promise<{ rows: readonly unknown[]; table: string }> {
  if (part === "storm") {
    const rows = await measureStorms();
    return { rows, table: formatStorms(rows) };
  }
  if (part === "start") {
    const rows = await measureAllStarts();
    return { rows, table: formatStarts(rows) };
  }
  const rows = await measureLooks({ runtimes, idleMs: isQuick ? 0 : 20_000, commandFor, root });
  return { rows, table: formatLooks(rows) };
}

/** Round by round, so that what the machine does meanwhile meets all alike. */
async function measureStorms(): Promise<StormRow[]> {
  const plan = isQuick
    ? { create: { files: 2000, times: 1 }, rewrite: { files: 100, times: 20 } }
    : { create: { files: 10_000, times: 1 }, rewrite: { files: 100, times: 100 } };
  const rows: StormRow[] = [];
  for (const storm of ["create", "rewrite"] as Storm[]) {
    for (let round = 1; round <= rounds; round++) {
      console.error(`${storm}, round ${round} of ${rounds}`);
      for (const [system, runtime] of round === 1 ? pairs : pairs.filter(isCompared)) {
        rows.push(await measureStorm({ storm, runtime, system }, plan, commandFor, root));
      }
    }
  }
  return rows;
}

/** Whether a ratio is made of its figure; the others are measured once, to save time. */
function isCompared([system, runtime]: readonly [WatchSystem, RuntimeName]): boolean {
  return ["hotconf", BARE[runtime], `${BARE[runtime]} + hash`].includes(system);
}

function measureAllStarts(): Promise<StartRow[]> {
  console.error(`Starts, ${rounds} of each`);
  // Names are enough here, and nothing is recursive that need not be.
  const watching = pairs.filter(([system]) => !/ (\+ hash|recursive)$/.test(system));
  const idleMs = isQuick ? 0 : 30_000;
  return measureStarts({ pairs: watching, rounds, idleMs, commandFor, root });
}
