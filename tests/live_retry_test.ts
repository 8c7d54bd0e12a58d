import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { eventsOf, openLive, typesOf } from "./live.ts";

const FILES = { "/app.yaml": "n: 1" };

/** A component that fails as often as is said, once it is attached. */
function flaky(times: number) {
  let left = times;
  let isAttached = false;
  const tried: unknown[] = [];
  return {
    tried,
    component: {
      name: "flaky",
      commit: (value: unknown) => {
        if (!isAttached) return void (isAttached = true);
        tried.push(value);
        if (left-- > 0) throw new Error("not just now");
      },
      undo: () => {},
    },
  };
}

describe("a change that a component could not take", () => {
  test("is tried again until it can (S2.8, S5.6)", async () => {
    await using live = await openLive(FILES);
    const { component, tried } = flaky(2);
    await live.config.attach(component);
    await live.save("/app.yaml", "n: 2");
    assert.equal(tried.length, 3);
    assert.deepEqual(live.config.current, { n: 2 });
    assert.equal(live.config.snapshot.cause, "retry");
    const failures = eventsOf(live.events, "reloadFailed");
    assert.deepEqual(failures.map(({ attempt }) => attempt), [1, 2]);
    const [first, second] = failures.map(({ retryInMs }) => retryInMs!);
    assert.ok(first! >= 400 && first! <= 600, `${first}`);
    assert.ok(second! >= 800 && second! <= 1200, `${second}`);
  });

  test("is tried maxReloadAttempts times in all (G10, S5.6)", async () => {
    await using live = await openLive(FILES, { maxReloadAttempts: 2 });
    const { component, tried } = flaky(Infinity);
    await live.config.attach(component);
    await live.save("/app.yaml", "n: 2");
    await live.clock.advance(100_000);
    assert.equal(tried.length, 2);
    const last = eventsOf(live.events, "reloadFailed").at(-1)!;
    assert.deepEqual([last.attempt, last.retryInMs], [2, undefined]);
  });

  test("is tried as often when it is another one", async () => {
    await using live = await openLive(FILES, { maxReloadAttempts: 2 });
    const { component, tried } = flaky(Infinity);
    await live.config.attach(component);
    for (const n of [2, 3]) await live.save("/app.yaml", `n: ${n}`);
    assert.deepEqual(tried, [{ n: 2 }, { n: 2 }, { n: 3 }, { n: 3 }]);
  });

  test("is not tried again when it is a source that was to be added", async () => {
    await using live = await openLive(FILES);
    const { component, tried } = flaky(1);
    await live.config.attach(component);
    const health: string[] = [];
    live.config.on("healthChanged", ({ status }) => void health.push(status));
    live.files.write("/more.yaml", "m: 1");
    assert.equal((await live.config.addSource("/more.yaml")).status, "rejected");
    await live.clock.advance(10_000);
    assert.equal(tried.length, 1);
    const [{ attempt, retryInMs }] = eventsOf(live.events, "reloadFailed") as [never];
    assert.deepEqual([attempt, retryInMs, health], [undefined, undefined, []]);
  });

  test("makes room for new content at once", async () => {
    await using live = await openLive(FILES);
    const { component, tried } = flaky(1);
    await live.config.attach(component);
    live.files.writeAtomically("/app.yaml", "n: 2");
    await live.clock.advance(100);
    live.files.writeAtomically("/app.yaml", "n: 3");
    await live.clock.advance(100);
    assert.deepEqual(tried, [{ n: 2 }, { n: 3 }]);
    await live.clock.advance(10_000);
    assert.equal(tried.length, 2);
  });

  test("is not tried again when the content is as before", async () => {
    await using live = await openLive(FILES);
    const { component, tried } = flaky(1);
    await live.config.attach(component);
    live.files.writeAtomically("/app.yaml", "n: 2");
    await live.clock.advance(100);
    await live.save("/app.yaml", "n: 1");
    assert.equal(tried.length, 1);
    assert.deepEqual(typesOf(live.events).at(-1), "recovered");
  });

  test("is tried by hand as well", async () => {
    await using live = await openLive(FILES, { maxReloadAttempts: 1 });
    const { component } = flaky(1);
    await live.config.attach(component);
    await live.save("/app.yaml", "n: 2");
    assert.equal((await live.reload()).status, "committed");
  });

  test("is given up by a rollback", async () => {
    await using live = await openLive(FILES);
    await live.save("/app.yaml", "n: 2");
    const { component, tried } = flaky(1);
    const attached = await live.config.attach(component);
    live.files.writeAtomically("/app.yaml", "n: 3");
    await live.clock.advance(100);
    await live.config.rollback();
    tried.length = 0;
    attached[Symbol.dispose]();
    await live.clock.advance(10_000);
    assert.deepEqual(live.config.current, { n: 1 });
  });

  test("is not given up by a rollback that components refuse, or a source that is refused", async () => {
    for (const what of ["rollback", "source"]) {
      await using live = await openLive(FILES);
      await live.save("/app.yaml", "n: 2");
      const { component } = flaky(what === "rollback" ? 2 : 1);
      await live.config.attach(component);
      live.files.writeAtomically("/app.yaml", "n: 3");
      await live.clock.advance(100);
      live.files.write("/bad.yaml", "n: [");
      const outcome = what === "rollback"
        ? await live.config.rollback()
        : await live.config.addSource("/bad.yaml");
      assert.equal(outcome.status, "rejected");
      await live.clock.advance(10_000);
      assert.deepEqual(live.config.current, { n: 3 }, what);
    }
  });

  test("that was forced past the guards is tried again past them", async () => {
    await using live = await openLive(FILES);
    const { component } = flaky(1);
    await live.config.attach(component);
    await live.save("/app.yaml", "# n: 1");
    assert.equal(typesOf(live.events).at(-1), "validationFailed");
    assert.equal((await live.reload({ force: true })).status, "rejected");
    await live.clock.advance(10_000);
    assert.deepEqual([live.config.current, live.config.snapshot.cause], [{}, "retry"]);
  });

  test("waits while it is paused", async () => {
    await using live = await openLive(FILES);
    const { component, tried } = flaky(1);
    await live.config.attach(component);
    live.files.writeAtomically("/app.yaml", "n: 2");
    await live.clock.advance(100);
    live.config.pause();
    await live.clock.advance(10_000);
    assert.equal(tried.length, 1);
    await live.resume();
    assert.deepEqual(live.config.current, { n: 2 });
  });
});

test("what the schema or a validator refuses is not tried again (S5.6)", async () => {
  let asked = 0;
  const rule = ({ n }: { n: number }) => ++asked && n === 2 ? [{ message: "not 2" }] : [];
  await using live = await openLive<{ n: number }>(FILES, { validators: [rule] });
  asked = 0;
  await live.save("/app.yaml", "n: 2");
  await live.clock.advance(100_000);
  assert.equal(asked, 1);
});
