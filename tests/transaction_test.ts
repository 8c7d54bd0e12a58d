import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Component } from "../src/component.ts";
import { ComponentError } from "../src/errors.ts";
import { Components } from "../src/transaction.ts";
import { ManualClock } from "../src/testing/manual_clock.ts";

type Numbered = Component<number, unknown, unknown>;

/** Components that run on 1. */
async function attached(...components: Numbered[]) {
  const clock = new ManualClock();
  const told: string[] = [];
  const list = new Components<number>({
    keepAlive: true,
    clock,
    onFailed: ({ component, step, reason }) => void told.push(`${component} ${step}: ${reason}`),
    withoutSecrets: (error) => error,
  });
  const detach = new Map<string, () => boolean>();
  for (const component of components) {
    detach.set(component.name, await list.add(component, 1));
  }
  return { clock, told, list, detach, take: (value: number) => list.take(value, "save", () => {}) };
}

function fails(): never {
  throw new Error("no");
}

describe("components", () => {
  test("are not asked to prepare what another one has refused already", async () => {
    const asked: unknown[] = [];
    const { take } = await attached(
      { name: "a", prepare: (n) => n === 2 && fails(), commit: () => {} },
      { name: "b", prepare: (n) => asked.push(n), commit: () => {} },
    );
    assert.equal((await take(2))?.component, "a");
    assert.deepEqual(asked, [1]);
  });

  test("that fail with somebody else's ComponentError are named themselves", async () => {
    const cause = new ComponentError({ component: "other", step: "prepare", reason: "no" });
    const { take } = await attached({
      name: "a",
      commit: (n) => n === 2 ? Promise.reject(cause) : undefined,
      undo: () => {},
    });
    const error = await take(2);
    assert.deepEqual([error?.component, error?.step, error?.cause], ["a", "commit", cause]);
  });

  test("that give something whose then throws have failed", async () => {
    const { take } = await attached({
      name: "a",
      commit: (n) => n === 2 ? Object.defineProperty({}, "then", { get: fails }) : undefined,
      undo: () => {},
    });
    assert.equal((await take(2))?.step, "commit");
  });

  test("that are not asynchronous go back before anything else runs (G4, G6)", async () => {
    const states = { a: 1, b: 1 };
    const seen = new Set<string>();
    const { take } = await attached(
      { name: "a", commit: (n) => states.a = n as number },
      { name: "b", commit: (n) => states.b = n as number, undo: (n) => states.b = n as number },
      { name: "c", commit: (n) => n === 2 && fails(), undo: () => {} },
    );
    const taking = take(2);
    let isOver = false;
    void taking.then(() => isOver = true);
    while (!isOver) {
      seen.add(`${states.a} ${states.b}`);
      await undefined;
    }
    assert.deepEqual([...seen], ["1 1"]);
  });

  test("that end because they are late are late, and let go what they prepared (G7)", async () => {
    const log: string[] = [];
    const { clock, told, take } = await attached({
      name: "a",
      deadlineMs: 100,
      prepare: (_, { signal }) => signal.addEventListener("abort", () => log.push("lets it go")),
      commit: (n, { signal }) =>
        n === 2 && new Promise((resolve) => signal.addEventListener("abort", resolve)),
      undo: () => void log.push("goes back"),
    });
    const taking = take(2);
    await clock.advance(100);
    assert.equal((await taking)?.step, "commit");
    assert.deepEqual(log, ["lets it go", "goes back"]);
    assert.deepEqual(told, ["a commit: it did not finish within 100 ms (deadlineMs)"]);
  });

  test("that prepare to go back for too long do not commit it any more (G7)", async () => {
    const committed: unknown[] = [];
    let finish!: () => void;
    const { clock, take, told } = await attached(
      {
        name: "a",
        deadlineMs: 100,
        prepare: (n, { before }) =>
          n === 1 && before === 2 ? new Promise<void>((resolve) => finish = resolve) : undefined,
        commit: (n) => void committed.push(n),
      },
      { name: "b", commit: (n) => n === 2 && fails(), undo: () => {} },
    );
    const taking = take(2);
    await clock.advance(100);
    await taking;
    assert.deepEqual(told.map((text) => text.split(":")[0]), ["b commit", "a undo"]);
    await take(3);
    finish();
    await clock.settle();
    assert.deepEqual(committed, [1, 2, 3]);
  });

  test("that go back after a later change are named (G7)", async () => {
    let finish!: () => void;
    const { clock, list, take } = await attached(
      {
        name: "a",
        deadlineMs: 100,
        commit: () => {},
        undo: () => new Promise<void>((resolve) => finish = resolve),
      },
      { name: "b", commit: (n) => n === 2 && fails(), undo: () => {} },
    );
    const taking = take(2);
    await clock.advance(100);
    await taking;
    await take(3);
    assert.deepEqual(list.doubts, []);
    finish();
    await clock.settle();
    assert.deepEqual(list.doubts.map(({ component, step }) => `${component} ${step}`), ["a undo"]);
  });

  test("let go what they prepared after they went back from it, not before", async () => {
    const log: string[] = [];
    const { take } = await attached(
      {
        name: "a",
        prepare: (_, { signal }) =>
          signal.addEventListener("abort", () => log.push("a lets it go")),
        commit: () => {},
        undo: () => void log.push("a goes back"),
      },
      { name: "b", commit: (n) => n === 2 && fails(), undo: () => {} },
    );
    await take(2);
    assert.deepEqual(log, ["a goes back", "a lets it go"]);
  });

  test("that prepare to go back, and can't, let go what they prepared for it", async () => {
    const prepared: [n: unknown, signal: AbortSignal][] = [];
    let isStuck = false;
    const { told, take } = await attached(
      {
        name: "a",
        prepare: (n, { signal }) => void prepared.push([n, signal]),
        commit: (n) => isStuck && n === 1 && fails(),
      },
      { name: "b", commit: (n) => n === 2 && fails(), undo: () => {} },
    );
    isStuck = true;
    await take(2);
    assert.deepEqual(told, ["b commit: no", "a undo: no"]);
    assert.deepEqual(prepared.map(([n, { aborted }]) => [n, aborted]), [
      ...[[1, false], [2, true], [1, true]],
    ]);
  });

  test("that are detached while all prepare commit nothing, and let go what they prepared", async () => {
    const committed: unknown[] = [];
    let signal: AbortSignal | undefined;
    const a: Numbered = {
      name: "a",
      prepare: (_, step) => void (signal = step.signal),
      commit: (n) => void committed.push(n),
    };
    const { detach, take } = await attached(a, {
      name: "b",
      prepare: (n) => n === 2 && detach.get("a")!(),
      commit: () => {},
    });
    assert.equal(await take(2), undefined);
    assert.deepEqual(committed, [1]);
    assert.equal(signal!.aborted, true);
  });

  test("that are attached in vain are not asked to go back to nothing", async () => {
    const undone: unknown[] = [];
    const { list, told } = await attached();
    const a = { name: "a", commit: fails, undo: (n: unknown) => void undone.push(n) };
    await assert.rejects(list.add(a, 1), ComponentError);
    assert.deepEqual([undone, told, list.names], [[], ["a commit: no"], []]);
  });

  test("that are detached after they committed are not asked to go back", async () => {
    const log: string[] = [];
    const { detach, take } = await attached(
      {
        name: "a",
        prepare: (_, { signal }) => signal.addEventListener("abort", () => log.push("let go")),
        commit: () => {},
        undo: () => void log.push("goes back"),
      },
      { name: "b", commit: (n) => n === 2 && detach.get("a")!() && fails(), undo: () => {} },
    );
    await take(2);
    assert.deepEqual(log, ["let go"]);
  });

  test("that are late and detached are not told of any more (G7)", async () => {
    let finish = () => {};
    const { clock, detach, list, told, take } = await attached({
      name: "a",
      deadlineMs: 100,
      commit: (n) => n === 2 && new Promise<void>((resolve) => finish = resolve),
      undo: () => {},
    });
    const taking = take(2);
    await clock.advance(100);
    await taking;
    detach.get("a")!();
    finish();
    await clock.settle();
    assert.deepEqual(told, ["a commit: it did not finish within 100 ms (deadlineMs)"]);
    assert.deepEqual(list.doubts, []);
  });

  test("that are given up in a step are not waited for (G7)", async () => {
    const { clock, list, take } = await attached({
      name: "a",
      prepare: (n) => {
        if (n === 1) return;
        list.close(new Error("it is closed"));
        return new Promise(() => {});
      },
      commit: () => {},
    });
    const taking = take(2);
    await clock.settle();
    assert.equal(clock.timers, 0);
    assert.match((await taking)!.message, /it is closed/);
  });

  test("take nothing that is given up while they prepare it", async () => {
    const committed: unknown[] = [];
    const { list, take } = await attached(
      {
        name: "a",
        prepare: (n) => n === 2 && list.close(new Error("it is closed")),
        commit: (n) => void committed.push(n),
      },
      { name: "b", prepare: () => {}, commit: (n) => void committed.push(n) },
    );
    assert.match((await take(2))!.message, /it is closed/);
    assert.deepEqual(committed, [1, 1]);
  });
});
