import assert from "node:assert/strict";
import { test } from "node:test";
import { directory, type Validator } from "../mod.ts";
import { openLive } from "./live.ts";

const positive: Validator<{ n?: number }> = ({ n = 1 }) =>
  n > 0 ? [] : [{ path: "n", message: "must be positive" }];

test("statistics() counts reloads by how they ended (S3.16, S5.10)", async () => {
  await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
  await live.save("/app.yaml", "n: 2\n"); // succeeded
  await live.save("/app.yaml", "n: 2\n"); // the same bytes: none
  await live.save("/app.yaml", "n: 2 # same value\n"); // unchanged
  await live.save("/app.yaml", "n: 0\n"); // refused
  await live.save("/app.yaml", "n: [\n"); // does not parse
  await live.config.rollback();
  const statistics = live.config.statistics()!;
  assert.deepEqual(statistics.reloads, { total: 4, succeeded: 1, unchanged: 1, rejected: 2 });
  assert.equal(statistics.validationFailures, 1);
  assert.equal(statistics.readFailures, 1);
  assert.equal(statistics.consecutiveFailures, 2);
  assert.equal(statistics.rollbacks, 1);
  assert.equal(statistics.duration.count, 4);
  assert.equal(statistics.latency.count, 1);
  assert.deepEqual(statistics.reloadsBySource, { "/app.yaml": 4 });
  assert.ok(statistics.lastFailureAt! > statistics.lastSuccessAt!);
  assert.equal(statistics.lastReloadAt, statistics.lastFailureAt);
});

test("statistics() times a reload by the clock: its duration and its way (S5.10)", async () => {
  let isSlow = false;
  const wait = (): Promise<void> => new Promise((resolve) => void live.clock.schedule(40, resolve));
  const live = await openLive({ "/app.yaml": "n: 1\n" }, {
    validators: [() => isSlow ? wait() : undefined],
  });
  isSlow = true;
  await live.save("/app.yaml", "n: 2\n");
  const { duration, latency } = live.config.statistics()!;
  assert.ok(Math.abs(duration.p50Ms - 40) < 1, `duration ${duration.p50Ms}`);
  assert.ok(latency.p50Ms >= duration.p50Ms, `latency ${latency.p50Ms}`);
  await live.config.close();
});

test("statistics() counts files and reloads of each source (S5.10)", async () => {
  const files = { "/c/a.yaml": "a: 1\n", "/c/b.yaml": "b: 1\n", "/app.yaml": "n: 1\n" };
  await using live = await openLive(files, { sources: [directory("/c"), "/app.yaml"] });
  live.files.writeAtomically("/c/a.yaml", "a: 2\n");
  live.files.writeAtomically("/c/b.yaml", "b: 2\n");
  await live.clock.advance(3000);
  await live.save("/app.yaml", "n: 2\n");
  const { filesChangedBySource, reloadsBySource } = live.config.statistics()!;
  assert.deepEqual(filesChangedBySource, { "/c": 2, "/app.yaml": 1 });
  assert.deepEqual(reloadsBySource, { "/c": 1, "/app.yaml": 1 });
});

test("statistics() counts what the backstop found and no event told (G1, G8)", async () => {
  await using live = await openLive({ "/app.yaml": "n: 1\n" });
  live.files.deliverHints("never");
  await live.save("/app.yaml", "n: 2\n");
  assert.deepEqual(live.config.current, { n: 2 });
  assert.equal(live.config.statistics()!.backstopCatches, 1);
});

test("statistics() is undefined when switched off (S5.10)", async () => {
  await using live = await openLive({ "/app.yaml": "n: 1\n" }, { statistics: false });
  await live.save("/app.yaml", "n: 2\n");
  await live.config.rollback();
  assert.equal(live.config.statistics(), undefined);
  assert.equal(live.config.revision, 3);
});
