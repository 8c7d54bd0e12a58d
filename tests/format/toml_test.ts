import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toml } from "../../src/format/toml.ts";
import type { KeyPath } from "../../src/key_path.ts";
import { parse, place, refusal } from "./document.ts";

describe("the TOML format gives", () => {
  const cases: [name: string, text: string, value: unknown][] = [
    ["an empty document for an empty text", "", undefined],
    ["an empty document for comments only", "# nothing\n\n", undefined],
    ["tables, dotted keys and arrays of tables", "a.b = 1\n[c]\nd = []\n[[e]]\nf = 1\n[[e]]", {
      a: { b: 1 },
      c: { d: [] },
      e: [{ f: 1 }, {}],
    }],
    ["an empty table", "[a]\r\n", { a: {} }],
    [
      "dates and times as ISO 8601 text",
      "a = 1979-05-27 07:32:00Z\nb = 1979-05-27T07:32:00+02:00\nc = 1979-05-27\nd = 07:32:00",
      {
        a: "1979-05-27T07:32:00.000Z",
        b: "1979-05-27T07:32:00.000+02:00",
        c: "1979-05-27",
        d: "07:32:00.000",
      },
    ],
  ];
  for (const [name, text, value] of cases) {
    test(name, async () => assert.deepEqual((await parse(toml, text)).value, value));
  }

  test("ordinary objects, with ordinary prototypes", async () => {
    const { value } = await parse(toml, "[a]\nb = [{c = 1}]\nconstructor = 1");
    const { a } = value as { a: { b: object[]; constructor: number } };
    assert.equal(a.constructor, 1);
    for (const object of [value, a, a.b[0]]) {
      assert.equal(Object.getPrototypeOf(object), Object.prototype);
    }
  });
});

describe("the TOML format refuses", () => {
  const cases: [name: string, text: string, place: string, reason: RegExp][] = [
    ["a duplicate key", "a = 1\na = 2", "2:1", /already defined/],
    ["a table that is defined twice", "[a]\n[b]\n[a]", "3:2", /already defined/],
    ["an open string", 'a = "x', "1:5", /^unfinished string$/],
    [
      "an integer that would be rounded",
      "a = 9007199254740993",
      "1:5",
      /held exactly; put it in quotes$/,
    ],
    ["a value without quotes", "a = x", "1:5", /^invalid value$/],
    ["a missing line end", "a = 1 b = 2", "1:7", /end-of-line/],
    ["a __proto__ key (G12)", "[a]\n__proto__.x = 1", "2:1", /"__proto__"/],
    ["a __proto__ header (G12)", "[a.__proto__]\nx = 1", "1:4", /"__proto__"/],
    ["a __proto__ key in an inline table (G12)", 'a = {"__proto__" = 1}', "1:6", /"__proto__"/],
  ];
  for (const [name, text, where, reason] of cases) {
    test(name, async () => {
      const error = await refusal(toml, text);
      assert.match(error.reason, reason);
      assert.equal(`${error.line}:${error.column}`, where);
    });
  }

  test("a text without quoting its lines, which may hold a secret (G11)", async () => {
    const error = await refusal(toml, 'password = "hunter2\n');
    assert.equal(error.cause, undefined);
    assert.doesNotMatch(error.message, /hunter|\n/);
  });
});

describe("the TOML format locates", () => {
  const text = `# settings
title = "x" # [not]
server.host = 'a'
server . "port.tls" = 443
text = """
[not] = "a" \\"""
key = 1"""""
raw = '''
it's [no]
'''
when = 1979-05-27 07:32:00 # then
list = [ # comment ]
  1, "]", # [
  [2, 3],
  { "k\\u0065y" = 1, in.ner = [ 4 ] },
]
inline = { a = 1, b = { c = "}" } }

[database]
url = ''
[ database . "pool" ]
size = 5
[[users]]
name = "a"
[users.address]
city = "b"
[[users]]
name = "c"
[users.address]
city = "d"
`;
  const cases: [name: string, path: KeyPath, place: string][] = [
    ["the first key", [], "2:1"],
    ["a key", ["title"], "2:1"],
    ["a dotted key's first part", ["server"], "3:1"],
    ["a dotted key's last part", ["server", "host"], "3:8"],
    ["a quoted part", ["server", "port.tls"], "4:10"],
    ["a multi-line string", ["text"], "5:1"],
    ["a literal multi-line string", ["raw"], "8:1"],
    ["a date", ["when"], "11:1"],
    ["an array", ["list"], "12:1"],
    ["an item", ["list", 1], "13:6"],
    ["an item of an item", ["list", 2, 1], "14:7"],
    ["an item that is an inline table", ["list", 3], "15:3"],
    ["an escaped key in it", ["list", 3, "key"], "15:5"],
    ["a dotted key in it", ["list", 3, "in", "ner"], "15:24"],
    ["an item in it", ["list", 3, "in", "ner", 0], "15:32"],
    ["a key of an inline table", ["inline", "a"], "17:12"],
    ["a key of an inline table in another", ["inline", "b", "c"], "17:25"],
    ["a table", ["database"], "19:2"],
    ["a key of a table", ["database", "url"], "20:1"],
    ["a table in a table", ["database", "pool"], "21:14"],
    ["a key of a table in a table", ["database", "pool", "size"], "22:1"],
    ["an array of tables", ["users"], "23:3"],
    ["its first element", ["users", 0], "23:3"],
    ["its second element", ["users", 1], "27:3"],
    ["a key of its first element", ["users", 0, "name"], "24:1"],
    ["a key of a table in its first element", ["users", 0, "address", "city"], "26:1"],
    ["a key of its second element", ["users", 1, "name"], "28:1"],
    ["a key of a table in its second element", ["users", 1, "address", "city"], "30:1"],
    ["nothing for an unknown key", ["key"], "nowhere"],
    ["nothing for an index out of range", ["list", 4], "nowhere"],
  ];
  for (const [name, path, expected] of cases) {
    test(name, async () => assert.equal(place(await parse(toml, text), path), expected));
  }

  test("the same places with CRLF", async () => {
    const document = await parse(toml, text.replaceAll("\n", "\r\n"));
    for (const [, path, expected] of cases) assert.equal(place(document, path), expected);
  });
});
