import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import { parse as parseTomlText } from "smol-toml";
import type { Format } from "../../src/format/format.ts";
import { knownExtensions, selectFormat } from "../../src/format/select.ts";
import { LIMITS, parse, refusal } from "./document.ts";

const select = (format: Format) => selectFormat("app.ini", { ".ini": format })!;

describe("selectFormat() gives the format of", () => {
  const cases: [path: string, name: string | undefined][] = [
    ["config/app.yaml", "yaml"],
    ["app.yml", "yaml"],
    ["/etc/app.d/app.JSON", "json"],
    ["app.prod.jsonc", "jsonc"],
    ["app.toml", "toml"],
    ["app.ini", undefined],
    ["app", undefined],
    [".yaml", undefined],
    ["app.yaml.bak", undefined],
    ["app.constructor", undefined],
    ["app.__proto__", undefined],
  ];
  for (const [path, name] of cases) {
    test(path, () => assert.equal(selectFormat(path)?.name, name));
  }
});

test("a user's format comes before the built-in one", async () => {
  const format = selectFormat("app.YAML", { ".yaml": { parse: (text) => ({ text }) } })!;
  assert.equal(format.name, "yaml");
  assert.deepEqual((await parse(format, "a: 1")).value, { text: "a: 1" });
  assert.equal(selectFormat("app.yml", { ".yaml": { parse: () => 1 } })?.name, "yaml");
});

test("a user's format is called as a method, with the text alone", async () => {
  class Lines implements Format {
    readonly #separator = "\n";
    parse(text: string, ...others: unknown[]): unknown {
      return { others, lines: text.split(this.#separator) };
    }
  }
  const document = await parse(select(new Lines()), "a\nb");
  assert.deepEqual(document.value, { others: [], lines: ["a", "b"] });
  assert.equal(document.locate(["lines"]), undefined);
});

test("knownExtensions() lists the built-in and the user's, each once", () => {
  const builtIn = [".json", ".jsonc", ".toml", ".yaml", ".yml"];
  assert.deepEqual(knownExtensions(), builtIn);
  const parse = () => 1;
  assert.deepEqual(knownExtensions({ ".yaml": { parse }, ".ini": { parse } }), [
    ".ini",
    ...builtIn,
  ]);
});

test("a key that is no extension is refused, with the way to write it", () => {
  for (const key of ["ini", "*.ini", ".INI", "", ".", ".d.ts", "a.ini"]) {
    const formats = { [key]: { parse: () => 1 } };
    assert.throws(() => selectFormat("app.ini", formats), {
      name: "TypeError",
      message: /as in "\.ini"/,
    });
    assert.throws(() => knownExtensions(formats), TypeError);
  }
});

/** Fields, not assignments: in Bun an error has properties of its own by these names. */
class PlacedError extends Error {
  readonly line: unknown;
  readonly column: unknown;

  constructor(line: unknown, column: unknown) {
    super("bad");
    this.line = line;
    this.column = column;
  }
}

describe("what a user's format throws becomes a ParseError", () => {
  const throwing = (thrown: unknown) =>
    select({
      parse() {
        throw thrown;
      },
    });
  const cases: [name: string, thrown: unknown, reason: string, place: string][] = [
    ["an error", new Error("bad\nline 1: password"), "bad", "undefined:undefined"],
    ["a text", "bad", "bad", "undefined:undefined"],
    ["nothing", undefined, "undefined", "undefined:undefined"],
    ["with line and column", new PlacedError(2, 3), "bad", "2:3"],
    [
      "with a mark from 0",
      Object.assign(new Error("x"), { reason: "bad", mark: { line: 1, column: 2 } }),
      "bad",
      "2:3",
    ],
    [
      "with half a position",
      new PlacedError(2, undefined),
      "bad",
      "undefined:undefined",
    ],
    [
      "with a position that is text",
      new PlacedError("2", "3"),
      "bad",
      "undefined:undefined",
    ],
  ];
  for (const [name, thrown, reason, place] of cases) {
    test(name, async () => {
      const error = await refusal(throwing(thrown), "");
      assert.equal(error.reason, reason);
      assert.equal(`${error.line}:${error.column}`, place);
      assert.equal(error.cause, thrown);
    });
  }

  test("with the place that js-yaml and smol-toml give", async () => {
    const yaml = await refusal(select({ parse: (text) => load(text) }), "a: 1\n  b: [");
    assert.deepEqual([yaml.line, yaml.column], [2, 4]);
    const toml = await refusal(select({ parse: (text) => parseTomlText(text) }), "a = 1\nb = [");
    assert.deepEqual([toml.line, toml.column], [2, 5]);
  });
});

describe("a user's value", () => {
  test("is held to the limits (G12)", async () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const deep = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));
    const cases: [value: unknown, reason: RegExp][] = [
      [cyclic, /contains itself/],
      [deep(101), /limit of 100 levels/],
      [deep(5_000), /limit of 100 levels/],
      [Array(LIMITS.maxNodes).fill(1), /limit of 100000 values/],
      [JSON.parse('{"a": {"__proto__": 1}}'), /__proto__/],
    ];
    for (const [value, reason] of cases) {
      assert.match((await refusal(select({ parse: () => value }), "")).reason, reason);
    }
    await parse(select({ parse: () => deep(100) }), "");
  });

  test("is copied to ordinary objects; dates and instances are kept", async () => {
    const at = new Date(0);
    const shared = Object.assign(Object.create(null), { at });
    const value = Object.assign(Object.create(null), { a: shared, b: [shared], c: undefined });
    const copy = (await parse(select({ parse: () => value }), "")).value as typeof value;
    assert.deepEqual(copy, { a: { at }, b: [{ at }], c: undefined });
    assert.equal(Object.getPrototypeOf(copy.a), Object.prototype);
    assert.equal(copy.a, copy.b[0]);
    assert.equal(copy.a.at, at);
    assert.notEqual(copy.a, shared);
  });

  test("may be undefined, for an empty document", async () => {
    assert.equal((await parse(select({ parse: () => undefined }), "")).value, undefined);
  });
});
