import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ClosedError,
  type Source,
  valueDocument,
  watchConfig,
  type WatchConfigOptions,
} from "../mod.ts";
import { createMemoryRuntime } from "../testing.ts";
import { countedSignal } from "./counted_signal.ts";
import { openLive, typesOf } from "./live.ts";

/** A configuration whose next change is being validated until `validate` is called. */
async function openValidating(options: Partial<WatchConfigOptions<unknown>> = {}) {
  let isSlow = false;
  let accept = () => {};
  const rule = () => isSlow ? new Promise<void>((done) => accept = done) : undefined;
  const live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [rule], ...options });
  isSlow = true;
  return { live, validate: () => accept() };
}

describe("LiveConfig.close()", () => {
  test("leaves no timer and no watch behind (G9, S3.18)", async () => {
    const live = await openLive({ "/a.yaml": "a: 1\n", "/d/b.yaml": "b: 1\n" });
    assert.ok(live.clock.timers > 0 && live.files.watches > 0);
    await live.config.close();
    assert.equal(live.clock.timers, 0);
    assert.equal(live.files.watches, 0);
  });

  test("leaves nothing behind in the middle of a burst (G9)", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.truncate("/app.yaml");
    live.files.append("/app.yaml", "n: 2");
    await live.clock.advance(5);
    await live.config.close();
    await live.clock.advance(5000);
    assert.equal(live.clock.timers, 0);
    assert.deepEqual(live.events, []);
  });

  test("keeps what can be read, and says that nothing is watched any more (S5.13)", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.config.close();
    assert.deepEqual(live.config.current, { n: 1 });
    assert.equal(live.config.revision, 1);
    assert.deepEqual([live.config.isClosed, live.config.isRunning], [true, false]);
    const { status, isWatching, reasons } = live.config.health();
    assert.deepEqual({ status, isWatching, reasons }, {
      status: "failing",
      isWatching: false,
      reasons: [{ kind: "closed", message: "Nothing is watched: it is closed" }],
    });
  });

  test("calls no handler afterwards (G9)", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.writeAtomically("/app.yaml", "n: 2\n");
    await live.config.close();
    const { length } = live.events;
    live.files.writeAtomically("/app.yaml", "n: 3\n");
    await live.clock.advance(5000);
    assert.equal(live.events.length, length);
  });

  test("twice is once, and gives the same promise", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    const closing = live.config.close();
    assert.equal(live.config.close(), closing);
    await closing;
    assert.equal(live.config.close(), closing);
  });

  test("waits for the reload under way, whose handlers are still called (G9)", async () => {
    let accept = () => {};
    let isSlow = false;
    const validators = [() => isSlow ? new Promise<void>((done) => accept = done) : undefined];
    const live = await openLive({ "/app.yaml": "n: 1\n" }, { validators });
    isSlow = true;
    live.files.writeAtomically("/app.yaml", "n: 2\n");
    await live.clock.advance(1000);
    let isClosed = false;
    const closing = live.config.close().then(() => isClosed = true);
    await live.clock.settle();
    assert.equal(isClosed, false);
    accept();
    await closing;
    assert.equal(live.config.revision, 2);
    assert.deepEqual(typesOf(live.events), ["fileChanged", "reloadSucceeded"]);
    assert.equal(live.clock.timers, 0);
  });

  test("does not wait for ever for a validator that hangs (G7, G9)", async () => {
    let hangs = false;
    const validators = [() => hangs ? new Promise<never>(() => {}) : undefined];
    const live = await openLive({ "/app.yaml": "n: 1\n" }, { validators });
    hangs = true;
    live.files.writeAtomically("/app.yaml", "n: 2\n");
    await live.clock.advance(100);
    let isClosed = false;
    const closing = live.config.close().then(() => isClosed = true);
    await live.clock.advance(6000);
    assert.equal(isClosed, true);
    await closing;
    assert.equal(live.config.revision, 1);
    assert.equal(live.clock.timers, 0);
  });

  test("does not wait for what begins to prepare after it (G7, G9)", async () => {
    const { live, validate } = await openValidating();
    let isAttached = false;
    const prepare = () => isAttached ? new Promise<never>(() => {}) : undefined;
    await live.config.attach({ name: "slow", prepare, commit: () => {} });
    isAttached = true;
    live.files.writeAtomically("/app.yaml", "n: 2\n");
    await live.clock.advance(1000);
    const closing = live.config.close();
    validate();
    await closing;
    assert.equal(live.config.revision, 1);
    assert.equal(live.clock.timers, 0);
  });

  test("asks no source again what to watch, when one that was added is refused (G9)", async () => {
    let asked = 0;
    const own: Source = {
      name: "own",
      read: () => Promise.resolve([valueDocument("own", {})]),
      watch: () => void asked++,
    };
    let refuse = () => {};
    let isSlow = false;
    const rule = () =>
      isSlow
        ? new Promise<{ message: string }[]>((done) => refuse = () => done([{ message: "no" }]))
        : [];
    const live = await openLive({ "/app.yaml": "n: 1" }, {
      sources: ["/app.yaml", own],
      validators: [rule],
    });
    isSlow = true;
    live.files.write("/more.yaml", "m: 1");
    const adding = live.config.addSource("/more.yaml");
    await live.clock.settle();
    const closing = live.config.close();
    refuse();
    await closing;
    assert.equal((await adding).status, "rejected");
    assert.deepEqual(live.config.sources, ["/app.yaml", "own"]);
    assert.equal(asked, 1);
    assert.equal(live.clock.timers, 0);
  });

  test("leaves no timer of what is to be told of the start (G9)", async () => {
    const runtime = createMemoryRuntime();
    const options = { runtime, stateDir: "/state", startFrom: "last-known-good" } as const;
    await (await openLive({ "/app.yaml": "n: 1" }, options)).config.close();
    const live = await openLive({ "/app.yaml": "n: [" }, options);
    assert.equal(live.config.health().status, "degraded");
    await live.config.close();
    assert.equal(runtime.clock.timers, 0);
  });

  for (const what of ["is validated", "components take"]) {
    test(`waits for nobody to confirm what ${what} when it is called (G7, G9)`, async () => {
      let asked = 0;
      const health = () => ++asked > 99;
      const { live, validate } = await openValidating({ confirm: { withinMs: 60_000, health } });
      let commit = () => {};
      let isAttached = false;
      await live.config.attach({
        name: "slow",
        commit: () => isAttached ? new Promise<void>((done) => commit = done) : undefined,
      });
      isAttached = true;
      live.files.writeAtomically("/app.yaml", "n: 2\n");
      await live.clock.advance(1000);
      if (what === "components take") validate();
      await live.clock.settle();
      const closing = live.config.close();
      validate();
      await live.clock.settle();
      commit();
      await closing;
      assert.equal(live.config.revision, 2);
      assert.equal(asked, 0);
      assert.equal(live.clock.timers, 0);
    });
  }

  test("refuses everything that would watch or change (G9)", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    const { config } = live;
    await config.close();
    for (
      const [attempt, message] of [
        [() => config.reload(), "Cannot reload the configuration: the handle is closed"],
        [() => config.rollback(), "Cannot roll back: the handle is closed"],
        [() => config.resume(), "Cannot resume: the handle is closed"],
        [() => config.addSource("/b.yaml"), "Cannot add a source: the handle is closed"],
        [() => config.removeSource("/a"), "Cannot remove a source: the handle is closed"],
      ] as const
    ) {
      await assert.rejects(attempt, (error) => {
        assert.ok(error instanceof ClosedError);
        assert.equal(error.message, message);
        return true;
      });
    }
    assert.throws(() => config.pause(), ClosedError);
  });

  test("refuses what was waiting for its turn", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    const outcomes = Promise.allSettled([live.config.reload(), live.config.rollback()]);
    await live.config.close();
    for (const outcome of await outcomes) {
      assert.ok(outcome.status === "rejected" && outcome.reason instanceof ClosedError);
    }
  });

  test("calls no handler for one that fails afterwards; the failure is remembered (G9)", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    let fail = () => {};
    live.config.on("reloadSucceeded", () => new Promise((_done, reject) => fail = reject));
    await live.save("/app.yaml", "n: 2\n");
    await live.config.close();
    const { length } = live.events;
    fail();
    await live.clock.settle();
    assert.equal(live.events.length, length);
    assert.equal(live.config.recentEvents()[0]!.type, "handlerFailed");
  });

  test("lets go of the signals of handlers, subscribers and streams (G9)", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    const { signal, listeners } = countedSignal();
    live.config.on("*", () => {}, { signal });
    live.config.subscribe("*", () => {}, { signal });
    const changes = live.config.changes({ signal });
    assert.equal(listeners(), 3);
    await live.config.close();
    assert.equal(listeners(), 0);
    assert.equal((await changes.next()).done, true);
  });

  test("lets on() and subscribe() be called and disposed", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.config.close();
    live.config.on("*", () => assert.fail("called"))[Symbol.dispose]();
    live.config.subscribe("*", () => assert.fail("called"))[Symbol.dispose]();
  });

  test("happens at the end of an `await using` block (S1.1)", async () => {
    const live = await openLive({ "/app.yaml": "n: 1\n" });
    {
      await using config = live.config;
      assert.equal(config.isRunning, true);
    }
    assert.equal(live.config.isClosed, true);
    assert.equal(live.clock.timers, 0);
  });
});

describe("the signal of watchConfig()", () => {
  test("closes the handle when aborted (G9)", async () => {
    const abort = new AbortController();
    const live = await openLive({ "/app.yaml": "n: 1\n" }, { signal: abort.signal });
    abort.abort();
    assert.equal(live.config.isClosed, true);
    await live.clock.settle();
    assert.equal(live.clock.timers, 0);
    assert.equal(live.files.watches, 0);
  });

  test("rejects with its reason when it was aborted before, or meanwhile (G9)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.yaml", "n: 1\n");
    const reason = new Error("shutting down");
    const sources = ["/app.yaml"];
    await assert.rejects(
      watchConfig({ sources, runtime, signal: AbortSignal.abort(reason) }),
      reason,
    );
    const abort = new AbortController();
    const opening = watchConfig({ sources, runtime, signal: abort.signal });
    abort.abort(reason);
    await assert.rejects(opening, reason);
    assert.equal(runtime.clock.timers, 0);
    assert.equal(runtime.files.watches, 0);
  });

  test("has nothing read when it was aborted while parts were loaded (G9)", async () => {
    let reads = 0;
    const never: Source = {
      name: "never",
      read: () => {
        reads += 1;
        return new Promise(() => {});
      },
      watch() {},
    };
    const runtime = createMemoryRuntime();
    const abort = new AbortController();
    const options = { stateDir: "/state", alerts: [], exclude: ["*.local"] };
    const opening = watchConfig({ ...options, sources: [never], runtime, signal: abort.signal });
    abort.abort(new Error("shutting down"));
    await assert.rejects(opening, abort.signal.reason);
    assert.deepEqual([reads, runtime.clock.timers], [0, 0]);
  });

  test("is let go of by close(), and by a first load that fails (G9)", async () => {
    const { signal, listeners } = countedSignal();
    const live = await openLive({ "/app.yaml": "n: 1\n" }, { signal });
    assert.equal(listeners(), 1);
    await live.config.close();
    assert.equal(listeners(), 0);
    await assert.rejects(openLive({ "/app.yaml": "n: [" }, { signal }));
    assert.equal(listeners(), 0);
  });
});
