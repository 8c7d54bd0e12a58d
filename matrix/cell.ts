/**
 * One cell of the matrix: what a situation came to in a column; and what a run has to reach.
 *
 * @module
 */

import { median, round } from "../bench/figures.ts";
import type { Column } from "./columns.ts";
import type { Round } from "./judge.ts";
import type { Group, Situation } from "./situation.ts";

/** What a situation came to in a column. */
export interface Cell {
  /** Name of the situation. */
  readonly situation: string;
  readonly group: Group;
  /** Title of the column. */
  readonly column: string;
  /** Why it was not run, if it was not. */
  readonly skipped?: string;
  /** Why it can't be, if it can't. */
  readonly impossible?: string;
  readonly rounds: number;
  /** Rounds whose final content was handed over last. */
  readonly committed: number;
  /** Configurations handed over, in all rounds. */
  readonly reloads: number;
  /** Rounds that were handed over as often as is right. */
  readonly exact: number;
  /** Rounds in which something was wrong that must never be; a cell that could not be run has one. */
  readonly faulty: number;
  /** Configurations handed over that nobody saved. */
  readonly torn: number;
  /** From the end of a save until the driver had read that it was handed over; the slowest. */
  readonly worstMs?: number;
  /** The same, in the middle. */
  readonly medianMs?: number;
  /** What was wrong, each once. */
  readonly problems: readonly string[];
}

/** A run fails when more than this share of a column's rounds are not exact, and more than one. */
const INEXACT_SHARE = 0.01;

/** The cell of some rounds; `faults` are what kept a round from being run. */
export function cellOf(
  { name, group }: Situation,
  { title }: Column,
  rounds: readonly Round[],
  faults: readonly string[] = [],
): Cell {
  const latencies = rounds.flatMap(({ latencyMs }) => latencyMs ?? []);
  return {
    situation: name,
    group,
    column: title,
    rounds: rounds.length,
    committed: rounds.filter(({ committed }) => committed).length,
    reloads: rounds.reduce((sum, { reloads }) => sum + reloads, 0),
    exact: rounds.filter(({ exact }) => exact).length,
    faulty: rounds.filter(({ isFaulty }) => isFaulty).length + faults.length,
    torn: rounds.reduce((sum, { torn }) => sum + torn, 0),
    ...(latencies.length > 0 && {
      worstMs: round(Math.max(...latencies)),
      medianMs: round(median(latencies)),
    }),
    problems: [...new Set([...faults, ...rounds.flatMap(({ problem }) => problem ?? [])])],
  };
}

/** The cell of a situation that was not run. */
export function emptyCell(
  situation: Situation,
  column: Column,
  why: Pick<Cell, "skipped" | "impossible">,
): Cell {
  return { ...cellOf(situation, column, []), ...why };
}

/** Whether the cell was run. */
export function wasRun({ skipped, impossible }: Cell): boolean {
  return skipped === undefined && impossible === undefined;
}

/** Whether the cell does not reach what every cell must: all committed, nothing torn. */
export function hasFailed(cell: Cell): boolean {
  return wasRun(cell) && cell.faulty > 0;
}

/** Whether every round was handed over exactly as often as is right, as far as it could be run. */
export function isRight(cell: Cell): boolean {
  return !hasFailed(cell) && cell.exact === cell.rounds;
}

/** Whether too many rounds of a column were not handed over exactly as often as is right. */
export function hasMissed(cells: readonly Cell[]): boolean {
  const rounds = cells.reduce((sum, cell) => sum + cell.rounds, 0);
  const exact = cells.reduce((sum, cell) => sum + cell.exact, 0);
  return rounds - exact > Math.max(1, rounds * INEXACT_SHARE);
}
