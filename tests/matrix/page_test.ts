import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cell, cellOf, emptyCell } from "../../matrix/cell.ts";
import { columnsOf } from "../../matrix/columns.ts";
import type { Round } from "../../matrix/judge.ts";
import {
  formatCell,
  formatClosing,
  formatPage,
  formatSummary,
  formatWrong,
} from "../../matrix/page.ts";
import type { Situation } from "../../matrix/situation.ts";

const [deno, bun] = columnsOf(["deno", "bun"], ["native"]);
const cp: Situation = { name: "cp", group: "save", title: "`cp | tee`", save() {} };
const bind: Situation = { ...cp, name: "bind", group: "structure", title: "bind", note: "Hm." };
const again: Situation = { ...cp, name: "again", group: "structure", title: "again" };
const right: Round = { committed: true, reloads: 1, exact: true, torn: 0, isFaulty: false };

function run(rounds: readonly Partial<Round>[]): Cell {
  return cellOf(cp, deno!, rounds.map((round) => ({ ...right, ...round })));
}

test("a cell says in a few characters what came of it", () => {
  const bad = { isFaulty: true };
  for (
    const [cell, text] of [
      [run([{ latencyMs: 3.24 }]), "✓ 1.00 · 3.2 ms"],
      [run([{ latencyMs: 999.7 }, {}]), "✓ 1.00 · 1000 ms"],
      [run([{ reloads: 0 }]), "✓ 0.00"],
      [run([{ reloads: 2, exact: false }, {}]), "(✓) 1.50"],
      [run([{ ...bad, committed: false, reloads: 0 }, {}]), "✗ 0.50 · 1 of 2 lost"],
      [run([{ ...bad, torn: 1, reloads: 2 }]), "✗ 2.00 · 1 torn"],
      [cellOf(cp, deno!, [], ["no tool"]), "✗ –"],
      [emptyCell(cp, deno!, { skipped: "no vim" }), "skipped"],
      [emptyCell(cp, deno!, { impossible: "no" }), "impossible"],
    ] as const
  ) assert.equal(formatCell(cell), text);
});

test("the summary has a line for each column, and says 100 % only when it is", () => {
  const rounds = Array.from({ length: 2_000 }, () => ({}));
  const lost = { committed: false, exact: false, isFaulty: true };
  const other = cellOf(cp, bun!, [right]);
  const lines = formatSummary([run([...rounds, lost]), other]).split("\n");
  assert.equal(lines[2], "| Deno native | 1 | 2001 | 99.9 % | 99.9 % | 0 | 0.0 ms | ✗ |");
  assert.equal(lines[3], "| Bun native | 1 | 1 | 100 % | 100 % | 0 | 0.0 ms | ✓ |");
});

test("the page has a table for each group, with notes on what is special", () => {
  const cells = [
    run([{ problem: "late: commit" }]),
    cellOf(cp, bun!, [right]),
    emptyCell(bind, deno!, { skipped: "it needs root" }),
    emptyCell(bind, bun!, { impossible: "no such thing" }),
    emptyCell(again, deno!, { skipped: "it needs root" }),
    cellOf(again, bun!, [right]),
  ];
  const page = formatPage([cp, bind, again], cells, "Measured today.");
  assert.ok(page.includes("## Ways to save\n\n|  | Deno native | Bun native |"));
  assert.match(page, /\| `cp \\\| tee` \[1\] \| ✓ 1\.00 \| ✓ 1\.00 \|/);
  assert.match(page, /- \[1\] Deno native: late: commit/);
  assert.match(page, /\| bind \[1\]\[2\]\[3\] \| skipped \| impossible \|/);
  assert.match(page, /- \[1\] Hm\.\n- \[2\] impossible on Bun native: no such thing/);
  assert.match(page, /- \[3\] skipped on Deno native: it needs root/);
  assert.match(page, /\| again \[3\] \| skipped \| ✓ 1\.00 \|/);
  assert.match(page, /Measured today\./);
  assert.doesNotMatch(page, /## Under stress/);
});

test("a quick run ends with the rows that are not right, and a sentence", () => {
  const skipped = emptyCell(bind, deno!, { skipped: "it needs root" });
  const fine = [run([{}]), skipped, cellOf(again, deno!, [right])];
  assert.deepEqual(formatWrong([cp, bind, again], fine), []);
  assert.equal(formatClosing(fine, 12.4), "3 cells in 12 s: all are right, 1 were not run");
  const twice = cellOf(again, deno!, [{ ...right, exact: false, reloads: 2 }]);
  const [table, ...others] = formatWrong([cp, bind, again], [run([{}]), skipped, twice]);
  assert.match(table!, /^## Files, links[^]*\| again \| \(✓\) 2\.00 \|$/);
  assert.doesNotMatch(table!, /bind/);
  assert.deepEqual(others, []);
  assert.equal(formatClosing([run([{}]), twice], 1), "2 cells in 1 s: 1 are not right");
  const lost = run([{ committed: false, isFaulty: true, exact: false }]);
  assert.equal(formatWrong([cp], [lost]).length, 1);
});
