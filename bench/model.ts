/**
 * What the way from bytes to a commit costs, beside parsing alone: `deno task bench:model [options]`.
 *
 * @module
 */

import {
  formatMerges,
  formatReloads,
  measureMerges,
  measureReloads,
  type ModelOptions,
} from "./model/tables.ts";
import { formatPathTypes, measurePathTypes } from "./model/path_types.ts";
import { formatSubscribers, measureSubscribers } from "./model/subscribers_table.ts";
import { readOptions } from "./options.ts";
import { prepare } from "./prepare.ts";
import { RUNTIMES } from "./systems/mod.ts";
import { circumstances, formatCircumstances, keepResult, publish } from "./table.ts";

const HELP = `Measures the way from bytes to a commit.

deno task bench:model [--parts reload,merge,subscribers,paths] [--runtimes node,bun,deno] [--changes N]
                      [--quick] [--json]

reload: one change to a YAML file of 100 KB and of 1 MB, beside js-yaml's load() in the same process.
merge: three layers of 1,000 keys, merged, frozen and compared.
subscribers: one change and 10,000 subscribers, beside asking each of them.
paths: what typed paths add to a run of the compiler.
--changes is how many changes the medians are made of. Only a run with no option but --parts is kept
and published in docs/performance.md. --json prints the rows instead of the tables.
`;

const PARTS = ["reload", "merge", "subscribers", "paths"] as const;
type Part = typeof PARTS[number];

const options = readOptions(HELP, {
  values: ["parts", "runtimes", "changes"],
  switches: ["quick", "json"],
});
const commandFor = await prepare([
  "model/reload.ts",
  "model/merge.ts",
  "model/subscribers.ts",
]);
const plan: ModelOptions = {
  runtimes: options.list("runtimes", RUNTIMES),
  changes: options.number("changes", options.has("quick") ? 10 : 60),
  commandFor,
};

const found = circumstances(commandFor, ["arktype", "js-yaml"]);
const results: Partial<Record<Part, readonly unknown[]>> = {};
for (const part of options.list<Part>("parts", PARTS)) {
  const { rows, table } = measure(part);
  results[part] = rows;
  if (!options.has("json")) console.log(`\n${table}`);
  if (options.given.some((name) => name !== "parts")) continue;
  keepResult(`${part}.json`, { ...found, rows });
  publish(part, `${formatCircumstances(found)}\n\n${table}`);
}
if (options.has("json")) console.log(JSON.stringify(results));

function measure(part: Part): { rows: readonly unknown[]; table: string } {
  console.error(part);
  if (part === "merge") {
    const rows = measureMerges(plan);
    return { rows, table: formatMerges(rows) };
  }
  if (part === "subscribers") {
    const rows = measureSubscribers(plan);
    return { rows, table: formatSubscribers(rows) };
  }
  if (part === "paths") {
    const rows = measurePathTypes();
    return { rows, table: formatPathTypes(rows) };
  }
  const rows = measureReloads(plan);
  return { rows, table: formatReloads(rows) };
}
