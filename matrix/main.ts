/**
 * Every way to save, on every runtime, with events and without: `deno task matrix [options]`.
 *
 * @module
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Circumstances, circumstances, formatCircumstances } from "../bench/table.ts";
import { killChildrenOnSignal, root, run, secondsSince } from "../tasks/run.ts";
import { type Cell, emptyCell, hasFailed, hasMissed } from "./cell.ts";
import { columnsOf } from "./columns.ts";
import { install, Needs, toolVersions } from "./needs.ts";
import { HELP, type MatrixOptions, parseOptions } from "./options.ts";
import {
  formatCell,
  formatClosing,
  formatGroups,
  formatPage,
  formatSummary,
  formatWrong,
} from "./page.ts";
import { closePlaces } from "./place.ts";
import { type RunOptions, runSituation } from "./run_situation.ts";
import { type CommandFor, prepareRuntimes } from "./runtimes.ts";
import type { Situation } from "./situation.ts";
import { SITUATIONS } from "./situations.ts";
import { killSubjects } from "./subject_process.ts";
import { measureTorn } from "./torn.ts";
import { hasTornFailed, type TornCell } from "./torn_cell.ts";
import { formatTorn } from "./torn_page.ts";

const SUBJECT = "subject.ts";
const TORN_SUBJECT = "torn_subject.ts";

const options = readOptions();
if (options.wantsHelp) {
  console.log(HELP);
  Deno.exit(0);
}
const directory = mkdtempSync(join(tmpdir(), "hotconf-matrix-"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, cleanUp);
}
killChildrenOnSignal(); // Ends the process as well, after the listeners above.

const columns = columnsOf(options.runtimes, options.backends);
const began = performance.now();
try {
  const commandFor = await prepareRuntimes([SUBJECT, TORN_SUBJECT]);
  const cells = await runAll((runtime) => commandFor(runtime, SUBJECT));
  const torn = options.wantsTorn ? await saveSlowly(commandFor) : [];
  print(cells, torn);
  console.error(formatClosing(cells, secondsSince(began)));
  if (options.isWhole) await keep(cells, torn, circumstancesOf(commandFor));
  Deno.exitCode = hasReached(cells) && !torn.some(hasTornFailed) ? 0 : 1;
} finally {
  cleanUp();
}

async function runAll(subjectCommand: RunOptions["subjectCommand"]): Promise<Cell[]> {
  install(options.situations.flatMap(({ needs = [] }) => needs));
  const needs = new Needs();
  const cells: Cell[] = [];
  for (const situation of options.situations) {
    const skipped = needs.missing(situation.needs ?? []);
    const found = skipped === undefined
      ? await runSituation(situation, {
        columns,
        rounds: options.rounds,
        directory: join(directory, situation.name),
        subjectCommand,
      })
      : columns.map((column) => emptyCell(situation, column, { skipped }));
    tellProgress(situation, found);
    cells.push(...found);
  }
  return cells;
}

function saveSlowly(commandFor: CommandFor): Promise<TornCell[]> {
  return measureTorn({
    runtimes: options.runtimes,
    saves: options.rounds,
    directory: join(directory, "torn"),
    subjectCommand: (runtime) => commandFor(runtime, TORN_SUBJECT),
  });
}

function tellProgress({ name }: Situation, cells: readonly Cell[]): void {
  const seconds = secondsSince(began).toFixed(0).padStart(4);
  console.error(`${seconds} s  ${name.padEnd(24)} ${cells.map(formatCell).join(" | ")}`);
  for (const { column, problems, skipped, impossible } of cells) {
    for (
      const problem of [...problems, ...(skipped ?? impossible ? [skipped ?? impossible] : [])]
    ) {
      console.error(`          ${column}: ${problem}`);
    }
  }
}

function print(cells: readonly Cell[], torn: readonly TornCell[]): void {
  if (options.asJson) return console.log(JSON.stringify({ cells, torn }));
  // What was right, the lines above said.
  const found = options.isQuick
    ? formatWrong(options.situations, cells)
    : cells.length > 0
    ? [formatSummary(cells), ...formatGroups(options.situations, cells)]
    : [];
  const tables = [...found, ...(torn.length > 0 ? [formatTorn(torn)] : [])];
  if (tables.length > 0) console.log(tables.join("\n\n"));
}

function circumstancesOf(commandFor: CommandFor): Circumstances {
  const found = circumstances(commandFor, []);
  return { ...found, versions: { ...found.versions, ...toolVersions() } };
}

async function keep(
  cells: readonly Cell[],
  torn: readonly TornCell[],
  found: Circumstances,
): Promise<void> {
  const results = join(root, "matrix", "results.json");
  writeFileSync(results, `${JSON.stringify({ ...found, cells, torn }, null, 2)}\n`);
  const page = join(root, "docs", "matrix.md");
  const tables = formatPage(options.situations, cells, formatCircumstances(found));
  writeFileSync(page, `${tables}\n${formatTorn(torn)}\n`);
  await run(Deno.execPath(), ["fmt", "--quiet", page]);
}

function hasReached(cells: readonly Cell[]): boolean {
  return !cells.some(hasFailed) &&
    !columns.some(({ title }) => hasMissed(cells.filter(({ column }) => column === title)));
}

function cleanUp(): void {
  killSubjects();
  closePlaces();
  rmSync(directory, { recursive: true, force: true });
}

function readOptions(): MatrixOptions {
  try {
    return parseOptions(Deno.args, SITUATIONS);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}. See --help.`);
    Deno.exit(2);
  }
}
