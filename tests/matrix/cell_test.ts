import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cell, cellOf, emptyCell, hasFailed, hasMissed } from "../../matrix/cell.ts";
import { columnsOf } from "../../matrix/columns.ts";
import type { Round } from "../../matrix/judge.ts";
import type { Situation } from "../../matrix/situation.ts";

const situation: Situation = { name: "cp", group: "save", title: "`cp`", save() {} };
const [column] = columnsOf(["bun"], ["polling"]);
const right: Round = {
  committed: true,
  reloads: 1,
  exact: true,
  torn: 0,
  isFaulty: false,
  latencyMs: 5,
};
const twice: Round = { ...right, reloads: 2, exact: false, latencyMs: 9, problem: "twice" };

function cell(rounds: readonly Round[], faults: readonly string[] = []): Cell {
  return cellOf(situation, column!, rounds, faults);
}

test("a cell counts its rounds and keeps the slowest and each problem once", () => {
  assert.deepEqual(cell([right, twice, twice]), {
    situation: "cp",
    group: "save",
    column: "Bun polling",
    rounds: 3,
    committed: 3,
    reloads: 5,
    exact: 1,
    faulty: 0,
    torn: 0,
    worstMs: 9,
    medianMs: 9,
    problems: ["twice"],
  });
});

test("a cell fails when a round is faulty or could not be run, not when one came twice", () => {
  assert.ok(!hasFailed(cell([right, twice])));
  assert.ok(hasFailed(cell([right, { ...right, isFaulty: true }])));
  assert.ok(hasFailed(cell([], ["could not be run: no such tool"])));
});

test("a cell that was not run does not fail", () => {
  assert.ok(!hasFailed(emptyCell(situation, column!, { skipped: "vim is not installed" })));
});

test("a column misses when more than one round in a hundred is not exact, and more than one", () => {
  const rounds = (exact: number, inexact: number) => [
    cell([...Array(exact).fill(right), ...Array(inexact).fill(twice)]),
  ];
  assert.ok(!hasMissed(rounds(10, 1)));
  assert.ok(hasMissed(rounds(10, 2)));
  assert.ok(!hasMissed(rounds(297, 3)));
  assert.ok(hasMissed(rounds(296, 4)));
});
