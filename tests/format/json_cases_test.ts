import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ParseError } from "../../src/errors.ts";
import { decodeText } from "../../src/format/decode.ts";
import { json } from "../../src/format/json.ts";
import { jsonc } from "../../src/format/jsonc.ts";
import { LIMITS } from "./document.ts";
import { ACCEPTED, type Content, DEFINED_HERE, JSONC_ACCEPTED, REFUSED } from "./json_cases.ts";

const PARSERS = { json: await json.open(), jsonc: await jsonc.open() };

type Dialect = keyof typeof PARSERS;

function textOf(content: Content): string {
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : Uint8Array.from(content);
  return decodeText(bytes, "app");
}

function valueOf(dialect: Dialect, content: Content): unknown {
  return PARSERS[dialect](textOf(content), "app", LIMITS).value;
}

/** The place of the refusal, or `accepted`. */
function verdict(dialect: Dialect, content: Content): string {
  try {
    valueOf(dialect, content);
    return "accepted";
  } catch (error) {
    assert.ok(error instanceof ParseError, String(error));
    assert.equal(error.file, "app");
    return `${error.line}:${error.column}`;
  }
}

test("there are at least 150 JSON texts, each named once (G12)", () => {
  const names = [ACCEPTED, REFUSED, DEFINED_HERE].map((cases) => cases.map(([name]) => name));
  for (const group of names) assert.equal(new Set(group).size, group.length);
  assert.ok(names.flat().length >= 150);
});

describe("JSON and JSONC accept (G12)", () => {
  for (const [name, content] of ACCEPTED) {
    test(name, () => {
      const expected = JSON.parse(textOf(content));
      assert.deepEqual(valueOf("json", content), expected);
      assert.deepEqual(valueOf("jsonc", content), expected);
    });
  }
});

describe("JSON refuses, at its line and column (G12)", () => {
  for (const [name, content, place, other] of REFUSED) {
    test(name, () => {
      assert.equal(verdict("json", content), place);
      assert.equal(verdict("jsonc", content), other ?? place);
    });
  }
});

describe("where the specification of JSON leaves it open, both give (G12)", () => {
  for (const [name, content, value, why] of DEFINED_HERE) {
    test(`${name}: ${why}`, () => {
      assert.deepEqual(valueOf("json", content), value);
      assert.deepEqual(valueOf("jsonc", content), value);
    });
  }
});

describe("only JSONC accepts", () => {
  for (const [name, text, value] of JSONC_ACCEPTED) {
    test(name, () => {
      assert.deepEqual(valueOf("jsonc", text), value);
      assert.notEqual(verdict("json", text), "accepted");
    });
  }
});
