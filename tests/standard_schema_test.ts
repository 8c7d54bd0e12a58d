import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import { type LiveConfig, loadConfig, type StandardSchema, ValidationError } from "../mod.ts";
import { checksumOf } from "../src/checksum.ts";
import { createMemoryRuntime } from "../testing.ts";
import { eventsOf, openLive } from "./live.ts";

const Settings = type({
  server: { host: "string = 'localhost'", port: "1 <= number.integer <= 65535" },
  "features?": { darkMode: "boolean" },
  "hosts?": type({ name: "string", port: "number" }).array(),
  "timeout?": "string.numeric.parse",
});

describe("an arktype schema", () => {
  test("types the configuration, and gives defaults and morphs", async () => {
    await using live = await openLive({ "/app.yaml": "server: {port: 1}\ntimeout: '30'\n" }, {
      schema: Settings,
    });
    const config: LiveConfig<typeof Settings.infer> = live.config;
    const { server, timeout } = config.current;
    const port: number = server.port;
    assert.deepEqual([server.host, port, timeout], ["localhost", 1, 30]);
    assert.ok(Object.isFrozen(config.current.server));
  });

  test("leaves unknown keys in, and refuses them when told to", async () => {
    const text = "server: {port: 1}\ntypo: 1\n";
    const { value } = await load(Settings, text);
    assert.deepEqual(value, { server: { host: "localhost", port: 1 }, typo: 1 });
    assert.deepEqual(await issuesOf(Settings.onUndeclaredKey("reject"), text), [
      "/app.yaml:2:1: typo: must be removed",
    ]);
    const stripped = await load(Settings.onUndeclaredKey("delete"), text);
    assert.deepEqual(stripped.value, { server: { host: "localhost", port: 1 } });
  });

  const refused: [name: string, text: string, issues: string[]][] = [
    ["a value of the wrong type", "server:\n  host: a\n  port: x\n", [
      "/app.yaml:3:3: server.port: must be a number (was a string)",
    ]],
    ["a value out of range (S3.7)", "server:\n  port: 0\n", [
      "/app.yaml:2:3: server.port: must be at least 1 (was 0)",
    ]],
    ["a missing key, at the object that should have it", "a: 1\nserver:\n  host: a\n", [
      "/app.yaml:2:1: server.port: must be a number (was missing)",
    ]],
    ["a missing key at the top", "a: 1\n", [
      "/app.yaml:1:1: server: must be an object (was missing)",
    ]],
    ["an item of a list", "server: {port: 1}\nhosts:\n  - {name: a, port: 1}\n  - {name: 5}\n", [
      "/app.yaml:4:6: hosts.1.name: must be a string (was a number)",
      "/app.yaml:4:5: hosts.1.port: must be a number (was missing)",
    ]],
    ["a value that can't be converted", "server: {port: 1}\ntimeout: soon\n", [
      '/app.yaml:2:1: timeout: must be a well-formed numeric string (was "soon")',
    ]],
    ["a whole that is no object", "text\n", ["/app.yaml:1:1: must be an object (was a string)"]],
  ];
  for (const [name, text, issues] of refused) {
    test(`refuses ${name}`, async () => {
      const found = await issuesOf(Settings, text);
      assert.deepEqual([...found].sort(), [...issues].sort());
    });
  }

  test("keeps the configuration that runs when it refuses a save (G4, S3.7)", async () => {
    await using live = await openLive({ "/app.yaml": "server: {port: 1}\n" }, { schema: Settings });
    await live.save("/app.yaml", "server: {port: 0}\n");
    assert.equal(live.config.current.server.port, 1);
    assert.deepEqual(eventsOf(live.events, "validationFailed")[0]!.issues, [{
      path: "server.port",
      message: "must be at least 1 (was 0)",
      file: "/app.yaml",
      line: 1,
      column: 10,
      checksum: checksumOf("server: {port: 0}\n"),
    }]);
    await live.save("/app.yaml", "server: {port: 2}\n");
    assert.equal(live.config.current.server.port, 2);
  });

  test("does not change what the next reload merges", async () => {
    const files = { "/a.yaml": "server: {port: 1}\ntimeout: '30'\n", "/b.yaml": "x: 1\n" };
    await using live = await openLive(files, { schema: Settings });
    await live.save("/b.yaml", "x: 2\n");
    assert.equal(live.config.revision, 2, JSON.stringify(live.events));
    assert.equal(live.config.current.timeout, 30);
  });

  test("keeps the identity of what its morphs give anew each time (G6)", async () => {
    const Dates = type({ at: "string.date.parse", n: "number" });
    await using live = await openLive({ "/app.yaml": "at: '2026-01-01'\nn: 1\n" }, {
      schema: Dates,
    });
    const { at } = live.config.current;
    await live.save("/app.yaml", "at: '2026-01-01'\nn: 2\n");
    assert.equal(live.config.current.at, at);
    assert.deepEqual(eventsOf(live.events, "reloadSucceeded")[0]!.changes.map(({ path }) => path), [
      "n",
    ]);
  });
});

describe("a schema of the Standard Schema specification", () => {
  test("is one of ours, and ours is one of theirs", async () => {
    const theirs: StandardSchemaV1<unknown, { n: number }> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) => ({ value: { n: Number((value as { n: unknown }).n) } }),
      },
    };
    const ours: StandardSchema<{ n: number }> = theirs;
    const back: StandardSchemaV1<unknown, { n: number }> = ours;
    const { value } = await load(back, "n: '5'\n");
    const n: number = value.n;
    assert.equal(n, 5);
  });

  test("with arktype's own type, fits both", () => {
    const asSpecification: StandardSchemaV1 = Settings;
    const asOurs: StandardSchema<typeof Settings.infer> = Settings;
    assert.equal(asSpecification["~standard"].vendor, "arktype");
    assert.equal(asOurs["~standard"].version, 1);
  });

  test("of another output is a compile error", () => {
    const texts: StandardSchema<string> = {
      "~standard": { version: 1, vendor: "test", validate: () => ({ value: "text" }) },
    };
    // @ts-expect-error -- a schema of text is none of numbers
    const numbers: StandardSchema<number> = texts;
    assert.ok(numbers);
  });
});

function load<T>(schema: StandardSchema<T>, text: string) {
  const runtime = createMemoryRuntime();
  runtime.files.write("/app.yaml", text);
  return loadConfig({ sources: ["/app.yaml"], schema, runtime });
}

async function issuesOf(schema: StandardSchema<unknown>, text: string): Promise<string[]> {
  const error: unknown = await load(schema, text).then(
    () => assert.fail("accepted"),
    (thrown) => thrown,
  );
  assert.ok(error instanceof ValidationError, String(error));
  return error.message.replace("Cannot accept the configuration: ", "").split("; ");
}
