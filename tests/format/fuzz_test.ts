import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { emptyTally, runBatch, type Tally, textsOf } from "../../fuzz/batch.ts";
import { type Extension, readCorpus } from "../../fuzz/corpus.ts";
import { examine, LIMITS, openParsers } from "../../fuzz/examine.ts";
import { minimize } from "../../fuzz/minimize.ts";
import { readOptions } from "../../fuzz/options.ts";
import { ParseError } from "../../src/errors.ts";
import { decodeText } from "../../src/format/decode.ts";

interface Regression {
  readonly name: string;
  readonly extension: Extension;
  readonly text?: string;
  readonly base64?: string;
  /** Line and column of the refusal; without it the text is accepted. */
  readonly refusedAt?: string;
}

const BATCHES = 25;
const parsers = await openParsers();
const corpus = readCorpus();

function run(seed: number): Tally {
  const tally = emptyTally();
  for (let batch = 0; batch < BATCHES; batch++) runBatch(seed + batch, corpus, parsers, tally);
  return tally;
}

describe("hostile texts in all formats leave everything as promised (G12):", () => {
  test("2,500 of a fixed seed, of which many are accepted and many refused", () => {
    const { outcomes, failures } = run(1);
    assert.deepEqual(failures, []);
    assert.ok(outcomes.accepted > 500, `${outcomes.accepted} accepted`);
    assert.ok(outcomes.refused > 500, `${outcomes.refused} refused`);
  });

  test("2,500 of a new seed, which is told when one fails", () => {
    const seed = Math.floor(Math.random() * 1e9);
    const { failures } = run(seed);
    assert.deepEqual(failures, [], `deno task fuzz --cases 2500 --seed ${seed}`);
  });

  const regressions: readonly Regression[] = JSON.parse(
    readFileSync("tests/format/fuzz_regressions.json", "utf8"),
  );
  for (const { name, extension, text, base64, refusedAt } of regressions) {
    test(name, () => {
      const bytes = base64 === undefined
        ? new TextEncoder().encode(text)
        : Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      examine({ extension, bytes }, parsers);
      assert.equal(placeOfRefusal(extension, bytes), refusedAt);
    });
  }
});

function placeOfRefusal(extension: Extension, bytes: Uint8Array): string | undefined {
  try {
    parsers.get(extension)!(decodeText(bytes, "app"), "app", LIMITS);
  } catch (error) {
    assert.ok(error instanceof ParseError);
    return `${error.line}:${error.column}`;
  }
}

describe("the examination of a text notices", () => {
  const sample = { extension: ".json", bytes: new TextEncoder().encode('{"a": [1]}') } as const;
  const good = parsers.get(".json")!;
  const cases: [name: string, parse: typeof good, complaint: RegExp][] = [
    ["another error", () => {
      throw new TypeError("x");
    }, /threw TypeError/],
    ["a refusal without a place", () => {
      throw new ParseError({ file: "file", reason: "x" });
    }, /no place/],
    ["a refusal outside the text", () => {
      throw new ParseError({ file: "file", reason: "x", position: { line: 1, column: 12 } });
    }, /outside/],
    [
      "a value without a place",
      (...all) => ({ ...good(...all), locate: () => undefined }),
      /place/,
    ],
    ["a place outside the text", (...all) => {
      return { ...good(...all), locate: () => ({ line: 2, column: 1 }) };
    }, /outside/],
    ["a value that contains itself", (...all) => {
      const value: { self?: unknown } = {};
      value.self = value;
      return { ...good(...all), value };
    }, /itself/],
    ["a prototype", (...all) => ({ ...good(...all), value: Object.create({}) }), /prototype/],
    ["an instance", (...all) => ({ ...good(...all), value: [new Date(0)] }), /prototype/],
    ["a big integer", (...all) => ({ ...good(...all), value: [1n] }), /bigint/],
    ["a __proto__ key", (...all) => {
      return { ...good(...all), value: JSON.parse('{"__proto__": 1}') };
    }, /__proto__/],
  ];
  for (const [name, parse, complaint] of cases) {
    test(name, () => {
      assert.throws(() => examine(sample, new Map([[".json", parse]])), complaint);
    });
  }

  test("a polluted prototype", () => {
    const parse: typeof good = (...all) => {
      Object.assign(Object.prototype, { polluted: 1 });
      return good(...all);
    };
    try {
      assert.throws(() => examine(sample, new Map([[".json", parse]])), /other keys than before/);
    } finally {
      Reflect.deleteProperty(Object.prototype, "polluted");
    }
  });
});

test("the same seed gives the same texts, another seed others", () => {
  const hex = (seed: number): string[] =>
    textsOf(seed, corpus).map(({ bytes }) => Array.from(bytes.subarray(0, 40)).join());
  assert.deepEqual(hex(3), hex(3));
  assert.notDeepEqual(hex(3), hex(4));
});

test("a failing text is made as small as it can be", () => {
  const bytes = new TextEncoder().encode("a lot of text, then x, and more, then y and an end");
  const small = minimize(bytes, (part) => /x.*y/u.test(new TextDecoder().decode(part)));
  assert.equal(new TextDecoder().decode(small), "xy");
});

test("the options of the task are checked", () => {
  const { cases, runtimes } = readOptions(["--cases", "500", "--only", "bun"], 0);
  assert.deepEqual([cases, runtimes], [500, ["bun"]]);
  assert.equal(readOptions([], 7).seed, 7);
  assert.throws(() => readOptions(["--cases", "many"], 0), /--cases is a whole number/);
  assert.throws(() => readOptions(["--only", "chrome"], 0), /--only is one of/);
  assert.throws(() => readOptions(["--fast"], 0), /fast/);
});
