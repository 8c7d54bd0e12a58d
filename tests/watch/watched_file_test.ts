import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FileStat } from "../../src/runtime/file_system.ts";
import { mayHaveChanged, newFile, noteHint } from "../../src/watch/watched_file.ts";

const NOW = Date.parse("2026-01-01T12:00:00.400Z");
const LONG_AGO = Date.parse("2025-01-01T00:00:00.000Z");

function hintedAt(wallTime: number, times: Pick<FileStat, "mtimeMs" | "ctimeMs">) {
  const stat: FileStat = { kind: "file", size: 10, inode: "1:2", ...times };
  const file = newFile("/a", { entries: [], isComplete: true }, undefined, { now: 0, wallTime: 0 });
  noteHint(file, "modified", stat, { now: 0, wallTime });
  return file;
}

describe("a file may have changed although its stat is the same (G1)", () => {
  const second = NOW - NOW % 1000;
  const cases: [
    name: string,
    mtimeMs: number,
    ctimeMs: number,
    laterMs: number,
    expected: boolean,
  ][] = [
    ["written as it was hinted at", NOW - 5, NOW - 5, 500, true],
    ["written a while before its hint", NOW - 100, NOW - 100, 500, false],
    ["written in a second whose fractions are unknown", second, second, 500, true],
    ["saved with an old time, as Deno sees it", LONG_AGO, second, 500, true],
    [
      "saved with an old time, as Node sees it, long before its hint",
      LONG_AGO,
      NOW - 100,
      500,
      false,
    ],
    ["looked at again when its stat would tell", LONG_AGO, second, 3_000, false],
  ];
  for (const [name, mtimeMs, ctimeMs, laterMs, expected] of cases) {
    test(`${name}: ${expected}`, () => {
      const file = hintedAt(NOW, { mtimeMs, ctimeMs });
      assert.equal(mayHaveChanged(file, { now: laterMs, wallTime: NOW + laterMs }), expected);
    });
  }

  test("not when there is no file", () => {
    const file = newFile("/a", { entries: [], isComplete: true }, undefined, {
      now: 0,
      wallTime: NOW,
    });
    assert.equal(mayHaveChanged(file, { now: 0, wallTime: NOW }), false);
  });
});
