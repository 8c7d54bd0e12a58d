import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type } from "arktype";
import { env, memory, type Source, textDocument, valueDocument } from "../mod.ts";
import { openLive, reasonsOf, typesOf } from "./live.ts";

describe("several sources are one configuration", () => {
  test("the later wins, through any change of any of them (S4.6, S4.7)", async () => {
    const overrides = memory({ log: { level: "info" } });
    await using live = await openLive(
      { "/app.yaml": "log: {level: warn, format: json}\nport: 1\n" },
      { sources: ["/app.yaml", overrides] },
    );
    const { config } = live;
    assert.deepEqual(config.current, { log: { level: "info", format: "json" }, port: 1 });
    await live.save("/app.yaml", "log: {level: error, format: text}\nport: 2\n");
    assert.deepEqual(config.current, { log: { level: "info", format: "text" }, port: 2 });
    overrides.set({ port: 3 });
    await live.clock.advance(1);
    assert.deepEqual(config.current, { log: { level: "error", format: "text" }, port: 3 });
  });

  test("of which each value is explained, and each source has its own (S4.6, S5.9)", async () => {
    await using live = await openLive(
      { "/base.yaml": "server:\n  port: 1\n  host: a\n", "/local.yaml": "server:\n  port: 2\n" },
    );
    const { config } = live;
    assert.deepEqual(config.explain("server.port"), {
      path: "server.port",
      value: 2,
      origin: { source: "/local.yaml", file: "/local.yaml", line: 2, column: 3, value: 2 },
      shadowed: [{ source: "/base.yaml", file: "/base.yaml", line: 2, column: 3, value: 1 }],
    });
    assert.deepEqual(
      config.provenance().map(({ path, origin }) => [path, origin?.file]),
      [["server.port", "/local.yaml"], ["server.host", "/base.yaml"]],
    );
    assert.deepEqual(config.sourceValue("/local.yaml"), { server: { port: 2 } });
    assert.deepEqual(config.layers().map(({ source }) => source), ["/base.yaml", "/local.yaml"]);
    assert.throws(() => config.sourceValue("/other.yaml"), RangeError);
  });

  test("explains what a rollback brought back, without places that are gone", async () => {
    await using live = await openLive({ "/app.yaml": "port: 1\n" });
    await live.save("/app.yaml", "\n\nport: 2\n");
    await live.config.rollback();
    const { value, origin } = live.config.explain("port");
    assert.deepEqual([value, origin], [1, { source: "/app.yaml", file: "/app.yaml", value: 1 }]);
  });
});

describe("a source of the user's own", () => {
  test("pushes what it holds, is told when it is watched no longer, and is read only when it asks", async () => {
    let reads = 0;
    let value = { a: 1 };
    let push = () => {};
    let signal: AbortSignal | undefined;
    const store: Source = {
      name: "store",
      read: () => {
        reads++;
        return Promise.resolve([valueDocument("store", value)]);
      },
      watch(context) {
        push = context.changed;
        signal = context.signal;
      },
    };
    await using live = await openLive({ "/app.yaml": "b: 1\n" }, { sources: ["/app.yaml", store] });
    await live.save("/app.yaml", "b: 2\n");
    assert.equal(reads, 1);
    value = { a: 2 };
    push();
    await live.clock.advance(1);
    assert.deepEqual([reads, live.config.current], [2, { b: 2, a: 2 }]);
    const success = live.events.at(-1);
    assert.ok(success?.type === "reloadSucceeded" && success.settledBy === undefined);
    assert.deepEqual(success.changes, [
      { path: "a", kind: "changed", before: 1, after: 2, source: "store" },
    ]);
    await live.config.removeSource("store");
    assert.equal(signal?.aborted, true);
  });

  test("may be sent texts, of which values have their places", async () => {
    const texts = ["a:\n  b: 1\n", "a:\n  b: [\n"];
    const store: Source = {
      name: "store",
      read: () => Promise.resolve([textDocument("store:app", texts.shift()!, ".yaml")]),
      watch: () => {},
    };
    await using live = await openLive({}, { sources: [store] });
    const { origin } = live.config.explain("a.b");
    assert.deepEqual([origin?.file, origin?.line, origin?.column], ["store:app", 2, 3]);
    const outcome = await live.reload();
    assert.ok(outcome.status === "rejected");
    assert.match(outcome.error!.message, /^Cannot parse store:app:3:1: /);
  });

  test("that gives no documents, or a value that contains itself, is named (G7)", async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    const odd: Source = {
      name: "odd",
      read: () => Promise.resolve([null] as unknown as []),
      watch: () => {},
    };
    await assert.rejects(
      openLive({}, { sources: [odd] }),
      /^TypeError: Cannot read the source odd: it gives no list of documents$/,
    );
    await assert.rejects(
      openLive({}, { sources: [memory(cyclic, { name: "flags" })] }),
      /^TypeError: Cannot use the value of flags: it contains itself, or can't be read$/,
    );
  });

  test("notices changes of values that JSON has not", async () => {
    const shared = memory({ map: new Map([["a", 1]]), limit: Infinity });
    await using live = await openLive({}, { sources: [shared] });
    await live.clock.advance(1000);
    for (
      const next of [
        { map: new Map([["a", 2]]), limit: Infinity },
        { map: new Map([["a", 2]]), limit: -Infinity },
      ]
    ) {
      const { revision } = live.config;
      shared.set(next);
      await live.clock.advance(1000);
      assert.equal(live.config.revision, revision + 1);
      assert.deepEqual(live.config.current, next);
    }
  });

  test("is stale when it can't be reached: others go on with what it gave last (S4.8)", async () => {
    let failure: Error | undefined;
    let push = () => {};
    const store: Source = {
      name: "store",
      read: ({ last, stale }) => {
        if (failure === undefined) return Promise.resolve([valueDocument("store", { a: 1 })]);
        stale(failure);
        return Promise.resolve(last);
      },
      watch: ({ changed }) => void (push = changed),
    };
    await using live = await openLive({ "/app.yaml": "b: 1\n" }, { sources: ["/app.yaml", store] });
    await live.clock.advance(1000);
    failure = new Error("connection refused");
    push();
    await live.clock.advance(1);
    await live.save("/app.yaml", "b: 2\n");
    assert.deepEqual(live.config.current, { b: 2, a: 1 });
    assert.match(
      reasonsOf(live.config).join(),
      /store gave last is used: connection refused/,
    );
    failure = undefined;
    push();
    await live.clock.advance(1);
    assert.deepEqual(typesOf(live.events), [
      "sourceStale",
      "fileChanged",
      "reloadSucceeded",
      "sourceRestored",
    ]);
    assert.equal(live.config.health().status, "ok");
  });
});

describe("texts for want of types", () => {
  const Settings = type({ port: "number", debug: "boolean", zip: "string" });

  test("become what the schema asks for, and stay texts where it asks for those (S4.5)", async () => {
    const runtime = { APP_PORT: "8080", APP_DEBUG: "true", APP_ZIP: "01234" };
    await using live = await openLive(
      { "/app.yaml": "port: 1\ndebug: false\nzip: ''\n" },
      { schema: Settings, sources: ["/app.yaml", env({ prefix: "APP_" })] },
    );
    for (const [name, value] of Object.entries(runtime)) live.runtime.environment.set(name, value);
    await live.reload();
    assert.deepEqual(live.config.current, { port: 8080, debug: true, zip: "01234" });
  });

  test("of names with an empty key are left out", async () => {
    await using live = await openLive({}, { sources: [env({ prefix: "APP_" })] });
    for (const name of ["APP_", "APP_A____B", "APP___PROTO__", "APP___X", "APP_OK"]) {
      live.runtime.environment.set(name, "1");
    }
    await live.reload();
    assert.deepEqual(live.config.current, { ok: "1" });
  });

  test("are refused under the name of their variable (S3.7)", async () => {
    await using live = await openLive(
      { "/app.yaml": "port: 1\ndebug: false\nzip: ''\n" },
      { schema: Settings, sources: ["/app.yaml", env({ map: { PORT: "port" } })] },
    );
    live.runtime.environment.set("PORT", "many");
    const outcome = await live.reload();
    assert.ok(outcome.status === "rejected");
    assert.deepEqual(outcome.issues?.map(({ variable, path }) => [variable, path]), [
      ["PORT", "port"],
    ]);
  });
});

describe("placeholders", () => {
  test("are filled in, with defaults and escapes (S5.15)", async () => {
    await using live = await openLive({
      "/app.yaml": "a: ${HOST:-local}:${PORT:-${OTHER:-1}}\nb: $${HOST}\nc: plain\n",
    });
    assert.deepEqual(live.config.current, { a: "local:1", b: "${HOST}", c: "plain" });
    live.runtime.environment.set("HOST", "db");
    await live.reload();
    assert.deepEqual(live.config.explain("a").value, "db:1");
  });

  test("without a value are issues with their place (S5.15)", async () => {
    await using live = await openLive({ "/app.yaml": "a: 1\n" });
    await live.save("/app.yaml", "a: 1\nb:\n  c: x ${NOWHERE}\n");
    const failed = live.events.at(-1);
    assert.ok(failed?.type === "validationFailed");
    const [issue] = failed.issues;
    assert.deepEqual([issue?.path, issue?.file, issue?.line, issue?.column], [
      "b.c",
      "/app.yaml",
      3,
      3,
    ]);
    assert.match(issue!.message, /NOWHERE is not set/);
  });
});

describe("guards", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => `k${index}: 1\n`).join("");

  test("refuse that most values go, and are gone past once by force (G4)", async () => {
    await using live = await openLive({ "/app.yaml": many(20) });
    await live.save("/app.yaml", many(9));
    const failed = live.events.at(-1);
    assert.ok(failed?.type === "validationFailed");
    assert.match(
      failed.issues[0]!.message,
      /11 of 20 values \(55 %\) are gone, guards.massRemoval/,
    );
    const outcome = await live.reload({ force: true });
    assert.equal(outcome.status, "committed");
  });
});
