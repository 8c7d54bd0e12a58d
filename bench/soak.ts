/**
 * What stays behind after many reloads, after opening and closing many times, and how soon a process
 * ends: `deno task soak [options]`.
 *
 * @module
 */

import { join } from "node:path";
import process from "node:process";
import { createMemoryFolder } from "./folder.ts";
import { readOptions } from "./options.ts";
import { prepare } from "./prepare.ts";
import type { Ending } from "./soak/ending.ts";
import { type CyclesResult, measureCycles } from "./soak/measure_cycles.ts";
import { measureEndings } from "./soak/measure_endings.ts";
import { measureReloads, type ReloadsResult } from "./soak/measure_reloads.ts";
import { formatSummaries, type SoakResult, summarize } from "./soak/report.ts";
import type { Resources } from "./soak/resources.ts";
import { type RuntimeName, RUNTIMES } from "./systems/mod.ts";
import { circumstances, formatCircumstances, keepResult, publish } from "./table.ts";

const HELP = `Reloads many times, opens and closes many times, and says what stays behind.

deno task soak [--reloads N] [--cycles N] [--endings N] [--invalid N] [--minutes N]
               [--runtimes node,bun,deno] [--quick]

--invalid N makes every Nth save one that has to be refused (a broken file, a refused value, a
missing file); 0 for none. --minutes is the most time the reloads may take. --quick makes 2,000
reloads and 300 cycles. The runtimes run side by side. Only a run with no option is kept and
published in docs/performance.md. Ends with 1 when something grows or was missed.
`;

const PROGRESS_EVERY_MS = 10_000;

const options = readOptions(HELP, {
  values: ["reloads", "cycles", "endings", "invalid", "minutes", "runtimes"],
  switches: ["quick"],
});
const isQuick = options.has("quick");
const plan = {
  reloads: options.number("reloads", isQuick ? 2000 : 100_000),
  cycles: options.number("cycles", isQuick ? 300 : 10_000),
  endings: options.number("endings", isQuick ? 3 : 10),
  invalidEvery: options.number("invalid", 10, 0),
  budgetMs: options.number("minutes", 30) * 60_000,
};
const runtimes = options.list("runtimes", RUNTIMES);
const commandFor = await prepare(["soak/reloads.ts", "soak/cycles.ts", "soak/ending.ts"], {
  exposesCollector: true,
});
const root = createMemoryFolder();

const reloads = await sideBySide(soakReloads);
const cycles = await sideBySide(soakCycles);
const summaries = [];
// Times are taken one runtime after the other, with nothing beside them.
for (const [index, runtime] of runtimes.entries()) {
  const endings = await timeEndings(runtime);
  summaries.push(summarize({ runtime, reloads: reloads[index]!, cycles: cycles[index]!, endings }));
}
const tables = formatSummaries(summaries);
console.log(tables);
if (options.given.length === 0) {
  const found = circumstances(commandFor, ["js-yaml"]);
  keepResult("soak.json", { ...found, ...plan, rows: summaries });
  publish("soak", `${formatCircumstances(found)}\n\n${tables}`);
}
for (const { runtime, problems } of summaries) {
  console.log(`\n${runtime}: ${problems.length === 0 ? "nothing is wrong" : ""}`);
  for (const problem of problems) console.log(`  ${problem}`);
}
process.exit(summaries.every(({ problems }) => problems.length === 0) ? 0 : 1);

function sideBySide<Result>(measure: (runtime: RuntimeName) => Promise<Result>): Promise<Result[]> {
  return Promise.all(runtimes.map(measure));
}

function soakReloads(runtime: RuntimeName): Promise<ReloadsResult> {
  const progress = createProgress(runtime, "reloads", plan.reloads);
  return measureReloads({
    ...plan,
    command: commandFor(runtime, "soak/reloads.ts"),
    file: join(root, `${runtime}-reloads`, "config.yaml"),
    onLook: (sample) => progress(sample.reloads, sample),
  });
}

function soakCycles(runtime: RuntimeName): Promise<CyclesResult> {
  const progress = createProgress(runtime, "cycles", plan.cycles);
  return measureCycles(
    commandFor(runtime, "soak/cycles.ts"),
    join(root, `${runtime}-cycles`, "config.yaml"),
    plan.cycles,
    (sample) => progress(sample.cycles, sample),
  );
}

async function timeEndings(runtime: RuntimeName): Promise<SoakResult["endings"]> {
  const command = commandFor(runtime, "soak/ending.ts");
  const file = join(root, `${runtime}-endings`, "config.yaml");
  const timed = (how: Ending) => measureEndings(command, file, how, plan.endings);
  return {
    bare: await timed("bare"),
    idle: await timed("idle"),
    polling: await timed("polling"),
    "in a reload": await timed("in a reload"),
  };
}

/** Says from time to time how far it is. */
function createProgress(runtime: RuntimeName, what: string, all: number) {
  const startedAt = performance.now();
  let toldAt = startedAt;
  return (done: number, { rss, heap, descriptors, watches }: Resources) => {
    const now = performance.now();
    if (done === 0 || (done < all && now - toldAt < PROGRESS_EVERY_MS)) return;
    toldAt = now;
    const left = (now - startedAt) / done * (all - done) / 1000;
    console.error(
      `${runtime.padEnd(4)} ${done} of ${all} ${what}, ${left.toFixed(0)} s left; ` +
        `RSS ${(rss / 1e6).toFixed(1)} MB, heap ${(heap / 1e6).toFixed(2)} MB, ` +
        `${descriptors} descriptors, ${watches} watches`,
    );
  };
}
