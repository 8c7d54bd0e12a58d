import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { watchConfig } from "../mod.ts";
import type { ConfigEvent, LiveConfig } from "../mod.ts";
import { createMemoryRuntime } from "../testing.ts";
import { eventsOf, openLive, typesOf } from "./live.ts";

describe("LiveConfig.on()", () => {
  test("calls with the events of a type until disposed (S1.5, S5.12)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const revisions: number[] = [];
    const listener = live.config.on("reloadSucceeded", ({ revision }) => revisions.push(revision));
    await live.save("/app.yaml", "n: 2\n");
    await live.save("/app.yaml", "n: 3\n");
    listener[Symbol.dispose]();
    await live.save("/app.yaml", "n: 4\n");
    assert.deepEqual(revisions, [2, 3]);
  });

  test("calls once, and until the signal is aborted", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const calls: string[] = [];
    const abort = new AbortController();
    live.config.on("reloadSucceeded", () => calls.push("once"), { once: true });
    live.config.on("reloadSucceeded", () => calls.push("signal"), { signal: abort.signal });
    await live.save("/app.yaml", "n: 2\n");
    abort.abort();
    await live.save("/app.yaml", "n: 3\n");
    assert.deepEqual(calls, ["once", "signal"]);
  });

  test('calls with every event for "*", in the order they happened', async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.save("/app.yaml", "n: [\n");
    await live.save("/app.yaml", "n: 2\n");
    await live.config.rollback();
    assert.deepEqual(typesOf(live.events), [
      "fileChanged",
      "reloadFailed",
      "fileChanged",
      "reloadSucceeded",
      "rolledBack",
    ]);
  });

  test("tells of a commit when the new configuration already runs", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    let seen: unknown;
    live.config.on("reloadSucceeded", () => seen = live.config.current);
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(seen, { n: 2 });
  });

  test("tells what changed to whoever asks, then and later, as plain data", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const told: unknown[] = [];
    live.config.on("reloadSucceeded", ({ changes }) => told.push(...changes));
    await live.save("/app.yaml", "n: 2\n");
    const [event] = eventsOf(live.events, "reloadSucceeded");
    assert.deepEqual(told, Object.getOwnPropertyDescriptor(event, "changes")!.value);
    assert.equal(JSON.parse(JSON.stringify(event)).changes[0].path, "n");
  });

  test("tells whoever asks for the history what the revision changed", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const counts: unknown[] = [];
    live.config.on("reloadSucceeded", () => counts.push(live.config.history().at(-1)!.changes));
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(counts, [{ added: 0, changed: 1, removed: 0 }]);
    assert.deepEqual(live.config.history().at(-1)!.changes, counts[0]);
  });

  test("says why a file was taken to be whole (G2)", async () => {
    await using live = await openLive({ "/a.yaml": "a: 1\n", "/b.yaml": "b: 1\n" });
    live.files.write("/a.yaml", "a: 2\n");
    live.files.writeAtomically("/b.yaml", "b: 2\n");
    await live.clock.advance(3000);
    live.files.write("/a.yaml", "a: [\n");
    await live.clock.advance(3000);
    const changed = eventsOf(live.events, "fileChanged");
    assert.deepEqual(changed.map(({ path, settledBy }) => `${path} ${settledBy}`), [
      "/a.yaml quiet",
      "/b.yaml rename",
      "/a.yaml maxDelay",
    ]);
    const [commit] = eventsOf(live.events, "reloadSucceeded");
    assert.equal(commit!.settledBy, "quiet", "the weakest of the two");
    assert.equal(eventsOf(live.events, "reloadFailed")[0]!.settledBy, "maxDelay");
  });

  test("does not say it of a reload that waited for no file", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    assert.equal((await live.config.addSource("/none")).status, "rejected");
    const [failed] = eventsOf(live.events, "reloadFailed");
    assert.ok(failed !== undefined && !("settledBy" in failed));
  });

  test("stamps every event with the time (S1.4)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.clock.advance(60_000);
    live.files.writeAtomically("/app.yaml", "n: 2\n");
    await live.clock.advance(1000);
    for (const { at } of live.events) assert.match(at, /^2026-01-01T00:01:00\.\d\d\dZ$/);
  });
});

describe("LiveConfig.recentEvents()", () => {
  test("gives the last events, newest first (S1.6)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.save("/app.yaml", "n: 2\n");
    await live.save("/app.yaml", "n: 3\n");
    assert.deepEqual(live.config.recentEvents(), live.events.toReversed());
    assert.deepEqual(live.config.recentEvents({ limit: 1 }), live.events.slice(-1));
  });

  test("never gives more than recentEventsSize (G10)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { recentEventsSize: 3 });
    for (let n = 2; n < 6; n++) await live.save("/app.yaml", `n: ${n}\n`);
    assert.deepEqual(live.config.recentEvents(), live.events.slice(-3).toReversed());
  });

  test("still gives them after close()", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.save("/app.yaml", "n: 2\n");
    await live.config.close();
    assert.equal(live.config.recentEvents().length, 2);
  });
});

describe("a handler can't break the watch", () => {
  test("by throwing: the others run, the failure is an event (S1.10, G7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const calls: string[] = [];
    const error = new Error("broken");
    live.config.on("reloadSucceeded", () => {
      throw error;
    });
    live.config.on("reloadSucceeded", () => calls.push("next"));
    await live.save("/app.yaml", "n: 2\n");
    await live.save("/app.yaml", "n: 3\n");
    assert.deepEqual(calls, ["next", "next"]);
    assert.equal(live.config.revision, 3);
    const failures = eventsOf(live.events, "handlerFailed");
    assert.deepEqual(failures.map((failure) => [failure.listener, failure.error]), [
      ["reloadSucceeded", error],
      ["reloadSucceeded", error],
    ]);
  });

  test("by rejecting later (S2.7, G7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.config.on("reloadSucceeded", async () => {
      await Promise.resolve();
      throw new Error("later");
    });
    await live.save("/app.yaml", "n: 2\n");
    assert.equal(eventsOf(live.events, "handlerFailed")[0]!.error.message, "later");
  });

  test("by failing at every event, its own failure included (G7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    let calls = 0;
    live.config.on("*", () => {
      calls++;
      throw new Error("sync");
    });
    live.config.on("*", () => {
      calls++;
      return Promise.reject(new Error("async"));
    });
    await live.save("/app.yaml", "n: 2\n");
    // Two events and the news of four failures, each to both handlers.
    assert.equal(calls, 12);
    assert.equal(live.config.revision, 2);
    const remembered = eventsOf(live.config.recentEvents(), "handlerFailed");
    assert.equal(remembered.length, 12);
  });

  test("by failing at the news of a failure (G7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.config.on("handlerFailed", () => {
      throw new Error("again");
    });
    live.config.on("reloadSucceeded", () => {
      throw new Error("first");
    });
    await live.save("/app.yaml", "n: 2\n");
    const messages = eventsOf(live.config.recentEvents(), "handlerFailed")
      .map(({ error }) => error.message);
    assert.deepEqual(messages, ["again", "first"]);
  });

  test("by hanging (G7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.config.on("reloadSucceeded", () => new Promise(() => {}));
    await live.save("/app.yaml", "n: 2\n");
    await live.save("/app.yaml", "n: 3\n");
    assert.equal(live.config.revision, 3);
  });

  test("by throwing what is no error (G7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.config.on("reloadSucceeded", () => {
      throw Object.create(null);
    });
    await live.save("/app.yaml", "n: 2\n");
    await live.save("/app.yaml", "n: 3\n");
    assert.equal(live.config.revision, 3);
    assert.equal(eventsOf(live.events, "handlerFailed").length, 2);
  });

  test("by changing the state inside: the others hear of it in the order it happened (G7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const { config } = live;
    config.on("reloadSucceeded", () => config.pause());
    config.on("healthChanged", () => void (config.isPaused && config.resume()));
    const told: ConfigEvent[] = [];
    config.on("*", (event) => told.push(event));
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(told, config.recentEvents().toReversed());
    assert.deepEqual(typesOf(told), [
      ...["fileChanged", "reloadSucceeded", "healthChanged", "healthChanged"],
    ]);
    assert.equal(eventsOf(told, "healthChanged").at(-1)!.status, config.health().status);
  });

  test("by freezing events, which stores for debugging do (G7)", async () => {
    await using live = await openLive<{ n: number }>({ "/app.yaml": "n: 1\n" });
    const told: number[] = [];
    live.config.on("*", (event) => void Object.freeze(event));
    live.config.subscribe("n", (n) => void told.push(n));
    await live.save("/app.yaml", "n: 2\n");
    await live.config.rollback();
    await live.save("/app.yaml", "n: 3\n");
    assert.deepEqual(told, [2, 1, 3]);
    assert.deepEqual(eventsOf(live.events, "reloadFailed"), []);
    const [event] = eventsOf(live.events, "reloadSucceeded");
    assert.deepEqual(event!.changes.map(({ path }) => path), ["n"]);
  });

  test("by waiting for reload() inside (G7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const outcomes: string[] = [];
    live.config.on("reloadSucceeded", async () => {
      outcomes.push((await live.config.reload()).status);
    });
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(outcomes, ["unchanged"]);
    await live.save("/app.yaml", "n: 3\n");
    assert.deepEqual(outcomes, ["unchanged", "unchanged"]);
  });

  test("by waiting for close() inside; no other handler is called afterwards (G7, G9)", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    let closed = 0;
    live.config.on("reloadSucceeded", async () => {
      await live.config.close();
      closed++;
    });
    await live.save("/app.yaml", "n: 2\n");
    assert.equal(closed, 1);
    await live.save("/app.yaml", "n: 3\n");
    assert.equal(live.config.revision, 2);
    assert.equal(live.clock.timers, 0);
  });

  test("by adding and removing handlers inside (G7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const calls: string[] = [];
    const first = live.config.on("reloadSucceeded", () => {
      calls.push("first");
      first[Symbol.dispose]();
      live.config.on("reloadSucceeded", ({ revision }) => calls.push(`added ${revision}`));
    });
    await live.save("/app.yaml", "n: 2\n");
    await live.save("/app.yaml", "n: 3\n");
    assert.deepEqual(calls, ["first", "added 3"]);
  });

  test("by rolling back inside (G7)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.config.on("reloadSucceeded", () => live.config.rollback({ to: "initial" }));
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 1 });
    assert.equal(live.config.revision, 3);
  });
});

test("events about the start are remembered though nobody could listen yet (G8)", async () => {
  const runtime = createMemoryRuntime();
  runtime.files.write("/app.yaml", "n: 1\n");
  const watcher = {
    ...runtime.watcher,
    watch(): never {
      throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    },
  };
  await using config: LiveConfig<unknown> = await watchConfig({
    sources: ["/app.yaml"],
    runtime: { ...runtime, watcher },
  });
  const events: readonly ConfigEvent[] = config.recentEvents();
  assert.deepEqual(typesOf(events), ["healthChanged", "watcherChanged"]);
  const { status, isPolling, reasons } = config.health();
  assert.deepEqual([status, isPolling, reasons.length], ["degraded", true, 1]);
  runtime.files.writeAtomically("/app.yaml", "n: 2\n");
  await runtime.clock.advance(3000);
  assert.deepEqual(config.current, { n: 2 });
});
