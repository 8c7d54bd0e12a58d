import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ParseError } from "../../src/errors.ts";
import { decodeText } from "../../src/format/decode.ts";
import type { PositionedFormat } from "../../src/format/format.ts";
import { json } from "../../src/format/json.ts";
import { jsonc } from "../../src/format/jsonc.ts";
import { toml } from "../../src/format/toml.ts";
import { yaml } from "../../src/format/yaml.ts";
import { parse, place } from "./document.ts";

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

function refused(bytes: readonly number[]): ParseError {
  try {
    decodeText(Uint8Array.from(bytes), "app");
  } catch (error) {
    assert.ok(error instanceof ParseError, String(error));
    return error;
  }
  assert.fail("accepted");
}

describe("decodeText() refuses (G12)", () => {
  const cases: [name: string, bytes: number[], place: string][] = [
    ["a byte that starts nothing", [...utf8("a: 1\nb: "), 0xff, 0x41], "2:4"],
    ["a continuation byte alone", [0x80], "1:1"],
    ["a character cut short in the middle", [...utf8("é😀"), 0xe2, 0x82, 0x41], "1:4"],
    ["a character cut short at the end", [...utf8("a\r\nbc"), 0xf0, 0x9f, 0x98], "2:3"],
    ["an overlong form", [...utf8("a\rb"), 0xc0, 0xaf], "2:2"],
    ["a surrogate", [0xed, 0xa0, 0x80], "1:1"],
    ["a bad byte after a real replacement character", [...utf8("\ufffd"), 0xfe], "1:2"],
    ["a bad byte after a byte order mark", [0xef, 0xbb, 0xbf, 0x61, 0xff], "1:2"],
    ["Latin-1", [0x6e, 0x61, 0xef, 0x76, 0x65], "1:3"],
  ];
  for (const [name, bytes, where] of cases) {
    test(name, () => {
      const error = refused(bytes);
      assert.equal(error.reason, "the file is not valid UTF-8");
      assert.equal(`${error.line}:${error.column}`, where);
    });
  }

  test("UTF-16 in both byte orders, with advice", () => {
    for (const bytes of [[0xff, 0xfe, 0x61, 0x00], [0xfe, 0xff, 0x00, 0x61]]) {
      assert.equal(refused(bytes).reason, "the file is UTF-16; save it as UTF-8");
    }
  });

  test("a NUL, with its place", () => {
    const error = refused(utf8("a: 1\nb\0"));
    assert.match(error.reason, /NUL/);
    assert.deepEqual([error.line, error.column], [2, 2]);
  });
});

test("decodeText() finds the bad byte wherever it is", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.string(), (before, after) => {
    fc.pre(!/[\r\n\0\uFEFF]/u.test(before));
    const error = refused([...utf8(before), 0xff, ...utf8(after)]);
    assert.deepEqual([error.line, error.column], [1, before.length + 1]);
  }));
});

test("decodeText() gives back any text without a NUL", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    fc.pre(!/[\0\uFEFF]/u.test(text));
    assert.equal(decodeText(Uint8Array.from(utf8(text)), "app"), text);
    assert.equal(decodeText(Uint8Array.from(utf8("\uFEFF" + text)), "app"), text);
  }));
});

describe("a byte order mark changes neither value nor places in", () => {
  const cases: [name: string, format: PositionedFormat, text: string][] = [
    ["JSON", json, '{"a": 1}'],
    ["JSONC", jsonc, '/**/ {"a": 1}'],
    ["YAML", yaml, "a: 1"],
    ["TOML", toml, "a = 1"],
  ];
  for (const [name, format, text] of cases) {
    test(name, async () => {
      const plain = await parse(format, text);
      const marked = await parse(
        format,
        decodeText(Uint8Array.from(utf8("\uFEFF" + text)), "app"),
      );
      assert.deepEqual(marked.value, { a: 1 });
      assert.equal(place(marked, ["a"]), place(plain, ["a"]));
    });
  }
});
