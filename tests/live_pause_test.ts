import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Validator } from "../mod.ts";
import { openLive, typesOf } from "./live.ts";

interface Numbers {
  n: number;
}

const positive: Validator<Numbers> = ({ n }) =>
  n > 0 ? [] : [{ path: "n", message: "must be positive" }];

describe("LiveConfig.pause() and resume()", () => {
  test("hold changes back and apply them as one reload (S2.4)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.config.pause();
    assert.deepEqual([live.config.isPaused, live.config.isRunning], [true, false]);
    for (const n of [2, 3, 4]) await live.save("/app.yaml", `n: ${n}\n`);
    assert.deepEqual(live.config.current, { n: 1 });
    assert.deepEqual(live.events, []);
    const outcome = await live.resume();
    assert.equal(outcome.status, "committed");
    assert.deepEqual(live.config.current, { n: 4 });
    assert.equal(live.config.revision, 2);
    assert.deepEqual([live.config.isPaused, live.config.isRunning], [false, true]);
    assert.deepEqual(typesOf(live.events), ["fileChanged", "reloadSucceeded"]);
    await live.save("/app.yaml", "n: 5\n");
    assert.deepEqual(live.config.current, { n: 5 });
  });

  test("answer `unchanged` when nothing happened, or it was not paused", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    assert.deepEqual(await live.resume(), { status: "unchanged", revision: 1 });
    live.config.pause();
    live.config.pause();
    assert.deepEqual(await live.resume(), { status: "unchanged", revision: 1 });
    assert.equal(live.config.isPaused, false);
  });

  test("read nothing when it was not paused", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.files.fail("/app.yaml", "EACCES");
    assert.deepEqual(await live.resume(), { status: "unchanged", revision: 1 });
    assert.deepEqual(live.events, []);
  });

  test("find what changed and changed back, without a reload", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.config.pause();
    await live.save("/app.yaml", "n: 2\n");
    await live.save("/app.yaml", "n: 1\n");
    assert.equal((await live.resume()).status, "unchanged");
    assert.deepEqual(live.events, []);
  });

  test("answer `rejected` when what changed meanwhile is refused, and go on", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
    live.config.pause();
    await live.save("/app.yaml", "n: 0\n");
    assert.equal((await live.resume()).status, "rejected");
    assert.equal(live.config.isPaused, false);
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 2 });
  });

  test("find what happened without a hint", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.config.pause();
    live.files.deliverHints("never");
    live.files.writeAtomically("/app.yaml", "n: 2\n");
    assert.equal((await live.resume()).status, "committed");
  });

  test("leave reload() and rollback() to whoever calls them", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.config.pause();
    await live.save("/app.yaml", "n: 2\n");
    await live.reload();
    assert.deepEqual(live.config.current, { n: 2 });
    await live.config.rollback();
    assert.deepEqual(live.config.current, { n: 1 });
    assert.equal(live.config.isPaused, true);
  });

  test("are told by health() (S5.13)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    live.config.pause();
    const { status, reasons } = live.config.health();
    const message = "Changes are not applied: it is paused";
    assert.deepEqual([status, reasons], ["degraded", [{ kind: "paused", message }]]);
    await live.resume();
    assert.equal(live.config.health().status, "ok");
  });
});
