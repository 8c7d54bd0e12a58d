import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRandom } from "../../bench/random.ts";
import { parseOptions } from "../../matrix/options.ts";
import { hasTornFailed, type SlowSave, type TornCell, tornCellOf } from "../../matrix/torn_cell.ts";
import type { Handed } from "../../matrix/torn_events.ts";
import { formatTorn, formatTornCell } from "../../matrix/torn_page.ts";
import { chunksOf, cutsOf, textChecksum, TORN_DOCUMENTS } from "../../matrix/torn_texts.ts";

const SAVES = 10;
const CHUNKS = 5;

describe("a document that is saved slowly", () => {
  for (const { name, textOf, isAppended, isCutAtLines } of TORN_DOCUMENTS) {
    test(`is another one after each save: ${name}`, () => {
      const texts = Array.from({ length: SAVES + 1 }, (_, n) => textOf(n));
      assert.equal(new Set(texts.map(textChecksum)).size, SAVES + 1);
      assert.ok(!texts.map(textChecksum).includes(""), "it does not parse");
      for (const [n, text] of texts.slice(1).entries()) {
        assert.ok(!isAppended || text.startsWith(texts[n]!), "it does not only grow");
      }
    });

    test(`is cut into chunks that are the whole together: ${name}`, () => {
      for (let n = 1; n <= SAVES; n++) {
        const start = isAppended ? textOf(n - 1).length : 0;
        const text = textOf(n).slice(start);
        const chunks = chunksOf(text, cutsOf(text, CHUNKS, createRandom(n), isCutAtLines));
        assert.equal(chunks.length, CHUNKS);
        assert.equal(chunks.join(""), text);
        assert.ok(chunks.every((chunk) => chunk !== ""));
        assert.ok(!isCutAtLines || chunks.every((chunk) => chunk.endsWith("\n")));
      }
    });
  }
});

const [document] = TORN_DOCUMENTS;
const [before, after] = [document!.textOf(1), document!.textOf(2)];
// Within a value, and at the end of a line.
const cuts = [after.indexOf("0.0.0.0") + 3, after.indexOf("providers:\n") + 11];
const whole = handed(after);
const parts = cuts.map((cut) => handed(after.slice(0, cut)));

function handed(text: string): Handed {
  return { type: "commit", file: 0, checksum: textChecksum(text) };
}

function cellOf(...saves: Partial<SlowSave>[]): TornCell {
  const full = saves.map((save) => ({
    before,
    after,
    cuts,
    longestPauseMs: 200,
    told: [],
    ...save,
  }));
  return tornCellOf(document!, "node", 200, full);
}

describe("slow saves", () => {
  test("are counted with what was handed over and refused", () => {
    const rejected: Handed = { type: "rejected", file: 0 };
    const cell = cellOf({ told: [whole] }, { told: [rejected, whole] }, {
      told: [handed(before), whole],
    });
    const { saves, torn, lost, reloads, refused } = cell;
    assert.deepEqual([saves, torn, lost, reloads, refused], [3, 0, 0, 4, 1]);
    assert.ok(!hasTornFailed(cell));
  });

  test("are torn when a part is handed over, whole lines or not, and tell where it ended (G2)", () => {
    for (const [index, part] of parts.entries()) {
      const cell = cellOf({ told: [part, whole] }, { told: [whole] });
      assert.deepEqual([cell.torn, cell.reloads, cell.lost], [1, 3, 0]);
      assert.deepEqual(cell.ends, [after.slice(cuts[index]! - 40, cuts[index])]);
      assert.ok(hasTornFailed(cell));
    }
  });

  test("are lost when their last content is not what was handed over last (G1)", () => {
    for (const told of [[], [parts[0]!], [whole, parts[1]!]]) {
      const cell = cellOf({ told });
      assert.equal(cell.lost, 1);
      assert.ok(hasTornFailed(cell));
    }
  });

  test("are not counted when the machine stretched their pauses", () => {
    const cell = cellOf({ told: [parts[0]!, whole], longestPauseMs: 1_200 }, { told: [whole] });
    assert.deepEqual([cell.saves, cell.torn], [1, 0]);
  });

  test("may be torn where a part looks whole, and beyond maxDelayMs", () => {
    const torn = cellOf({ told: [parts[0]!, whole] });
    assert.ok(!hasTornFailed({ ...torn, document: "list-grows" }));
    assert.ok(!hasTornFailed({ ...torn, pauseMs: 1_500 }));
    assert.ok(hasTornFailed({ ...torn, document: "json", pauseMs: 900 }));
  });
});

test("a cell of slow saves says the share of torn ones, and how often they were handed over", () => {
  const cell = cellOf({ told: [whole] });
  assert.equal(formatTornCell(cell), "0");
  assert.equal(formatTornCell({ ...cell, saves: 300, reloads: 301, torn: 1 }), "1 %");
  assert.equal(
    formatTornCell({ ...cell, saves: 20, reloads: 28, torn: 6, lost: 1 }),
    "30 % · 1.40 · 1 lost",
  );
  assert.equal(formatTornCell({ ...cell, saves: 0 }), "–");
  assert.equal(formatTornCell(undefined), "–");
});

test("the table has a row for each document and runtime that was measured", () => {
  const cell = cellOf({ told: [whole] });
  const lines = formatTorn([cell, { ...cell, runtime: "deno", pauseMs: 400 }]).split("\n");
  const rows = lines.filter((line) => line.startsWith("|"));
  assert.equal(rows[0], "|  | pause | 200 ms | 400 ms |");
  assert.deepEqual(rows.slice(2), [
    "| YAML, same keys | Node | 0 | – |",
    "| YAML, same keys | Deno | – | 0 |",
  ]);
  assert.match(lines.at(-1)!, /^2 saves, 1 to 1 in each cell/);
});

test("slow saves are measured in a whole run and when they are asked for", () => {
  const wants = (...args: string[]) => parseOptions(args, []).wantsTorn;
  assert.deepEqual([wants(), wants("--group", "torn"), wants("--quick", "--group", "torn")], [
    true,
    true,
    true,
  ]);
  assert.deepEqual([wants("--quick"), wants("--group", "save"), wants("--backends", "polling")], [
    false,
    false,
    false,
  ]);
});
