import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ClosedError, ConfirmError } from "../mod.ts";
import { eventsOf, openLive, typesOf } from "./live.ts";

const FILES = { "/app.yaml": "n: 1" };

describe("confirm", () => {
  test("a revision whose health check succeeds stays", async () => {
    const asked: unknown[] = [];
    const health = (_: AbortSignal, { revision }: { revision: number }) =>
      void asked.push(revision);
    await using live = await openLive(FILES, { confirm: { withinMs: 1000, health } });
    assert.deepEqual(asked, [], "the first one has nothing to go back to");
    await live.save("/app.yaml", "n: 2");
    assert.deepEqual(asked, [2]);
    assert.deepEqual(typesOf(live.events), ["fileChanged", "reloadSucceeded", "confirmed"]);
    assert.deepEqual(live.config.current, { n: 2 });
  });

  test("a revision that stays unhealthy is taken back by itself (S2.6, S5.5)", async () => {
    const health = () => Promise.reject(new Error("no answer from the database"));
    await using live = await openLive(FILES, { confirm: { withinMs: 1000, health } });
    await live.save("/app.yaml", "n: 2");
    assert.deepEqual(live.config.current, { n: 1 });
    assert.equal(live.config.revision, 3);
    const [event] = eventsOf(live.events, "rolledBack");
    assert.deepEqual([event!.from, event!.to, event!.revision], [2, 1, 3]);
    assert.equal(
      event!.reason,
      "Cannot keep revision 2: it was not confirmed within 1000 ms: no answer from the database",
    );
    assert.deepEqual(live.config.history().map(({ cause }) => cause), [
      ...["start", "save", "confirm-failed"],
    ]);
    assert.equal(live.config.health().status, "degraded");
    assert.equal(live.config.statistics()!.rollbacks, 1);
  });

  test("an instance of a class may say how, with a health check that uses its members", async () => {
    class Check {
      readonly withinMs = 1000;
      readonly #asked: number[] = [];
      get intervalMs(): number {
        return 100;
      }
      get asked(): number {
        return this.#asked.length;
      }
      health(): boolean {
        return this.#asked.push(0) > 2;
      }
    }
    const confirm = new Check();
    await using live = await openLive(FILES, { confirm });
    await live.save("/app.yaml", "n: 2");
    assert.equal(confirm.asked, 3);
    assert.deepEqual(live.config.current, { n: 2 });
  });

  for (const how of ["by hand", "for want of confirmation"]) {
    test(`a revision that components refuse to go back from, ${how}, is not well (G4, G8)`, async () => {
      await using live = await openLive(FILES, { confirm: { withinMs: 5000 } });
      let isStuck = false;
      const commit = () => {
        if (isStuck) throw new Error("stuck");
      };
      await live.config.attach({ name: "one", commit, undo: () => {} });
      live.files.writeAtomically("/app.yaml", "n: 2");
      await live.clock.advance(300);
      isStuck = true;
      if (how === "by hand") assert.equal((await live.config.rollback()).status, "rejected");
      await live.clock.advance(5000);
      assert.deepEqual(live.config.current, { n: 2 });
      const { status, reasons, pending } = live.config.health();
      assert.deepEqual([status, pending], ["degraded", undefined]);
      assert.deepEqual(reasons.map(({ kind }) => kind), ["refused"]);
      assert.match(reasons[0]!.message, /Cannot keep revision 2: it (is|was) not confirmed/);
      assert.deepEqual(
        eventsOf(live.events, "reloadFailed").map(({ error }) => error.name),
        ["ComponentError", "ConfirmError"],
      );
      isStuck = false;
      await live.save("/app.yaml", "n: 3");
      live.config.confirm();
      assert.deepEqual([live.config.current, live.config.health().status], [{ n: 3 }, "ok"]);
    });
  }

  test("health is asked until it succeeds", async () => {
    let answers = 0;
    const health = () => ++answers > 3;
    await using live = await openLive(FILES, {
      confirm: { withinMs: 1000, intervalMs: 100, health },
    });
    await live.save("/app.yaml", "n: 2");
    assert.equal(answers, 4);
    assert.deepEqual(live.config.current, { n: 2 });
  });

  test("a health check that hangs is cut off, and its signal aborted (G7)", async () => {
    let signal: AbortSignal | undefined;
    const health = (given: AbortSignal) => {
      signal = given;
      return new Promise<never>(() => {});
    };
    await using live = await openLive(FILES, { confirm: { withinMs: 1000, health } });
    await live.save("/app.yaml", "n: 2");
    assert.equal(signal!.aborted, true);
    assert.deepEqual(live.config.current, { n: 1 });
  });

  test("is visible in health() while it is pending, and can be done by hand", async () => {
    await using live = await openLive(FILES, { confirm: { withinMs: 60_000 } });
    await live.save("/app.yaml", "n: 2");
    const confirmBy = eventsOf(live.events, "reloadSucceeded")[0]!.confirmBy!;
    assert.deepEqual(live.config.health().pending, { revision: 2, confirmBy });
    assert.equal(live.config.health().status, "ok");
    assert.equal(live.config.confirm(), true);
    assert.equal(live.config.confirm(), false);
    await live.clock.advance(100_000);
    assert.deepEqual(live.config.current, { n: 2 });
    assert.equal(live.config.health().pending, undefined);
    assert.deepEqual(typesOf(live.events).at(-1), "confirmed");
  });

  test("can be done by a handler of the commit itself, and so can going back (G7)", async () => {
    let asked = 0;
    const health = () => ++asked > 9;
    await using live = await openLive(FILES, { confirm: { withinMs: 60_000, health } });
    const { config } = live;
    const said: unknown[] = [];
    config.on("reloadSucceeded", ({ revision }) => {
      said.push(config.health().pending?.revision);
      if (revision === 2) said.push(config.confirm());
      else void config.rollback({ to: 1 }).then(({ status }) => said.push(status));
    });
    await live.save("/app.yaml", "n: 2");
    await live.save("/app.yaml", "n: 3");
    assert.deepEqual(said, [2, true, 3, "committed"]);
    assert.deepEqual(config.current, { n: 1 });
    assert.equal(asked, 0);
  });

  test("saves meanwhile wait, and are not lost (G1)", async () => {
    await using live = await openLive(FILES, { confirm: { withinMs: 60_000 } });
    await live.save("/app.yaml", "n: 2");
    await live.save("/app.yaml", "n: 3");
    await live.save("/app.yaml", "n: 4");
    assert.deepEqual(live.config.current, { n: 2 });
    live.config.confirm();
    await live.clock.advance(100);
    assert.deepEqual(live.config.current, { n: 4 });
    assert.deepEqual(live.config.health().pending?.revision, 3);
  });

  test("a save that came meanwhile is applied when the one before was taken back", async () => {
    const health = (_: AbortSignal, { value }: { value: unknown }) =>
      (value as { n: number }).n > 2;
    await using live = await openLive(FILES, { confirm: { withinMs: 5000, health } });
    await live.save("/app.yaml", "n: 2");
    await live.save("/app.yaml", "n: 3");
    await live.clock.advance(3000);
    assert.deepEqual(live.config.current, { n: 3 });
    assert.deepEqual(live.config.history().map(({ cause }) => cause), [
      ...["start", "save", "confirm-failed", "save"],
    ]);
    assert.equal(live.config.health().status, "ok");
  });

  test("what was taken back holds until the content changes (G4)", async () => {
    const health = (_: AbortSignal, { value }: { value: unknown }) =>
      (value as { n: number }).n !== 2;
    await using live = await openLive(FILES, { confirm: { withinMs: 1000, health } });
    await live.save("/app.yaml", "n: 2");
    await live.save("/app.yaml", "n: 2");
    assert.deepEqual(live.config.current, { n: 1 });
    await live.save("/app.yaml", "n: 1");
    assert.equal(live.config.health().status, "ok");
    assert.equal(live.config.revision, 3);
  });

  test("what was taken back has not recovered because it is read again (G4)", async () => {
    await using live = await openLive(FILES, { confirm: { withinMs: 1000, health: () => false } });
    await live.save("/app.yaml", "n: 2");
    const told = typesOf(live.events);
    assert.deepEqual(await live.reload(), { status: "unchanged", revision: 3 });
    assert.deepEqual(typesOf(live.events), told);
    assert.equal(live.config.health().status, "degraded");
    await live.save("/app.yaml", "n: 1");
    assert.equal(live.events.at(-1)!.type, "recovered");
    assert.equal(live.config.health().status, "ok");
  });

  for (const rollbackOnFailure of [true, false]) {
    test(`nor when it could not be read meanwhile (G4), rollbackOnFailure: ${rollbackOnFailure}`, async () => {
      await using live = await openLive(FILES, {
        confirm: { withinMs: 1000, health: () => false },
        rollbackOnFailure,
      });
      await live.save("/app.yaml", "n: 2");
      const { revision } = live.config;
      live.files.remove("/app.yaml");
      await live.clock.advance(5000);
      await live.save("/app.yaml", "n: 2");
      assert.deepEqual(eventsOf(live.events, "recovered"), []);
      const { error } = eventsOf(live.events, "reloadFailed").at(-1)!;
      assert.ok(error instanceof ConfirmError, error.message);
      assert.equal(live.config.health().status, "degraded");
      assert.equal(live.config.revision, revision);
      await live.save("/app.yaml", `n: ${rollbackOnFailure ? 1 : 2} # the same`);
      assert.equal(live.events.at(-1)!.type, "recovered");
    });
  }

  test("reload() answers what finally became of it", async () => {
    await using live = await openLive(FILES, {
      confirm: { withinMs: 1000, health: () => false },
    });
    live.config.pause();
    live.files.writeAtomically("/app.yaml", "n: 2");
    const reloading = live.config.reload();
    await live.clock.advance(3000);
    const outcome = await reloading;
    assert.equal(outcome.status, "rejected");
    assert.equal(outcome.revision, 3);
    assert.ok((outcome as { error: Error }).error instanceof ConfirmError);
  });

  test("rollbackOnFailure: false leaves it and says so (S5.5)", async () => {
    await using live = await openLive(FILES, {
      confirm: { withinMs: 1000, health: () => false },
      rollbackOnFailure: false,
    });
    await live.save("/app.yaml", "n: 2");
    assert.deepEqual(live.config.current, { n: 2 });
    assert.deepEqual(typesOf(live.events), ["fileChanged", "reloadSucceeded", "reloadFailed"]);
    assert.equal(live.config.health().status, "degraded");
  });

  test("rollback() does not wait for the confirmation", async () => {
    await using live = await openLive(FILES, { confirm: { withinMs: 60_000 } });
    await live.save("/app.yaml", "n: 2");
    assert.equal((await live.config.rollback()).status, "committed");
    assert.deepEqual(live.config.current, { n: 1 });
    assert.equal(live.config.health().pending, undefined);
    await live.clock.advance(100_000);
    assert.equal(live.config.revision, 3);
    await assert.rejects(live.config.rollback({ to: 99 }), RangeError);
  });

  test("close() ends a rollback that it was to end with, and the pause of the health check (G9)", async () => {
    const live = await openLive(FILES, {
      confirm: { withinMs: 60_000, intervalMs: 50_000, health: () => false },
    });
    await live.save("/app.yaml", "n: 2");
    const rollingBack = live.config.rollback();
    await live.config.close();
    const outcome = await rollingBack;
    assert.ok(outcome.status === "rejected" && outcome.error instanceof ClosedError);
    assert.deepEqual(live.config.current, { n: 2 });
    assert.equal(live.clock.timers, 0);
  });

  test("a rollback to what waits to be confirmed leaves it waiting (G8)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1" }, { confirm: { withinMs: 5000 } });
    await live.save("/app.yaml", "n: 2");
    live.config.confirm();
    await live.save("/app.yaml", "n: 1");
    for (const to of [1, 3, "initial"] as const) {
      assert.deepEqual(await live.config.rollback({ to }), { status: "unchanged", revision: 3 });
    }
    assert.equal(live.config.health().pending?.revision, 3);
    await live.clock.advance(5000);
    assert.equal(eventsOf(live.events, "rolledBack")[0]!.from, 3);
    assert.deepEqual(live.config.current, { n: 2 });
  });

  test("close() ends it and leaves the configuration as it is (G9)", async () => {
    const live = await openLive(FILES, { confirm: { withinMs: 60_000 } });
    await live.save("/app.yaml", "n: 2");
    await live.config.close();
    assert.deepEqual(live.config.current, { n: 2 });
    assert.deepEqual(typesOf(live.events), ["fileChanged", "reloadSucceeded"]);
  });

  test("a source that makes it unhealthy is not added", async () => {
    const health = (_: AbortSignal, { value }: { value: unknown }) => !("bad" in Object(value));
    await using live = await openLive(FILES, { confirm: { withinMs: 1000, health } });
    live.files.write("/more.yaml", "bad: true");
    const adding = live.config.addSource("/more.yaml");
    await live.clock.advance(3000);
    assert.equal((await adding).status, "rejected");
    assert.deepEqual(live.config.sources, ["/app.yaml"]);
    assert.deepEqual(live.config.current, { n: 1 });
    await live.clock.advance(3000);
    assert.equal(live.config.health().status, "ok");
  });

  test("a source that makes it unhealthy leaves what was decided of the others (G4, S5.8)", async () => {
    const health = (_: AbortSignal, { value }: { value: unknown }) =>
      !["n: 2", "n: 4"].includes(`n: ${(value as { n: number }).n}`) && !("bad" in Object(value));
    await using live = await openLive(FILES, { confirm: { withinMs: 1000, health } });
    live.files.write("/more.yaml", "bad: true");
    const addBad = async () => {
      const adding = live.config.addSource("/more.yaml");
      await live.clock.advance(3000);
      assert.equal((await adding).status, "rejected");
      assert.equal((await live.reload()).status, "unchanged");
      assert.deepEqual(live.config.current, { n: 1 });
    };
    await live.save("/app.yaml", "n: 2");
    await addBad();
    assert.equal(live.config.health().status, "degraded", "the file holds what was taken back");
    await live.save("/app.yaml", "n: 3");
    await live.config.rollback({ to: "initial" });
    await addBad();
    assert.equal(live.config.health().status, "ok");
  });

  test("refuses times that are none", async () => {
    await assert.rejects(openLive(FILES, { confirm: { withinMs: 0 } }), RangeError);
    await assert.rejects(openLive(FILES, { confirm: { withinMs: 1, intervalMs: 0 } }), RangeError);
    await assert.rejects(openLive(FILES, { maxReloadAttempts: 0 }), RangeError);
    await assert.rejects(
      openLive(FILES, { confirm: { withinMs: 1, health: true as never } }),
      TypeError,
    );
  });
});
