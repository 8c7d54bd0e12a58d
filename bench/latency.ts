/**
 * Save-to-commit latency beside other libraries: `deno task bench [options]`.
 *
 * @module
 */

import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { killChildrenOnSignal } from "../tasks/run.ts";
import { readOptions } from "./options.ts";
import { prepare } from "./prepare.ts";
import { SAVE_STYLES, type SaveStyle } from "./save_styles.ts";
import { BARE, RUNTIMES, type SystemName, SYSTEMS } from "./systems/mod.ts";
import {
  circumstances,
  formatCircumstances,
  formatTable,
  keepResult,
  publish,
  quantile,
  round,
} from "./table.ts";
import type { Plan, Pool, Row } from "./writer.ts";

const HELP = `Measures the time from a save to the new configuration in the program.

deno task bench [--saves N] [--seconds N] [--seed N] [--runtimes node,bun,deno]
                [--styles "atomic,in place,slow writer,atomic in memory"]
                [--systems hotconf,c12,…] [--quick] [--json]

--seconds is the most time each runtime and style may take; a slow system makes fewer saves.
--quick makes 15 saves. Only a run with no option but --seed is kept and published in
docs/performance.md. --json prints the rows instead of the table.
`;

const options = readOptions(HELP, {
  values: ["saves", "seconds", "seed", "runtimes", "styles", "systems"],
  switches: ["quick", "json"],
});
const isQuick = options.has("quick");
const plan = {
  saves: options.number("saves", isQuick ? 15 : 200),
  budgetMs: options.number("seconds", isQuick ? 20 : 45) * 1000,
  seed: options.number("seed", 20250101),
};
const chosen = {
  runtimes: options.list("runtimes", RUNTIMES),
  styles: options.list("styles", Object.keys(SAVE_STYLES) as SaveStyle[]),
  systems: options.list("systems", Object.keys(SYSTEMS) as SystemName[]),
};
killChildrenOnSignal();
const commandFor = await prepare(["reader.ts", "writer.ts"]);
const rows = await runWriter({ ...plan, pools: pools(chosen) });
console.log(options.has("json") ? JSON.stringify(rows) : tableOf(rows));
if (options.given.every((name) => name === "seed")) keep(rows);

function pools({ runtimes, styles, systems }: typeof chosen): Pool[] {
  return styles.flatMap((style) =>
    runtimes.map((runtime) => {
      const reader = commandFor(runtime, "reader.ts");
      const compared = style === "atomic in memory" ? ["hotconf", BARE[runtime]] : systems;
      const entries = systems
        .filter((name) => SYSTEMS[name].includes(runtime) && compared.includes(name))
        .map((name) => [name, [...reader, name]]);
      return { runtime, style, readers: Object.fromEntries(entries) };
    })
  );
}

async function runWriter(plan: Plan): Promise<Row[]> {
  const [program = "", ...rest] = commandFor("node", "writer.ts");
  const writer = spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] });
  writer.stdin.write(`${JSON.stringify(plan)}\n`); // Stays open: its end would end the writer.
  const rows: Row[] = [];
  let done = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    rows.push(...JSON.parse(line) as Row[]);
    done += 1;
    console.error(`${done} of ${plan.pools.length} pools done`);
  }
  writer.stdin.end();
  const expected = plan.pools.flatMap(({ readers }) => Object.keys(readers)).length;
  if (rows.length === expected) return rows;
  console.log(tableOf(rows));
  console.error(`${expected - rows.length} of ${expected} rows could not be measured`);
  return process.exit(1);
}

function keep(rows: readonly Row[]): void {
  const found = circumstances(commandFor);
  const figures = rows.map((row) => ({ ...figuresOf(row, rows), missedSaves: row.missedSaves }));
  keepResult("latency.json", { ...found, ...plan, rows: figures });
  publish("latency", `${formatCircumstances(found)} Seed ${plan.seed}.\n\n${tableOf(rows)}`);
}

function tableOf(rows: readonly Row[]): string {
  const head = [
    ...["style", "runtime", "system", "n", "p50", "× bare", "p95", "p99"],
    ...["missed", "torn", "reloads"],
  ];
  return formatTable(head, rows.map((row) => Object.values(figuresOf(row, rows)).map(orDash)), 3);
}

function figuresOf(row: Row, rows: readonly Row[]) {
  const { style, runtime, system, saves, missed, torn, accepted } = row;
  const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((share) => latencyOf(row, share));
  const bare = rows.find((other) =>
    other.style === style && other.runtime === runtime && other.system === BARE[runtime]
  );
  const bareMs = bare && latencyOf(bare, 0.5);
  return {
    ...{ style, runtime, system, saves, p50Ms },
    timesBare: p50Ms && bareMs ? (p50Ms / bareMs).toFixed(1) : null,
    ...{ p95Ms, p99Ms, missed, torn },
    reloadsPerSave: (accepted / saves).toFixed(2),
  };
}

function latencyOf({ latenciesMs }: Row, share: number): number | null {
  return latenciesMs.length > 0 ? round(quantile(latenciesMs, share)) : null;
}

function orDash(figure: string | number | null | undefined): string | number {
  return figure ?? "–";
}
