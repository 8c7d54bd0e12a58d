import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatValue } from "../src/format_value.ts";
import { columnsOf } from "../src/printable.ts";
import { anyValue } from "./documents.ts";

class Account {
  readonly name = "a";
  readonly #pin = 1234;
  get pin() {
    return this.#pin;
  }
}

describe("formatValue()", () => {
  const cases: [name: string, value: unknown, text: string][] = [
    ["data as JSON", { a: [1, "x", null, true], b: {} }, '{"a":[1,"x",null,true],"b":{}}'],
    ["text of several lines on one", 'say "hi"\n\tC:\\', '"say \\"hi\\"\\n\\tC:\\\\"'],
    ["text unlike what looks like it", ["1", 1, "null", null], '["1",1,"null",null]'],
    ["-0, NaN and Infinity", [-0, 0, NaN, -Infinity], "[-0,0,NaN,-Infinity]"],
    ["bigints", 12n, "12n"],
    ["undefined", { a: undefined }, '{"a":undefined}'],
    ["Dates unlike text", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["invalid Dates", new Date(NaN), "Invalid Date"],
    ["URLs", new URL("https://example.org/"), 'URL "https://example.org/"'],
    ["regular expressions", /a\n/u, "/a\\n/u"],
    ["Maps", new Map<unknown, unknown>([["a", 1], [2, {}]]), 'Map {"a" => 1,2 => {}}'],
    ["Sets", new Set([1, "b"]), 'Set [1,"b"]'],
    ["bytes", new Uint8Array([1, 255]), "Uint8Array [1,255]"],
    ["instances without what is private in them", new Account(), 'Account {"name":"a"}'],
    ["functions", function run() {}, "[function run]"],
    ["objects without a prototype", { __proto__: null, a: 1 }, '{"a":1}'],
    ["a key named __proto__", JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    ["a secret without quotes", { token: "[secret]" }, '{"token":[secret]}'],
    [
      "control characters escaped (G12)",
      "\x1b]0;x\x07\u009b\u202e",
      '"\\u001b]0;x\\u0007\\u009b\\u202e"',
    ],
  ];
  for (const [name, value, text] of cases) {
    test(`shows ${name}`, () => assert.equal(formatValue(value, 100), text));
  }

  test("shortens in the middle and tells the length", () => {
    const items = Array.from({ length: 300 }, (_, index) => index);
    const members = Object.fromEntries(items.map((item) => [`k${item}`, item]));
    const cases: [value: unknown, text: string][] = [
      ["a".repeat(500) + "z".repeat(500), '"aaaaaaaa…1000 chars…zzzzzzzz"'],
      [items, "[0,1,2,3,4…300 items…,298,299]"],
      [members, '{"k0":0,"k…300 keys…k299":299}'],
      [new Map(items.map((item) => [item, 1])), "Map {0 => …300 items…299 => 1}"],
      [new Uint8Array(300), "…300 bytes…,0,0,0,0]"],
      ["\x1b".repeat(100), '"\\u001b…100 chars…\\u001b"'],
    ];
    for (const [value, text] of cases) assert.equal(formatValue(value, 30), text);
  });

  test("takes the room it has, and no more", () => {
    fc.assert(fc.property(anyValue, fc.integer({ min: 24, max: 80 }), (value, most) => {
      const shown = formatValue(value, most);
      assert.ok(columnsOf(shown) <= most);
      assert.doesNotMatch(shown, /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
    }));
  });

  test("takes no longer for a long value (G10)", () => {
    const deep: unknown[] = [];
    for (let at = deep, level = 0; level < 100_000; level++) at.push(at = []);
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    assert.match(formatValue(deep, 40), /^\[+…1 item…\]+$/);
    assert.match(formatValue(loop, 40), /^\{"self":.*…1 key…\}+$/);
  });

  test("shows what throws when it is looked at as unreadable (G7)", () => {
    const trap = {
      get a(): never {
        throw new Error("no");
      },
    };
    assert.equal(formatValue([1, trap], 40), "[unreadable]");
    const itself: object = new (class {
      toJSON() {
        return this;
      }
    })();
    assert.ok(formatValue(itself, 40).length <= 40);
  });
});
