import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { yaml } from "../../src/format/yaml.ts";
import type { KeyPath } from "../../src/key_path.ts";
import { parse, place, refusal } from "./document.ts";

describe("the YAML format gives the value of", () => {
  const cases: [name: string, text: string, value: unknown][] = [
    ["an empty text", "", undefined],
    ["blank lines", "\n  \n", undefined],
    ["comments only", "# nothing\n\n# here", undefined],
    ["a document marker only", "---\n# nothing\n", undefined],
    ["an end marker only", "...\n", undefined],
    ["an explicit null", "null\n", null],
    ["an empty mapping", "{}\n", {}],
    ["a text with CRLF", "a: 1\r\nb:\r\n  - 2\r\n", { a: 1, b: [2] }],
    ["a text with a marker around it", "---\na: 1\n...\n", { a: 1 }],
    ["YAML 1.2 scalars", "[yes, off, 0o17, 017, 1_000, 12:30:45]", [
      "yes",
      "off",
      15,
      17,
      "1_000",
      "12:30:45",
    ]],
    [
      "large integers that can be held, and texts of digits",
      "[9007199254740992, 100000000000000000000, '9007199254740993', !!str 9007199254740993]",
      [2 ** 53, 1e20, "9007199254740993", "9007199254740993"],
    ],
    ["a date, as text", "at: 2026-01-02", { at: "2026-01-02" }],
    ["an alias", "a: &x [1]\nb: *x", { a: [1], b: [1] }],
    ["merge keys", "a: &x {p: 1, q: 2}\nb:\n  q: 3\n  <<: *x", {
      a: { p: 1, q: 2 },
      b: { q: 3, p: 1 },
    }],
    ["a list of merged mappings, the first one winning", "<<: [{p: 1}, {p: 2, q: 2}]", {
      p: 1,
      q: 2,
    }],
    ["a block scalar", "a: |\n  x\n  y\n", { a: "x\ny\n" }],
    ["keys that are not text", "0x10: a\n1.0: b\n~: c", { 16: "a", 1: "b", null: "c" }],
  ];
  for (const [name, text, value] of cases) {
    test(name, async () => assert.deepEqual((await parse(yaml, text)).value, value));
  }
});

describe("the YAML format refuses", () => {
  const cases: [name: string, text: string, place: string, reason: RegExp][] = [
    ["a duplicate key", "a: 1\nb:\n  c: 1\n  c: 2", "4:3", /^this key occurs twice$/],
    ["an unknown tag", "a: !Secret x", "1:4", /^the tag !Secret is not known$/],
    ["a tag outside the core schema", "a: !!set {x}", "1:4", /^the tag set is not known$/],
    [
      "a value that does not fit its tag",
      "a: !!int x",
      "1:4",
      /^the value does not fit its tag int$/,
    ],
    ["tab indentation", "a:\n\tb: 1", "2:1", /^a tab is used for indentation/],
    ["several documents", "a: 1\n---\nb: 2", "2:1", /several documents/],
    ["several explicit documents", "---\na: 1\n---\nb: 2", "3:1", /several documents/],
    ["a second document after an end marker", "a: 1\n...\nb: 2", "2:1", /several documents/],
    ["a trailing document marker", "a: 1\n---\n", "2:1", /several documents/],
    ["a list as a key", "? [x]\n: 1", "1:3", /^a key must be a plain value/],
    [
      "a mapping as a key, deep inside",
      "a:\n  - ? b: 1\n    : c",
      "2:7",
      /plain value, not a list or/,
    ],
    ["a second empty key", "a:\n  : 1\n  b: 2\n  : 3", "4:3", /^this key occurs twice$/],
    ["an integer that would be rounded", "a: 1\nb: 9007199254740993", "2:4", /held exactly/],
    ["one with a tag", "- !!int -0x20000000000001", "1:9", /held exactly/],
    ["one that is a key", "12345678901234567890: x", "1:1", /held exactly/],
    ["an unknown alias", "a: *x", "1:5", /^the alias \*x has no anchor before it$/],
    ["a merge of something else", "a: {<<: 1}", "1:5", /^<< needs a mapping/],
    ["a colon in a value", "a: b: c", "1:5", /colon followed by a space/],
    ["a value that starts with @", "a: @x", "1:4", /can't start with @/],
    ["a wrong indentation", "a: 1\n  b: 2", "2:4", /colon|indentation/],
    ["a key without a colon", "a: 1\nb\n", "3:1", /^expected a colon/],
    ["a missing comma", "{a: 1 b: 2}", "1:8", /^expected a comma$/],
    ["an open list", "a: [1", "1:6", /^the flow collection is not closed$/],
    ["an open string", 'a: "x', "1:6", /^the double quoted scalar is not closed$/],
    ["a control character", "a: \u0007", "1:4", /non-printable/],
    ["an alias that contains itself", "a: &x\n  b:\n    - *x", "3:7", /contains itself/],
    ["a __proto__ key (G12)", "a:\n  __proto__: {x: 1}", "2:3", /"__proto__" is not allowed/],
    [
      "a merged __proto__ key (G12)",
      "<<: {__proto__: {x: 1}}",
      "1:6",
      /"__proto__" is not allowed/,
    ],
  ];
  for (const [name, text, where, reason] of cases) {
    test(name, async () => {
      const error = await refusal(yaml, text);
      assert.match(error.reason, reason);
      assert.equal(`${error.line}:${error.column}`, where);
    });
  }

  test("a text without quoting its lines, which may hold a secret (G11)", async () => {
    const error = await refusal(yaml, "password: hunter2\npassword: hunter3\n");
    assert.equal(error.cause, undefined);
    assert.doesNotMatch(error.message, /hunter/);
  });
});

describe("the YAML format locates", () => {
  const text = `# settings
server:
  "host": x
  ports: [80, &p 443, *p]
base: &base
  retries: 3
  nested: {deep: 1}
service:
  <<: *base
  name: 'n'
list:
  - one
  - key: |
      text
    other: 2
  -
  - !!str 5
  - >
    folded
0x10: hex
? long
: value
again: *base
both:
  <<: [*base, {extra: 1, retries: 9}]
`;
  const cases: [name: string, path: KeyPath, place: string][] = [
    ["the document's first value", [], "2:1"],
    ["a key", ["server"], "2:1"],
    ["a quoted key", ["server", "host"], "3:3"],
    ["an item of a flow list", ["server", "ports", 0], "4:11"],
    ["an item with an anchor", ["server", "ports", 1], "4:15"],
    ["an item that is an alias, at the alias", ["server", "ports", 2], "4:23"],
    ["an item by its index as text", ["server", "ports", "0"], "4:11"],
    ["a key in a flow mapping", ["base", "nested", "deep"], "7:12"],
    ["a merged key, where it is written", ["service", "retries"], "6:3"],
    ["a key inside a merged mapping", ["service", "nested", "deep"], "7:12"],
    ["a key beside a merge", ["service", "name"], "10:3"],
    ["an item of a block list", ["list", 0], "12:5"],
    ["an item that is a mapping", ["list", 1], "13:5"],
    ["a key in it", ["list", 1, "other"], "15:5"],
    ["an item without content", ["list", 2], "16:3"],
    ["an item with a tag", ["list", 3], "17:5"],
    ["an item that is a block scalar", ["list", 4], "19:5"],
    ["a key that is a number, by its value", ["16"], "20:1"],
    ["a key with a question mark", ["long"], "21:3"],
    ["a key with an alias as value, at the key", ["again"], "23:1"],
    ["a key behind an alias, in the anchored content", ["again", "retries"], "6:3"],
    ["the first of several merged keys", ["both", "retries"], "6:3"],
    ["a key that only a later merge has", ["both", "extra"], "25:16"],
    ["nothing for an unknown key", ["server", "port"], "nowhere"],
    ["nothing inside a scalar", ["server", "host", "x"], "nowhere"],
    ["nothing for an index out of range", ["list", 5], "nowhere"],
    ["nothing for a merge key, which is not in the value", ["service", "<<"], "nowhere"],
    ["nothing for the writing of a number key", ["0x10"], "nowhere"],
  ];
  for (const [name, path, expected] of cases) {
    test(name, async () => assert.equal(place(await parse(yaml, text), path), expected));
  }

  test("the same places whatever the line ends", async () => {
    for (const lineEnd of ["\r\n", "\r"]) {
      const document = await parse(yaml, text.replaceAll("\n", lineEnd));
      for (const [, path, expected] of cases) assert.equal(place(document, path), expected);
    }
  });

  test("tags and anchors as part of what they stand before", async () => {
    const document = await parse(yaml, "- !!str &a 5\n- &b !!str 5\n- !!str\n- &c\n- k: 1\n");
    const places = [0, 1, 2, 3, 4].map((index) => place(document, [index]));
    assert.deepEqual(places, ["1:3", "2:3", "3:3", "4:3", "5:3"]);
  });

  test("a key that only looks like a merge", async () => {
    const document = await parse(yaml, "!!str <<: {a: 1}\nb: {'<<': 2}\n");
    assert.deepEqual(document.value, { "<<": { a: 1 }, b: { "<<": 2 } });
    assert.equal(place(document, ["<<", "a"]), "1:12");
    assert.equal(place(document, ["b", "<<"]), "2:5");
  });

  test("items without content one after the other", async () => {
    const document = await parse(yaml, '-\n- # a\n-\n- "x" # y\n-\n- [1, 2]\n-\n');
    const places = [0, 1, 2, 3, 4, 5, 6].map((index) => place(document, [index]));
    assert.deepEqual(places, ["1:1", "2:1", "3:1", "4:3", "5:1", "6:3", "7:1"]);
  });

  test("the content of the anchor that was last set before the alias", async () => {
    const document = await parse(yaml, "- &x {a: 1}\n- *x\n- &x {a: 2}\n- *x\n");
    assert.equal(place(document, [1, "a"]), "1:7");
    assert.equal(place(document, [3, "a"]), "3:7");
  });

  test("keys of a mapping that merges itself", async () => {
    const document = await parse(yaml, "a: &x\n  <<: *x\n  b: 1\n");
    assert.equal(place(document, ["a", "b"]), "3:3");
  });

  test("nothing in an empty document", async () => {
    assert.equal(place(await parse(yaml, "# empty"), []), "nowhere");
  });
});
