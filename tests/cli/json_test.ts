import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createJsonReporter, eventToJson } from "../../src/cli/json.ts";
import { toJsonValue } from "../../src/cli/json_value.ts";
import type { ConfigEvent } from "../../mod.ts";
import { membersOf, tableUnder } from "./documented.ts";
import { ParseError, SourceError } from "../../mod.ts";

const at = "2026-01-01T00:00:00.000Z";
const file = resolve("/etc/app.yaml");

describe("eventToJson()", () => {
  const cases: readonly [ConfigEvent, string][] = [
    [
      {
        type: "fileChanged",
        kind: "modified",
        path: file,
        checksum: "ab",
        source: "x",
        settledBy: "quiet",
        at,
      },
      `{"type":"fileChanged","kind":"modified","path":"${file}","checksum":"ab",` +
      `"settledBy":"quiet","at":"${at}"}`,
    ],
    [
      {
        type: "fileChanged",
        kind: "moved",
        path: file,
        oldPath: file,
        source: "x",
        settledBy: "rename",
        at,
      },
      `{"type":"fileChanged","kind":"moved","path":"${file}","oldPath":"${file}",` +
      `"settledBy":"rename","at":"${at}"}`,
    ],
    [
      {
        type: "reloadSucceeded",
        revision: 2,
        checksum: "cd",
        changes: [
          { path: "server.port", kind: "changed", before: 1, after: 2, file, line: 3 },
          { path: "a", kind: "added", after: null },
          { path: "b", kind: "removed", before: [1] },
          { path: "c", kind: "added", after: 1, variable: "C", source: "environment C" },
        ],
        files: [file],
        settledBy: "close",
        cause: "save",
        durationMs: 1.23456,
        latencyMs: 3.4,
        at,
      },
      `{"type":"reloadSucceeded","revision":2,"checksum":"cd","changes":[` +
      `{"path":"server.port","kind":"changed","before":1,"after":2,"file":"${file}","line":3},` +
      `{"path":"a","kind":"added","after":null},{"path":"b","kind":"removed","before":[1]},` +
      `{"path":"c","kind":"added","after":1,"variable":"C","source":"environment C"}],` +
      `"files":["${file}"],"settledBy":"close","cause":"save","durationMs":1.235,"latencyMs":3.4,"at":"${at}"}`,
    ],
    [
      {
        type: "validationFailed",
        revision: 2,
        issues: [
          { path: "server.port", message: "must be a number", file, line: 3, column: 5 },
          { path: "", message: "no" },
        ],
        files: [file],
        settledBy: "maxDelay",
        cause: "save",
        at,
      },
      `{"type":"validationFailed","revision":2,"issues":[{"path":"server.port",` +
      `"message":"must be a number","file":"${file}","line":3,"column":5},` +
      `{"path":"","message":"no"}],"settledBy":"maxDelay","cause":"save","at":"${at}"}`,
    ],
    [
      {
        type: "reloadFailed",
        revision: 2,
        error: new ParseError({ file, reason: "no", position: { line: 1, column: 2 } }),
        files: [file],
        settledBy: "rename",
        cause: "save",
        at,
      },
      `{"type":"reloadFailed","revision":2,"error":{"name":"ParseError",` +
      `"message":"Cannot parse ${file}:1:2: no","file":"${file}","line":1,"column":2},` +
      `"settledBy":"rename","cause":"save","at":"${at}"}`,
    ],
    [
      {
        type: "rolledBack",
        revision: 5,
        to: 3,
        from: 4,
        checksum: "ef",
        changes: [],
        at,
      },
      `{"type":"rolledBack","revision":5,"to":3,"from":4,"checksum":"ef","changes":[],"at":"${at}"}`,
    ],
    [
      { type: "recovered", revision: 5, files: [file], at },
      `{"type":"recovered","revision":5,"files":["${file}"],"at":"${at}"}`,
    ],
    [
      { type: "sourceStale", revision: 5, source: "s", error: new Error("away"), at },
      `{"type":"sourceStale","revision":5,"source":"s","error":{"name":"Error",` +
      `"message":"away"},"at":"${at}"}`,
    ],
    [
      { type: "sourceRestored", revision: 5, source: "s", at },
      `{"type":"sourceRestored","revision":5,"source":"s","at":"${at}"}`,
    ],
    [
      { type: "watcherChanged", watcher: "poll", directory: "/etc", reason: "full", at },
      `{"type":"watcherChanged","watcher":"poll","directory":"/etc","reason":"full","at":"${at}"}`,
    ],
    [
      { type: "handlerFailed", listener: "*", error: new RangeError("no"), at },
      `{"type":"handlerFailed","listener":"*","error":{"name":"RangeError","message":"no"},` +
      `"at":"${at}"}`,
    ],
    [
      {
        type: "healthChanged",
        status: "degraded",
        before: "ok",
        reasons: [{ source: "s", message: "a", kind: "sourceStale" }],
        revision: 2,
        at,
      },
      `{"type":"healthChanged","status":"degraded","before":"ok",` +
      `"reasons":[{"kind":"sourceStale","message":"a","source":"s"}],"revision":2,"at":"${at}"}`,
    ],
    [
      { type: "alertFailed", sink: "s", error: new RangeError("no"), at },
      `{"type":"alertFailed","sink":"s","error":{"name":"RangeError","message":"no"},` +
      `"at":"${at}"}`,
    ],
  ];
  for (const [event, expected] of cases) {
    const detail = event.type === "fileChanged" ? ` (${event.kind})` : "";
    test(`gives ${event.type}${detail} as documented, members and order`, () => {
      assert.equal(JSON.stringify(eventToJson(event)), expected.replaceAll("\\", "\\\\"));
    });
  }

  test("gives what docs/command.md lists: every type, every member, in that order", () => {
    const documented = new Map(
      [...tableUnder("`hotconf watch`")].map(([type, [, members = ""]]) => [
        type,
        ["type", ...membersOf(members)],
      ]),
    );
    documented.delete("closed");
    assert.deepEqual([...documented.keys()].sort(), [...new Set(cases.map(typeOf))].sort());
    for (const [event] of cases) {
      const given = Object.keys(eventToJson(event));
      const expected = documented.get(event.type)!
        .filter((name) => !name.endsWith("?") || given.includes(name.slice(0, -1)))
        .map((name) => name.replace("?", ""));
      assert.deepEqual(given, expected, event.type);
    }
  });

  test("gives no place for an error that has none, even where errors know their own line", () => {
    const foreign = Object.assign(new Error("no"), { line: 12, column: 3, file: 7 });
    const source = Object.assign(new SourceError({ file, reason: "no" }), { line: 4, column: 4 });
    const give = (error: Error) => {
      const about = { revision: 1, files: [], cause: "save", at } as const;
      const event = eventToJson({ type: "reloadFailed", error, ...about });
      return (event as { error: object }).error;
    };
    assert.deepEqual(give(foreign), { name: "Error", message: "no" });
    const message = `Cannot read ${file}: no`;
    assert.deepEqual(give(source), { name: "SourceError", message, file });
  });
});

function typeOf([event]: readonly [ConfigEvent, string]): string {
  return event.type;
}

describe("createJsonReporter()", () => {
  test("writes one line for each report, whatever is in it", () => {
    const lines: string[] = [];
    const reporter = createJsonReporter((line) => lines.push(line));
    const common = { revision: 1, checksum: "ab", files: ["/a\nb"], schema: "s", at };
    reporter.loaded({ ...common, runtime: "node" });
    const debounce = {
      strategy: "fixed",
      minDelayMs: 1,
      baseDelayMs: 1,
      multiplier: 1,
      maxDelayMs: 1,
    } as const;
    reporter.ready({ ...common, runtime: "bun", watcher: "node", polling: undefined, debounce });
    reporter.closed(at);
    const files = JSON.stringify([resolve("/a\nb")]);
    assert.deepEqual(lines, [
      `{"type":"loaded","revision":1,"checksum":"ab","files":${files},"runtime":"node",` +
      `"at":"${at}"}\n`,
      `{"type":"ready","revision":1,"checksum":"ab","files":${files},"runtime":"bun",` +
      `"watcher":"node","at":"${at}"}\n`,
      `{"type":"closed","at":"${at}"}\n`,
    ]);
  });
});

describe("toJsonValue()", () => {
  const cyclic: { self?: unknown; other: number } = { other: 1 };
  cyclic.self = cyclic;
  const shared = { a: 1 };
  const cases: readonly [name: string, value: unknown, expected: unknown][] = [
    ["undefined", undefined, null],
    ["an undefined member", { a: undefined, b: 1 }, { b: 1 }],
    ["an undefined item", [undefined, 1], [null, 1]],
    ["a hole", [, 1], [null, 1]],
    ["NaN", NaN, "NaN"],
    ["infinities", [Infinity, -Infinity], ["Infinity", "-Infinity"]],
    ["a bigint", 12345678901234567890n, "12345678901234567890"],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["an invalid date", new Date(NaN), null],
    ["bytes", new Uint8Array([0, 255]), "AP8="],
    ["a regular expression", /a/u, "/a/u"],
    ["a URL", new URL("http://a/b"), "http://a/b"],
    ["a map with text keys", new Map([["a", 1n]]), { a: "1" }],
    ["a map with other keys", new Map([[1, "a"]]), [[1, "a"]]],
    ["a set", new Set([1, NaN]), [1, "NaN"]],
    ["a function", () => 1, null],
    ["a symbol", Symbol("a"), null],
    ["a cycle", cyclic, { other: 1, self: null }],
    ["a value used twice", [shared, shared], [{ a: 1 }, { a: 1 }]],
  ];
  for (const [name, value, expected] of cases) {
    test(`gives ${name} as ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(toJsonValue(value), expected);
    });
  }

  test("keeps a key named __proto__ as a key (G12)", () => {
    const value = JSON.parse(`{"__proto__":{"isAdmin":true}}`);
    const converted = toJsonValue(value);
    assert.equal(JSON.stringify(converted), `{"__proto__":{"isAdmin":true}}`);
    assert.equal((converted as { isAdmin?: boolean }).isAdmin, undefined);
  });

  test("leaves what JSON can hold as it is", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      assert.equal(JSON.stringify(toJsonValue(value)), JSON.stringify(value));
    }));
  });
});
