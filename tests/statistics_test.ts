import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ConfigEvent } from "../mod.ts";
import { StatisticsRecorder } from "../src/statistics.ts";
import type { ReloadReport, ReloadResult, Statistics } from "../src/statistics/figures.ts";
import type { StageTime } from "../src/statistics/stages.ts";
import { ManualClock } from "../testing.ts";

const AT = "2026-01-01T00:00:00.000Z";
const NONE = { count: 0, sumMs: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 };
const SURROUNDINGS = {
  catches: 0,
  isStale: false,
  watcher: { name: "memory", isWatching: true, isPolling: false, watchedDirectories: 1 },
} as const;

describe("a StatisticsRecorder", () => {
  test("has nothing to tell before the first reload", () => {
    const clock = new ManualClock();
    const since = new Date(clock.wallTime()).toISOString();
    assert.deepEqual(new StatisticsRecorder(clock).describe(SURROUNDINGS), {
      since,
      reloads: { total: 0, succeeded: 0, unchanged: 0, rejected: 0 },
      validationFailures: 0,
      readFailures: 0,
      applyFailures: 0,
      rollbacks: 0,
      retries: 0,
      confirmed: 0,
      unconfirmed: 0,
      componentFailures: 0,
      handlerFailures: 0,
      stateFailures: 0,
      alertFailures: 0,
      backstopCatches: 0,
      duration: NONE,
      latency: NONE,
      stages: { read: NONE, parse: NONE, validate: NONE, apply: NONE },
      reloadsBySource: {},
      filesChangedBySource: {},
      consecutiveFailures: 0,
      lastSuccessAt: since,
      sinceSuccessMs: 0,
      isStale: false,
      watcher: SURROUNDINGS.watcher,
    });
  });

  test("counts reloads by outcome and in total (S3.16, S5.10)", () => {
    const recorder = createRecorder();
    const results = ["succeeded", "succeeded", "unchanged", "invalid", "unreadable", "unreadable"];
    for (const result of [...results, "unapplied"]) recorder.record(reload(result as ReloadResult));
    const { reloads, validationFailures, readFailures, applyFailures } = described(recorder);
    assert.deepEqual(reloads, { total: 7, succeeded: 2, unchanged: 1, rejected: 4 });
    assert.deepEqual([validationFailures, readFailures, applyFailures], [1, 2, 1]);
  });

  test("counts failures in a row until the next reload that is none", () => {
    const recorder = createRecorder();
    const results = ["invalid", "unapplied", "unchanged", "unreadable", "succeeded"];
    const afterEach = results.map((result) => {
      recorder.record(reload(result as ReloadResult));
      return described(recorder).consecutiveFailures;
    });
    assert.deepEqual(afterEach, [1, 2, 0, 1, 0]);
  });

  test("remembers when the last reload of each kind was (S5.10)", () => {
    const recorder = createRecorder();
    const last = (result: ReloadResult, at: string) => {
      recorder.record(reload(result, { at }));
      const { lastReloadAt, lastSuccessAt, lastFailureAt } = described(recorder);
      return [lastReloadAt, lastSuccessAt, lastFailureAt];
    };
    assert.deepEqual(last("succeeded", "1"), ["1", "1", undefined]);
    assert.deepEqual(last("invalid", "2"), ["2", "1", "2"]);
    assert.deepEqual(last("unchanged", "3"), ["3", "3", "2"]);
  });

  test("tells how long ago the last reload went well, the first load included", async () => {
    const clock = new ManualClock();
    const recorder = new StatisticsRecorder(clock);
    await clock.advance(5000);
    assert.equal(described(recorder).sinceSuccessMs, 5000);
    recorder.record(reload("invalid", { endedAt: clock.now() }));
    assert.equal(described(recorder).sinceSuccessMs, 5000);
    recorder.record(reload("unchanged", { endedAt: clock.now() }));
    await clock.advance(10);
    assert.equal(described(recorder).sinceSuccessMs, 10);
  });

  test("gives mean and percentiles in milliseconds (S3.16, S5.10)", () => {
    const recorder = createRecorder();
    for (let ms = 1; ms <= 100; ms++) recorder.record(reload("succeeded", { durationMs: ms }));
    const { count, sumMs, meanMs, p50Ms, p95Ms, p99Ms } = described(recorder).duration;
    assert.deepEqual([count, sumMs, meanMs], [100, 5050, 50.5]);
    assertNear(p50Ms, 50);
    assertNear(p95Ms, 95);
    assertNear(p99Ms, 99);
  });

  test("takes times from nothing to hours", () => {
    const recorder = createRecorder();
    recorder.record(reload("succeeded", { durationMs: 0, latencyMs: 0.0001 }));
    recorder.record(reload("succeeded", { durationMs: 3_600_000, latencyMs: 3_600_000 }));
    const { duration, latency } = described(recorder);
    assert.equal(duration.count, 2);
    assert.ok(latency.p50Ms <= 0.001);
    assertNear(duration.p99Ms, 3_600_000);
  });

  test("counts a time of more than an hour as one hour, and one before none as none (G10)", () => {
    const recorder = createRecorder();
    recorder.record(reload("succeeded", { durationMs: 1e12, latencyMs: -5 }));
    const { duration, latency } = described(recorder);
    assert.deepEqual([duration.sumMs, latency.sumMs], [3_600_000, 0]);
    assertNear(duration.p99Ms, 3_600_000);
    assert.ok(latency.p99Ms > 0);
  });

  test("times the way from the first hint only when something was committed", () => {
    const recorder = createRecorder();
    recorder.record(reload("invalid"));
    recorder.record(reload("succeeded", { latencyMs: 5 }));
    const { duration, latency } = described(recorder);
    assert.deepEqual([duration.count, latency.count], [2, 1]);
  });

  test("times each stage that a reload came to, a stage that came twice once (S3.16)", () => {
    const recorder = createRecorder();
    const parsedTwice: StageTime[] = [
      { stage: "read", from: 0, to: 1 },
      { stage: "parse", from: 1, to: 3 },
      { stage: "parse", from: 5, to: 6 },
      { stage: "validate", from: 6, to: 10 },
      { stage: "apply", from: 10, to: 15 },
    ];
    recorder.record(reload("succeeded", { stages: parsedTwice }));
    recorder.record(reload("unreadable", { stages: [{ stage: "read", from: 0, to: 7 }] }));
    const { read, parse, validate, apply } = described(recorder).stages;
    const counted = [read, parse, validate, apply].map(({ count, sumMs }) => [count, sumMs]);
    assert.deepEqual(counted, [[2, 8], [1, 3], [1, 4], [1, 5]]);
    assertNear(parse.p50Ms, 3);
  });

  test("counts files, and reloads by outcome, of each source", () => {
    const recorder = createRecorder();
    recorder.record(reload("succeeded", { sources: ["config", "config", "app.yaml"] }));
    recorder.record(reload("invalid", { sources: ["config"] }));
    recorder.record(reload("unapplied", { sources: ["config"] }));
    recorder.record(reload("unchanged", { sources: ["app.yaml"] }));
    const { filesChangedBySource, reloadsBySource } = described(recorder);
    assert.deepEqual(filesChangedBySource, { "config": 4, "app.yaml": 2 });
    assert.deepEqual(reloadsBySource, {
      "config": { total: 3, succeeded: 1, unchanged: 0, rejected: 2 },
      "app.yaml": { total: 2, succeeded: 1, unchanged: 1, rejected: 0 },
    });
  });

  test("counts a source called __proto__ like any other (G12)", () => {
    const recorder = createRecorder();
    recorder.record(reload("succeeded", { sources: ["__proto__"] }));
    const { reloadsBySource, filesChangedBySource } = described(recorder);
    assert.deepEqual(Object.entries(filesChangedBySource), [["__proto__", 1]]);
    assert.deepEqual(Object.entries(reloadsBySource), [
      ["__proto__", { total: 1, succeeded: 1, unchanged: 0, rejected: 0 }],
    ]);
  });

  test("forgets the oldest of more than a thousand sources that came and went (G10)", () => {
    const recorder = createRecorder();
    for (let index = 0; index <= 1000; index++) {
      recorder.record(reload("succeeded", { sources: [`source ${index}`] }));
    }
    const { reloadsBySource, filesChangedBySource, reloads } = described(recorder);
    for (const bySource of [reloadsBySource, filesChangedBySource]) {
      assert.equal(Object.keys(bySource).length, 1000);
      assert.equal(Object.keys(bySource)[0], "source 1");
    }
    assert.equal(reloads.total, 1001);
  });

  test("counts reloads that tried once more", () => {
    const recorder = createRecorder();
    recorder.record(reload("unapplied"));
    recorder.record(reload("unapplied", { cause: "retry" }));
    recorder.record(reload("succeeded", { cause: "retry" }));
    assert.equal(described(recorder).retries, 2);
  });

  test("counts what events tell of: rollbacks, confirmations, failures of parts (S3.16)", () => {
    const recorder = createRecorder();
    const types = {
      rolledBack: 1,
      confirmed: 2,
      componentFailed: 3,
      handlerFailed: 4,
      stateFailed: 5,
      alertFailed: 6,
      fileChanged: 7,
    };
    for (const [type, count] of Object.entries(types)) {
      for (let index = 0; index < count; index++) {
        recorder.note({ type, at: AT } as unknown as ConfigEvent);
      }
    }
    const statistics = described(recorder);
    assert.equal(statistics.rollbacks, 1);
    assert.equal(statistics.confirmed, 2);
    assert.equal(statistics.componentFailures, 3);
    assert.equal(statistics.handlerFailures, 4);
    assert.equal(statistics.stateFailures, 5);
    assert.equal(statistics.alertFailures, 6);
    assert.equal(statistics.reloads.total, 0);
  });

  test("remembers why the last reload was refused (S3.16)", () => {
    const recorder = createRecorder();
    assert.equal(described(recorder).lastError, undefined);
    const about = { revision: 1, files: [], cause: "save", at: AT } as const;
    recorder.note({ type: "reloadFailed", error: new RangeError("Too far"), ...about });
    assert.deepEqual(described(recorder).lastError, {
      type: "RangeError",
      message: "Too far",
      at: AT,
    });
    const issues = [{ path: "server.port", message: "must be a number", file: "a.yaml", line: 3 }];
    recorder.note({ type: "validationFailed", issues, ...about });
    assert.deepEqual(described(recorder).lastError, {
      type: "ValidationError",
      message: "Cannot accept the configuration: a.yaml:3: server.port: must be a number",
      at: AT,
    });
  });

  test("shows what others know: what looks found, whether it is stale, the watcher (S5.13)", () => {
    const watcher = { ...SURROUNDINGS.watcher, name: "poll", isPolling: true } as const;
    const recorder = createRecorder();
    const statistics = recorder.describe({ catches: 7, isStale: true, watcher });
    assert.equal(statistics.backstopCatches, 7);
    assert.equal(statistics.isStale, true);
    assert.deepEqual(statistics.watcher, watcher);
  });

  test("begins to count anew when reset; what was last, and in a row, stays", async () => {
    const clock = new ManualClock();
    const recorder = new StatisticsRecorder(clock);
    const used = { sources: ["a"], stages: [{ stage: "read", from: 0, to: 9 }] } as const;
    recorder.record(reload("succeeded", { ...used, latencyMs: 5, at: "1" }));
    recorder.record(reload("invalid", { ...used, cause: "retry", at: "2" }));
    recorder.note({
      type: "reloadFailed",
      error: new Error("No"),
      revision: 1,
      files: [],
      cause: "retry",
      at: "2",
    });
    recorder.note({ type: "rolledBack" } as ConfigEvent);
    await clock.advance(1000);
    const kept = described(recorder);
    recorder.reset({ catches: 3 });

    const fresh = new StatisticsRecorder(clock);
    const { lastReloadAt, lastSuccessAt, lastFailureAt, lastError, sinceSuccessMs } = kept;
    assert.deepEqual(recorder.describe({ ...SURROUNDINGS, catches: 5 }), {
      ...described(fresh),
      backstopCatches: 2,
      consecutiveFailures: 1,
      lastReloadAt,
      lastSuccessAt,
      lastFailureAt,
      lastError,
      sinceSuccessMs,
    });
    assert.equal(kept.reloads.total, 2);
  });

  test("gives statistics that later reloads leave alone", () => {
    const recorder = createRecorder();
    const before = described(recorder);
    recorder.record(reload("succeeded", { sources: ["a"] }));
    assert.equal(before.reloads.total, 0);
    assert.deepEqual(before.reloadsBySource, {});
  });

  test("hands each reload on", () => {
    const reports: ReloadReport[] = [];
    const recorder = new StatisticsRecorder(new ManualClock(), (report) => reports.push(report));
    const report = reload("unchanged");
    recorder.record(report);
    assert.deepEqual(reports, [report]);
  });
});

function createRecorder(): StatisticsRecorder {
  return new StatisticsRecorder(new ManualClock());
}

function described(recorder: StatisticsRecorder): Statistics {
  return recorder.describe(SURROUNDINGS);
}

/** The histogram keeps two significant digits. */
function assertNear(actual: number, expected: number): void {
  assert.ok(Math.abs(actual / expected - 1) < 0.01, `${actual} instead of ${expected}`);
}

function reload(result: ReloadResult, details: Partial<ReloadReport> = {}): ReloadReport {
  const about = { cause: "save", revision: 1, at: AT, sources: [], stages: [] } as const;
  return { result, ...about, durationMs: 1, endedAt: 0, ...details };
}
