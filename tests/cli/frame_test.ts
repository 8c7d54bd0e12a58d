import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { codeFrame } from "../../src/cli/frame.ts";

function frame(text: string, line: number, column?: number): string[] {
  const issue = { path: "", message: "", file: "/a.yaml", line, ...(column && { column }) };
  return codeFrame(issue, () => text);
}

describe("a code frame", () => {
  test("shows the line, and a mark below the column", () => {
    assert.deepEqual(frame("a: 1\n  port: none\n", 2, 3), ["2 |   port: none", "  |   ^"]);
    assert.deepEqual(frame("a: 1\r\nb: 2", 2, 4), ["2 | b: 2", "  |    ^"]);
    assert.deepEqual(frame("\ta: 1", 1, 2), ["1 |  a: 1", "  |  ^"]);
    assert.deepEqual(frame("a: 1", 1), ["1 | a: 1", "  | ^"]);
  });

  test("is none for what has no line, a file that is gone, and a line that is", () => {
    assert.deepEqual(frame("a: 1\n", 7, 1), []);
    assert.deepEqual(codeFrame({ path: "", message: "", file: "/a" }, () => "a"), []);
    assert.deepEqual(codeFrame({ path: "", message: "", line: 1 }, () => "a"), []);
    const gone = { path: "", message: "", file: "/a", line: 1 };
    assert.deepEqual(codeFrame(gone, () => undefined), []);
  });

  test("cuts a long line around the place", () => {
    const [line, mark] = frame(`${"x".repeat(500)}HERE${"y".repeat(500)}`, 1, 501);
    assert.ok(line!.length <= 110 && line!.includes("HERE"));
    assert.equal(line!.indexOf("HERE"), mark!.indexOf("^"));
  });

  test("lets no control character through (G12)", () => {
    const [line, mark] = frame("a: \x1b[31mred", 1, 9);
    assert.equal(line, "1 | a: \\u001b[31mred");
    assert.equal(mark!.indexOf("^"), line!.indexOf("red"));
  });

  const secrets: readonly [text: string, line: number, shown: string][] = [
    ["password: hunter2", 1, "1 | password: [secret]"],
    ["  - token: 'hunter2'", 1, "1 |   - token: [secret]"],
    ['{"apiKey": "hunter2"}', 1, '1 | {"apiKey": [secret]'],
    ["export DB_PASSWORD=hunter2", 1, "1 | export DB_PASSWORD=[secret]"],
    ["password: |\n  hunter2\n  more", 3, "3 |   [secret]"],
    ["credentials:\n  user: hunter2", 2, "2 |   user: [secret]"],
    ["credentials:\n  - a\n  deep:\n    x: hunter2", 4, "4 |     x: [secret]"],
    ["db: {port: 1, password: hunter2, x: 2}", 1, "1 | db: {port: 1, password: [secret], x: 2}"],
    ['a = { token = "hunter,2" }', 1, "1 | a = { token = [secret] }"],
    ["password:", 1, "1 | password:"],
    ["password: x\nport: shown", 2, "2 | port: shown"],
  ];
  for (const [text, line, shown] of secrets) {
    test(`hides the secret in ${JSON.stringify(text)} (G11)`, () => {
      assert.equal(frame(text, line, 1)[0], shown);
    });
  }
});
