import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ParseError } from "../../src/errors.ts";
import { yaml } from "../../src/format/yaml.ts";

const LIMITS = { maxDepth: 4, maxNodes: 12 };

describe("the YAML format, which looks at the value only where the events leave doubt,", () => {
  const refused: [name: string, text: string, reason: RegExp][] = [
    ["a __proto__ key", "a: {__proto__: 1}", /"__proto__" is not allowed/u],
    ["one in single quotes", "'__proto__': 1", /"__proto__" is not allowed/u],
    ["one written with an escape", '"\\x5f_proto__": 1', /"__proto__" is not allowed/u],
    ["one written with a long escape", '"__prot\\u006f__": 1', /"__proto__" is not allowed/u],
    [
      "one broken by an escaped line end",
      '? "__pro\\\n  to__"\n: 1',
      /"__proto__" is not allowed/u,
    ],
    ["one in a block scalar", "? |-\n  __proto__\n: 1", /"__proto__" is not allowed/u],
    ["one behind an anchor", "&a __proto__: 1", /"__proto__" is not allowed/u],
    ["too deep a nesting", "[[[[[1]]]]]", /nested deeper than the limit of 4/u],
    ["too deep a nesting through an alias", "a: &a [[1]]\nb: {c: {d: *a}}", /nested deeper/u],
    ["too many values", `[${"1,".repeat(12)}]`, /more than the limit of 12 values/u],
    ["too many values through aliases", "a: &a [1,2,3]\nb: [*a,*a]", /more than the limit of 12/u],
    ["a value that contains itself", "&a [*a]", /contains itself/u],
  ];
  for (const [name, text, reason] of refused) {
    test(`refuses ${name} (G12)`, async () => {
      const parse = await yaml.open();
      assert.throws(() => parse(text, "app.yaml", LIMITS), (error) => {
        assert.ok(error instanceof ParseError);
        assert.match(error.message, reason);
        return true;
      });
    });
  }

  const accepted: [name: string, text: string, value: unknown][] = [
    ["the deepest nesting allowed", "[[[[1]]]]", [[[[1]]]]],
    ["the most values allowed", `[${"1,".repeat(11)}]`, Array(11).fill(1)],
    [
      "more scalars than values are allowed, as keys are none",
      `{${Array.from({ length: 11 }, (_, key) => `k${key}: 1`).join(", ")}}`,
      Object.fromEntries(Array.from({ length: 11 }, (_, key) => [`k${key}`, 1])),
    ],
    ["the forbidden key as a value", "a: __proto__", { a: "__proto__" }],
    ["escapes", '"\\x61": "\\u0062"', { a: "b" }],
  ];
  for (const [name, text, value] of accepted) {
    test(`accepts ${name}`, async () => {
      const parse = await yaml.open();
      assert.deepEqual(parse(text, "app.yaml", LIMITS).value, value);
    });
  }
});
