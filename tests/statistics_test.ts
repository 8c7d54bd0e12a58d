import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ReloadRecord, type ReloadResult, StatisticsRecorder } from "../src/statistics.ts";

describe("a StatisticsRecorder", () => {
  test("has nothing to tell before the first reload", () => {
    const statistics = new StatisticsRecorder().snapshot(0);
    const none = { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 };
    assert.deepEqual(statistics, {
      reloads: { total: 0, succeeded: 0, unchanged: 0, rejected: 0 },
      validationFailures: 0,
      readFailures: 0,
      componentFailures: 0,
      rollbacks: 0,
      consecutiveFailures: 0,
      duration: none,
      latency: none,
      filesChangedBySource: {},
      reloadsBySource: {},
      backstopCatches: 0,
    });
  });

  test("counts reloads by outcome and in total (S3.16, S5.10)", () => {
    const recorder = new StatisticsRecorder();
    for (const result of ["succeeded", "succeeded", "unchanged", "invalid", "failed", "failed"]) {
      recorder.record(reload(result as ReloadResult));
    }
    const { reloads, validationFailures, readFailures } = recorder.snapshot(0);
    assert.deepEqual(reloads, { total: 6, succeeded: 2, unchanged: 1, rejected: 3 });
    assert.equal(validationFailures, 1);
    assert.equal(readFailures, 2);
  });

  test("counts failures in a row until the next reload that is none", () => {
    const recorder = new StatisticsRecorder();
    const afterEach = ["invalid", "failed", "unchanged", "failed", "succeeded"].map((result) => {
      recorder.record(reload(result as ReloadResult));
      return recorder.snapshot(0).consecutiveFailures;
    });
    assert.deepEqual(afterEach, [1, 2, 0, 1, 0]);
  });

  test("remembers when the last reload of each kind was (S5.10)", () => {
    const recorder = new StatisticsRecorder();
    recorder.record(reload("succeeded", { at: "1" }));
    recorder.record(reload("invalid", { at: "2" }));
    const first = recorder.snapshot(0);
    assert.deepEqual([first.lastReloadAt, first.lastSuccessAt, first.lastFailureAt], [
      "2",
      "1",
      "2",
    ]);
    recorder.record(reload("unchanged", { at: "3" }));
    const second = recorder.snapshot(0);
    assert.deepEqual([second.lastReloadAt, second.lastSuccessAt, second.lastFailureAt], [
      "3",
      "3",
      "2",
    ]);
  });

  test("gives mean and percentiles in milliseconds (S3.16, S5.10)", () => {
    const recorder = new StatisticsRecorder();
    for (let ms = 1; ms <= 100; ms++) recorder.record(reload("succeeded", { durationMs: ms }));
    const { count, meanMs, p50Ms, p95Ms, p99Ms } = recorder.snapshot(0).duration;
    assert.equal(count, 100);
    // The histogram keeps two to three significant digits.
    assert.ok(Math.abs(meanMs - 50.5) < 0.5, `mean ${meanMs}`);
    assert.ok(Math.abs(p50Ms - 50) < 0.5, `p50 ${p50Ms}`);
    assert.ok(Math.abs(p95Ms - 95) < 0.5, `p95 ${p95Ms}`);
    assert.ok(Math.abs(p99Ms - 99) < 0.5, `p99 ${p99Ms}`);
  });

  test("takes times from nothing to hours", () => {
    const recorder = new StatisticsRecorder();
    recorder.record(reload("succeeded", { durationMs: 0, latencyMs: 0.0001 }));
    recorder.record(reload("succeeded", { durationMs: 3_600_000, latencyMs: 3_600_000 }));
    const { duration, latency } = recorder.snapshot(0);
    assert.equal(duration.count, 2);
    assert.ok(latency.p50Ms <= 0.001);
    assert.ok(Math.abs(duration.p99Ms / 3_600_000 - 1) < 0.01, `p99 ${duration.p99Ms}`);
  });

  test("times the way from the first hint only when something was committed", () => {
    const recorder = new StatisticsRecorder();
    recorder.record(reload("invalid"));
    recorder.record(reload("succeeded", { latencyMs: 5 }));
    const { duration, latency } = recorder.snapshot(0);
    assert.equal(duration.count, 2);
    assert.equal(latency.count, 1);
  });

  test("counts files and reloads by source", () => {
    const recorder = new StatisticsRecorder();
    recorder.record(reload("succeeded", { sources: ["config", "config", "app.yaml"] }));
    recorder.record(reload("invalid", { sources: ["config"] }));
    const { filesChangedBySource, reloadsBySource } = recorder.snapshot(0);
    assert.deepEqual(filesChangedBySource, { "config": 3, "app.yaml": 1 });
    assert.deepEqual(reloadsBySource, { "config": 2, "app.yaml": 1 });
  });

  test("counts a source called __proto__ like any other (G12)", () => {
    const recorder = new StatisticsRecorder();
    recorder.record(reload("succeeded", { sources: ["__proto__"] }));
    assert.deepEqual(Object.entries(recorder.snapshot(0).reloadsBySource), [["__proto__", 1]]);
  });

  test("counts a time of more than an hour as one hour (G10)", () => {
    const recorder = new StatisticsRecorder();
    recorder.record(reload("succeeded", { durationMs: 1e12, latencyMs: 0 }));
    const { duration, latency } = recorder.snapshot(0);
    assert.deepEqual([duration.count, latency.count], [1, 1]);
    // The histogram keeps three significant digits.
    assert.ok(Math.abs(duration.p99Ms - 3_600_000) < 3_600, `p99 ${duration.p99Ms}`);
    assert.ok(latency.p99Ms > 0);
  });

  test("counts rollbacks and what the backstop caught", () => {
    const recorder = new StatisticsRecorder();
    recorder.recordRollback();
    recorder.recordRollback();
    const { rollbacks, backstopCatches, reloads } = recorder.snapshot(7);
    assert.deepEqual([rollbacks, backstopCatches, reloads.total], [2, 7, 0]);
  });

  test("gives a snapshot that later reloads leave alone", () => {
    const recorder = new StatisticsRecorder();
    const before = recorder.snapshot(0);
    recorder.record(reload("succeeded", { sources: ["a"] }));
    assert.equal(before.reloads.total, 0);
    assert.deepEqual(before.reloadsBySource, {});
  });
});

function reload(result: ReloadResult, details: Partial<ReloadRecord> = {}): ReloadRecord {
  return { result, at: "2026-01-01T00:00:00.000Z", durationMs: 1, sources: [], ...details };
}
