/**
 * The table of slow saves in the generated page: pure functions.
 *
 * @module
 */

import { formatTable } from "../bench/figures.ts";
import type { RuntimeName } from "./columns.ts";
import type { TornCell } from "./torn_cell.ts";
import { TORN_DOCUMENTS } from "./torn_texts.ts";

const TITLES: Readonly<Record<RuntimeName, string>> = { deno: "Deno", bun: "Bun", node: "Node" };

const INTRODUCTION = `## Saved slowly

A file that is written in place, in five chunks cut at random, with a pause after each: how many of
the saves were handed over in part, with the default options and without a schema. \`0\`: none, and
each save was handed over once. \`30 % · 1.40\`: three of ten in part, and 1.40 configurations handed
over per save. Line by line: cut at the ends of lines only, which is the worst case. A process watches
16 such files with the runtime's events. What a zero rests on, and what is behind the others, is in
[limitations](limitations.md).`;

/** Heading, table and figures of slow saves. */
export function formatTorn(cells: readonly TornCell[]): string {
  const pauses = [...new Set(cells.map(({ pauseMs }) => pauseMs))];
  const rows = TORN_DOCUMENTS.flatMap(({ name, title }) => {
    const own = cells.filter(({ document }) => document === name);
    const runtimes = [...new Set(own.map(({ runtime }) => runtime))];
    return runtimes.map((runtime) => [
      title,
      TITLES[runtime],
      ...pauses.map((pauseMs) =>
        formatTornCell(own.find((cell) => cell.runtime === runtime && cell.pauseMs === pauseMs))
      ),
    ]);
  });
  const head = ["", "pause", ...pauses.map((pauseMs) => `${pauseMs} ms`)];
  return [INTRODUCTION, formatTable(head, rows, 2), countOf(cells)].join("\n\n");
}

/** A cell in a few characters. */
export function formatTornCell(cell: TornCell | undefined): string {
  if (cell === undefined || cell.saves === 0) return "–";
  const { saves, torn, lost, reloads } = cell;
  const share = torn === 0 ? "0" : `${Math.ceil(100 * torn / saves)} %`;
  const perSave = (reloads / saves).toFixed(2);
  return [
    share,
    ...(perSave === "1.00" ? [] : [perSave]),
    ...(lost > 0 ? [`${lost} lost`] : []),
  ].join(" · ");
}

function countOf(cells: readonly TornCell[]): string {
  const counts = cells.map(({ saves }) => saves);
  const sum = counts.reduce((total, count) => total + count, 0);
  return `${sum} saves, ${Math.min(...counts)} to ${Math.max(...counts)} in each cell; those are ` +
    "left out whose pauses the machine made longer than they were to be.";
}
