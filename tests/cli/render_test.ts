import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { renderChanges, renderFiles, renderIssues } from "../../src/cli/render.ts";
import { createStyle, displayPath, printable } from "../../src/cli/style.ts";
import { renderEvent } from "../../src/cli/text.ts";
import { formatTime } from "../../src/cli/render.ts";
import { ParseError, SourceError } from "../../mod.ts";

const view = { style: (_role: string, text: string) => text, cwd: "/work" };
const coloured = { ...view, style: createStyle({ isTerminal: true }, {}) };
const at = "2026-01-01T00:00:00.000Z";
const file = "/work/config/app.yaml";

describe("renderChanges()", () => {
  test("aligns a diff and says where each value stands", () => {
    const changes = [
      { path: "server.port", kind: "changed", before: 8080, after: 9090, file, line: 3 },
      { path: "server.tls", kind: "added", after: true, file, line: 4 },
      { path: "name", kind: "removed", before: "a", file: "/etc/b.yaml", line: 1 },
    ] as const;
    assert.deepEqual(renderChanges(changes, view), [
      `~  server.port  8080 → 9090  config/app.yaml:3`,
      `+  server.tls   true         config/app.yaml:4`,
      `-  name         "a"          /etc/b.yaml:1`,
    ]);
  });

  test("aligns coloured text like plain text", () => {
    const changes = [
      { path: "a", kind: "changed", before: 1, after: 200, file, line: 3 },
      { path: "long", kind: "added", after: 3, file, line: 4 },
    ] as const;
    // deno-lint-ignore no-control-regex -- that is what colours are
    const plain = renderChanges(changes, coloured).map((l) => l.replace(/\x1b\[\d+m/g, ""));
    assert.deepEqual(plain, renderChanges(changes, view));
    const red = `\x1b[31m1\x1b[39m`;
    assert.ok(renderChanges(changes, coloured)[0]!.includes(`${red} → \x1b[32m200\x1b[39m`));
  });

  test("shortens a long value and counts what is more than 50 lines (G10)", () => {
    const changes = Array.from({ length: 53 }, (_, index) => ({
      path: `k${index}`,
      kind: "added" as const,
      after: "x".repeat(1000),
    }));
    const lines = renderChanges(changes, { ...view, width: 80 });
    assert.equal(lines.length, 51);
    assert.equal(lines[0]!.length, 78);
    assert.equal(lines[50], "… and 3 more changes");
  });

  test("prints no control character of a value or a key (G12)", () => {
    const [line = ""] = renderChanges(
      [{ path: "a\x1b[2J", kind: "added", after: "\x1b]0;x\x07\u009b1m\x7f" }],
      view,
    );
    assert.doesNotMatch(line, /\p{Cc}/u);
    assert.match(line, /a\\u001b\[2J/);
  });
});

describe("renderIssues()", () => {
  test("aligns characters that take two columns", () => {
    const lines = renderIssues([
      { path: "東京", message: "wrong", file, line: 1 },
      { path: "city", message: "wrong", file, line: 2 },
    ], view);
    assert.deepEqual(lines, [
      "config/app.yaml:1  東京  wrong",
      "config/app.yaml:2  city  wrong",
    ]);
  });

  test("puts the place first, then path and message", () => {
    const issues = [
      { path: "server.port", message: "must be a number", file, line: 3, column: 5 },
      { path: "", message: "two\nlines" },
    ];
    assert.deepEqual(renderIssues(issues, view), [
      "config/app.yaml:3:5  server.port  must be a number",
      "                                  two lines",
    ]);
  });
});

describe("renderFiles()", () => {
  test("shows size and the beginning of the checksum, as far as known", () => {
    const files = [{ path: file, bytes: 12345, checksum: "0123456789abcdef" }, { path: "/b" }];
    assert.deepEqual(renderFiles(files, view), [
      "config/app.yaml  12.3 kB  0123456789ab",
      "/b",
    ]);
  });
});

describe("renderEvent()", () => {
  test("shows a diff, then revision, number of changes and time", () => {
    const changes = [{
      path: "port",
      kind: "changed",
      before: 1,
      after: 2,
      file,
      line: 1,
    }] as const;
    const lines = renderEvent({
      type: "reloadSucceeded",
      revision: 2,
      checksum: "",
      changes,
      files: [file],
      cause: "save",
      durationMs: 1,
      latencyMs: 4.123,
      at,
    }, view);
    assert.deepEqual(lines, [
      "  ~  port  1 → 2  config/app.yaml:1",
      "  revision 2, 1 change, 4.1 ms",
    ]);
  });

  test("shows what is wrong and the revision that stays (G4)", () => {
    const position = { line: 3, column: 1 };
    const about = { revision: 7, files: [], cause: "save", at } as const;
    const reloadFailed = { type: "reloadFailed", ...about } as const;
    const broken = new ParseError({ file, reason: "bad indentation", position });
    assert.deepEqual(renderEvent({ ...reloadFailed, error: broken }, view), [
      "  config/app.yaml:3:1  bad indentation",
      "  rejected, kept revision 7",
    ]);
    const missing = new SourceError({ file, reason: "there is no such file" });
    assert.deepEqual(renderEvent({ ...reloadFailed, error: missing }, view), [
      "  config/app.yaml  there is no such file",
      "  rejected, kept revision 7",
    ]);
    assert.deepEqual(renderEvent({ ...reloadFailed, error: new Error("other") }, view), [
      "  other",
      "  rejected, kept revision 7",
    ]);
    const issues = [{ path: "a", message: "no", file, line: 1, column: 1 }];
    const failed = { type: "validationFailed", issues, ...about } as const;
    assert.deepEqual(renderEvent(failed, view), [
      "  config/app.yaml:1:1  a  no",
      "  rejected, kept revision 7",
    ]);
  });

  test("tells of files, rollbacks, recoveries, watchers and handlers in a line or two", () => {
    const time = formatTime(at);
    const moved = {
      type: "fileChanged",
      kind: "moved",
      path: file,
      source: "",
      settledBy: "rename",
      at,
    } as const;
    assert.deepEqual(renderEvent({ ...moved, oldPath: "/work/old.yaml" }, view), [
      `${time} moved old.yaml → config/app.yaml`,
    ]);
    const back = { type: "rolledBack", revision: 3, to: 1, from: 2, checksum: "", at } as const;
    assert.deepEqual(renderEvent({ ...back, changes: [] }, view), [
      `${time} rolled back`,
      "  revision 3 has the value of revision 1",
    ]);
    assert.deepEqual(renderEvent({ type: "recovered", revision: 3, files: [], at }, view), [
      "  valid again, same as revision 3",
    ]);
    const watcher = { type: "watcherChanged", directory: "/work/config", at } as const;
    assert.deepEqual(
      renderEvent({ ...watcher, watcher: "poll", reason: "limit", remedy: "raise it" }, view),
      [`${time} config is now polled: limit`, "  raise it"],
    );
    assert.deepEqual(renderEvent({ ...watcher, watcher: "node", reason: "replaced" }, view), [
      `${time} config is watched anew by events: replaced`,
    ]);
    const error = new Error("no");
    assert.deepEqual(renderEvent({ type: "handlerFailed", listener: "*", error, at }, view), [
      `${time} a handler failed: no`,
    ]);
    assert.deepEqual(renderEvent({ type: "alertFailed", sink: "s", error, at }, view), [
      `${time} an alert was lost: no`,
    ]);
    const health = { status: "degraded", before: "ok", reasons: [], revision: 2, at } as const;
    assert.deepEqual(renderEvent({ type: "healthChanged", ...health }, view), []);
  });
});

describe("createStyle()", () => {
  const red = "\x1b[31mx\x1b[39m";
  const cases: readonly [string, boolean, Record<string, string>, string][] = [
    ["colours at a terminal", true, {}, red],
    ["leaves text plain in a pipe", false, {}, "x"],
    ["leaves text plain with NO_COLOR", true, { NO_COLOR: "1" }, "x"],
    ["takes an empty NO_COLOR for none", true, { NO_COLOR: "" }, red],
    ["leaves text plain at a dumb terminal", true, { TERM: "dumb" }, "x"],
    ["colours a pipe with FORCE_COLOR", false, { FORCE_COLOR: "1" }, red],
    ["takes FORCE_COLOR=0 for none", false, { FORCE_COLOR: "0" }, "x"],
    ["lets NO_COLOR win over FORCE_COLOR", true, { FORCE_COLOR: "1", NO_COLOR: "1" }, "x"],
  ];
  for (const [name, isTerminal, environment, expected] of cases) {
    test(name, () => assert.equal(createStyle({ isTerminal }, environment)("bad", "x"), expected));
  }
});

describe("displayPath()", () => {
  const cases = [
    ["/work/a.yaml", "a.yaml"],
    ["/work/config/a.yaml", "config/a.yaml"],
    ["/work/..a.yaml", "..a.yaml"],
    ["/work", "/work"],
    ["/worker/a.yaml", "/worker/a.yaml"],
    ["/etc/a.yaml", "/etc/a.yaml"],
  ] as const;
  for (const [path, expected] of cases) {
    test(`shows ${path} from /work as ${expected}`, () => {
      assert.equal(displayPath(path, "/work"), expected);
    });
  }
});

test("printable() keeps letters of any language", () => {
  assert.equal(printable("größe → 東京 🎉"), "größe → 東京 🎉");
});
