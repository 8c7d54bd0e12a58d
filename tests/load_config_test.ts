import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { directory, loadConfig } from "../mod.ts";
import { createMemoryRuntime, type MemoryRuntime } from "../testing.ts";
import { checksumOf } from "../src/checksum.ts";

describe("loadConfig()", () => {
  test("gives the snapshot and watches nothing", async () => {
    const runtime = withFiles({ "/app.yaml": "n: 1\n" });
    const snapshot = await loadConfig({ sources: ["/app.yaml"], runtime });
    assert.deepEqual(snapshot, {
      revision: 1,
      value: { n: 1 },
      checksum: checksumOf("n: 1\n"),
      at: "2026-01-01T00:00:00.000Z",
      files: ["/app.yaml"],
      cause: "start",
    });
    assert.ok(Object.isFrozen(snapshot) && Object.isFrozen(snapshot.value));
    assert.equal(runtime.files.watches, 0);
    assert.equal(runtime.clock.timers, 0);
  });

  test("refuses what a schema gives when it can't be walked, without its secrets (G7, G11)", async () => {
    const runtime = withFiles({ "/app.yaml": "password: hunter2\n" });
    const holdsItself = (value: Record<string, unknown>) => Object.assign(value, { self: value });
    const throwing = (value: object) =>
      Object.defineProperty(value, "boom", {
        enumerable: true,
        get: () => {
          throw new Error("hunter2 is no good");
        },
      });
    for (const give of [holdsItself, throwing]) {
      const schema = {
        "~standard": {
          version: 1 as const,
          vendor: "test",
          validate: (value: unknown) => ({ value: give({ ...value as object }) }),
        },
      };
      await assert.rejects(loadConfig({ sources: ["/app.yaml"], schema, runtime }), (error) => {
        assert.ok(error instanceof Error && !(error instanceof RangeError)); // which is misuse
        assert.match(error.message, /^Cannot use what the schema gives: /);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      });
    }
  });

  test("merges sources in order and reads every format (S4.6)", async () => {
    const runtime = withFiles({
      "/a.yaml": "from: yaml\nyaml: 1\n",
      "/b.json": '{"from": "json", "json": 1}',
      "/c.jsonc": '{"from": "jsonc", "jsonc": 1,} // last comma',
      "/d.toml": 'from = "toml"\ntoml = 1\n',
      "/e/x.yml": "from: directory\n",
    });
    const sources = ["/a.yaml", "/b.json", "/c.jsonc", "/d.toml", directory("/e")];
    const { value, files } = await loadConfig({ sources, runtime });
    assert.deepEqual(value, { from: "directory", yaml: 1, json: 1, jsonc: 1, toml: 1 });
    assert.deepEqual(files, ["/a.yaml", "/b.json", "/c.jsonc", "/d.toml", "/e/x.yml"]);
  });

  test("leaves excluded files and editor litter out (S3.2, S3.3)", async () => {
    const runtime = withFiles({
      "/c/app.yaml": "a: 1\n",
      "/c/app.yaml~": "a: 2\n",
      "/c/.app.yaml.swp": "a: 3\n",
      "/c/.env": "a=4\n",
      "/c/secret.yaml": "a: 5\n",
      "/c/x.tmp": "a: 6\n",
    });
    const options = { sources: [directory("/c")], exclude: ["secret.*"], runtime };
    assert.deepEqual((await loadConfig(options)).files, ["/c/app.yaml"]);
  });

  test("takes an empty file for an empty configuration", async () => {
    const runtime = withFiles({ "/app.yaml": "# nothing yet\n" });
    assert.deepEqual((await loadConfig({ sources: ["/app.yaml"], runtime })).value, {});
  });

  test("obeys limits (G10)", async () => {
    const runtime = withFiles({ "/app.yaml": "a: {b: {c: 1}}\n" });
    const load = (limits: object) => loadConfig({ sources: ["/app.yaml"], limits, runtime });
    await load({ maxDepth: 3, maxNodes: 4, maxBytes: 15 });
    await assert.rejects(load({ maxDepth: 2 }), { name: "ParseError", message: /maxDepth/ });
    await assert.rejects(load({ maxNodes: 3 }), { name: "ParseError", message: /maxNodes/ });
    await assert.rejects(load({ maxBytes: 14 }), {
      name: "SourceError",
      message: "Cannot read /app.yaml: it has 15 bytes, more than limits.maxBytes (14) allows",
    });
  });

  const failures: [name: string, files: Record<string, string>, error: object][] = [
    ["is missing", {}, { name: "SourceError", message: /^Cannot read \/app\.yaml: there is no/ }],
    ["does not parse", { "/app.yaml": "a:\n\tb: 1\n" }, {
      name: "ParseError",
      message: /^Cannot parse \/app\.yaml:2:1: a tab is used/,
    }],
    ["is refused", { "/app.yaml": "bad: 1\n" }, {
      name: "ValidationError",
      message: "Cannot accept the configuration: /app.yaml:1:1: bad: must not be there",
    }],
  ];
  for (const [name, files, error] of failures) {
    test(`rejects when a file ${name}`, async () => {
      const validators = [() => [{ path: "bad", message: "must not be there" }]];
      const options = { sources: ["/app.yaml"], validators, runtime: withFiles(files) };
      await assert.rejects(loadConfig(options), error);
    });
  }
});

function withFiles(files: Readonly<Record<string, string>>): MemoryRuntime {
  const runtime = createMemoryRuntime();
  for (const [path, text] of Object.entries(files)) runtime.files.write(path, text);
  return runtime;
}
