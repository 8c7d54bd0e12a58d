import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, displayPath, escapeControls, printable } from "../src/printable.ts";
import { spentMs } from "./spent_time.ts";

test("what a terminal obeys, hides or turns round is escaped (G12)", () => {
  const cases = [
    ["\x1b[2J\x07\x7f", "\\u001b[2J\\u0007\\u007f"],
    ["\u009b1m", "\\u009b1m"],
    ["a\u202eb\u2066", "a\\u202eb\\u2066"],
    ["\u2028\u2029\ufeff\u200b", "\\u2028\\u2029\\ufeff\\u200b"],
    ["\ud83d", "\\ud83d"],
    ["\u{e0041}", "\\u{e0041}"],
  ] as const;
  for (const [text, escaped] of cases) assert.equal(escapeControls(text), escaped);
});

test("letters of any language and emoji stay what they are", () => {
  for (const text of ["größe", "東京", "می‌خواهم", "👨‍👩‍👧", "e\u0301"]) {
    assert.equal(escapeControls(text), text);
  }
});

test("columns are those of a terminal", () => {
  const cases = [["", 0], ["größe → …", 9], ["東京", 4], ["e\u0301", 1], ["🎉", 2], [
    "한",
    2,
  ]] as const;
  for (const [text, columns] of cases) assert.equal(columnsOf(text), columns, text);
});

test("a URL is no path", () => {
  assert.equal(
    displayPath("https://example.org/app.yaml", "/work"),
    "https://example.org/app.yaml",
  );
});

test("lines become one, and a long run of spaces takes no time (G12)", () => {
  const cases = [
    ["a \r\n  b", "a b"],
    ["\n", " "],
    ["\n\na\n \n\nb\n", " a b "],
    [" a ", " a "],
    [
      "a\n",
      "a ",
    ],
    ["\na", " a"],
    ["", ""],
  ] as const;
  for (const [text, line] of cases) assert.equal(printable(text), line, JSON.stringify(text));
  assert.ok(spentMs(() => void printable(" ".repeat(1_000_000))) < 5_000);
});
