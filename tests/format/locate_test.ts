import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { dump } from "js-yaml";
import { stringify } from "smol-toml";
import { ParseError } from "../../src/errors.ts";
import type { ParsedDocument, PositionedFormat } from "../../src/format/format.ts";
import { json } from "../../src/format/json.ts";
import { jsonc } from "../../src/format/jsonc.ts";
import { toml } from "../../src/format/toml.ts";
import { yaml } from "../../src/format/yaml.ts";
import { LIMITS, textAt } from "./document.ts";

/** Ends of keys and values that make a format quote, escape or wrap them. */
const ENDINGS = [
  "",
  " y",
  ": y",
  " #z",
  "'q'",
  '"',
  "\\",
  "é€😀",
  ".d",
  "\n w",
  "]",
  "{",
  ", v",
  "<<",
];

/**
 * A tree whose every key, text and number starts with a word that occurs only once in the whole
 * document, so that a place can be told from any other.
 */
const tree: fc.Arbitrary<object> = fc.letrec<{ object: object; array: unknown[]; node: unknown }>(
  (tie) => ({
    node: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(...ENDINGS.map((ending) => ({ leaf: ending }))),
      fc.constant({ leaf: 0 }),
      tie("array"),
      tie("object"),
    ),
    array: fc.array(tie("node"), { maxLength: 4 }),
    object: fc.array(fc.tuple(fc.constantFrom(...ENDINGS), tie("node")), { maxLength: 4 })
      .map((members) => ({ members })),
  }),
).object.map((shape) => named(shape, { next: 1000 }) as object);

function named(shape: unknown, count: { next: number }): unknown {
  if (Array.isArray(shape)) return shape.map((item) => named(item, count));
  const { leaf, members } = shape as { leaf?: string | 0; members?: [string, unknown][] };
  if (leaf === 0) return count.next++;
  if (leaf !== undefined) return `t${count.next++}${leaf}`;
  return Object.fromEntries(
    members!.map(([ending, member]) => [`k${count.next++}${ending}`, named(member, count)]),
  );
}

type Path = readonly (string | number)[];

/** Every path to a value without members, with the value. */
function* leaves(value: unknown, path: Path = []): Generator<[path: Path, leaf: unknown]> {
  const isLeaf = typeof value !== "object" || value === null || Object.keys(value).length === 0;
  if (isLeaf) return yield [path, value];
  for (const [key, member] of Object.entries(value)) {
    yield* leaves(member, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

/** What must stand at the place of a leaf of a {@linkcode tree}. */
function written(path: Path, leaf: unknown): RegExp {
  const last = path.at(-1);
  if (typeof last === "string") return new RegExp(`^["']?${last.slice(0, 5)}`, "u");
  if (typeof leaf === "string") return new RegExp(`^["']?${leaf.slice(0, 5)}`, "u");
  if (typeof leaf === "number") return new RegExp(`^${leaf}\\b`, "u");
  if (Array.isArray(leaf)) return /^\[\s*\]/u;
  // Braces or, in TOML, a header that names the array the table is in.
  const name = path.findLast((segment) => typeof segment === "string");
  return new RegExp(`^(?:\\{\\s*\\}${name ? `|["']?${name.slice(0, 5)}.*\\]\\]` : ""})`, "u");
}

const WRITERS: [name: string, format: PositionedFormat, write: (value: object) => string][] = [
  ["JSON without blanks", json, (value) => JSON.stringify(value)],
  ["JSON with indentation", json, (value) => JSON.stringify(value, null, 2)],
  [
    "JSONC with a comment on each line",
    jsonc,
    (value) => JSON.stringify(value, null, 1).replaceAll("\n", ' // "}] \n'),
  ],
  ["block YAML", yaml, (value) => dump(value)],
  ["YAML without indented lists", yaml, (value) => dump(value, { seqNoIndent: true })],
  ["flow YAML", yaml, (value) => dump(value, { flowLevel: 1, lineWidth: 20 })],
  ["double-quoted YAML", yaml, (value) => dump(value, { quoteStyle: "double", forceQuotes: true })],
  ["YAML read from JSON", yaml, (value) => JSON.stringify(value, null, 2)],
  ["TOML", toml, (value) => stringify(value)],
];

describe("every leaf is located where its key or its text stands, in", () => {
  for (const [name, format, write] of WRITERS) {
    test(name, async () => {
      const parser = await format.open();
      fc.assert(
        fc.property(tree, (value) => {
          const text = write(value);
          const document = parser(text, "app", LIMITS);
          if (Object.keys(value).length === 0 && format === toml) return;
          assert.deepEqual(document.value, value);
          for (const [path, leaf] of leaves(value)) {
            assert.match(textAt(document, text, path), written(path, leaf));
          }
        }),
        { numRuns: 200 },
      );
    });
  }
});

describe("every leaf is located somewhere in a damaged text that is still accepted, in", () => {
  const damage = fc.constantFrom(
    ...`"'\\#[]{}=:,.-&*|>?!~ \t\n0`,
    '""',
    "'''",
    '"""',
    "- ",
    "&a ",
    "<<: ",
  );

  for (const [name, format, write] of WRITERS) {
    test(name, async () => {
      const parser = await format.open();
      const located = { texts: 0 };
      fc.assert(
        fc.property(tree, fc.nat(), fc.nat(3), damage, (value, at, cut, extra) => {
          const whole = write(value);
          const start = at % (whole.length + 1);
          const text = whole.slice(0, start) + extra + whole.slice(start + cut);
          let document: ParsedDocument;
          try {
            document = parser(text, "app", LIMITS);
          } catch (error) {
            assert.ok(error instanceof ParseError, String(error));
            return;
          }
          if (document.value === undefined) return;
          for (const [path] of leaves(document.value)) {
            assert.ok(document.locate(path), `${JSON.stringify(path)} in\n${text}`);
          }
          located.texts++;
        }),
        { numRuns: 300 },
      );
      assert.ok(located.texts > 10, `${located.texts} texts were accepted`);
    });
  }
});
