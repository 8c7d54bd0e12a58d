import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { codeFrame } from "../../src/cli/frame.ts";
import { spentMs } from "../spent_time.ts";

const checksum = "as judged";

function frame(text: string, line: number, column?: number, secrets?: string[]): string[] {
  const issue = {
    path: "",
    message: "",
    file: "/a.yaml",
    line,
    ...(column && { column }),
    checksum,
  };
  return codeFrame(issue, { readText: () => ({ text, checksum }), secrets });
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
    const readText = () => ({ text: "a", checksum });
    const issue = { path: "", message: "", checksum };
    assert.deepEqual(codeFrame({ ...issue, file: "/a" }, { readText }), []);
    assert.deepEqual(codeFrame({ ...issue, line: 1 }, { readText }), []);
    const gone = { ...issue, file: "/a", line: 1 };
    assert.deepEqual(codeFrame(gone, { readText: () => undefined }), []);
  });

  test("is none of a text that was not judged: its lines may be secrets (G11)", () => {
    const readText = () => ({ text: "hunter2", checksum: "of a later save" });
    const issue = { path: "", message: "", file: "/a.yaml", line: 1, column: 1 };
    const changed = ["the file has changed since"];
    assert.deepEqual(codeFrame({ ...issue, checksum }, { readText }), changed);
    assert.deepEqual(codeFrame(issue, { readText }), changed, "which one it was is not known");
  });

  test("cuts a long line around the place", () => {
    const [line, mark] = frame(`${"x".repeat(500)}HERE${"y".repeat(500)}`, 1, 501);
    assert.ok(line!.length <= 110 && line!.includes("HERE"));
    assert.equal(line!.indexOf("HERE"), mark!.indexOf("^"));
  });

  test("is none of what is no text, but of a text with a slip in it", () => {
    const bytes = (...numbers: number[]) => new TextDecoder().decode(new Uint8Array(numbers));
    const random = bytes(...Array.from({ length: 256 }, (_, index) => (index * 167) % 256));
    for (const line of [1, 2]) assert.deepEqual(frame(random, line), []);
    assert.deepEqual(frame("\ufffd\ufffda\0:\0 \x001\0", 1), [], "UTF-16");
    assert.deepEqual(frame(`a: 1\n${random.replaceAll("\n", "")}`, 2), []);
    assert.equal(frame("name: M\ufffdller", 1)[0], "1 | name: M\ufffdller");
    assert.equal(frame("a: \0", 1)[0], "1 | a: \\u0000");
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
    ['{"a": 1,\n"token": "x"\n}', 3, "3 | }"],
    ["secrets:\n- hunter2: [\n- b", 3, "3 | [secret]"],
    ["secrets:\n- name: hunter2", 2, "2 | - name: [secret]"],
    ["password: |\n  hunter=2==", 2, "2 |   [secret]"],
    ["password: hunter2\n  more: x", 2, "2 |   [secret]"],
    ['password = """\nhunter2\n', 2, "2 | [secret]"],
    ["password = '''\nhunter=2\n", 2, "2 | [secret]"],
    ['text = """\nshown"""\nport = x', 3, "3 | port = x"],
    ['[credentials]\nuser = "hunter2', 2, "2 | user = [secret]"],
    ['[credentials]\nuser = "x"\n[server]\nport = x', 4, "4 | port = x"],
    ['{"a": {"token":\n[\n"hunter2\\q"]}}', 3, "3 | [secret]"],
    ["a: b token: hunter2", 1, "1 | a: b token: [secret]"],
    ['{\n"credentials": {\n"user": "hunter2"\n}\n}', 3, '3 | "user": [secret]'],
    ['{\n"credentials": {\n"user": "hunter2"\n}\n}', 4, "4 | }"],
    ['{\n"credentials": {"a": 1},\n"port": x\n}', 3, '3 | "port": x'],
    ['{\n"credentials":\n[\n{\n"user": "hunter2"', 5, '5 | "user": [secret]'],
    ['{"credentials": {\n"a": {"b": "}"}, // }\n"user": "hunter2"', 3, '3 | "user": [secret]'],
    ['{"credentials": { /* }\n} */\n"user": "hunter2"', 3, '3 | "user": [secret]'],
    ['{"credentials": {\n"a": "x,\n"user": "hunter2"', 3, '3 | "user": [secret]'],
    ["credentials:\n- {a: x,\nuser: hunter2}", 3, "3 | user: [secret]"],
    ["# credentials: {a: x}\nport: y", 2, "2 | port: y"],
    [
      '{"a": 1, "credentials": {"user": "hunter2", "b": ["hunter2"]}, "c": x}',
      1,
      '1 | {"a": 1, "credentials": [secret], "c": x}',
    ],
    ['{"a": 1, "token": ["hunter2"', 1, '1 | {"a": 1, "token": [secret]'],
  ];
  for (const [text, line, shown] of secrets) {
    test(`hides the secret in ${JSON.stringify(text)} (G11)`, () => {
      assert.equal(frame(text, line, 1)[0], shown);
    });
  }

  test("hides what other secrets name, by the issue's path or by the last name (G11)", () => {
    const byName = frame("db:\n  url: [hunter2", 2, 8, ["db.url"]);
    assert.deepEqual(byName, ["2 |   url: [secret]", "  |        ^"]);
    assert.equal(frame("pins: [hunter2", 1, 1, ["pins.*"])[0], "1 | pins: [secret]");
    const issue = { path: 'hosts["a.b"].1', message: "", file: "/a.yaml", line: 3, checksum };
    const lines = codeFrame(issue, {
      readText: () => ({ text: "hosts:\n  a.b:\n    - hunter2\n", checksum }),
      secrets: ["hosts.*.1"],
    });
    assert.equal(lines[0], "3 |     [secret]");
    assert.equal(frame("url: shown", 1, 1, ["!url"])[0], "1 | url: shown");
  });

  test("marks the place behind a secret, and inside one its start", () => {
    assert.deepEqual(frame("{token: x, a: }", 1, 15), ["1 | {token: [secret]", "  |         ^"]);
    const text = "a: {token: hunter2hunter2, b: }";
    const [line, mark] = frame(text, 1, text.lastIndexOf("}") + 1);
    assert.equal(line, "1 | a: {token: [secret], b: }");
    assert.equal(mark!.indexOf("^"), line!.lastIndexOf("}"));
  });

  test("of a very long line takes no time (G12)", () => {
    const long = 200_000;
    for (const run of [" ", "x", "-", "- ", "x ", "x:", '"', "\t", "x, ", "{", "token: {"]) {
      const line = `b: } ${run.repeat(long / run.length)}`;
      for (const text of [line, line.slice(5), `"""\n${line}`, `a\n${line}\nb`]) {
        const tookMs = spentMs(() => [1, 2, 3].forEach((number) => frame(text, number, 4)));
        assert.ok(tookMs < 5_000, `${JSON.stringify(run)}: ${tookMs} ms`);
      }
    }
  });
});

test("a code frame hides what a schema marks as secret, whatever its name (G11)", () => {
  const issue = { path: "pin", message: "no", file: "/a.yaml", line: 1, column: 1, checksum };
  const readText = () => ({ text: "pin: 4711", checksum });
  assert.equal(codeFrame(issue, { readText })[0], "1 | pin: 4711");
  assert.equal(codeFrame({ ...issue, isSecret: true }, { readText })[0], "1 | pin: [secret]");
});
