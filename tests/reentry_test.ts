/**
 * What a handler, a subscriber and a validator may call: everything, in the middle of the reload
 * that called them (G7).
 */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LiveConfig, memory, ReentryError, type ReloadOutcome, watchConfig } from "../mod.ts";
import { createTestConfig, type TestConfig } from "../testing.ts";

interface Settings {
  readonly n: number;
}

interface Test extends TestConfig<Settings> {
  /** Called by a validator, once each. */
  readonly onValidate: (() => unknown)[];
}

/** A configuration with `n` 1 and a validator that calls what it is told to. */
async function open(): Promise<Test> {
  const onValidate: (() => unknown)[] = [];
  const call = async () => void await onValidate.pop()?.();
  return Object.assign(
    await createTestConfig<Settings>({ n: 1 }, { validators: [call], validateTimeoutMs: 1000 }),
    { onValidate },
  );
}

/** Something that is called in the middle of a reload, and what came of it. */
interface Action {
  readonly name: string;
  /** Called while `n` becomes 2, at revision 2 or on the way to it. */
  act(config: LiveConfig<Settings>): unknown;
  /** How it ends. @default undefined */
  readonly status?: ReloadOutcome["status"] | "rejects";
  /** What runs at last. @default 2 */
  readonly n?: number;
  /** What is left of the configuration. @default a running one */
  readonly ends?: "closed" | "paused";
}

const ACTIONS: readonly Action[] = [
  { name: "reload()", act: (config) => config.reload(), status: "unchanged" },
  { name: "rollback()", act: (config) => config.rollback(), status: "committed", n: 1 },
  { name: "close()", act: (config) => config.close(), ends: "closed" },
  { name: "on()", act: (config) => void config.on("*", () => {}) },
  { name: "subscribe()", act: (config) => void config.subscribe("n", () => {}) },
  { name: "pause()", act: (config) => config.pause(), ends: "paused" },
  {
    name: "pause() and resume()",
    act(config) {
      config.pause();
      return config.resume();
    },
    status: "unchanged",
  },
  {
    name: "addSource()",
    act: (config) => config.addSource(memory({ n: 9 }, { name: "more" })),
    status: "committed",
    n: 9,
  },
  {
    name: "removeSource() of the only one",
    act: (config) => config.removeSource("test"),
    status: "rejects",
  },
  {
    name: "attach()",
    act: (config) => config.attach({ name: "component", commit: () => {} }).then(() => undefined),
  },
  {
    name: "watchConfig()",
    async act() {
      await using other = await watchConfig({ sources: [memory({ m: 1 })], unref: true });
      assert.deepEqual(other.current, { m: 1 });
    },
  },
  { name: "recentEvents(), health() and statistics()", act: look },
];

function look(config: LiveConfig<Settings>): void {
  config.recentEvents();
  config.health();
  config.statistics();
  config.explain("n");
  config.history();
}

/** Calls something once, while `n` becomes 2, and does not wait for it. */
type Put = (test: Test, call: () => void) => void;

/** Those who are called in the middle of a reload. */
const PLACES: Readonly<Record<string, Put>> = {
  "a handler": ({ config }, call) => void config.on("reloadSucceeded", call, { once: true }),
  "a subscriber": ({ config }, call) => void config.subscribe("n", call, { once: true }),
  "a validator that does not wait for it": ({ onValidate }, call) => void onValidate.push(call),
};

async function check(test: Test, { status, n = 2, ends }: Action, result: unknown): Promise<void> {
  const { config } = test;
  if (status === "rejects") await assert.rejects(result as Promise<unknown>, RangeError);
  else assert.equal((await result as ReloadOutcome | undefined)?.status, status);
  assert.equal(config.current.n, n);
  assert.deepEqual(test.recorded.ofType("handlerFailed"), []);
  assert.equal(config.isClosed, ends === "closed");
  if (ends === "closed") return assert.equal(test.clock.timers, 0);
  if (ends === "paused") await config.resume();
  // It goes on as if nothing had happened.
  if (n !== 9) assert.equal((await test.set({ n: 100 })).status, "committed");
}

for (const [place, put] of Object.entries(PLACES)) {
  describe(`${place} may call, and nothing breaks (G7):`, () => {
    for (const action of ACTIONS) {
      test(action.name, async () => {
        await using test = await open();
        let result: unknown;
        put(test, () => {
          result ??= action.act(test.config);
          if (result instanceof Promise) result.catch(() => {});
        });
        const outcome = await test.set({ n: 2 });
        assert.equal(outcome.status, "committed", "the reload under way is not disturbed");
        await test.clock.settle();
        await check(test, action, result);
      });
    }
  });
}

/** Waits in the middle of a reload for something that waits for the end of it. */
const WAITING: Readonly<Record<string, (test: Test, wait: () => unknown) => Promise<void>>> = {
  async "a validator"({ onValidate }, wait) {
    await Promise.resolve(onValidate.push(wait));
  },
  async "a component, in the middle of a step,"({ config }, wait) {
    let isOver = false;
    const prepare = async (n: number) => {
      await Promise.resolve();
      if (n === 1 || isOver) return;
      isOver = true;
      await wait();
    };
    const component = { name: "waiting", select: ({ n }: Settings) => n, commit: () => {} };
    await config.attach({ ...component, prepare, deadlineMs: 1000 });
  },
};

/** Those that begin with something that no other reload may be in the middle of. */
const TAKING_TURNS = ACTIONS.filter(({ status, name }) =>
  status !== undefined || name === "attach()"
);

describe("a step of a component that calls, before it awaits anything, (G7):", () => {
  for (const { name, act, ends } of ACTIONS) {
    test(`${name} ${TAKING_TURNS.some((one) => one.name === name) ? "is told at once" : ""}`, async () => {
      await using test = await open();
      let result: unknown;
      const commit = (n: number) => {
        if (n === 2) result = act(test.config);
      };
      await test.config.attach({ name: "calling", select: ({ n }) => n, commit });
      const { status } = await test.set({ n: 2 });
      assert.equal(status, "committed");
      if (name === "attach()") {
        await assert.rejects(result as Promise<unknown>, { name: "ReentryError" });
      } else {
        const outcome = await result as ReloadOutcome | undefined;
        if (outcome !== undefined) {
          assert.ok(outcome.status === "rejected" && outcome.error instanceof ReentryError, name);
        }
      }
      if (ends === undefined) assert.equal((await test.set({ n: 3 })).status, "committed");
    });
  }
});

for (const [place, put] of Object.entries(WAITING)) {
  describe(`${place} that waits for what waits for it is cut off, and nothing breaks (G7):`, () => {
    for (const action of ACTIONS.filter(({ status, name }) => status || name === "close()")) {
      test(action.name, async () => {
        await using test = await open();
        let result: unknown;
        await put(test, () => {
          result = action.act(test.config);
          return result;
        });
        const saving = test.set({ n: 2 });
        await test.clock.advance(900);
        assert.equal(test.config.current.n, 1);
        await test.clock.advance(100);
        assert.notEqual((await saving).status, "committed");
        // What was waited for takes its turn now.
        await Promise.resolve(result).catch(() => {});
        await test.clock.advance(5000);
        if (action.ends === "closed") return assert.equal(test.clock.timers, 0);
        if (action.n === 9) assert.equal(test.config.current.n, 9);
        else assert.equal((await test.set({ n: 100 })).status, "committed");
      });
    }
  });
}

describe("a health check that waits for what waits for it is given up, and nothing breaks (G7):", () => {
  for (const action of TAKING_TURNS) {
    test(action.name, async () => {
      let result: unknown;
      const health = async ({ aborted }: AbortSignal) => {
        if (!aborted && result === undefined) await (result = action.act(test.config));
      };
      const confirm = { withinMs: 1000, health };
      await using test = await createTestConfig<Settings>({ n: 1 }, { confirm });
      const saving = test.set({ n: 2 });
      await test.clock.advance(10_000);
      await saving;
      await Promise.resolve(result).catch(() => {});
      const [, ending] = test.recorded.types.filter((type) => type !== "healthChanged");
      if (action.name !== "rollback()") assert.equal(ending, "rolledBack");
      if (action.n === 9) assert.equal(test.config.current.n, 9);
      else assert.equal((await test.set({ n: 3 })).status, "committed");
    });
  }
});

describe("while a revision waits to be confirmed (G7)", () => {
  test("a handler may confirm it", async () => {
    await using test = await createTestConfig<Settings>({ n: 1 }, { confirm: { withinMs: 1000 } });
    test.config.on("reloadSucceeded", () => assert.ok(test.config.confirm()));
    assert.equal((await test.set({ n: 2 })).status, "committed");
    assert.deepEqual(test.recorded.types, ["reloadSucceeded", "confirmed"]);
  });

  test("a subscriber may go back from it", async () => {
    await using test = await createTestConfig<Settings>({ n: 1 }, { confirm: { withinMs: 1000 } });
    let going: Promise<ReloadOutcome> | undefined;
    test.config.subscribe("n", () => going = test.config.rollback(), { once: true });
    await test.set({ n: 2 });
    assert.equal((await going)?.status, "committed");
    assert.equal(test.config.current.n, 1);
  });

  test("a handler may close the handle and wait for it (G9)", async () => {
    const test = await createTestConfig<Settings>({ n: 1 }, { confirm: { withinMs: 1000 } });
    let closing: Promise<void> | undefined;
    test.config.on("reloadSucceeded", () => closing = test.config.close());
    await test.set({ n: 2 });
    await closing;
    assert.deepEqual([test.config.current.n, test.clock.timers], [2, 0]);
  });

  test("a health check may close the handle and wait for it (G9)", async () => {
    let closing: Promise<void> | undefined;
    const health = (): Promise<void> => closing = test.config.close();
    const test: TestConfig<Settings> = await createTestConfig<Settings>({ n: 1 }, {
      confirm: { withinMs: 1000, health },
    });
    await test.set({ n: 2 });
    await closing;
    assert.deepEqual([test.config.current.n, test.clock.timers], [2, 0]);
  });
});

describe("a handler, a subscriber and a validator (G7)", () => {
  test("may throw, reject and hang, and the others are called", async () => {
    await using test = await open();
    const { config } = test;
    const called: string[] = [];
    const failing: readonly (() => unknown)[] = [
      () => {
        throw new TypeError("at once");
      },
      () => Promise.reject(new TypeError("later")),
      () => new Promise(() => {}),
    ];
    for (const fail of failing) {
      config.on("reloadSucceeded", fail);
      config.subscribe("n", fail);
    }
    config.on("reloadSucceeded", () => called.push("handler"));
    config.subscribe("n", () => called.push("subscriber"));
    assert.equal((await test.set({ n: 2 })).status, "committed");
    assert.deepEqual(called, ["handler", "subscriber"]);
    await test.clock.settle();
    assert.deepEqual(
      test.recorded.ofType("handlerFailed").map(({ listener, error }) =>
        `${listener}: ${error.message}`
      ).sort(),
      ["reloadSucceeded", "subscribe n"].flatMap((name) => [`${name}: at once`, `${name}: later`]),
    );
  });

  test("a validator that hangs is cut off, one that throws refuses, until a reload asks it again", async () => {
    await using test = await open();
    test.onValidate.push(() => new Promise(() => {}));
    const hanging = test.set({ n: 2 });
    await test.clock.advance(1000);
    assert.equal((await hanging).status, "rejected");
    test.onValidate.push(() => Promise.reject(new Error("the store is away")));
    assert.equal((await test.set({ n: 3 })).status, "rejected");
    assert.equal((await test.config.reload()).status, "committed");
    assert.equal(test.config.current.n, 3);
  });

  test("may change the configuration for ever without keeping the program from anything", async () => {
    await using test = await open();
    let changes = 0;
    test.config.subscribe("n", (n) => {
      changes += 1;
      void test.set({ n: n + 1 });
    });
    await test.set({ n: 2 });
    await test.clock.advance(10_000);
    assert.ok(changes > 50 && changes < 1000, `${changes} changes in ten seconds`);
    await test.config.close();
    await test.clock.settle();
    assert.equal(test.clock.timers, 0);
  });
});
