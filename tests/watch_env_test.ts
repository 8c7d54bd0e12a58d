import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type EnvChanges, watchEnv, type WatchEnvOptions } from "../mod.ts";
import { createMemoryRuntime } from "../testing.ts";

function open(names: string | readonly string[], options: WatchEnvOptions = {}) {
  const runtime = createMemoryRuntime();
  runtime.environment.set("A", "1");
  const calls: EnvChanges[] = [];
  const watch = watchEnv(names, (changes) => void calls.push(changes), { runtime, ...options });
  return { runtime, calls, watch, ...runtime };
}

describe("watchEnv() (S4.4)", () => {
  test("calls once with all changes, old and new", async () => {
    const { environment, clock, calls } = open(["A", "B"]);
    environment.set("A", "2");
    environment.set("B", "b");
    await clock.advance(4999);
    assert.deepEqual(calls, []);
    await clock.advance(1);
    assert.deepEqual(calls, [{ A: ["1", "2"], B: [undefined, "b"] }]);
    environment.set("A", undefined);
    await clock.advance(10_000);
    assert.deepEqual(calls.slice(1), [{ A: ["2", undefined] }]);
  });

  test("takes one name and an interval, and minds no other variable", async () => {
    const { environment, clock, calls } = open("A", { intervalMs: 1000 });
    environment.set("B", "b");
    await clock.advance(1000);
    environment.set("A", "2");
    await clock.advance(1000);
    assert.deepEqual(calls, [{ A: ["1", "2"] }]);
  });

  for (
    const [title, fail] of [
      ["throws", () => {
        throw new Error("no");
      }],
      ["rejects", () => Promise.reject(new Error("no"))],
    ] as const
  ) {
    test(`goes on when the callback ${title}, and tells (G7)`, async () => {
      const runtime = createMemoryRuntime();
      const errors: string[] = [];
      let calls = 0;
      using _watch = watchEnv("A", () => {
        calls++;
        return fail();
      }, { runtime, onError: ({ message }) => errors.push(message) });
      for (const value of ["1", "2"]) {
        runtime.environment.set("A", value);
        await runtime.clock.advance(5000);
      }
      assert.deepEqual([calls, errors], [2, ["no", "no"]]);
    });
  }

  test("tells once why the variables can't be read any more, and goes on (G8)", async () => {
    const errors: string[] = [];
    const { environment, clock, calls } = open("A", {
      onError: ({ message }) => errors.push(message),
    });
    const get = environment.get.bind(environment);
    environment.get = () => {
      throw new Error("not allowed");
    };
    await clock.advance(15_000);
    assert.deepEqual(errors, ["Cannot read environment A: not allowed"]);
    environment.get = get;
    environment.set("A", "2");
    await clock.advance(5000);
    assert.deepEqual(calls, [{ A: ["1", "2"] }]);
  });

  test("ends with close(), using, or a signal (G9)", async () => {
    const controller = new AbortController();
    const ends = [
      ({ watch }: ReturnType<typeof open>) => watch.close(),
      ({ watch }: ReturnType<typeof open>) => watch[Symbol.dispose](),
      () => controller.abort(),
    ];
    for (const end of ends) {
      const opened = open("A", { signal: controller.signal });
      end(opened);
      opened.environment.set("A", "2");
      await opened.clock.advance(20_000);
      assert.deepEqual([opened.calls, opened.clock.timers], [[], 0]);
    }
    assert.equal(open("A", { signal: controller.signal }).clock.timers, 0);
  });

  test("refuses no name and no interval", () => {
    assert.throws(() => watchEnv([], () => {}), RangeError);
    assert.throws(() => watchEnv("A", () => {}, { intervalMs: 0 }), /intervalMs/);
  });
});
