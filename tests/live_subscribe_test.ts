import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventsOf, openLive } from "./live.ts";

const START = "server:\n  host: a\n  port: 1\nservices:\n  web: {timeout: 1}\n  db: {timeout: 2}\n";

describe("LiveConfig.subscribe()", () => {
  test("calls with the value after, before, its path and the revision (S2.5)", async () => {
    await using live = await openLive({ "/app.yaml": START });
    const calls: unknown[] = [];
    live.config.subscribe("server.port", (...call) => calls.push(call));
    await live.save("/app.yaml", START.replace("port: 1", "port: 2"));
    await live.save("/app.yaml", START.replace("port: 1", "port: 2").replace("host: a", "host: b"));
    assert.deepEqual(calls, [[2, 1, { path: "server.port", revision: 2 }]]);
  });

  test("calls for what is below the path", async () => {
    await using live = await openLive({ "/app.yaml": START });
    const calls: unknown[] = [];
    live.config.subscribe("server", (after, before) => calls.push([after, before]));
    await live.save("/app.yaml", START.replace("port: 1", "port: 2"));
    assert.deepEqual(calls, [[{ host: "a", port: 2 }, { host: "a", port: 1 }]]);
  });

  test("calls for each match of a star", async () => {
    await using live = await openLive({ "/app.yaml": START });
    const calls: unknown[] = [];
    live.config.subscribe("services.*.timeout", (after, before, { path }) => {
      calls.push([path, before, after]);
    });
    await live.save("/app.yaml", START.replace("timeout: 1", "timeout: 5").replace("db", "mail"));
    assert.deepEqual(calls, [
      ["services.web.timeout", 1, 5],
      ["services.db.timeout", 2, undefined],
      ["services.mail.timeout", undefined, 2],
    ]);
  });

  test('calls for each value that changes for "*" (S2.5)', async () => {
    await using live = await openLive({ "/app.yaml": START });
    const calls: unknown[] = [];
    live.config.subscribe("*", (after, before, { path }) => calls.push([path, before, after]));
    await live.save("/app.yaml", START.replace("port: 1", "port: 2").replace("  host: a\n", ""));
    assert.deepEqual(calls, [["server.port", 1, 2], ["server.host", "a", undefined]]);
  });

  test("calls when an ancestor is removed (S2.5)", async () => {
    await using live = await openLive({ "/app.yaml": START });
    const calls: unknown[] = [];
    live.config.subscribe("server.port", (after, before) => calls.push([before, after]));
    await live.save("/app.yaml", START.slice(START.indexOf("services")));
    assert.deepEqual(calls, [[1, undefined]]);
  });

  test("calls once with `once`, also when several values match", async () => {
    await using live = await openLive({ "/app.yaml": START });
    const calls: string[] = [];
    live.config.subscribe("*", (_after, _before, { path }) => calls.push(path), { once: true });
    await live.save("/app.yaml", START.replace("port: 1", "port: 2").replace("host: a", "host: b"));
    await live.save("/app.yaml", START);
    assert.deepEqual(calls, ["server.host"]);
  });

  test("does not use `once` up on a commit that does not concern it", async () => {
    await using live = await openLive({ "/app.yaml": START });
    const calls: unknown[] = [];
    live.config.subscribe("server.port", (port) => calls.push(port), { once: true });
    await live.save("/app.yaml", START.replace("host: a", "host: b"));
    await live.save("/app.yaml", START.replace("port: 1", "port: 2"));
    assert.deepEqual(calls, [2]);
  });

  test("calls no more once disposed or aborted", async () => {
    await using live = await openLive({ "/app.yaml": START });
    const calls: unknown[] = [];
    const abort = new AbortController();
    const subscription = live.config.subscribe("server.port", (port) => calls.push(port));
    live.config.subscribe("server.port", (port) => calls.push(port), { signal: abort.signal });
    await live.save("/app.yaml", START.replace("port: 1", "port: 2"));
    subscription[Symbol.dispose]();
    abort.abort();
    await live.save("/app.yaml", START);
    assert.deepEqual(calls, [2, 2]);
  });

  test("calls after a rollback, only for what it changed", async () => {
    await using live = await openLive({ "/app.yaml": "a: {x: 1}\nb: 1\n" });
    const calls: unknown[] = [];
    await live.save("/app.yaml", "a: {x: 2}\nb: 1\n");
    await live.save("/app.yaml", "a: {x: 1}\nb: 2\n");
    live.config.subscribe("*", (_after, _before, { path }) => calls.push(path));
    live.config.subscribe("a", () => calls.push("a"));
    const { a } = live.config.current as { a: unknown };
    await live.config.rollback({ to: "initial" });
    assert.deepEqual(calls, ["b"]);
    assert.equal((live.config.current as { a: unknown }).a, a, "unchanged, so the same (G6)");
  });

  test("survives a subscriber that throws: the other matches are told (G7)", async () => {
    await using live = await openLive({ "/app.yaml": START });
    const calls: string[] = [];
    live.config.subscribe("services.*.timeout", (_after, _before, { path }) => {
      calls.push(path);
      throw new Error("broken");
    });
    live.config.subscribe("services", () => calls.push("services"));
    await live.save("/app.yaml", START.replace("timeout: 1", "timeout: 5").replace(": 2}", ": 6}"));
    assert.deepEqual(calls, ["services.web.timeout", "services.db.timeout", "services"]);
    const failed = eventsOf(live.events, "handlerFailed").map(({ listener }) => listener);
    assert.deepEqual(failed, ["subscribe services.*.timeout", "subscribe services.*.timeout"]);
  });

  test("goes on when a subscriber adds and removes others and listens to events (G7)", async () => {
    await using live = await openLive({ "/app.yaml": START });
    const { config } = live;
    const calls: string[] = [];
    config.subscribe("server.port", (port) => {
      removed[Symbol.dispose]();
      config.subscribe("server.port", (port) => calls.push(`added ${port}`));
      config.on("reloadSucceeded", ({ revision }) => calls.push(`event ${revision}`));
      calls.push(`first ${port}`);
    }, { once: true });
    const removed = config.subscribe("*", () => calls.push("removed"));
    await live.save("/app.yaml", START.replace("port: 1", "port: 2"));
    await live.save("/app.yaml", START.replace("port: 1", "port: 3"));
    assert.deepEqual(calls, ["first 2", "event 3", "added 3"]);
  });

  test("ends the commit under way before a reload or rollback asked for inside (G7)", async () => {
    await using live = await openLive({ "/app.yaml": START });
    const { config } = live;
    const calls: string[] = [];
    const outcomes: Promise<{ status: string }>[] = [];
    config.subscribe("server.port", () => {
      outcomes.push(config.reload(), config.rollback());
    }, { once: true });
    config.subscribe("server.port", (port) => calls.push(`${config.revision} ${port}`));
    await live.save("/app.yaml", START.replace("port: 1", "port: 2"));
    assert.deepEqual(calls, ["2 2", "3 1"]);
    const statuses = (await Promise.all(outcomes)).map(({ status }) => status);
    assert.deepEqual(statuses, ["unchanged", "committed"]);
  });

  test("tells everyone of the commit when a subscriber closes the handle, then nobody (G9)", async () => {
    const live = await openLive({ "/app.yaml": START });
    const calls: unknown[] = [];
    live.config.subscribe("server.port", () => void live.config.close());
    live.config.subscribe("server.port", (port) => calls.push(port));
    await live.save("/app.yaml", START.replace("port: 1", "port: 2"));
    await live.save("/app.yaml", START.replace("port: 1", "port: 3"));
    assert.deepEqual(calls, [2]);
  });

  test("refuses what is no path", async () => {
    await using live = await openLive({ "/app.yaml": START });
    assert.throws(() => live.config.subscribe("server..port", () => {}), RangeError);
  });
});

describe("LiveConfig.changes()", () => {
  test("gives each commit: revision, value, checksum and what differs", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const changes = live.config.changes();
    await live.save("/app.yaml", "n: 2\n");
    const { value: change } = await changes.next();
    assert.deepEqual(change, {
      revision: 2,
      value: { n: 2 },
      checksum: live.config.checksum,
      changes: [
        { path: "n", kind: "changed", before: 1, after: 2, file: "/app.yaml", line: 1 },
      ],
      changedPaths: ["n"],
    });
  });

  test("gives a slow consumer only the newest (G10)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const changes = live.config.changes();
    for (const n of [2, 3, 4]) await live.save("/app.yaml", `n: ${n}\n`);
    assert.deepEqual((await changes.next()).value?.value, { n: 4 });
  });

  test("gives each consumer its own", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const [first, second] = [live.config.changes(), live.config.changes()];
    await live.save("/app.yaml", "n: 2\n");
    assert.equal((await first.next()).value?.revision, 2);
    await live.save("/app.yaml", "n: 3\n");
    assert.equal((await first.next()).value?.revision, 3);
    assert.equal((await second.next()).value?.revision, 3);
  });

  test("gives rollbacks too", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.save("/app.yaml", "n: 2\n");
    const changes = live.config.changes();
    await live.config.rollback();
    assert.deepEqual((await changes.next()).value?.value, { n: 1 });
  });

  test("ends quietly when the handle is closed", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    const revisions: number[] = [];
    const consumer = (async () => {
      for await (const { revision } of live.config.changes()) revisions.push(revision);
    })();
    await live.save("/app.yaml", "n: 2\n");
    await live.config.close();
    await consumer;
    assert.deepEqual(revisions, [2]);
    assert.equal((await live.config.changes().next()).done, true);
  });

  test("throws the signal's reason on abort, also when it was aborted before", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const abort = new AbortController();
    const reason = new Error("shutting down");
    const waiting = live.config.changes({ signal: abort.signal }).next();
    abort.abort(reason);
    await assert.rejects(waiting, reason);
    await assert.rejects(live.config.changes({ signal: abort.signal }).next(), reason);
  });

  test("ends when the consumer leaves the loop", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const changes = live.config.changes();
    await live.save("/app.yaml", "n: 2\n");
    for await (const _change of changes) break;
    await live.save("/app.yaml", "n: 3\n");
    assert.equal((await changes.next()).done, true);
  });
});
