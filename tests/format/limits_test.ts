import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ParseError } from "../../src/errors.ts";
import type { PositionedFormat } from "../../src/format/format.ts";
import { json } from "../../src/format/json.ts";
import { jsonc } from "../../src/format/jsonc.ts";
import { checkLimits } from "../../src/format/limits.ts";
import { toml } from "../../src/format/toml.ts";
import { yaml } from "../../src/format/yaml.ts";
import { LIMITS, parse, refusal } from "./document.ts";

const lines = (levels: number, line: (level: number) => string): string =>
  Array.from({ length: levels }, (_, level) => line(level)).join("\n");

/** Each text nests exactly as many levels as it is told, the root included. */
const NESTED: [name: string, format: PositionedFormat, text: (levels: number) => string][] = [
  ["JSON arrays", json, (levels) => "[".repeat(levels) + "]".repeat(levels)],
  ["JSON objects", json, (levels) => '{"a":'.repeat(levels) + "1" + "}".repeat(levels)],
  [
    "JSONC arrays between comments",
    jsonc,
    (levels) => `/**/${"[ //\n".repeat(levels)}${"]".repeat(levels)}`,
  ],
  ["YAML flow lists", yaml, (levels) => "[".repeat(levels) + "]".repeat(levels)],
  ["YAML flow mappings", yaml, (levels) => "{a: ".repeat(levels) + "1" + "}".repeat(levels)],
  ["YAML compact lists", yaml, (levels) => "- ".repeat(levels) + "x"],
  ["YAML block mappings", yaml, (levels) => lines(levels, (level) => `${" ".repeat(level)}a:`)],
  [
    "YAML aliases",
    yaml,
    (levels) => `- &a1 []\n${lines(levels - 2, (level) => `- &a${level + 2} [*a${level + 1}]`)}`,
  ],
  ["TOML arrays", toml, (levels) => `a = ${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}`],
  [
    "TOML inline tables",
    toml,
    (levels) => `${"a = {".repeat(levels - 1)} a = 1 ${"}".repeat(levels - 1)}`,
  ],
  ["TOML headers", toml, (levels) => `[${Array(levels - 1).fill("a").join(".")}]`],
  ["TOML dotted keys", toml, (levels) => `${Array(levels).fill("a").join(".")} = 1`],
];

describe("nesting is limited (G12) for", () => {
  for (const [name, format, text] of NESTED) {
    test(`${name}: maxDepth levels are accepted, one more is not`, async () => {
      for (const maxDepth of [2, 7, 100]) {
        await parse(format, text(maxDepth), { maxDepth });
        const error = await refusal(format, text(maxDepth + 1), { maxDepth });
        assert.match(error.reason, new RegExp(`limit of ${maxDepth} levels`));
        assert.equal(typeof error.line, "number");
        assert.equal(typeof error.column, "number");
      }
    });

    test(`${name}: 10,000 levels are refused with a position`, async () => {
      const error = await refusal(format, text(10_000));
      assert.match(error.reason, /limit of 100 levels/);
      assert.equal(typeof error.line, "number");
      assert.equal(typeof error.column, "number");
    });

    test(`${name}: 1,000 levels are accepted when they are allowed`, async () => {
      await parse(format, text(1_000), { maxDepth: 1_000, maxNodes: 1_000_000 });
    });
  }

  test("unfinished JSON, at the first bracket that is too deep", async () => {
    const error = await refusal(json, '{"a":\n' + "[".repeat(50_000));
    assert.match(error.reason, /limit of 100 levels/);
    assert.deepEqual([error.line, error.column], [2, 100]);
  });
});

describe("values are counted (G12) in", () => {
  const cases: [name: string, format: PositionedFormat, text: string, place: string][] = [
    ["JSON", json, '{"a": [1, 2],\n "b": 3, "c": 4}', "2:10"],
    ["YAML", yaml, "a: [1, 2]\nb: 3\nc: 4", "3:1"],
    ["YAML with aliases", yaml, "a: &x [1]\nb: *x\nc: 4", "3:1"],
    ["TOML", toml, "a = [1, 2]\nb = 3\nc = 4", "3:1"],
  ];
  for (const [name, format, text, place] of cases) {
    test(`${name}: the first one beyond maxNodes is refused`, async () => {
      await parse(format, text, { maxNodes: 6 });
      const error = await refusal(format, text, { maxNodes: 5 });
      assert.match(error.reason, /limit of 5 values/);
      assert.equal(`${error.line}:${error.column}`, place);
    });
  }
});

describe("a billion laughs (G12)", () => {
  const text = lines(
    10,
    (level) =>
      `a${level}: &a${level} [${
        Array(10).fill(level === 0 ? "lol" : `*a${level - 1}`).join(", ")
      }]`,
  );

  test("is refused where the expansion crosses the limit", async () => {
    const error = await refusal(yaml, text);
    assert.match(error.reason, /limit of 100000 values, aliases expanded/);
    assert.equal(error.line, 5);
  });

  test("is measured by visiting each object once", () => {
    let visits = 0;
    const watched = (items: unknown[]): unknown[] =>
      new Proxy(items, {
        get: (target, key) => (key === "0" && visits++, Reflect.get(target, key)),
      });
    let value = watched(Array(10).fill("lol"));
    for (let level = 1; level < 10; level++) value = watched(Array(10).fill(value));
    const document = { value, locate: () => undefined };
    assert.throws(() => checkLimits(document, "app", LIMITS), ParseError);
    assert.ok(visits <= 10, `${visits} visits`);
    visits = 0;
    checkLimits(document, "app", { maxDepth: 10, maxNodes: 11_111_111_111 });
    assert.equal(visits, 10);
    assert.throws(
      () => checkLimits(document, "app", { maxDepth: 10, maxNodes: 11_111_111_110 }),
      ParseError,
    );
  });
});

test("the work of merging is limited, even when nothing comes of it (G12)", async () => {
  const keys = Array.from({ length: 1_000 }, (_, n) => `k${n}: 1`).join(", ");
  const text = (merges: number): string =>
    `- &a {${keys}}\n- {<<: [${Array(merges).fill("*a").join(", ")}]}`;
  await parse(yaml, text(90));
  const error = await refusal(yaml, text(100));
  assert.match(error.reason, /limit of 100000 values/);
  assert.deepEqual([error.line, error.column], [2, 4]);
});

test("a long chain of merges is located without exhausting the stack (G12)", async () => {
  const text = `- &a0 {}\n${
    lines(20_000, (n) => `- &a${n + 1} {<<: *a${n}}`)
  }\n- {<<: *a20000, k: 1}`;
  const document = await parse(yaml, text);
  assert.deepEqual(document.locate([20_001, "k"]), { line: 20_002, column: 17 });
});

test("many merge keys in one mapping are located without exhausting the stack (G12)", async () => {
  const text = `- &a {k: 1}\n- {${"<<: *a, ".repeat(200_000)}}`;
  const document = await parse(yaml, text, { maxNodes: 1_000_000 });
  assert.deepEqual(document.locate([1, "k"]), { line: 1, column: 7 });
});

test("no format touches Object.prototype (G12)", async () => {
  const cases: [PositionedFormat, string][] = [
    [json, '{"__proto__": {"polluted": 1}}'],
    [jsonc, '{"a": {"__proto__": {"polluted": 1}}, "constructor": {"prototype": {"polluted": 1}}}'],
    [yaml, "__proto__: {polluted: 1}"],
    [yaml, "<<: {__proto__: {polluted: 1}}"],
    [yaml, "'__proto__': {polluted: 1}"],
    [toml, "[__proto__]\npolluted = 1"],
    [toml, "a = { __proto__ = { polluted = 1 } }"],
  ];
  for (const [format, text] of cases) {
    assert.match((await refusal(format, text)).reason, /"__proto__" is not allowed/);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  }
  const inherited = '{"constructor": {"prototype": {"polluted": 1}}}';
  for (const format of [json, jsonc, yaml]) {
    assert.deepEqual((await parse(format, inherited)).value, JSON.parse(inherited));
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  }
});
