import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatPath, getAt, type KeyPath, parsePath, parsePattern } from "../src/key_path.ts";
import { anyKey } from "./documents.ts";

describe("formatPath() and parsePath()", () => {
  const cases: [path: KeyPath, text: string][] = [
    [["server"], "server"],
    [["server", "port"], "server.port"],
    [["hosts", 0, "name"], "hosts.0.name"],
    [["a.b", "c"], '["a.b"].c'],
    [["services", "a.b", "port"], 'services["a.b"].port'],
    [["a", ""], 'a[""]'],
    [["", ""], '[""][""]'],
    [["a", 'say "hi"'], 'a["say \\"hi\\""]'],
    [["back\\slash"], "back\\slash"],
    [["a b", "line\nbreak"], '["a b"]["line\\nbreak"]'],
    [["a", "*"], 'a["*"]'],
    [["größe", "日本"], "größe.日本"],
    [["__proto__"], "__proto__"],
  ];
  for (const [path, text] of cases) {
    test(`write ${JSON.stringify(path)} as ${text} and read it`, () => {
      assert.equal(formatPath(path), text);
      assert.deepEqual(parsePath(text), path.map(String));
    });
  }

  test("are each other's inverse for every path", () => {
    const anyPath = fc.array(fc.oneof(anyKey, fc.string({ unit: "grapheme" })), { minLength: 1 });
    fc.assert(
      fc.property(anyPath, (path) => {
        assert.deepEqual(parsePath(formatPath(path)), path);
      }),
      { numRuns: 1000 },
    );
  });

  test("write different paths as different texts", () => {
    const anyPath = fc.array(anyKey, { maxLength: 3 });
    fc.assert(fc.property(anyPath, anyPath, (a, b) => {
      assert.equal(formatPath(a) === formatPath(b), JSON.stringify(a) === JSON.stringify(b));
    }));
  });

  test("write the whole configuration as nothing", () => assert.equal(formatPath([]), ""));
});

describe("parsePattern()", () => {
  test("takes a star for any segment, unless it is quoted or a part of a key", () => {
    assert.deepEqual(parsePattern('a.*["*"].b*'), ["a", null, "*", "b*"]);
  });
});

describe("parsePath()", () => {
  test("reads a star like any other key", () => {
    assert.deepEqual(parsePath("services.*.timeout"), ["services", "*", "timeout"]);
  });

  for (
    const text of [
      "",
      ".",
      "a.",
      ".a",
      "a..b",
      "a[0]",
      "a[",
      "a]",
      'a["b"',
      'a["b"]c',
      'a"b"',
      'a["\\x"]',
      'a["\\u12"]',
      'a["line\nbreak"]',
    ]
  ) {
    test(`refuses ${JSON.stringify(text)} and shows how a path is written`, () => {
      assert.throws(() => parsePath(text), (error) => {
        assert.ok(error instanceof RangeError, String(error));
        assert.match(error.message, /^Cannot use ".*" as a key path: write keys joined by dots/s);
        return true;
      });
    });
  }

  test("gives a path or a RangeError for any text, nothing else", () => {
    const texts = fc.string({ unit: fc.constantFrom("a", ".", "[", "]", '"', "\\", "u", "\n") });
    fc.assert(
      fc.property(texts, (text) => {
        try {
          assert.ok(parsePath(text).length > 0);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("getAt()", () => {
  const value = { a: { b: [{ c: 1 }] }, none: null, "x.y": 2 };

  test("follows keys and indices", () => {
    assert.equal(getAt(value, ["a", "b", 0, "c"]), 1);
    assert.equal(getAt(value, ["a", "b", "0", "c"]), 1);
    assert.equal(getAt(value, ["x.y"]), 2);
    assert.equal(getAt(value, ["none"]), null);
    assert.equal(getAt(value, []), value);
  });

  test("gives undefined where there is nothing", () => {
    for (const path of [["z"], ["a", "z", "y"], ["none", "z"], ["a", "b", 1], ["x.y", 0]]) {
      assert.equal(getAt(value, path), undefined);
    }
  });

  test("never follows a prototype (G12)", () => {
    for (const key of ["__proto__", "constructor", "toString", "map"]) {
      assert.equal(getAt(value, [key]), undefined);
      assert.equal(getAt(value, ["a", "b", key]), undefined);
      assert.equal(getAt("text", [key]), undefined);
    }
  });
});
