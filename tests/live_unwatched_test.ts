import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memory, type Source, valueDocument, watchConfig, type WatchContext } from "../mod.ts";
import { createMemoryRuntime } from "../testing.ts";
import { eventsOf, openLive, reasonsOf } from "./live.ts";

/** A store that can be watched or not, and read or not. */
function createStore(value: Record<string, unknown> = { a: 1 }) {
  const store = { value, refusesWatch: true, refusesRead: false, asked: 0, tell: () => {} };
  const source: Source = {
    name: "store",
    read() {
      if (store.refusesRead) throw new Error("it is away");
      return Promise.resolve([valueDocument("store", store.value)]);
    },
    watch({ changed }: WatchContext) {
      store.asked += 1;
      if (store.refusesWatch) throw new Error("too many subscribers");
      store.tell = changed;
    },
  };
  return { store, source };
}

const NOT_WATCHED = "store can't be watched, and is read from time to time: too many subscribers";

describe("a source that can be read and not watched", () => {
  test("is started with, degraded, and watched when it can be (G8)", async () => {
    const { store, source } = createStore();
    await using live = await openLive({}, { sources: [source], backstopMs: 1000 });
    assert.deepEqual(live.config.current, { a: 1 });
    const { status, reasons, isWatching } = live.config.health();
    assert.deepEqual([status, isWatching], ["degraded", true]);
    const message = NOT_WATCHED;
    assert.deepEqual(reasons, [{ kind: "sourceUnwatched", source: "store", message }]);
    const told: string[] = [];
    live.config.on("healthChanged", ({ status, before }) => told.push(`${before} → ${status}`));
    store.refusesWatch = false;
    await live.clock.advance(1500);
    assert.deepEqual(told, ["ok → degraded", "degraded → ok"]);
    assert.equal(store.asked, 2);
    store.value = { a: 2 };
    store.tell();
    await live.clock.advance(1500);
    assert.deepEqual(live.config.current, { a: 2 });
    assert.equal(store.asked, 2, "it is not asked again");
    assert.equal(live.config.health().status, "ok");
  });

  test("is read when it is asked again, after pauses that double (G1, G8)", async () => {
    const { store, source } = createStore();
    await using live = await openLive({}, { sources: [source], backstopMs: 1000 });
    const askedAt: number[] = [];
    for (let second = 1; second <= 200; second++) {
      const { asked } = store;
      await live.clock.advance(1000);
      if (store.asked > asked) askedAt.push(second);
    }
    assert.deepEqual(askedAt, [1, 3, 7, 15, 31, 63, 123, 183]);
    store.value = { a: 2 };
    await live.clock.advance(60_000);
    assert.deepEqual(live.config.current, { a: 2 });
    assert.equal(live.config.health().status, "degraded");
  });

  test("is read whenever another one is (G1)", async () => {
    const { store, source } = createStore();
    const other = memory({ b: 1 });
    await using live = await openLive({}, { sources: [source, other], backstopMs: 60_000 });
    store.value = { a: 2 };
    other.set({ b: 2 });
    await live.clock.advance(1000);
    assert.deepEqual(live.config.current, { a: 2, b: 2 });
    assert.equal(store.asked, 1);
  });

  test("has the files watched that it gave (G1, G2)", async () => {
    const own: Source = {
      name: "own",
      read: async ({ readDocument }) => [await readDocument("/own.yaml")],
      watch() {
        throw new Error("no");
      },
    };
    await using live = await openLive({ "/own.yaml": "a: 1\nb: 1\n", "/app.yaml": "c: 1\n" }, {
      sources: [own, "/app.yaml"],
      backstopMs: 60_000,
    });
    live.files.writeAtomically("/own.yaml", "a: 2\nb: 1\n");
    await live.clock.advance(1000);
    assert.deepEqual(live.config.current, { a: 2, b: 1, c: 1 });
    // Half of it is there when another source is read.
    live.files.write("/own.yaml", "");
    live.files.writeAtomically("/app.yaml", "c: 2\n");
    await live.clock.advance(40);
    live.files.write("/own.yaml", "a: 3\n");
    await live.clock.advance(40);
    live.files.write("/own.yaml", "a: 3\nb: 3\n");
    await live.clock.advance(1000);
    assert.deepEqual(live.config.current, { a: 3, b: 3, c: 2 });
    const changes = eventsOf(live.events, "reloadSucceeded").flatMap(({ changes }) => changes);
    assert.deepEqual(changes.filter(({ kind }) => kind !== "changed"), []);
    live.files.remove("/own.yaml");
    await live.clock.advance(3000);
    assert.match(reasonsOf(live.config)[0]!, /own\.yaml: there is no such file$/);
    live.files.writeAtomically("/own.yaml", "a: 4\nb: 4\n");
    await live.clock.advance(3000);
    assert.deepEqual(live.config.current, { a: 4, b: 4, c: 2 });
    assert.deepEqual(reasonsOf(live.config).length, 1);
  });

  test("finds what was saved in its files meanwhile, and watches them (G1, G8)", async () => {
    let refuses = true;
    await using live = await openLive({ "/app.yaml": "a: 1\n" }, {
      sources: [{
        name: "own",
        read: async ({ readDocument }) => [await readDocument("/app.yaml")],
        watch({ file }) {
          if (refuses) throw new Error("no");
          file("/app.yaml");
        },
      }],
      backstopMs: 10_000,
    });
    live.files.writeAtomically("/app.yaml", "a: 2\n");
    refuses = false;
    await live.clock.advance(11_000);
    assert.deepEqual(live.config.current, { a: 2 });
    live.files.writeAtomically("/app.yaml", "a: 3\n");
    await live.clock.advance(100);
    assert.deepEqual(live.config.current, { a: 3 });
    assert.equal(live.config.health().status, "ok");
  });

  test("is not kept waiting by another one that gives no answer (G1, G7, G8)", async () => {
    let refuses = true;
    const own: Source = {
      name: "own",
      read: async ({ readDocument }) => [await readDocument("/app.yaml")],
      watch({ file }) {
        if (refuses) throw new Error("no");
        file("/app.yaml");
      },
    };
    const silent: Source = {
      name: "silent",
      read: () => Promise.resolve([valueDocument("silent", { b: 1 })]),
      watch() {
        if (refuses) throw new Error("no");
        return new Promise(() => {});
      },
    };
    await using live = await openLive({ "/app.yaml": "a: 1\n" }, {
      sources: [own, silent],
      backstopMs: 1000,
      readTimeoutMs: 10_000,
    });
    live.files.writeAtomically("/app.yaml", "a: 2\n");
    refuses = false;
    await live.clock.advance(1500);
    assert.deepEqual(live.config.current, { a: 2, b: 1 });
    live.files.writeAtomically("/app.yaml", "a: 3\n");
    await live.clock.advance(100);
    assert.deepEqual(live.config.current, { a: 3, b: 1 });
    assert.deepEqual(reasonsOf(live.config).length, 1);
    refuses = true;
    await live.clock.advance(10_000);
  });

  test("that is removed and added again while it is asked is watched once (G9)", async () => {
    const contexts: WatchContext[] = [];
    let watch = (): void | Promise<void> => {
      throw new Error("no");
    };
    const source: Source = {
      name: "store",
      read: () => Promise.resolve([valueDocument("store", { a: 1 })]),
      watch(context) {
        contexts.push(context);
        return watch();
      },
    };
    const sources = [source, memory({ b: 1 })];
    const live = await openLive({}, { sources, backstopMs: 1000 });
    let answer = () => {};
    watch = () => new Promise((resolve) => answer = resolve);
    await live.clock.advance(1000);
    await live.config.removeSource("store");
    watch = () => {};
    await live.config.addSource(source);
    answer();
    await live.clock.advance(1000);
    const areEnded = () => contexts.map(({ signal }) => signal.aborted);
    assert.deepEqual(areEnded(), [true, true, false]);
    assert.equal(live.config.health().status, "ok");
    await live.config.close();
    assert.deepEqual([areEnded(), live.clock.timers], [[true, true, true], 0]);
  });

  test("goes when it is removed, and when the handle is closed (G9)", async () => {
    const { store, source } = createStore();
    const live = await openLive({}, { sources: [source, memory({ b: 1 })] });
    await live.config.removeSource("store");
    assert.deepEqual([live.config.health().status, reasonsOf(live.config)], ["ok", []]);
    await live.clock.advance(100_000);
    assert.equal(store.asked, 1);
    await live.config.close();
    const again = await openLive({}, { sources: [source] });
    await again.config.close();
    assert.deepEqual([live.clock.timers, again.clock.timers], [0, 0]);
  });

  test("is told of without the secrets it quotes (G11)", async () => {
    const { source } = createStore({ password: "canary-s3cret" });
    const quoting: Source = {
      ...source,
      watch() {
        throw new Error("cannot log in with canary-s3cret");
      },
    };
    await using live = await openLive({}, { sources: [quoting] });
    assert.match(reasonsOf(live.config).join(), /time: cannot log in with \[secret\]$/);
  });

  test("can't be added: who adds it is told (S2.1, G7)", async () => {
    const { source } = createStore();
    await using live = await openLive({}, { sources: [memory({ b: 1 })] });
    await assert.rejects(live.config.addSource(source), {
      name: "SourceError",
      message: "Cannot read store: too many subscribers",
    });
    assert.equal(live.config.health().status, "ok");
  });
});

describe("a source that can be neither read nor watched", () => {
  const stateDir = { directory: "/state", name: "app" };

  test("is no reason not to start on the last known good configuration (S2.6, G4)", async () => {
    const { store, source } = createStore();
    store.refusesWatch = false;
    const { runtime, config } = await openLive({}, { sources: [source], stateDir });
    await config.close();
    Object.assign(store, { refusesWatch: true, refusesRead: true });
    const options = { sources: [source], runtime, stateDir, backstopMs: 1000 };
    await using live = await openLive({}, { ...options, startFrom: "last-known-good" });
    assert.deepEqual([live.config.current, live.config.snapshot.cause], [
      { a: 1 },
      "last-known-good",
    ]);
    const kinds = () => live.config.health().reasons.map(({ kind }) => kind);
    assert.deepEqual(kinds(), ["lastKnownGood", "sourceUnwatched"]);
    store.refusesRead = false;
    store.value = { a: 2 };
    await live.clock.advance(5000);
    assert.deepEqual(live.config.current, { a: 2 });
    assert.deepEqual(kinds(), ["sourceUnwatched"]);
    store.refusesWatch = false;
    await live.clock.advance(60_000);
    assert.deepEqual([kinds(), eventsOf(live.events, "reloadSucceeded").length], [[], 1]);
  });

  test("ends the start where there is none, with why it can't be read (G4, G9)", async () => {
    const { store, source } = createStore();
    store.refusesRead = true;
    const runtime = createMemoryRuntime();
    await assert.rejects(watchConfig({ sources: [source], runtime }), /it is away/);
    assert.equal(runtime.clock.timers, 0);
  });
});
