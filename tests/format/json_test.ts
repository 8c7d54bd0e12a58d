import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { json } from "../../src/format/json.ts";
import { jsonc } from "../../src/format/jsonc.ts";
import type { PositionedFormat } from "../../src/format/format.ts";
import { LIMITS, parse, place, refusal } from "./document.ts";

describe("an empty document is", () => {
  const cases: [name: string, format: PositionedFormat, text: string][] = [
    ["an empty JSON text", json, ""],
    ["blank JSON lines", json, " \n\t\r\n"],
    ["an empty JSONC text", jsonc, ""],
    ["a JSONC text of comments only", jsonc, "// nothing\n/* here */\n"],
  ];
  for (const [name, format, text] of cases) {
    test(name, async () => {
      const document = await parse(format, text);
      assert.equal(document.value, undefined);
      assert.equal(document.locate([]), undefined);
    });
  }
});

describe("the JSON formats refuse", () => {
  const cases: [
    name: string,
    format: PositionedFormat,
    text: string,
    place: string,
    reason: RegExp,
  ][] = [
    ["a missing comma", json, '{\n  "a": 1\n  "b": 2\n}', "3:3", /^expected a comma$/],
    ["a missing colon", json, '{"a" 1}', "1:6", /^expected a colon$/],
    ["a missing value", json, '{"a": }', "1:7", /^expected a value$/],
    ["a missing brace", json, '{"a": 1', "1:8", /^expected a closing brace$/],
    ["a missing bracket", json, "[1\n", "2:1", /^expected a closing bracket$/],
    ["a comma at the end of an object", json, '{"a": 1,\n}', "2:1", /^unexpected comma/],
    ["a comma at the end of an array", json, "[1, ]", "1:5", /^unexpected comma/],
    ["a lone comma", json, "[,]", "1:2", /^expected a value$/],
    ["content after the value", json, "{} {}", "1:4", /^unexpected content after the value$/],
    ["a key without quotes", json, "{a: 1}", "1:2", /need double quotes$/],
    ["a number as a key", json, "{1: 1}", "1:2", /^expected a key in double quotes$/],
    ["single quotes", json, "{'a': 1}", "1:2", /need double quotes$/],
    ["a comment in JSON", json, "// x\n{}", "1:1", /comments are not allowed/],
    ["an open comment in JSONC", jsonc, "{} /* x", "1:4", /^a comment is not closed$/],
    ["an open string", json, '["x\n"]', "1:2", /^a string is not closed$/],
    ["a leading zero", json, "[01]", "1:3", /^a number is malformed$/],
    ["half a number", json, "[1.]", "1:2", /^a number is malformed$/],
    ["an unknown escape", json, '["\\q"]', "1:3", /^unknown escape sequence$/],
    ["a short \\u escape", json, '["\\u12"]', "1:3", /four hexadecimal digits$/],
    ["a control character", json, '["\u0001"]', "1:3", /control character/],
    ["a duplicate key", json, '{"a": 1,\n "b": {"c": 1, "c": 2}}', "2:16", /occurs twice$/],
    [
      "a duplicate key written in two ways",
      jsonc,
      '{"a": 1, "\\u0061": 2}',
      "1:10",
      /occurs twice$/,
    ],
    ["a __proto__ key (G12)", json, '{"a": {"__proto__": {"x": 1}}}', "1:8", /"__proto__"/],
    ["an escaped __proto__ key (G12)", jsonc, '{"\\u005f_proto__": 1}', "1:2", /"__proto__"/],
  ];
  for (const [name, format, text, where, reason] of cases) {
    test(name, async () => {
      const error = await refusal(format, text);
      assert.match(error.reason, reason);
      assert.equal(`${error.line}:${error.column}`, where);
    });
  }
});

test("JSONC allows comments and commas after the last member", async () => {
  const text = '// a\n{"a": [1, /* b */ 2,], // c\n}';
  assert.deepEqual((await parse(jsonc, text)).value, { a: [1, 2] });
});

test("keys that objects inherit are ordinary keys in JSON", async () => {
  const text = '{"constructor": 1, "toString": {"hasOwnProperty": 2}}';
  const { value } = await parse(json, text);
  assert.deepEqual(value, JSON.parse(text));
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

test("JSON gives the value that JSON.parse gives", async () => {
  const parser = await json.open();
  fc.assert(fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 2), (compact, indent) => {
    const text = JSON.stringify(JSON.parse(compact), null, indent);
    fc.pre(!text.includes('"__proto__"'));
    assert.deepEqual(parser(text, "app", LIMITS).value, JSON.parse(text));
  }));
});

test("JSON accepts a damaged text exactly when JSON.parse does", async () => {
  const parser = await json.open();
  const snippet = fc.constantFrom(
    ...'{}[],:"\\/*-+.eE019tfn \n\t\r\u00a0\u2028\u0000',
    "true",
    "\\u0",
  );
  const text = fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.nat(4), snippet)
    .map(([whole, at, cut, extra]) => {
      const start = at % (whole.length + 1);
      return whole.slice(0, start) + extra + whole.slice(start + cut);
    });
  const accepts = (run: () => unknown): boolean => {
    try {
      run();
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(text, (text) => {
      fc.pre(text.trim() !== "");
      const accepted = accepts(() => JSON.parse(text));
      if (accepted) {
        const keys = text.match(/"(?:[^"\\]|\\.)*"\s*:/gu)
          ?.filter((key) => accepts(() => JSON.parse(key.slice(0, -1)))) ?? [];
        fc.pre(new Set(keys.map((key) => JSON.parse(key.slice(0, -1)))).size === keys.length);
        fc.pre(!/__proto__/u.test(text));
        // Numbers that can't be held are refused, and JSON.parse() rounds them.
        JSON.parse(text, (_, value) => {
          fc.pre(typeof value !== "number" || Math.abs(value) <= Number.MAX_SAFE_INTEGER);
        });
      }
      assert.equal(accepts(() => parser(text, "app", LIMITS)), accepted, JSON.stringify(text));
    }),
    { numRuns: 2000 },
  );
});

test("JSON locates keys and items", async () => {
  const document = await parse(json, '\n {"a": [10,\n  {"b.c": null}], "d": {}}');
  assert.equal(place(document, []), "2:2");
  assert.equal(place(document, ["a"]), "2:3");
  assert.equal(place(document, ["a", 0]), "2:9");
  assert.equal(place(document, ["a", 1]), "3:3");
  assert.equal(place(document, ["a", "1", "b.c"]), "3:4");
  assert.equal(place(document, ["d"]), "3:19");
  for (const path of [["b"], ["a", 2], ["a", 0, 0], ["d", "x"], ["a", "length"]]) {
    assert.equal(place(document, path), "nowhere");
  }
});
