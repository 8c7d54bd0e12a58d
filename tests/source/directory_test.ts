import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type } from "arktype";
import {
  directory,
  type DirectoryOptions,
  loadConfig,
  ParseError,
  SourceError,
  watchConfig,
} from "../../mod.ts";
import { createMemoryRuntime } from "../../testing.ts";
import { eventsOf, openLive } from "../live.ts";

const SECRETS = "/run/secrets";
const byName = (options: DirectoryOptions = {}) =>
  directory(SECRETS, { keyBy: "filename", ...options });

/** What the files below the directory give. */
async function load(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: DirectoryOptions = {},
): Promise<unknown> {
  const runtime = createMemoryRuntime();
  for (const [name, content] of Object.entries(files)) {
    runtime.files.write(`${SECRETS}/${name}`, content);
  }
  return (await loadConfig({ sources: [byName(options)], runtime })).value;
}

describe("a directory whose files are keys (S5.2)", () => {
  const rows: readonly [string, Record<string, string>, unknown, DirectoryOptions?][] = [
    ["texts, without one newline", { a: "x\n", b: "y\n\n", c: "z\r\n", d: "" }, {
      a: "x",
      b: "y\n",
      c: "z",
      d: "",
    }],
    ["known formats, parsed", { "db.yaml": "port: 1\n", "log.json": '"info"' }, {
      db: { port: 1 },
      log: "info",
    }],
    ["unknown extensions, under the whole name", { "tls.crt": "x" }, { "tls.crt": "x" }],
    ["no placeholders in texts", { password: "a${b}$${c}" }, { password: "a${b}$${c}" }],
    ["placeholders in formats", { "db.yaml": "a: ${NONE:-x}\n" }, { db: { a: "x" } }],
    ["nothing below it", { a: "1", "b/c": "2" }, { a: "1" }],
    ["all below it when recursive", { a: "1", "b/c": "2", "b/d.yaml": "e: 3\n" }, {
      a: "1",
      b: { c: "2", d: { e: 3 } },
    }, { recursive: true }],
    ["what is included", { a: "1", b: "2" }, { b: "2" }, { include: ["b"] }],
    ["no hidden files and no litter", { a: "1", ".b": "2", "c~": "3" }, { a: "1" }],
  ];
  for (const [title, files, value, options] of rows) {
    test(`gives ${title}`, async () => assert.deepEqual(await load(files, options), value));
  }

  test("refuses two files for one key, and names both", async () => {
    await assert.rejects(
      load({ "db.yaml": "a: 1\n", "db.json": "{}" }),
      (error: Error) =>
        error instanceof SourceError && error.message.includes("db.yaml") &&
        error.message.includes("db.json"),
    );
  });

  test("refuses what is no text, with its place (G12)", async () => {
    await assert.rejects(
      load({ key: new Uint8Array([65, 10, 255]) }),
      (error) => error instanceof ParseError && error.line === 2 && error.file.endsWith("/key"),
    );
    await assert.rejects(load({ key: "a\0b" }), ParseError);
  });

  test("refuses a name that would be a prototype (G12)", async () => {
    await assert.rejects(load({ ["__proto__"]: "x", a: "y" }), /__proto__/);
    assert.equal(({} as Record<string, unknown>)["x"], undefined);
  });

  test("gives numbers where the schema asks for them, with file and line (S3.7)", async () => {
    const schema = type({ port: "number" });
    await using live = await openLive({ [`${SECRETS}/port`]: "5432\n" }, {
      schema,
      sources: [byName()],
    });
    assert.deepEqual(live.config.current, { port: 5432 });
    const { file, line } = live.config.explain("port").origin!;
    assert.deepEqual([file, line], [`${SECRETS}/port`, 1]);
    await live.save(`${SECRETS}/port`, "many\n");
    const [failed] = eventsOf(live.events, "validationFailed");
    assert.equal(failed?.issues[0]?.file, `${SECRETS}/port`);
  });

  test("follows a Kubernetes swap as one reload (G3)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write(`${SECRETS}/..1/user`, "a\n");
    files.write(`${SECRETS}/..1/password`, "b\n");
    files.symlink("..1", `${SECRETS}/..data`);
    files.symlink("..data/user", `${SECRETS}/user`);
    files.symlink("..data/password", `${SECRETS}/password`);
    await using config = await watchConfig({ sources: [byName({ recursive: true })], runtime });
    assert.deepEqual(config.current, { user: "a", password: "b" });
    files.write(`${SECRETS}/..2/user`, "c\n");
    files.write(`${SECRETS}/..2/password`, "d\n");
    files.symlink("..2", `${SECRETS}/..data_tmp`);
    files.rename(`${SECRETS}/..data_tmp`, `${SECRETS}/..data`);
    await clock.advance(3000);
    assert.deepEqual(config.current, { user: "c", password: "d" });
    assert.equal(config.revision, 2);
  });
});

describe("a directory that goes missing", () => {
  const FILES = { "/app.yaml": "a: 1\n", [`${SECRETS}/b`]: "1" };

  test("fails the reload (S4.8)", async () => {
    await using live = await openLive(FILES, { sources: ["/app.yaml", byName()] });
    live.files.remove(SECRETS);
    await live.clock.advance(3000);
    assert.deepEqual(live.config.current, { a: 1, b: "1" });
    assert.equal(eventsOf(live.events, "reloadFailed").length, 1);
  });

  test("is kept where that is asked for, until it is back (S4.8)", async () => {
    const sources = ["/app.yaml", byName({ onMissing: "keep" })];
    await using live = await openLive(FILES, { sources });
    live.files.remove(SECRETS);
    await live.clock.advance(3000);
    await live.save("/app.yaml", "a: 2\n");
    assert.deepEqual(live.config.current, { a: 2, b: "1" });
    assert.equal(live.config.health().status, "degraded");
    live.files.write(`${SECRETS}/b`, "2");
    await live.clock.advance(3000);
    assert.deepEqual(live.config.current, { a: 2, b: "2" });
    assert.equal(eventsOf(live.events, "sourceStale").length, 1);
    assert.equal(eventsOf(live.events, "sourceRestored").length, 1);
  });

  test("need not be there when it is optional", async () => {
    const sources = ["/app.yaml", byName({ optional: true })];
    await using live = await openLive({ "/app.yaml": "a: 1\n" }, { sources });
    assert.deepEqual(live.config.current, { a: 1 });
    live.files.write(`${SECRETS}/b`, "2");
    await live.clock.advance(3000);
    assert.deepEqual(live.config.current, { a: 1, b: "2" });
    live.files.remove(SECRETS);
    await live.clock.advance(3000);
    assert.deepEqual(live.config.current, { a: 1 });
  });
});

test("a file may be read by two sources, in two ways", async () => {
  const runtime = createMemoryRuntime();
  runtime.files.write("/conf/db.yaml", "port: 1\n");
  const sources = ["/conf/db.yaml", directory("/conf", { keyBy: "filename" as const })];
  const { value } = await loadConfig({ sources, runtime });
  assert.deepEqual(value, { port: 1, db: { port: 1 } });
});
