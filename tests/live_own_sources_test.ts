import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memory, type Source, valueDocument, type WatchContext } from "../mod.ts";
import { openLive, typesOf } from "./live.ts";

describe("a source of one's own", () => {
  test("that is asked what to watch while the handle closes is ended with it (G9)", async () => {
    await using live = await openLive({}, { sources: [memory({ a: 1 })] });
    const asked = withResolvers<WatchContext>();
    const answer = withResolvers<void>();
    const adding = live.config.addSource({
      ...counter("slow"),
      watch(context) {
        asked.resolve(context);
        return answer.promise;
      },
    });
    const context = await asked.promise;
    const closing = live.config.close();
    answer.resolve();
    await assert.rejects(adding, { name: "ClosedError" });
    await closing;
    assert.ok(context.signal.aborted);
    assert.deepEqual(live.config.current, { a: 1 });
    assert.deepEqual(live.events, []);
  });

  test("that says while it is read that it changed does not keep others from the thread (G7)", async () => {
    let reads = 0;
    let tell = () => {};
    const eager: Source = {
      name: "eager",
      read() {
        reads += 1;
        // An end, so that the test has one too.
        if (reads < 1000) tell();
        return Promise.resolve([valueDocument("eager", { reads: Math.min(reads, 900) })]);
      },
      watch: ({ changed }) => void (tell = changed),
    };
    await using live = await openLive({}, { sources: [eager] });
    tell();
    await live.clock.advance(1000);
    assert.ok(reads > 5 && reads < 50, `${reads} reads in a second`);
  });

  test("that is stale and removed is not told of as restored (G4)", async () => {
    let isDown = false;
    let tell = () => {};
    const remote: Source = {
      name: "remote",
      read({ stale, last }) {
        if (!isDown) return Promise.resolve([valueDocument("remote", { b: 1 })]);
        stale(new Error("it is down"));
        return Promise.resolve(last);
      },
      watch: ({ changed }) => void (tell = changed),
    };
    await using live = await openLive({}, { sources: [memory({ a: 1 }), remote] });
    isDown = true;
    tell();
    await live.clock.advance(100);
    await live.config.removeSource("remote");
    await live.reload();
    assert.deepEqual(typesOf(live.events), ["sourceStale", "reloadSucceeded"]);
  });

  test("that is stale when it is added is told of at once", async () => {
    const down: Source = {
      ...counter("down"),
      read({ stale }) {
        stale(new Error("it is down"));
        return Promise.resolve([valueDocument("down", { b: 1 })]);
      },
    };
    await using live = await openLive({}, { sources: [memory({ a: 1 })] });
    await live.config.addSource(down);
    assert.deepEqual(typesOf(live.events), ["sourceStale", "reloadSucceeded"]);
  });

  test("in memory serves several configurations, and those that closed no more (G9)", async () => {
    const shared = memory({ n: 1 });
    await using one = await openLive({}, { sources: [shared] });
    await using other = await openLive({}, { sources: [shared] });
    shared.set({ n: 2 });
    await Promise.all([one.clock.advance(100), other.clock.advance(100)]);
    assert.deepEqual([one.config.current, other.config.current], [{ n: 2 }, { n: 2 }]);
    await one.config.close();
    other.config.pause();
    shared.set({ n: 3 });
    await Promise.all([one.clock.advance(100), other.clock.advance(100)]);
    assert.deepEqual([one.config.current, other.config.current], [{ n: 2 }, { n: 2 }]);
    await other.resume();
    assert.deepEqual([one.config.current, other.config.current], [{ n: 2 }, { n: 3 }]);
  });
});

test("a variable is looked at again after a source that uses it was to be removed (G4)", async () => {
  const needed = ({ x }: { readonly x?: string }) => x === undefined ? [{ message: "no x" }] : [];
  await using live = await openLive<{ x?: string }>(
    { "/a.yaml": "x: ${X:-1}\n", "/b.yaml": "y: 1\n" },
    { validators: [needed] },
  );
  assert.equal((await live.config.removeSource("/a.yaml")).status, "rejected");
  live.runtime.environment.set("X", "2");
  assert.equal((await live.reload()).status, "committed");
  assert.equal(live.config.current.x, "2");
});

test("a rollback holds when an added source is refused, and goes when a variable changes", async () => {
  await using live = await openLive<{ x?: string }>(
    { "/a.yaml": "x: ${X:-1}\n" },
    { validators: [({ x }) => x === undefined ? [{ message: "no x" }] : []] },
  );
  await live.save("/a.yaml", "x: ${X:-2}\n");
  await live.config.rollback();
  const refused = await live.config.addSource({
    ...counter("bad"),
    read: () => Promise.reject(new Error("no")),
  });
  assert.equal(refused.status, "rejected");
  assert.equal((await live.reload()).status, "unchanged");
  assert.equal(live.config.current.x, "1");
  live.runtime.environment.set("X", "3");
  assert.equal((await live.reload()).status, "committed");
  assert.equal(live.config.current.x, "3");
});

function counter(name: string): Source {
  return {
    name,
    read: () => Promise.resolve([valueDocument(name, { b: 1 })]),
    watch() {},
  };
}

function withResolvers<V>(): { readonly promise: Promise<V>; resolve(value: V): void } {
  let resolve!: (value: V) => void;
  const promise = new Promise<V>((done) => resolve = done);
  return { promise, resolve };
}
