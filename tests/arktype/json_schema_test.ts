import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { scope, type } from "arktype";
import * as z from "zod";
import { type ArkType, jsonSchema, secret } from "../../arktype.ts";

describe("jsonSchema()", () => {
  test("gives keys, defaults, titles and descriptions, in draft 2020-12", () => {
    const Settings = type({
      server: type({
        host: "string = 'localhost'",
        port: type("1 <= number.integer <= 65535").describe("port to listen on"),
      }).configure({ title: "Server" }),
      "mode?": "'fast' | 'slow'",
      "+": "reject",
    }).describe("settings of the service");
    assert.deepEqual(jsonSchema(Settings), {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      description: "settings of the service",
      type: "object",
      properties: {
        server: {
          title: "Server",
          type: "object",
          properties: {
            host: { type: "string", default: "localhost" },
            port: { type: "integer", minimum: 1, maximum: 65535, description: "port to listen on" },
          },
          required: ["port"],
        },
        mode: { enum: ["fast", "slow"] },
      },
      required: ["server"],
      additionalProperties: false,
    });
  });

  test("shows secrets as writeOnly, with neither default nor examples (G11)", () => {
    const text = secret(type("string").configure({ examples: ["hunter1"] }));
    const Settings = type({
      password: text.default("hunter2"),
      "token?": secret(type("string >= 8").describe("of the mail service")),
      "either?": secret(type("string | number")),
      "all?": secret(type({ user: "string = 'hunter3'" })),
    });
    const schema = jsonSchema(Settings);
    assert.deepEqual(schema["properties"], {
      password: { type: "string", writeOnly: true },
      token: {
        type: "string",
        minLength: 8,
        writeOnly: true,
        description: "of the mail service",
      },
      either: {
        anyOf: [{ type: "number", writeOnly: true }, { type: "string", writeOnly: true }],
        writeOnly: true,
      },
      all: {
        type: "object",
        writeOnly: true,
        properties: { user: { type: "string", writeOnly: true } },
      },
    });
    assert.ok(!JSON.stringify(schema).includes("hunter"));
  });

  const inexpressible: [name: string, schema: ArkType, expected: Record<string, unknown>][] = [
    ["a morph, as its input", type("string.numeric.parse"), { type: "string" }],
    ["a pipe, as its input", type("string").pipe((text) => text.length), { type: "string" }],
    ["a rule of its own", type("number").narrow((n) => n !== 7), { type: "number" }],
    ["a date", type("Date"), { type: "string", format: "date-time" }],
    ["undefined", type("string | undefined"), { anyOf: [{ type: "string" }, { not: {} }] }],
    ["a bigint", type({ a: "bigint" }), { type: "object", properties: { a: {} }, required: ["a"] }],
    ["an object of a class", type("Map"), {}],
    [
      "a default that is no JSON, but becomes it",
      type({ at: type("Date").default(() => new Date(0)) }),
      {
        type: "object",
        properties: {
          at: { type: "string", format: "date-time", default: "1970-01-01T00:00:00.000Z" },
        },
      },
    ],
    [
      "a message of its own",
      type("string").configure({ message: () => "no", actual: () => "that" }),
      { type: "string" },
    ],
    [
      "two patterns at once",
      type("/^a/ & /b$/"),
      { type: "string", pattern: "^a" },
    ],
    [
      "items after a rest",
      type(["...", "string[]", "number"]),
      { type: "array", items: { type: "string" } },
    ],
    [
      "keys that are symbols",
      type({ [Symbol.for("key")]: "string", a: "number" }),
      { type: "object", properties: { a: { type: "number" } }, required: ["a"] },
    ],
  ];
  for (const [name, schema, expected] of inexpressible) {
    test(`does not throw over ${name}`, () => {
      const { $schema: _dialect, ...found } = jsonSchema(schema);
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(found[key], value, key);
      assert.ok(!JSON.stringify(found).includes("$ark"), JSON.stringify(found));
    });
  }

  test("names the types of a scope by their order, whatever was declared before", () => {
    const declare = () =>
      scope({
        node: { "next?": "node", value: "text", "$ref": "number" },
        text: secret(type("string >= 8")),
      }).export().node;
    const schema = jsonSchema(declare());
    assert.deepEqual(schema, {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $ref: "#/$defs/type1",
      $defs: {
        type1: {
          type: "object",
          properties: {
            $ref: { type: "number" },
            next: { $ref: "#/$defs/type1" },
            value: { $ref: "#/$defs/type2" },
          },
          required: ["$ref", "value"],
        },
        type2: { type: "string", writeOnly: true, minLength: 8 },
      },
    });
    type({ something: "'else'" });
    assert.deepEqual(jsonSchema(declare()), schema);
  });

  test("shows no default of a secret type of a scope (G11)", () => {
    const { node } = scope({
      node: { "next?": "node", value: "text = 'hunter22'" },
      text: secret(type("string >= 8")),
    }).export();
    assert.ok(!JSON.stringify(jsonSchema(node)).includes("hunter2"));
  });

  test("refuses what is no type of arktype", () => {
    const refusal = { name: "TypeError", message: /^Cannot give its JSON Schema: it is no type/u };
    assert.throws(() => jsonSchema(z.object({}) as unknown as ArkType), refusal);
    assert.throws(() => jsonSchema((() => {}) as unknown as ArkType), refusal);
  });
});
