import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { Session } from "./session.ts";

const libraries = resolve("tests/cli/schemas/libraries.mjs");
const port = resolve("tests/cli/schemas/port.mjs");
const DIALECT = "https://json-schema.org/draft/2020-12/schema";

describe("hotconf schema", () => {
  const printed: [name: string, exported: string, schema: object][] = [
    ["arktype", "ark", {
      $schema: DIALECT,
      type: "object",
      properties: {
        port: { type: "integer", description: "port to listen on" },
        timeout: {
          type: "string",
          pattern: "^(?:(?!^-0\\.?0*$)(?:-?(?:(?:0|[1-9]\\d*)(?:\\.\\d+)?)|\\.\\d+?))$",
        },
      },
      required: ["port"],
    }],
    ["zod, of what it takes", "zod", {
      $schema: DIALECT,
      type: "object",
      properties: {
        port: { type: "integer", minimum: 1, maximum: 65535, description: "port to listen on" },
        startsAt: {},
        host: { type: "string", default: "localhost" },
        name: { type: "string" },
        password: { type: "string", writeOnly: true },
      },
      required: ["port", "password"],
    }],
    ["zod/mini, by the zod beside the module", "zodMini", {
      $schema: DIALECT,
      type: "object",
      properties: { port: { type: "number" }, at: {} },
      required: ["port"],
    }],
    ["any library that implements Standard JSON Schema", "converted", {
      type: "object",
      options: { target: "draft-2020-12", libraryOptions: { errorMode: "ignore" } },
    }],
  ];
  for (const [name, exported, schema] of printed) {
    test(`prints the JSON Schema of ${name}`, async () => {
      const session = new Session();
      assert.equal(await session.run(`schema --schema ${libraries}#${exported}`), 0);
      assert.equal(session.stderr, "");
      const text = session.takeStdout();
      assert.deepEqual(JSON.parse(text), schema);
      assert.equal(text, `${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    });
  }

  const refused: [name: string, line: string, message: RegExp][] = [
    [
      "valibot, and says what to do",
      `--schema ${libraries}#valibot`,
      /Schema of \S+#valibot, valibot: wrap it in toStandardJsonSchema\(\) of @valibot\//u,
    ],
    ["zod 3", `--schema ${libraries}#zod3`, /#zod3, zod: its version is too old, zod 4 is needed/u],
    [
      "a schema of another library",
      `--schema ${port}`,
      /port\.mjs, hand, validators: 1: a schema of hand gives none; use arktype or zod$/mu,
    ],
    ["a function", `--schema ${port}#evenPort`, /it is a function, not a schema$/mu],
    [
      "one that can't be converted",
      `--schema ${libraries}#refusing`,
      /#refusing, hand: nothing can be said of it$/mu,
    ],
    ["a module that is not there", "--schema none.js", /there is no such file$/mu],
    ["no module", "", /^hotconf: hotconf schema needs a schema module: --schema FILE/u],
    [
      "a PATH",
      `config --schema ${port}`,
      /^hotconf: hotconf schema takes no PATH, got "config"; name the module with --schema$/mu,
    ],
    [
      "an option of another command",
      `--schema ${port} --json`,
      /--json belongs to hotconf watch and hotconf check and hotconf explain and hotconf doctor, not to/u,
    ],
  ];
  for (const [name, line, message] of refused) {
    test(`refuses ${name}`, async () => {
      const session = new Session();
      assert.equal(await session.run(`schema ${line}`), 2);
      assert.match(session.stderr, message);
      assert.equal(session.takeStdout(), "");
      assert.deepEqual(session.runtime.files.fileSystem.list("/work"), []);
    });
  }

  test("writes a file at once, and not again while nothing changed", async () => {
    const session = new Session();
    const { fileSystem } = session.runtime.files;
    const line = `schema --schema ${libraries}#ark --out config.schema.json`;
    assert.equal(await session.run(line), 0);
    assert.equal(session.takeStdout(), "config.schema.json written\n");
    const first = fileSystem.stat("/work/config.schema.json");

    await session.runtime.clock.advance(1000);
    assert.equal(await session.run(line), 0);
    assert.equal(session.takeStdout(), "config.schema.json is current\n");
    assert.deepEqual(fileSystem.stat("/work/config.schema.json"), first);

    assert.equal(await session.run(line.replace("#ark", "#zod")), 0);
    assert.equal(session.takeStdout(), "config.schema.json written\n");
    assert.notEqual(fileSystem.stat("/work/config.schema.json")!.inode, first!.inode);
    assert.deepEqual(fileSystem.list("/work").map(({ name }) => name), ["config.schema.json"]);
  });

  test("ends with 1 when it is interrupted while the module loads", async () => {
    const session = new Session();
    session.start(`schema --schema ${libraries}#ark`);
    session.interrupt();
    assert.equal(await session.ended(), 1);
    assert.equal(session.takeStdout() + session.stderr, "");
  });
});
