import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type } from "arktype";
import * as valibot from "valibot";
import * as zod from "zod";
import { ClosedError, ComponentError, env, formatIssue } from "../../mod.ts";
import { createTestConfig } from "../../testing.ts";

const Settings = type({ server: { host: "string", port: "1 <= number.integer <= 65535" } });

describe("a configuration for tests", () => {
  test("holds the value that it is given, frozen and typed by it", async () => {
    await using test = await createTestConfig({ server: { host: "a", port: 1 }, tags: ["x"] });
    const { config } = test;
    const port: number = config.current.server.port;
    assert.equal(port, 1);
    assert.ok(Object.isFrozen(config.current.server));
    assert.equal(config.revision, 1);
  });

  test("applies what is set before it answers, without any time passing", async () => {
    await using test = await createTestConfig({ server: { host: "a", port: 1 } });
    const ports: number[] = [];
    test.config.subscribe("server.port", (port) => ports.push(port));
    const outcome = await test.set({ server: { host: "a", port: 2 } });
    assert.ok(outcome.status === "committed");
    assert.deepEqual(outcome.changes.map(({ path }) => path), ["server.port"]);
    assert.deepEqual(ports, [2]);
    assert.equal(test.clock.now(), 0);
    const [event] = test.recorded.ofType("reloadSucceeded");
    assert.equal(event?.cause, "save");
  });

  test("patches objects key by key and replaces anything else", async () => {
    await using test = await createTestConfig({ server: { host: "a", port: 1 }, tags: ["x", "y"] });
    await test.patch({ server: { port: 2 } });
    await test.patch({ tags: ["z"] });
    assert.deepEqual(test.config.current, { server: { host: "a", port: 2 }, tags: ["z"] });
  });

  test("answers unchanged where nothing is another", async () => {
    await using test = await createTestConfig({ a: 1 });
    assert.deepEqual(await test.set({ a: 1 }), { status: "unchanged", revision: 1 });
    assert.deepEqual(test.recorded.types, []);
  });

  test("refuses what the schema refuses, and is typed by it (G4)", async () => {
    await using test = await createTestConfig({ server: { host: "a", port: 1 } }, {
      schema: Settings,
    });
    const outcome = await test.patch({ server: { port: 0 } });
    assert.ok(outcome.status === "rejected");
    assert.deepEqual(outcome.issues?.map(formatIssue), [
      "test: server.port: must be at least 1 (was 0)",
    ]);
    const port: number = test.config.current.server.port;
    assert.equal(port, 1);
    // @ts-expect-error The schema takes a number.
    assert.equal((await test.patch({ server: { port: "x" } })).status, "rejected");
    assert.equal((await test.set({ server: { host: "a", port: 1 } })).status, "unchanged");
    assert.ok(test.recorded.types.includes("recovered"));
  });

  test("rejects at once a value that the schema refuses", async () => {
    const starting = createTestConfig({ server: { host: "a", port: 0 } }, { schema: Settings });
    await assert.rejects(starting, { name: "ValidationError" });
  });

  test("gives what the schema makes of the value", async () => {
    const Lines = type({ lines: type("string").pipe((text) => text.split("\n")) });
    await using test = await createTestConfig({ lines: "a\nb" }, { schema: Lines });
    const lines: readonly string[] = test.config.current.lines;
    assert.deepEqual(lines, ["a", "b"]);
    await test.set({ lines: "c" });
    assert.deepEqual(test.config.current, { lines: ["c"] });
  });

  test("is typed by an interface, by zod and by valibot", async () => {
    interface Limits {
      readonly rpm: number;
      readonly burst?: { readonly size: number };
    }
    await using limits = await createTestConfig<Limits>({ rpm: 1 });
    await limits.patch({ burst: { size: 2 } });
    const size: number | undefined = limits.config.current.burst?.size;
    assert.equal(size, 2);

    const ofZod = zod.object({ n: zod.string().transform(Number) });
    await using fromZod = await createTestConfig({ n: "1" }, { schema: ofZod });
    await fromZod.set({ n: "2" });
    // @ts-expect-error It takes text.
    assert.equal((await fromZod.set({ n: 3 })).status, "rejected");

    const ofValibot = valibot.object({
      n: valibot.pipe(valibot.string(), valibot.transform(Number)),
    });
    await using fromValibot = await createTestConfig({ n: "1" }, { schema: ofValibot });
    await fromValibot.patch({ n: "2" });
    const numbers: number[] = [fromZod.config.current.n, fromValibot.config.current.n];
    assert.deepEqual(numbers, [2, 2]);
  });

  test("refuses and fails when it is told to, as often as it is", async () => {
    await using test = await createTestConfig({ port: 1 });
    for (const message of ["no", "no", "still no"]) {
      const refused = await test.refuse(message);
      assert.ok(refused.status === "rejected");
      assert.deepEqual(refused.issues?.map((issue) => issue.message), [message]);
    }
    const failed = await test.fail("the store is away");
    assert.ok(failed.status === "rejected");
    assert.match(failed.error!.message, /the store is away/u);
    assert.notEqual(test.config.health().status, "ok");
    assert.equal((await test.set({ port: 2 })).status, "committed");
    assert.equal(test.config.health().status, "ok");
    assert.deepEqual(test.recorded.types.filter((type) => type !== "healthChanged"), [
      ...Array(3).fill("validationFailed"),
      "reloadFailed",
      "reloadSucceeded",
    ]);
  });

  test("holds back what is set while it is paused (S2.4)", async () => {
    await using test = await createTestConfig({ port: 1 });
    test.config.pause();
    assert.deepEqual(await test.set({ port: 2 }), { status: "unchanged", revision: 1 });
    assert.equal((await test.config.resume()).status, "committed");
    assert.equal(test.config.current.port, 2);
  });

  test("waits for rules that are asynchronous, and is told of their deadline by its clock", async () => {
    await using test = await createTestConfig({ port: 1 }, {
      validators: [({ port }) => port === 3 ? new Promise(() => {}) : Promise.resolve()],
      validateTimeoutMs: 100,
    });
    assert.equal((await test.set({ port: 2 })).status, "committed");
    const outcome = test.set({ port: 3 });
    await test.clock.advance(100);
    assert.equal((await outcome).status, "rejected");
  });

  test("has components, which refuse, hang and go back (G5, S3.9)", async () => {
    await using test = await createTestConfig({ pool: { size: 1 } });
    let size = 0;
    await test.config.attach({
      name: "pool",
      select: ({ pool }) => pool.size,
      prepare(next) {
        if (next > 10) throw new Error("no room");
        return next === 5 ? new Promise<undefined>(() => {}) : undefined;
      },
      commit: (next) => void (size = next),
      deadlineMs: 1000,
    });
    assert.equal((await test.patch({ pool: { size: 2 } })).status, "committed");
    assert.equal(size, 2);
    const refused = await test.patch({ pool: { size: 11 } });
    assert.ok(refused.status === "rejected" && refused.error instanceof ComponentError);
    assert.equal((await test.recorded.next("componentFailed")).component, "pool");
    const hanging = test.patch({ pool: { size: 5 } });
    await test.clock.advance(1000);
    assert.equal((await hanging).status, "rejected");
    assert.equal(size, 2);
    await test.config.rollback();
    assert.equal(size, 1);
  });

  test("answers once what was saved is confirmed or was taken back", async () => {
    await using test = await createTestConfig({ port: 1 }, { confirm: { withinMs: 1000 } });
    const kept = test.set({ port: 2 });
    await test.recorded.next("reloadSucceeded");
    assert.ok(test.config.confirm());
    assert.equal((await kept).status, "committed");
    const given = test.set({ port: 3 });
    await test.clock.advance(1000);
    const outcome = await given;
    assert.ok(outcome.status === "rejected");
    assert.match(outcome.error!.message, /not confirmed within 1000 ms/u);
    assert.equal(test.config.current.port, 2);
  });

  test("may be set inside of a handler", async () => {
    await using test = await createTestConfig({ port: 1 });
    let inner: unknown;
    test.config.on("reloadSucceeded", () => inner ??= test.set({ port: 3 }), { once: true });
    await test.set({ port: 2 });
    assert.equal((await inner as { status: string }).status, "committed");
    assert.deepEqual([test.config.current.port, test.config.revision], [3, 3]);
  });

  test("saves one after the other what is saved before the one before is answered", async () => {
    await using test = await createTestConfig({ port: 1, host: "a" });
    const outcomes = await Promise.all([
      test.set({ port: 2, host: "a" }),
      test.patch({ host: "b" }),
      test.refuse(),
      test.patch({ port: 3 }),
    ]);
    assert.deepEqual(outcomes.map(({ status, revision }) => `${status} ${revision}`), [
      "committed 2",
      "committed 3",
      "rejected 3",
      "committed 4",
    ]);
    assert.deepEqual(test.config.current, { port: 3, host: "b" });
    const waiting = test.set({ port: 4, host: "b" });
    await test.config.close();
    await assert.rejects(waiting, ClosedError);
  });

  test("takes a thousand values at one moment", async () => {
    await using test = await createTestConfig({ n: 0 });
    for (let n = 1; n <= 1000; n++) assert.equal((await test.set({ n })).status, "committed");
    assert.equal(test.config.revision, 1001);
  });

  test("has secrets, sources, variables and history as any configuration", async () => {
    await using test = await createTestConfig({ token: "hush-1", port: 1 });
    await test.set({ token: "hush-2", port: 2 });
    assert.ok(!JSON.stringify(test.recorded.events).includes("hush"));
    test.runtime.environment.set("APP_PORT", "9");
    await test.config.addSource(env({ prefix: "APP_" }));
    assert.equal(String(test.config.current.port), "9");
    await test.config.rollback({ to: "initial" });
    assert.deepEqual(test.config.current, { token: "hush-1", port: 1 });
  });

  test("applies what is set beside other sources, and lets their quiet time pass", async () => {
    await using test = await createTestConfig({ port: 1 });
    test.runtime.files.write("/app.yaml", "host: a\n");
    await test.config.addSource("/app.yaml");
    assert.equal((await test.set({ port: 2 })).status, "committed");
    assert.deepEqual(test.config.current, { port: 2, host: "a" } as object);
    assert.equal((await test.set({ port: 2 })).status, "unchanged");
    test.config.pause();
    assert.equal((await test.set({ port: 3 })).status, "unchanged");
    assert.ok(test.clock.now() <= 50, "and no longer than that");
    assert.equal((await test.config.resume()).status, "committed");
  });

  test("is closed at the end although a component hangs that no time passes for", async () => {
    const test = await createTestConfig({ port: 1 });
    await test.config.attach({
      name: "server",
      prepare: ({ port }) => port === 2 ? new Promise(() => {}) : undefined,
      commit() {},
      deadlineMs: 1000,
    });
    const saved = test.set({ port: 2 });
    await test.clock.settle();
    await test[Symbol.asyncDispose]();
    assert.deepEqual(await saved, { status: "unchanged", revision: 1 });
    assert.equal(test.clock.timers, 0);
  });

  test("lets no more time pass at the end than it has to", async () => {
    const test = await createTestConfig({ port: 1 });
    await test.set({ port: 2 });
    await test[Symbol.asyncDispose]();
    assert.equal(test.clock.now(), 0);
  });

  test("is closed at the end, and leaves no timer behind (G9)", async () => {
    const test = await createTestConfig({ port: 1 });
    await test[Symbol.asyncDispose]();
    assert.ok(test.config.isClosed);
    assert.equal(test.clock.timers, 0);
    await assert.rejects(test.set({ port: 2 }), { name: "ClosedError" });
  });
});
