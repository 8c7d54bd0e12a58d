import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { type Change, formatDiff } from "../mod.ts";
import { columnsOf } from "../src/printable.ts";
import { anyKey, anyValue } from "./documents.ts";
import { openLive } from "./live.ts";

const file = "/work/config/app.yaml";

describe("formatDiff()", () => {
  test("aligns a change a line, and says where each value stands (S3.12)", () => {
    const changes: Change[] = [
      { path: "server.port", kind: "changed", before: 8080, after: 9090, file, line: 3 },
      { path: "server.tls", kind: "added", after: true, file, line: 4 },
      { path: "name", kind: "removed", before: "größe 東京", file: "/etc/b.yaml", line: 1 },
      { path: "log", kind: "added", after: "a", source: "env", variable: "APP_LOG" },
      { path: "rest", kind: "added", after: null, source: "memory" },
      { path: "", kind: "changed" },
    ];
    assert.deepEqual(formatDiff(changes, { cwd: "/work" }).split("\n"), [
      `~  server.port   8080 → 9090   config/app.yaml:3`,
      `+  server.tls    true          config/app.yaml:4`,
      `-  name          "größe 東京"  /etc/b.yaml:1`,
      `+  log           "a"           environment variable APP_LOG`,
      `+  rest          null          memory`,
      `~  (everything)`,
    ]);
    assert.match(formatDiff(changes), /8080 → 9090 {3}\/work\/config\/app\.yaml:3\n/);
  });

  test("says nothing about no changes", () => assert.equal(formatDiff([]), ""));

  test("shows a secret as it came, without quotes (G11)", () => {
    const [secret, path] = ["[secret]", "db.password"];
    const changes: Change[] = [{ path, kind: "changed", before: secret, after: secret }];
    assert.equal(formatDiff(changes), "~  db.password  [secret] → [secret]");
  });

  test("says of values that look the same that they are not", () => {
    const textOf = (middle: string) => "x".repeat(100) + middle + "x".repeat(100);
    const [before, after] = [textOf("1"), textOf("2")];
    assert.match(
      formatDiff([{ path: "a", kind: "changed", before, after }]),
      /"x+…201 chars…x+" → "x+…201 chars…x+" \(not the same\)$/,
    );
    const secret = { token: "[secret]" };
    assert.match(
      formatDiff([{ path: "a", kind: "changed", before: [secret], after: [{ ...secret }] }]),
      /\} *\] \(not the same\)$/,
    );
  });

  test("shows several lines and control characters on one line (G12)", () => {
    const after = "-----BEGIN\r\n\x1b]0;title\x07\u202e";
    const shown = formatDiff([{ path: "a\x1b[2J\nb", kind: "added", after, file: "/c\x1b.yaml" }]);
    assert.equal(
      shown,
      '+  a\\u001b[2J b  "-----BEGIN\\r\\n\\u001b]0;title\\u0007\\u202e"  /c\\u001b.yaml',
    );
  });

  test("shortens values for the width, giving one what the other does not need", () => {
    const long = "x".repeat(300);
    const changes: Change[] = [
      { path: "both", kind: "changed", before: long, after: long.toUpperCase(), file, line: 1 },
      { path: "after", kind: "changed", before: 1, after: long, file, line: 2 },
      { path: "before", kind: "changed", before: long, after: 1, file, line: 3 },
      { path: "one", kind: "removed", before: long, file, line: 4 },
    ];
    const lines = formatDiff(changes, { width: 100, cwd: "/work" }).split("\n");
    for (const line of lines) {
      assert.ok(columnsOf(line) >= 98 && columnsOf(line) <= 100, `${columnsOf(line)}: ${line}`);
    }
    assert.match(lines[0]!, /"x+…300 chars…x+" → "X+…300 chars…X+" {2}config/);
    const narrow = formatDiff(changes, { width: 1 }).split("\n");
    assert.match(narrow[0]!, /both {4}"x{6}…300 chars…x{5}" → "X{6}…300 chars…X{5}" {2}\/work/);
  });

  test("keeps lines in bounds whatever the configuration holds (G10, G12)", () => {
    const anyChange = fc.record({ path: anyKey, kind: fc.constant("changed" as const) })
      .chain((change) =>
        fc.tuple(anyValue, anyValue).map(([before, after]) => ({ ...change, before, after }))
      );
    fc.assert(
      fc.property(fc.array(anyChange), fc.integer({ min: 1, max: 200 }), (changes, width) => {
        const lines = formatDiff(changes, { width }).split("\n");
        assert.equal(lines.length, Math.max(1, changes.length));
        for (const line of lines) {
          assert.doesNotMatch(line, /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
          assert.ok(columnsOf(line) <= Math.max(width, 100) + 15);
        }
      }),
    );
    const path = "k".repeat(100_000);
    assert.match(
      formatDiff([{ path, kind: "added", after: 1 }]),
      /^\+ {2}k{100}…100000 chars…k{100} {2}1$/,
    );
  });

  test("colours only when it is asked to, and aligns as without", () => {
    const changes: Change[] = [
      { path: "a", kind: "changed", before: 1, after: 200, file, line: 3 },
      { path: "long", kind: "added", after: 3, file, line: 4 },
      { path: "b", kind: "removed", before: 3, file, line: 4 },
    ];
    const plain = formatDiff(changes);
    const coloured = formatDiff(changes, { color: true, maxChanges: 3 });
    assert.ok(!plain.includes("\x1b"));
    assert.equal(stripVTControlCharacters(coloured), plain);
    assert.ok(coloured.includes("\x1b[31m1\x1b[39m → \x1b[32m200\x1b[39m"));
    assert.ok(coloured.startsWith("\x1b[33m~\x1b[39m"));
  });

  test("counts what is more than it may show (G10)", () => {
    const changes = Array.from({ length: 123 }, (_, index): Change => {
      return { path: `k${index}`, kind: "added", after: index };
    });
    const linesOf = (maxChanges: number) => formatDiff(changes, { maxChanges }).split("\n");
    assert.deepEqual(linesOf(3).slice(2), ["+  k2  2", "… and 120 more changes"]);
    assert.equal(linesOf(122).at(-1), "… and 1 more change");
    assert.equal(linesOf(123).at(-1), "+  k122  122");
    assert.deepEqual(linesOf(0), ["… and 123 more changes"]);
    Object.defineProperty(changes, 5, { get: () => assert.fail("looked at") });
    assert.equal(linesOf(5).length, 6);
  });

  test("refuses options that are out of range", () => {
    assert.throws(() => formatDiff([], { width: 0 }), {
      name: "RangeError",
      message: "Cannot use width, it must be 1 or more: current value is 0",
    });
    assert.throws(() => formatDiff([], { maxChanges: NaN }), RangeError);
  });

  test("prints what docs/events.md says it prints", async () => {
    const page = readFileSync("docs/events.md", "utf8");
    const shownAs = (name: string) =>
      page.split(`<!-- tested: ${name} -->`)[1]!.split(/```\w+\n/)[1]!.split("\n```")[0]!;
    assert.ok(shownAs("code").includes('arrayKeys: { services: "name" }'));
    assert.ok(shownAs("code").includes("console.log(formatDiff(changes))"));
    await using live = await openLive({ "/config/app.yaml": shownAs("before") }, {
      arrayKeys: { services: "name" },
    });
    let printed = "";
    live.config.on("reloadSucceeded", ({ changes }) => printed = formatDiff(changes));
    await live.save("/config/app.yaml", shownAs("after"));
    assert.equal(printed, shownAs("printed"));
  });
});
