import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { directory, file, loadConfig, SourceError } from "../../mod.ts";
import { createMemoryRuntime } from "../../testing.ts";
import { eventsOf, openLive, reasonsOf, typesOf } from "../live.ts";

const BASE = "/base.yaml";
const LOCAL = "/local.yaml";
const FILES = { [BASE]: "a: 1\nb: 1\n", [LOCAL]: "b: 2\n" };
const MERGED = { a: 1, b: 2 };

/** Longer than a file that is missing is waited for. */
const GIVEN_UP_MS = 3000;

describe("a file that goes missing", () => {
  test("fails the reload, and all stays (S4.8, G4)", async () => {
    await using live = await openLive(FILES, { sources: [BASE, file(LOCAL)] });
    live.files.remove(LOCAL);
    await live.clock.advance(GIVEN_UP_MS);
    await live.save(BASE, "a: 2\nb: 1\n");
    assert.deepEqual(live.config.current, MERGED);
    assert.ok(eventsOf(live.events, "reloadFailed").length > 0);
    await live.save(LOCAL, "b: 3\n");
    assert.deepEqual(live.config.current, { a: 2, b: 3 });
  });

  test("is kept where that is asked for: others go on, and health says so (S4.8)", async () => {
    const sources = [BASE, file(LOCAL, { onMissing: "keep" })];
    await using live = await openLive(FILES, { sources });
    live.files.remove(LOCAL);
    await live.clock.advance(GIVEN_UP_MS);
    await live.save(BASE, "a: 2\nb: 1\n");
    assert.deepEqual(live.config.current, { a: 2, b: 2 });
    assert.equal(live.config.health().status, "degraded");
    assert.match(reasonsOf(live.config).join(), /local.yaml: there is no such file/);
    await live.save(LOCAL, "b: 2\n");
    assert.deepEqual(typesOf(live.events), [
      "sourceStale",
      "fileChanged",
      "reloadSucceeded",
      "sourceRestored",
    ]);
    assert.equal(live.config.health().status, "ok");
  });

  test("takes its values along where that is asked for", async () => {
    const sources = [BASE, file(LOCAL, { onMissing: "remove-layer" })];
    await using live = await openLive(FILES, { sources });
    live.files.remove(LOCAL);
    await live.clock.advance(GIVEN_UP_MS);
    assert.deepEqual(live.config.current, { a: 1, b: 1 });
    await live.save(BASE, "a: 2\nb: 1\n");
    assert.deepEqual(live.config.current, { a: 2, b: 1 });
    await live.save(LOCAL, "b: 3\n");
    assert.deepEqual(live.config.current, { a: 2, b: 3 });
    assert.deepEqual(eventsOf(live.events, "reloadFailed"), []);
  });

  for (const onMissing of ["keep", "remove-layer", "fail"] as const) {
    test(`for a moment, while it is saved, is not noticed with ${onMissing} (G3)`, async () => {
      await using live = await openLive(FILES, { sources: [BASE, file(LOCAL, { onMissing })] });
      live.files.remove(LOCAL);
      await live.clock.advance(300);
      await live.save(LOCAL, "b: 3\n");
      assert.deepEqual(live.config.current, { a: 1, b: 3 });
      assert.deepEqual(typesOf(live.events), ["fileChanged", "reloadSucceeded"]);
    });
  }
});

describe("an optional file", () => {
  test("need not be there at the start, comes and goes", async () => {
    const sources = [BASE, file(LOCAL, { optional: true })];
    await using live = await openLive({ [BASE]: FILES[BASE]! }, { sources });
    assert.deepEqual(live.config.current, { a: 1, b: 1 });
    await live.save(LOCAL, "b: 2\n");
    assert.deepEqual(live.config.current, MERGED);
    live.files.remove(LOCAL);
    await live.clock.advance(GIVEN_UP_MS);
    assert.deepEqual(live.config.current, { a: 1, b: 1 });
    assert.deepEqual(eventsOf(live.events, "reloadFailed"), []);
  });

  test("once there, must stay with onMissing fail", async () => {
    const sources = [BASE, file(LOCAL, { optional: true, onMissing: "fail" })];
    await using live = await openLive({ [BASE]: FILES[BASE]! }, { sources });
    await live.save(BASE, "a: 3\nb: 3\n");
    assert.deepEqual(live.config.current, { a: 3, b: 3 });
    await live.save(LOCAL, "b: 2\n");
    live.files.remove(LOCAL);
    await live.clock.advance(GIVEN_UP_MS);
    await live.save(BASE, "a: 1\nb: 1\n");
    assert.deepEqual(live.config.current, { a: 3, b: 2 });
    assert.match(reasonsOf(live.config).join(), /local.yaml: there is no such file/);
  });

  test("that is the only one gives an empty configuration", async () => {
    const runtime = createMemoryRuntime();
    const { value } = await loadConfig({ sources: [file(LOCAL, { optional: true })], runtime });
    assert.deepEqual(value, {});
  });

  test("is another thing than a file that can't be read", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.mkdir(LOCAL);
    await assert.rejects(
      loadConfig({ sources: [file(LOCAL, { optional: true })], runtime }),
      (error) => error instanceof SourceError && error.code === "EISDIR",
    );
  });
});

test("a file is parsed as what its format option says", async () => {
  const runtime = createMemoryRuntime();
  runtime.files.write("/settings", "a: 1\n");
  const { value } = await loadConfig({
    sources: [file("/settings", { format: ".yaml" })],
    runtime,
  });
  assert.deepEqual(value, { a: 1 });
});

describe("files with debounce options of their own", () => {
  const slow = { strategy: "fixed", baseDelayMs: 500 } as const;

  test("reload each on their own, when they are due (S4.3)", async () => {
    const sources = [file(BASE, { debounce: "fixed" }), file(LOCAL, { debounce: slow })];
    await using live = await openLive(FILES, { sources });
    live.files.write(BASE, "a: 5\nb: 5\n");
    live.files.write(LOCAL, "b: 6\n");
    await live.clock.advance(60);
    assert.deepEqual(live.config.current, { a: 5, b: 2 });
    await live.clock.advance(400);
    assert.deepEqual(live.config.current, { a: 5, b: 2 });
    await live.clock.advance(60);
    assert.deepEqual(live.config.current, { a: 5, b: 6 });
    assert.deepEqual(
      eventsOf(live.events, "fileChanged").map(({ source }) => source),
      [BASE, LOCAL],
    );
    assert.deepEqual(
      eventsOf(live.events, "reloadSucceeded").map(({ files }) => files),
      [[BASE], [LOCAL]],
    );
  });

  test("that are equal reload together (G5)", async () => {
    const sources = [file(BASE, { debounce: slow }), file(LOCAL, { debounce: { ...slow } })];
    await using live = await openLive(FILES, { sources });
    live.files.write(BASE, "a: 5\nb: 5\n");
    live.files.write(LOCAL, "b: 6\n");
    await live.clock.advance(600);
    assert.deepEqual(eventsOf(live.events, "reloadSucceeded").map(({ files }) => files.length), [
      2,
    ]);
  });

  test("can be those of a directory (S4.3)", async () => {
    await using live = await openLive({ "/app.yaml": "a: 1\n", "/conf/x.yaml": "x: 1\n" }, {
      sources: ["/app.yaml", directory("/conf", { debounce: slow })],
    });
    live.files.write("/conf/x.yaml", "x: 2\n");
    live.files.write("/conf/y.yaml", "y: 2\n");
    await live.clock.advance(400);
    assert.deepEqual(live.config.current, { a: 1, x: 1 });
    await live.clock.advance(200);
    assert.deepEqual(live.config.current, { a: 1, x: 2, y: 2 });
    assert.equal(live.config.revision, 2);
  });

  test("are checked at once", () => {
    assert.throws(() => file(BASE, { debounce: { baseDelayMs: 2000 } }), RangeError);
    assert.throws(() => file(BASE, { onMissing: "drop" as "keep" }), /"fail", "keep" or/);
  });
});
