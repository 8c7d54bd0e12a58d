import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toml } from "../../src/format/toml.ts";
import type { KeyPath } from "../../src/key_path.ts";
import { parse, place, refusal } from "./document.ts";

describe("the TOML format gives, for", () => {
  const cases: [name: string, written: string, value: unknown][] = [
    ["an integer", "+99", 99],
    ["zero with a sign", "-0", 0],
    ["underscores", "9_007_199_254_740_991", 9007199254740991],
    ["the smallest exact integer", "-9007199254740991", -9007199254740991],
    ["hexadecimal", "0xDEAD_beef", 0xdeadbeef],
    ["octal", "0o755", 0o755],
    ["binary", "0b1101", 13],
    ["a fraction", "3.141_5", 3.1415],
    ["an exponent", "5e+2_2", 5e22],
    ["a fraction with an exponent", "-6.6E-4", -6.6e-4],
    ["negative zero", "-0.0", -0],
    ["infinity", "-inf", -Infinity],
    ["not a number", "+nan", NaN],
    ["a fraction beyond doubles, which TOML rounds to infinity", "1e400", Infinity],
    ["true", "true", true],
    ["a date and time with Z", "1979-05-27T07:32:00Z", "1979-05-27T07:32:00.000Z"],
    ["an offset", "1979-05-27T00:32:00.5-07:00", "1979-05-27T00:32:00.500-07:00"],
    ["microseconds, cut to milliseconds", "07:32:00.999999", "07:32:00.999"],
    ["a local date and time", "1979-05-27 07:32:00", "1979-05-27T07:32:00.000"],
    ["a local date", "1979-05-27", "1979-05-27"],
    ["a local time", "07:32:00", "07:32:00.000"],
    ["the 29th of February of a leap year", "2024-02-29", "2024-02-29"],
    ["an escaped text", '"\\t\\u00e9\\U0001F600\\"\\\\"', '\té😀"\\'],
    ["a literal text", "'C:\\new\\x'", "C:\\new\\x"],
    ["a text over lines", '"""\na\n b"""', "a\n b"],
    ["a text with a line continued", '"""a \\\n\n   b"""', "a b"],
    ["quotes at the end of a text over lines", '"""a"""""', 'a""'],
    ["a literal text over lines", "'''\nit's\n'''", "it's\n"],
    ["an array of all kinds", '[1, "a", [true], { b = 1.5 }]', [1, "a", [true], { b: 1.5 }]],
    ["an array over lines, with a last comma", "[ # x\n  1, # y\n  2,\n]", [1, 2]],
    ["an empty array", "[]", []],
    ["an inline table", '{ a.b = 1, "c d" = 2 }', { a: { b: 1 }, "c d": 2 }],
    ["an empty inline table", "{}", {}],
  ];
  for (const [name, written, value] of cases) {
    test(`${name}: the value, and its place`, async () => {
      const document = await parse(toml, `# first\nkey = ${written}\nlist = [\n  ${written},\n]\n`);
      assert.deepEqual(document.value, { key: value, list: [value] });
      assert.equal(place(document, ["key"]), "2:1");
      const after = written.split("\n").length - 1;
      assert.equal(place(document, ["list", 0]), `${4 + after}:3`);
    });
  }

  const structures: [name: string, text: string, value: unknown, path: KeyPath, at: string][] = [
    ["dotted keys", "a.b.c = 1\na.b.d = 2", { a: { b: { c: 1, d: 2 } } }, ["a", "b", "d"], "2:5"],
    ["a quoted dotted key", 'a."b.c" = 1', { a: { "b.c": 1 } }, ["a", "b.c"], "1:3"],
    ["a key that looks like a number", "3.14 = 1", { 3: { 14: 1 } }, ["3", "14"], "1:3"],
    ["an empty key", '"" = 1', { "": 1 }, [""], "1:1"],
    ["keys that objects inherit", "toString = 1", { toString: 1 }, ["toString"], "1:1"],
    ["a table below its child", "[a.b]\nx = 1\n[a]\ny = 2", { a: { b: { x: 1 }, y: 2 } }, [
      "a",
      "y",
    ], "4:1"],
    [
      "arrays of tables in arrays of tables",
      "[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[[a]]",
      {
        a: [{ b: [{ x: 1 }, { x: 2 }] }, {}],
      },
      ["a", 0, "b", 1, "x"],
      "5:1",
    ],
    ["a header with blanks", "[ a . 'b' ]\nx = 1", { a: { b: { x: 1 } } }, ["a", "b"], "1:7"],
    ["CRLF", "[a]\r\nx = 1\r\n", { a: { x: 1 } }, ["a", "x"], "2:1"],
  ];
  for (const [name, text, value, path, at] of structures) {
    test(`${name}: the value, and a place`, async () => {
      const document = await parse(toml, text);
      assert.deepEqual(document.value, value);
      assert.equal(place(document, path), at);
    });
  }
});

describe("the TOML format refuses, at its line and column (G12),", () => {
  const cases: [name: string, text: string, place: string][] = [
    ["an integer beyond 2^53", "a = 1\nid = 9007199254740992", "2:6"],
    ["the largest integer of 64 bits", "id = 9223372036854775807", "1:6"],
    ["an integer beyond 64 bits", "id = [0, -9223372036854775809]", "1:10"],
    ["a hexadecimal integer beyond 2^53", "id = 0xFFFF_FFFF_FFFF_FFFF", "1:6"],
    ["a leading zero", "a = 012", "1:5"],
    ["a point without digits", "a = 1.", "1:5"],
    ["an underscore at the end", "a = 1_", "1:5"],
    ["two underscores", "a = 1__0", "1:7"],
    ["a hexadecimal number with a sign", "a = -0x1", "1:5"],
    ["the 30th of February", "a = 2024-02-30", "1:5"],
    ["the 29th of February of a common year", "a = 2023-02-29", "1:5"],
    ["the 31st of April, in a list", "a = [\n  2024-04-30,\n  2024-04-31T10:00:00Z,\n]", "3:3"],
    ["the 29th of February 1900, in a table", 'a = { "b" = 1900-02-29 07:32:00 }', "1:13"],
    ["the 13th month", "a = 2024-13-01", "1:5"],
    ["hour 24", "a = 24:00:00", "1:5"],
    ["minute 60", "a = 2024-01-01T10:60:00Z", "1:5"],
    ["a date without leading zeros", "a = 2024-1-1", "1:9"],
    ["a key twice", "a = 1\nb = 2\na = 3", "3:1"],
    ["a key twice, once quoted", 'a = 1\n"a" = 2', "2:1"],
    ["a dotted key twice", "a.b = 1\na.b = 2", "2:1"],
    ["a value that becomes a table", "a = 1\na.b = 2", "2:1"],
    ["a table twice", "[a]\n[a]", "2:2"],
    ["a table that is an array", "[[a]]\n[a]", "2:2"],
    ["an array that is a table", "[a]\n[[a]]", "2:3"],
    ["a table that extends an inline table", "a = {}\n[a.b]", "2:2"],
    ["a key that extends an inline table", "a = { b = 1 }\na.c = 2", "2:1"],
    ["a key twice in an inline table", "a = { b = 1, b = 2 }", "1:14"],
    ["an array of tables that is an array", "a = []\n[[a]]", "2:3"],
    ["no value", "a =", "1:4"],
    ["no value before the next line", "a = \nb = 1", "1:5"],
    ["no key", "= 1", "1:1"],
    ["no equals sign", "a 1", "1:3"],
    ["a key over two lines", "a\n= 1", "1:2"],
    ["a bare key beyond ASCII", "é = 1", "1:1"],
    ["an open header", "[a", "1:2"],
    ["an empty header", "[]", "1:2"],
    ["text behind a header", "[a] b = 1", "1:5"],
    ["text behind a value", "a = 1 b", "1:7"],
    ["an open text", 'a = "b\nc = 1', "1:7"],
    ["an open text over lines", 'a = """b\nc', "1:5"],
    ["an open literal text", "a = 'b", "1:5"],
    ["an unknown escape", 'a = "b\\q"', "1:8"],
    ["an escaped surrogate", 'a = "\\ud800"', "1:6"],
    ["a control character", 'a = "b\u0001"', "1:7"],
    ["a control character in a comment", "# b\u0001\na = 1", "1:4"],
    ["a carriage return alone", "a = 1\rb = 2", "1:6"],
    ["an open array", "a = [1,\n2", "2:2"],
    ["two commas in an array", "a = [1,, 2]", "1:8"],
    ["an open inline table", "a = { b = 1", "1:12"],
    ["no comma in an inline table", "a = { b = 1 c = 2 }", "1:13"],
    ["a capital True", "a = True", "1:5"],
    ["null", "a = null", "1:5"],
    ["a text without quotes", "a = b", "1:5"],
    ["JSON", '{"a": 1}', "1:1"],
    ["YAML", "a: 1", "1:2"],
    ["a __proto__ key", "a.__proto__.x = 1", "1:3"],
  ];
  for (const [name, text, at] of cases) {
    test(name, async () => {
      const { line, column } = await refusal(toml, text);
      assert.equal(`${line}:${column}`, at);
    });
  }

  test("no text, key or comment that looks like such a date", async () => {
    const text = '2023-02-29 = "2023-02-29" # 2023-02-29\nb = 2000-02-29\nc = """\n2023-02-30"""';
    const { value } = await parse(toml, text);
    assert.deepEqual(value, { "2023-02-29": "2023-02-29", b: "2000-02-29", c: "2023-02-30" });
  });

  test("tables that nobody can count, in time: 8 MB of a.a.a", async () => {
    const error = await refusal(toml, `${"a.".repeat(4_000_000)}a = 1`);
    assert.match(error.reason, /limit of 100000 values/);
    assert.equal(`${error.line}:${error.column}`, "1:199999");
  });

  test("a large text only when it holds too many values, exactly", async () => {
    const items = (count: number): string => `a = [\n${"0,\n".repeat(count)}]`;
    await parse(toml, items(99_998));
    const error = await refusal(toml, items(99_999));
    assert.equal(`${error.line}:${error.column}`, "100000:1");
  });
});
