import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ParseError } from "../../src/errors.ts";
import type { ParsedDocument } from "../../src/format/format.ts";
import { yaml } from "../../src/format/yaml.ts";
import { getAt } from "../../src/key_path.ts";

const LIMITS = { maxDepth: 12, maxNodes: 200 };
const parse = await yaml.open();

/** Lines that stand for something alone and beside each other, indented or not. */
const LINES = [
  "a: 1",
  "a: 2",
  "b:",
  "b: {x: 1, y: [1, 2]}",
  "b: {x: 1, y: [1, 2, 3]}",
  "  x: 1",
  "  y:",
  "    - 1",
  "    - {p: 1}",
  "    - {p: 1}",
  "    - [1, [2, 3]]",
  "    - q: 1",
  "      r: 2",
  "  z: text",
  "c:",
  "- 1",
  "- a: 1",
  "  b: 2",
  "- - 1",
  "1: one",
  "'1': one",
  "0x10: sixteen",
  "~: nothing",
  "true: yes",
  '"q": "two\\nlines"',
  "d: |",
  "  block",
  "    more",
  "e: >-",
  "f: &anchor {v: 1}",
  "g: *anchor",
  "<<: {merged: 1}",
  "<<: *anchor",
  "h: !!str 1",
  "i: 1.0",
  "i: -0",
  "j: .nan",
  "k: !!unknown 1",
  "? [complex]",
  ": 1",
  "# a comment",
  "",
  "---",
  "...",
  "  - deep: {deeper: {deepest: [1]}}",
  "l: [",
  "]",
  "m: two",
  "  lines",
  "n: 'two",
  "  lines'",
];

const anyText = fc.tuple(
  fc.array(fc.constantFrom(...LINES), { maxLength: 14 }),
  fc.constantFrom("\n", "\n", "\n", "\r\n"),
).map(([lines, end]) => lines.join(end) + end);

/** A value as text, in the style of people or all in one line. */
const anyDump = fc.tuple(
  fc.dictionary(
    fc.constantFrom("a", "b", "c", "1", "true", "a b"),
    fc.jsonValue({ maxDepth: 4 }),
    { maxKeys: 5 },
  ),
  fc.boolean(),
).map(([value, isFlow]) => isFlow ? JSON.stringify(value) : block(value, ""));

describe("the YAML format, given what a text was before,", () => {
  const texts = fc.array(fc.oneof(anyText, anyDump), { minLength: 2, maxLength: 4 });

  test("gives what it gives for the new text alone, or the same error", () => {
    fc.assert(fc.property(texts, (texts) => checkAll(texts)), { numRuns: 600 });
  });

  test("does so whatever piece of the text was replaced, put in or cut out", () => {
    const edit = fc.tuple(
      fc.nat(),
      fc.nat({ max: 12 }),
      fc.constantFrom("", "1", " ", "\n", "- ", "x: 1\n", "  ", "]", "'", ": "),
    );
    const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.oneof(anyText, anyDump), edits, (text, edits) => {
        const texts = [text];
        for (const [nat, length, inserted] of edits) {
          const last = texts.at(-1)!;
          const at = nat % (last.length + 1);
          texts.push(last.slice(0, at) + inserted + last.slice(at + length));
        }
        checkAll(texts);
      }),
      { numRuns: 600 },
    );
  });

  test("takes over every part that stands in both texts (G6)", () => {
    const before = parse(servicesText(1), "app.yaml", LIMITS);
    const after = before.again!(servicesText(2), before.value);
    assert.deepEqual(after.value, parse(servicesText(2), "app.yaml", LIMITS).value);
    for (const path of [["one"], ["two", "list"], ["two", "other"], ["three"]]) {
      assert.equal(getAt(after.value, path), getAt(before.value, path), path.join("."));
      assert.ok(typeof getAt(after.value, path) === "object");
    }
    assert.equal(getAt(after.value, ["two", "size"]), 2);
  });

  test("takes over items before and behind what was put in (G6)", () => {
    const before = parse("- {a: 1}\n- {b: 1}\n- {c: 1}\n", "app.yaml", LIMITS);
    const after = before.again!("- {a: 1}\n- {b: 2}\n- {d: 1}\n- {c: 1}\n", before.value);
    const items = after.value as unknown[];
    assert.deepEqual(items, [{ a: 1 }, { b: 2 }, { d: 1 }, { c: 1 }]);
    assert.equal(items[0], getAt(before.value, [0]));
    assert.equal(items[3], getAt(before.value, [2]));
  });

  test("takes nothing over from a container that ended before", () => {
    const before = parse("a: {k: [1], z: 1}\nb: {k: [2]}\n", "app.yaml", LIMITS);
    assert.deepEqual(before.again!("a: {k: [2]}\n", before.value).value, { a: { k: [2] } });
    const members = parse("a: {x: {k: 1}, z: 1}\nb: {x: {k: 2}}\n", "app.yaml", LIMITS);
    const after = members.again!("a: {x: {k: 2}}\n", members.value);
    assert.deepEqual(after.value, { a: { x: { k: 2 } } });
  });

  test("takes over all parts when only a comment changed (G6)", () => {
    const before = parse("a: {b: 1} # one\nc: {d: 1}\n", "app.yaml", LIMITS);
    const after = before.again!("a: {b: 1} # another\nc: {d: 1}\n", before.value);
    for (const key of ["a", "c"]) {
      assert.equal(getAt(after.value, [key]), getAt(before.value, [key]));
    }
  });

  test("keeps to the limits", () => {
    const before = parse("a: [1]\nb: 1\n", "app.yaml", LIMITS);
    const many = `a: [1]\nb: [${"1,".repeat(LIMITS.maxNodes)}]\n`;
    assert.throws(() => before.again!(many, before.value), /more than the limit of 200 values/u);
    assert.throws(() => before.again!("a: [1]\n__proto__: 1\n", before.value), /"__proto__"/u);
  });
});

/** Parses each text after the one before, and each alone. */
function checkAll(texts: readonly string[]): void {
  let last: ParsedDocument | undefined;
  for (const text of texts) {
    const alone = outcome(() => parse(text, "app.yaml", LIMITS));
    const { again, value } = last ?? {};
    const after = again === undefined ? alone : outcome(() => again(text, value));
    if (alone instanceof ParseError) {
      assert.ok(after instanceof ParseError);
      assert.equal(after.message, alone.message);
      continue;
    }
    assert.ok(!(after instanceof Error));
    assert.deepEqual(after.value, alone.value);
    assert.equal(JSON.stringify(after.value), JSON.stringify(alone.value));
    for (const path of [["a"], ["b", "y"], ["b", "y", 1], ["d"]]) {
      assert.deepEqual(after.locate(path), alone.locate(path));
    }
    last = after;
  }
}

function outcome(parse: () => ParsedDocument): ParsedDocument | ParseError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
}

function servicesText(size: number): string {
  return `one: {list: [1, 2]}
two:
  list:
    - {name: a}
    - {name: b}
  size: ${size}
  other: {list: [1]}
three:
  - name: c # the last one
`;
}

function block(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
    return `${indent}${JSON.stringify(value)}\n`;
  }
  return Object.entries(value).map(([key, member]) => {
    const head = Array.isArray(value) ? `${indent}-` : `${indent}${JSON.stringify(key)}:`;
    const isLeaf = typeof member !== "object" || member === null ||
      Object.keys(member).length === 0;
    return isLeaf
      ? `${head} ${JSON.stringify(member)}\n`
      : `${head}\n${block(member, `${indent}  `)}`;
  }).join("");
}
