import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { ParsedDocument } from "../src/format/format.ts";
import { freezeShared } from "../src/freeze.ts";
import { Interpolator } from "../src/interpolate.ts";
import type { Layer } from "../src/layers.ts";
import { MemoryEnvironment } from "../testing.ts";

describe("a placeholder (S5.15)", () => {
  const variables = { HOST: "db", EMPTY: "", DOLLAR: "${HOST}" };
  const cases: readonly [text: string, filled: string][] = [
    ["${HOST}", "db"],
    ["http://${HOST}:${PORT:-80}/", "http://db:80/"],
    ["${NONE:-}", ""],
    ["${EMPTY}", ""],
    ["${EMPTY:-full}", "full"],
    ["${NONE:-${ALSO_NONE:-deep}}", "deep"],
    ["${NONE:-a ${HOST} b}", "a db b"],
    ["$${HOST}", "${HOST}"],
    ["$$${HOST}", "$${HOST}"],
    ["$HOST and $5 and {x}", "$HOST and $5 and {x}"],
    ["${DOLLAR}", "${HOST}"],
    ["é${HOST}😀", "édb😀"],
  ];
  for (const [text, filled] of cases) {
    test(`in ${JSON.stringify(text)} gives ${JSON.stringify(filled)}`, () => {
      const { layer, issues } = interpolate({ text }, variables);
      assert.deepEqual([layer.parsed.value, issues], [{ text: filled }, []]);
    });
  }

  const refused: readonly [text: string, message: RegExp][] = [
    [
      "${NONE}",
      /^the environment variable NONE is not set; set it, or give a default: \$\{NONE:-…\}$/,
    ],
    ["${}", /malformed/],
    ["${HOST", /malformed/],
    ["${HOST:-", /malformed/],
    ["${server.port}", /malformed/],
    ["${HOST:?must be set}", /malformed/],
    ["${ HOST }", /malformed/],
  ];
  for (const [text, message] of refused) {
    test(`such as ${text} is an issue, and the value stays`, () => {
      const { layer, issues } = interpolate({ list: [{ text }] }, variables);
      assert.deepEqual(layer.parsed.value, { list: [{ text }] });
      assert.deepEqual(issues.map(({ path }) => path), [["list", 0, "text"]]);
      assert.match(issues[0]!.message, message);
    });
  }

  test("in a key is none, and numbers and dates stay as they are", () => {
    const value = { "${HOST}": 1, at: new Date(0), none: null };
    assert.deepEqual(interpolate(value, variables).layer.parsed.value, value);
  });

  test("asks for no variable but those that occur", () => {
    const asked: string[] = [];
    const environment = {
      get: (name: string) => void asked.push(name),
      names: () => assert.fail("all names"),
    };
    const interpolator = new Interpolator(environment, new WeakSet());
    interpolator.interpolate(layerOf({ a: "${ONE:-1}", b: "$${TWO}", c: "plain" }));
    assert.deepEqual(asked, ["ONE"]);
  });

  test("whose variable may not be read says what to allow", () => {
    const environment = {
      get: () => {
        throw new Error("NotCapable");
      },
      names: () => [],
    };
    const { issues } = new Interpolator(environment, new WeakSet()).interpolate(
      layerOf({ a: "${ONE}" }),
    );
    assert.match(issues[0]!.message, /ONE may not be read; on Deno allow it with --allow-env=ONE/);
  });
});

describe("the variables of a document", () => {
  test("may name each other, and themselves for that of the environment", () => {
    const own = { HOST: "db", URL: "http://${HOST}/", PATH: "${PATH}:/own" };
    const { layer, issues } = interpolate(own, { PATH: "/bin", HOST: "other" }, own);
    assert.deepEqual(issues, []);
    assert.deepEqual(layer.parsed.value, { HOST: "db", URL: "http://db/", PATH: "/bin:/own" });
  });

  test("must not be defined by each other", () => {
    const own = { A: "${B}", B: "x${C}", C: "${A}" };
    const { issues } = interpolate(own, {}, own);
    assert.deepEqual(issues.map(({ message }) => message), [
      "the variables are defined by each other: A → B → C → A",
      "the variables are defined by each other: B → C → A → B",
      "the variables are defined by each other: C → A → B → C",
    ]);
  });
});

describe("filling in", () => {
  test("is done once while no variable changes, and shares what has no placeholder (G6)", () => {
    const environment = new MemoryEnvironment();
    environment.set("HOST", "a");
    const frozen = new WeakSet<object>();
    const interpolator = new Interpolator(environment, frozen);
    const layer = layerOf(freezeShared(undefined, { plain: { deep: 1 }, text: "${HOST}" }, frozen));
    const first = interpolator.interpolate(layer).layer.parsed.value as { plain: object };
    assert.equal(interpolator.interpolate(layer).layer.parsed.value, first);
    assert.equal(first.plain, (layer.parsed.value as { plain: object }).plain);
    environment.set("HOST", "b");
    const second = interpolator.interpolate(layer).layer.parsed.value as { plain: object };
    assert.deepEqual(second, { plain: { deep: 1 }, text: "b" });
    assert.equal(second.plain, first.plain);
  });

  test("knows whether what it used is what there is", () => {
    const environment = new MemoryEnvironment();
    const interpolator = new Interpolator(environment, new WeakSet());
    interpolator.begin();
    interpolator.interpolate(layerOf({ text: "${HOST:-x}" }));
    const { used } = interpolator;
    assert.ok(interpolator.isCurrent(used));
    environment.set("OTHER", "1");
    assert.ok(interpolator.isCurrent(used));
    environment.set("HOST", "1");
    assert.ok(!interpolator.isCurrent(used));
    interpolator.begin();
    assert.ok(interpolator.isCurrent(interpolator.used));
    assert.ok(!interpolator.isCurrent(used));
  });

  test("leaves any text without a dollar as it is, and never throws (G12)", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
      const { layer, issues } = interpolate({ text }, {});
      const { text: filled } = layer.parsed.value as { text: string };
      if (!text.includes("${")) assert.deepEqual([filled, issues], [text, []]);
    }));
    const texts = fc.array(fc.constantFrom("$", "{", "}", "A", ":-", "x", "${A}", "$${"));
    fc.assert(
      fc.property(texts, (pieces) => void interpolate({ text: pieces.join("") }, { A: "1" })),
    );
  });
});

describe("placeholders that were made to do harm (G12)", () => {
  const messageOf = (
    value: unknown,
    environment: Readonly<Record<string, string>> = {},
    variables?: Readonly<Record<string, string>>,
  ) => interpolate(value, environment, variables).issues[0]?.message;

  test("are refused when defaults are nested too deep", () => {
    const text = "${A:-".repeat(100_000) + "}".repeat(100_000);
    assert.equal(messageOf({ text }), "placeholders are nested deeper than 50 levels");
    assert.equal(messageOf({ text: "${A:-".repeat(50) + "}".repeat(50) }), undefined);
  });

  test("are refused when variables double each other, whether to something or to nothing", () => {
    for (const last of ["x", ""]) {
      const variables: Record<string, string> = { V40: last };
      for (let step = 0; step < 40; step++) {
        variables[`V${step}`] = `\${V${step + 1}}`.repeat(2);
      }
      assert.match(messageOf({ text: "${V0}" }, {}, variables) ?? "", /more than 10000000 char/);
    }
  });

  test("are refused when variables go through too many others", () => {
    const variables: Record<string, string> = { V99: "x" };
    for (let step = 0; step < 99; step++) variables[`V${step}`] = `\${V${step + 1}}`;
    assert.match(messageOf({ text: "${V0}" }, {}, variables) ?? "", /nested deeper/);
  });

  test("are refused when a short text asks for much, and the others of the document with it", () => {
    const value = { long: "${BIG}".repeat(200), other: "${BIG}" };
    const { issues } = interpolate(value, { BIG: "x".repeat(100_000) });
    assert.deepEqual(issues.map(({ path }) => path), [["long"], ["other"]]);
  });

  test("are refused at once when there are very many openings", () => {
    assert.match(messageOf({ text: "${".repeat(500_000) }) ?? "", /malformed/);
  });
});

function layerOf(value: unknown, variables?: Readonly<Record<string, string>>): Layer {
  const parsed: ParsedDocument = {
    value,
    locate: () => undefined,
    ...(variables !== undefined && {
      variables: new Map(Object.entries(variables)),
      variableAt: ([key]) => key === undefined ? undefined : String(key),
    }),
  };
  const about = { source: "a", file: "/a", hasText: true, checksum: "", isText: false };
  return { ...about, parsed, mayBeEmpty: false };
}

function interpolate(
  value: unknown,
  environment: Readonly<Record<string, string>>,
  variables?: Readonly<Record<string, string>>,
) {
  const memory = new MemoryEnvironment();
  for (const [name, text] of Object.entries(environment)) memory.set(name, text);
  return new Interpolator(memory, new WeakSet()).interpolate(layerOf(value, variables));
}
