import assert from "node:assert/strict";
import process from "node:process";
import { describe, test } from "node:test";
import { parseEnv } from "node:util";
import { type } from "arktype";
import { dotenv, type DotenvOptions, loadConfig, ParseError, ValidationError } from "../../mod.ts";
import { parseVariables } from "../../src/source/dotenv_text.ts";
import { createMemoryRuntime } from "../../testing.ts";
import { openLive } from "../live.ts";

/** Texts whose values `parseEnv` gives alike on Deno, Bun and Node. */
const AGREED = [
  "A=1",
  "A = 1 ",
  "  A=1",
  "export A=1",
  "exportA=1",
  "A=1 # c",
  "A=1#c",
  "# c\n\nA=1",
  "A='1 # c' # d",
  "A=",
  'A="a\\nb"',
  'A="a\\tb"',
  'A="a\\\\b"',
  "A='a\\nb'",
  "A=x\\ny",
  "A=`x \"y\" 'z'`",
  'A="a\nb"\nB=2',
  "A='a\nb'",
  'A=a"b',
  "A=a\r\nB=2\r\n",
  "A=1\nA=2",
  "A=  ' x '  ",
  "A=${B}",
  "1A=2",
  "A.B=1\nA-B=2",
];

describe("a file of variables", () => {
  for (const text of AGREED) {
    test(`is read as the runtime reads it: ${JSON.stringify(text)}`, () => {
      const variables = [...parseVariables(text, ".env")].map(([name, { text }]) => [name, text]);
      assert.deepEqual(Object.fromEntries(variables), { ...parseEnv(text) });
    });
  }

  const refused: readonly [string, number, number, RegExp][] = [
    ["A=1\n  B\n", 2, 3, /NAME=value/],
    ["A=1\n\n=2", 3, 1, /NAME=value/],
    ["A: 1", 1, 1, /NAME=value/],
    ['A=1\nB="un\nC=2', 2, 1, /quotes of B are not closed/],
    ["A='it''s'", 1, 1, /more than a comment/],
    ['A="a" b', 1, 1, /more than a comment/],
  ];
  for (const [text, line, column, reason] of refused) {
    test(`is refused, with its place: ${JSON.stringify(text)} (S3.7)`, () => {
      assert.throws(
        () => parseVariables(text, ".env"),
        (error) =>
          error instanceof ParseError && reason.test(error.reason) && error.line === line &&
          error.column === column,
      );
    });
  }

  test("knows quotes within quotes and where each variable stands", () => {
    const variables = parseVariables('# c\nA="a\\"b\nc"\n\n export B=1', ".env");
    assert.deepEqual(Object.fromEntries(variables), {
      A: { text: 'a"b\nc', isLiteral: false, line: 2, column: 1 },
      B: { text: "1", isLiteral: false, line: 5, column: 2 },
    });
  });

  test("of a megabyte is read in no time (G12)", () => {
    const text = "A=1\n".repeat(250_000);
    // Not the time that passes: others may use the processor.
    const before = process.cpuUsage();
    parseVariables(text, ".env");
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 3_000_000);
    assert.throws(() => parseVariables(`${"\n ".repeat(500_000)}="`, ".env"), ParseError);
  });
});

async function load(
  text: string,
  options: DotenvOptions = {},
  environment: Record<string, string> = {},
): Promise<unknown> {
  const runtime = createMemoryRuntime();
  runtime.files.write("/.env", text);
  for (const [name, value] of Object.entries(environment)) runtime.environment.set(name, value);
  return (await loadConfig({ sources: [dotenv("/.env", options)], runtime })).value;
}

describe("dotenv()", () => {
  const rows: readonly [string, string, unknown, DotenvOptions?][] = [
    ["all variables", "DB_HOST=a\nSERVER__PORT=1\n", { dbHost: "a", server: { port: "1" } }],
    ["those with a prefix", "APP_A=1\nB=2\n", { a: "1" }, { prefix: "APP_" }],
    ["those it maps", "A=1\nB=2\n", { x: { y: "1" } }, { map: { A: "x.y" } }],
    ["what is parsed", "A=1\n", { a: 1 }, { map: { A: { path: "a", parse: Number } } }],
    ["other variables in values", "A=${B}-${C:-x}\nB=b\n", { a: "b-x", b: "b" }],
    ["itself from the environment", "HOME=${HOME}/x\n", { home: "/root/x" }],
    ["no placeholders in single quotes", "A='${B}'\nB=1\nC=${A}\n", {
      a: "${B}",
      b: "1",
      c: "${B}",
    }],
    ["an escaped placeholder", "A=$${B}\n", { a: "${B}" }],
  ];
  for (const [title, text, value, options] of rows) {
    test(`gives ${title} (S4.5)`, async () => {
      assert.deepEqual(await load(text, options, { HOME: "/root" }), value);
    });
  }

  test("refuses variables that are defined by each other", async () => {
    await assert.rejects(
      load("A=${B}\nB=${A}\n"),
      (error) =>
        error instanceof ValidationError && /A → B → A|B → A → B/.test(error.message) &&
        error.issues[0]?.line === 1,
    );
  });

  test("refuses two variables for one key, at the place of the second", async () => {
    await assert.rejects(
      load("A=2\nA__B=1\n"),
      (error) => error instanceof ParseError && /A__B/.test(error.reason) && error.line === 2,
    );
    await assert.rejects(
      load("A=1\nX=${A}\n", { map: { X: { path: "x", parse: Number } } }),
      (error) => error instanceof ParseError && error.line === 2,
    );
    await assert.rejects(load("A=1\n", { map: { A: "__proto__.x" } }), /__proto__/);
  });

  test("explains each value, and an issue, by line and variable (S4.6, S3.7)", async () => {
    await using live = await openLive({ "/app.yaml": "port: 1\n", "/.env": "# c\nPORT=8080\n" }, {
      schema: type({ port: "number" }),
      sources: ["/app.yaml", dotenv("/.env")],
    });
    assert.deepEqual(live.config.current, { port: 8080 });
    assert.deepEqual(live.config.explain("port").origin, {
      source: "/.env",
      file: "/.env",
      line: 2,
      column: 1,
      variable: "PORT",
      value: "8080",
    });
    await live.save("/.env", "\n\nPORT=many\n");
    const failed = live.events.at(-1);
    assert.ok(failed?.type === "validationFailed");
    const [issue] = failed.issues;
    assert.deepEqual([issue?.file, issue?.line, issue?.variable], ["/.env", 3, "PORT"]);
    assert.deepEqual(live.config.current, { port: 8080 });
  });

  test("is watched, may come later, and takes its values along", async () => {
    await using live = await openLive({ "/app.yaml": "a: 1\n" }, {
      sources: ["/app.yaml", dotenv("/.env", { optional: true })],
    });
    await live.save("/.env", "A=2\n");
    assert.deepEqual(live.config.current, { a: "2" });
    live.files.remove("/.env");
    await live.clock.advance(3000);
    assert.deepEqual(live.config.current, { a: 1 });
  });

  test("is never read by itself (S3.2)", async () => {
    await using live = await openLive({ "/app.yaml": "a: 1\n", "/.env": "A=2\n" }, {
      sources: ["/app.yaml"],
    });
    await live.save("/.env", "A=3\n");
    assert.deepEqual([live.config.current, live.events], [{ a: 1 }, []]);
  });
});
