import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Validator } from "../mod.ts";
import { eventsOf, openLive } from "./live.ts";

interface Numbers {
  n: number;
}

const positive: Validator<Numbers> = ({ n }) =>
  n > 0 ? [] : [{ path: "n", message: "must be positive" }];

describe("LiveConfig.rollback()", () => {
  test("commits the previous value as a new revision, and tells (S5.11)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    const first = live.config.snapshot;
    await live.save("/app.yaml", "n: 2\n");
    const outcome = await live.config.rollback();
    assert.equal(outcome.status, "committed");
    assert.deepEqual(live.config.current, { n: 1 });
    const { revision, checksum, files, cause, rolledBackTo } = live.config.snapshot;
    assert.deepEqual({ revision, checksum, files, cause, rolledBackTo }, {
      revision: 3,
      checksum: first.checksum,
      files: first.files,
      cause: "rollback",
      rolledBackTo: 1,
    });
    const [event] = eventsOf(live.events, "rolledBack");
    assert.deepEqual([event!.revision, event!.to, event!.from], [3, 1, 2]);
    assert.equal(event!.checksum, first.checksum);
    assert.deepEqual(event!.changes.map(({ path, before, after }) => [path, before, after]), [
      ["n", 2, 1],
    ]);
  });

  test("ends when a reload is forced, and by no other one of the same content", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.save("/app.yaml", "n: 2\n");
    await live.config.rollback();
    assert.equal((await live.reload()).status, "unchanged");
    assert.equal((await live.reload({ force: true })).status, "committed");
    assert.deepEqual(live.config.current, { n: 2 });
  });

  test("tells what each kept revision changed, and what differs between two (S3.17, S5.17)", async () => {
    await using live = await openLive({ "/app.yaml": "a: 1\nb: 1\npassword: first-secret\n" });
    await live.save("/app.yaml", "a: 2\nc: 1\npassword: second-secret\n");
    await live.config.rollback();
    assert.deepEqual(
      live.config.history().map(({ revision, cause, changes, rolledBackTo }) => ({
        revision,
        cause,
        changes,
        rolledBackTo,
      })),
      [
        { revision: 1, cause: "start", changes: { added: 0, changed: 0, removed: 0 } },
        { revision: 2, cause: "save", changes: { added: 1, changed: 2, removed: 1 } },
        {
          revision: 3,
          cause: "rollback",
          changes: { added: 1, changed: 2, removed: 1 },
          rolledBackTo: 1,
        },
      ].map((entry) => ({ rolledBackTo: undefined, ...entry })),
    );
    const changes = live.config.diffRevisions(1, 2);
    assert.deepEqual(changes.map(({ path, kind, before, after }) => [path, kind, before, after]), [
      ["a", "changed", 1, 2],
      ["c", "added", undefined, 1],
      ["password", "changed", "[secret]", "[secret]"],
      ["b", "removed", 1, undefined],
    ]);
    assert.deepEqual(live.config.diffRevisions(1, 3), []);
    assert.throws(() => live.config.diffRevisions(1, 9), RangeError);
    assert.doesNotMatch(JSON.stringify(live.config.history()), /secret/, "(G11)");
  });

  test("twice goes back two steps", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.save("/app.yaml", "n: 2\n");
    await live.save("/app.yaml", "n: 3\n");
    await live.config.rollback();
    assert.deepEqual(live.config.current, { n: 2 });
    await live.config.rollback();
    assert.deepEqual(live.config.current, { n: 1 });
    await assert.rejects(live.config.rollback(), {
      name: "RangeError",
      message: "Cannot roll back to the previous revision: the kept revisions are 1, 2, 3, 4, 5",
    });
  });

  test("goes to the initial value, and to any revision that is kept (S5.8)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { historySize: 3 });
    for (let n = 2; n <= 6; n++) await live.save("/app.yaml", `n: ${n}\n`);
    await live.config.rollback({ to: "initial" });
    assert.deepEqual(live.config.current, { n: 1 });
    await live.config.rollback({ to: 6 });
    assert.deepEqual(live.config.current, { n: 6 });
    assert.equal(live.config.revision, 8);
    await assert.rejects(live.config.rollback({ to: 3 }), {
      name: "RangeError",
      message: /^Cannot roll back to revision 3: the kept revisions are 1, 6, 7, 8$/,
    });
    assert.equal(live.config.revision, 8);
  });

  test("to a rollback is one to the revision whose value that has", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.save("/app.yaml", "n: 2\n");
    await live.config.rollback();
    await live.save("/app.yaml", "n: 4\n");
    await live.config.rollback({ to: 3 });
    assert.equal(live.config.revision, 5);
    assert.equal(eventsOf(live.events, "rolledBack").at(-1)!.to, 3);
    assert.deepEqual(live.config.current, { n: 1 });
    assert.equal(live.config.snapshot.rolledBackTo, 1);
    await assert.rejects(live.config.rollback(), RangeError, "nothing is before revision 1");
  });

  test("to a value that runs already changes nothing", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    assert.deepEqual(await live.config.rollback({ to: "initial" }), {
      status: "unchanged",
      revision: 1,
    });
    await live.save("/app.yaml", "n: 2\n");
    await live.save("/app.yaml", "n: 1\n");
    assert.deepEqual(await live.config.rollback({ to: "initial" }), {
      status: "unchanged",
      revision: 3,
    });
    assert.deepEqual(eventsOf(live.events, "rolledBack"), []);
  });

  test("holds until the content of a source changes, whatever else happens (S5.8)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.save("/app.yaml", "n: 2\n");
    await live.config.rollback();
    await live.save("/app.yaml", "n: 2\n");
    live.files.touch("/app.yaml");
    await live.clock.advance(5000);
    assert.equal((await live.config.reload()).status, "unchanged");
    assert.deepEqual(live.config.current, { n: 1 });
    await live.save("/app.yaml", "n: 3\n");
    assert.deepEqual(live.config.current, { n: 3 });
  });

  test("holds although the file could not be read for a while (G4, S5.8)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.save("/app.yaml", "n: 2\n");
    await live.config.rollback();
    live.files.remove("/app.yaml");
    await live.clock.advance(5000);
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 1 });
    assert.equal(live.config.revision, 3);
    assert.equal(live.events.at(-1)!.type, "recovered");
    assert.equal(live.config.health().status, "ok");
  });

  for (const refused of ["a component", "a validator"]) {
    test(`holds although the content was one that ${refused} had refused (S5.8)`, async () => {
      let isRefusing = false;
      const rule = () => isRefusing ? [{ message: "not now" }] : [];
      await using live = await openLive<Numbers>({ "/app.yaml": "n: 1\n" }, {
        validators: refused === "a validator" ? [rule] : [],
      });
      await live.save("/app.yaml", "n: 2\n");
      await live.config.attach({
        name: "a",
        commit: () => assert.ok(!isRefusing || refused === "a validator"),
        undo: () => {},
      });
      isRefusing = true;
      live.files.writeAtomically("/app.yaml", "n: 3\n");
      await live.clock.advance(200);
      isRefusing = false;
      await live.config.rollback();
      const told = live.events.length;
      assert.equal((await live.reload()).status, "unchanged");
      live.config.pause();
      assert.equal((await live.resume()).status, "unchanged");
      await live.clock.advance(10_000);
      assert.deepEqual(live.config.current, { n: 1 });
      assert.equal(live.events.length, told);
      assert.equal(live.config.health().status, "degraded");
      assert.equal((await live.reload({ force: true })).status, "committed");
      assert.deepEqual([live.config.current, live.config.health().status], [{ n: 3 }, "ok"]);
    });
  }

  test("ends when the same content comes back after another one", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
    await live.save("/app.yaml", "n: 2\n");
    await live.config.rollback();
    await live.save("/app.yaml", "n: 0\n");
    assert.deepEqual(live.config.current, { n: 1 });
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 2 });
  });

  test("shares what did not change with the value it replaces (G6)", async () => {
    interface Tree {
      a: { x: number };
      b: { y: number };
    }
    await using live = await openLive<Tree>({ "/app.yaml": "a: {x: 1}\nb: {y: 1}\n" });
    await live.save("/app.yaml", "a: {x: 1}\nb: {y: 2}\n");
    const { a } = live.config.current;
    await live.config.rollback();
    assert.equal(live.config.current.a, a);
  });
});
