/**
 * The generated page: pure functions from cells to Markdown.
 *
 * @module
 */

import { formatTable } from "../bench/figures.ts";
import { type Cell, hasFailed, hasMissed, isRight, wasRun } from "./cell.ts";
import { INTRODUCTION } from "./introduction.ts";
import type { Group, Situation } from "./situation.ts";

const HEADINGS: Readonly<Record<Group, string>> = {
  save: "Ways to save",
  structure: "Files, links, directories and mounts",
  stress: "Under stress",
};

/** The whole page; `circumstances` says when and with what. */
export function formatPage(
  situations: readonly Situation[],
  cells: readonly Cell[],
  circumstances: string,
): string {
  const tables = formatGroups(situations, cells);
  return [INTRODUCTION, formatSummary(cells), circumstances, ...tables].join("\n\n") + "\n";
}

/** Heading, table and notes of each group that has rows. */
export function formatGroups(
  situations: readonly Situation[],
  cells: readonly Cell[],
): string[] {
  return (Object.keys(HEADINGS) as Group[])
    .map((group) => [group, situations.filter((row) => row.group === group)] as const)
    .filter(([, rows]) => rows.length > 0)
    .map(([group, rows]) => formatGroup(HEADINGS[group], rows, cells));
}

/** The tables without the rows that are right on every runtime; none when all are. */
export function formatWrong(situations: readonly Situation[], cells: readonly Cell[]): string[] {
  const wrong = new Set(cells.filter((cell) => !isRight(cell)).map(({ situation }) => situation));
  return formatGroups(situations.filter(({ name }) => wrong.has(name)), cells);
}

/** How many cells there were, how many of them were not right or not run, and how long it took. */
export function formatClosing(cells: readonly Cell[], seconds: number): string {
  const wrong = cells.filter((cell) => !isRight(cell)).length;
  const left = cells.filter((cell) => !wasRun(cell)).length;
  const outcome = wrong === 0 ? "all are right" : `${wrong} are not right`;
  const unless = left === 0 ? "" : `, ${left} were not run`;
  return `${cells.length} cells in ${seconds.toFixed(0)} s: ${outcome}${unless}`;
}

/** One line for each column. */
export function formatSummary(cells: readonly Cell[]): string {
  const rows = columnsIn(cells).map((column) => {
    const own = cells.filter((cell) => cell.column === column && wasRun(cell));
    const sum = (key: "rounds" | "committed" | "exact" | "torn") =>
      own.reduce((total, cell) => total + cell[key], 0);
    const rounds = sum("rounds");
    const worst = Math.max(0, ...own.map(({ worstMs = 0 }) => worstMs));
    const failed = own.filter(hasFailed).length + (hasMissed(own) ? 1 : 0);
    return [
      column,
      own.length,
      rounds,
      percent(sum("committed"), rounds),
      percent(sum("exact"), rounds),
      sum("torn"),
      milliseconds(worst),
      failed === 0 ? "✓" : "✗",
    ];
  });
  const head = [
    "",
    "situations",
    "rounds",
    "committed",
    "exactly once",
    "torn",
    "worst",
    "reached",
  ];
  return formatTable(head, rows, 1);
}

function formatGroup(
  heading: string,
  situations: readonly Situation[],
  cells: readonly Cell[],
): string {
  const columns = columnsIn(cells);
  const notes: string[] = [];
  const rows = situations.map((situation) => {
    const own = cells.filter((cell) => cell.situation === situation.name);
    if (own.length === 0) return [situation.title, ...columns.map(() => "")];
    const marks = notesOf(situation, own).map((note) => `[${numberOf(note, notes)}]`).join("");
    const inOrder = columns.map((column) => own.find((cell) => cell.column === column));
    return [
      `${situation.title} ${marks}`.trim(),
      ...inOrder.map((cell) => cell ? formatCell(cell) : ""),
    ];
  });
  const table = formatTable(["", ...columns], rows.map((row) => row.map(escape)), 1);
  const list = notes.map((note, index) => `- [${index + 1}] ${note}`).join("\n");
  return [`## ${heading}`, table, ...(list === "" ? [] : [list])].join("\n\n");
}

/** A cell in a few characters. */
export function formatCell(cell: Cell): string {
  if (cell.impossible !== undefined) return "impossible";
  if (cell.skipped !== undefined) return "skipped";
  const { rounds, committed, reloads, exact, torn, worstMs } = cell;
  const perSave = rounds === 0 ? "–" : (reloads / rounds).toFixed(2);
  return [
    `${hasFailed(cell) ? "✗" : exact < rounds ? "(✓)" : "✓"} ${perSave}`,
    ...(committed < rounds ? [`${rounds - committed} of ${rounds} lost`] : []),
    ...(torn > 0 ? [`${torn} torn`] : []),
    ...(worstMs === undefined ? [] : [milliseconds(worstMs)]),
  ].join(" · ");
}

/** The number of a note in the list, where each stands once. */
function numberOf(note: string, notes: string[]): number {
  const known = notes.indexOf(note);
  return known < 0 ? notes.push(note) : known + 1;
}

function notesOf({ note }: Situation, cells: readonly Cell[]): string[] {
  const reasons = (key: "skipped" | "impossible") =>
    [...new Set(cells.flatMap((cell) => cell[key] ?? []))].map((why) => {
      const those = cells.filter((cell) => cell[key] === why);
      return `${key}${places(those, cells)}: ${why}`;
    });
  const problems = cells.flatMap(({ column, problems: [first, ...more] }) => {
    if (first === undefined) return [];
    return `${column}: ${first}${more.length === 0 ? "" : ` (and ${more.length} more like it)`}`;
  });
  return [
    ...(note === undefined ? [] : [note]),
    ...reasons("impossible"),
    ...reasons("skipped"),
    ...problems,
  ];
}

function places(cells: readonly Cell[], all: readonly Cell[]): string {
  return cells.length === all.length ? "" : ` on ${cells.map(({ column }) => column).join(", ")}`;
}

function columnsIn(cells: readonly Cell[]): string[] {
  return [...new Set(cells.map(({ column }) => column))];
}

function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  // 99.96 % is not all of them.
  return part === whole ? "100 %" : `${(Math.floor(part / whole * 1000) / 10).toFixed(1)} %`;
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

function escape(text: string): string {
  return text.replaceAll("|", "\\|");
}
