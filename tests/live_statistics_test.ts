import assert from "node:assert/strict";
import { test } from "node:test";
import { directory, file, valueDocument, watchConfig } from "../mod.ts";
import type { ReloadReport, Source, Validator } from "../mod.ts";
import { createMemoryRuntime } from "../testing.ts";
import { countedSignal } from "./counted_signal.ts";
import { eventsOf, openLive } from "./live.ts";

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
  assert.deepEqual(statistics.reloadsBySource, { "/app.yaml": statistics.reloads });
  assert.ok(statistics.lastFailureAt! > statistics.lastSuccessAt);
  assert.equal(statistics.lastReloadAt, statistics.lastFailureAt);
});

test("statistics() counts a source that was refused, but nothing newer waits (S5.10)", async () => {
  await using live = await openLive({ "/app.yaml": "n: 1\n", "/other.yaml": "n: [\n" }, {
    sources: ["/app.yaml"],
  });
  const adding = live.config.addSource("/other.yaml");
  await live.clock.advance(100);
  assert.equal((await adding).status, "rejected");
  const { reloads, readFailures, consecutiveFailures } = live.config.statistics()!;
  assert.deepEqual([reloads.rejected, readFailures, consecutiveFailures], [1, 1, 0]);
  assert.equal(live.config.health().status, "ok");
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
  const once = { total: 1, succeeded: 1, unchanged: 0, rejected: 0 };
  assert.deepEqual(reloadsBySource, { "/c": once, "/app.yaml": once });
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

test("statistics() times reading, parsing and validating apart (S3.16, S5.10)", async () => {
  const memory = createMemoryRuntime();
  const { files, clock } = memory;
  let spentMs = 0;
  const runtime = {
    ...memory,
    clock: {
      now: () => clock.now() + spentMs,
      wallTime: () => clock.wallTime() + spentMs,
      schedule: clock.schedule.bind(clock),
    },
    fileSystem: {
      ...memory.fileSystem,
      open: (path: string) => {
        spentMs += 5;
        return memory.fileSystem.open(path);
      },
    },
  };
  const slow = {
    parse(text: string) {
      spentMs += 20;
      return { text };
    },
  };
  files.write("/app.slow", "a");
  await using config = await watchConfig({
    sources: [file("/app.slow", { format: slow })],
    validators: [() => void (spentMs += 40)],
    runtime,
  });
  const reports: ReloadReport[] = [];
  config.onReload((report) => reports.push(report));
  files.writeAtomically("/app.slow", "b");
  await clock.advance(3000);

  const { stages, duration } = config.statistics()!;
  const { read, parse, validate, apply } = stages;
  assert.deepEqual([read.count, parse.count, validate.count, apply.count], [1, 1, 1, 1]);
  assert.deepEqual([read.sumMs % 5, read.sumMs >= 5], [0, true]);
  assert.deepEqual([parse.sumMs, validate.sumMs, apply.sumMs], [20, 40, 0]);
  assert.equal(duration.sumMs, read.sumMs + 60);
  const [report] = reports;
  assert.equal(report!.durationMs, duration.sumMs);
  assert.equal(report!.stages[0]!.from, report!.endedAt - duration.sumMs);
});

test("statistics() times only the stages that a refused reload came to", async () => {
  await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
  await live.save("/app.yaml", "n: [\n"); // does not parse
  await live.save("/app.yaml", "n: 0\n"); // refused
  live.files.remove("/app.yaml");
  await live.clock.advance(3000);
  const { read, parse, validate, apply } = live.config.statistics()!.stages;
  assert.deepEqual([read.count, parse.count, validate.count, apply.count], [3, 2, 1, 0]);
});

test("statistics() tells how changes are noticed, and when a source is stale (S5.13)", async () => {
  let failure: Error | undefined;
  const store: Source = {
    name: "store",
    read({ stale, last }) {
      if (failure === undefined) return Promise.resolve([valueDocument("store", { n: 1 })]);
      stale(failure);
      return Promise.resolve(last);
    },
    watch: () => {},
  };
  const live = await openLive({ "/app.yaml": "a: 1\n" }, { sources: ["/app.yaml", store] });
  const { isStale, watcher } = live.config.statistics()!;
  assert.equal(isStale, false);
  assert.deepEqual(watcher, {
    name: "memory",
    isWatching: true,
    isPolling: false,
    watchedDirectories: 1,
  });
  failure = new Error("Cannot reach the store");
  await live.reload();
  assert.equal(live.config.statistics()!.isStale, true);
  failure = undefined;
  await live.reload();
  assert.equal(live.config.statistics()!.isStale, false);
  await live.config.close();
  assert.equal(live.config.statistics()!.watcher.isWatching, false);
});

test("statistics() remembers why a reload was refused, without its secrets (S3.16, G11)", async () => {
  await using live = await openLive({ "/app.yaml": "n: 1\npassword: hunter22\n" }, {
    validators: [({ password }: { password: string }) => [
      ...(password === "hunter22" ? [] : [{ path: "password", message: `no ${password}` }]),
    ]],
  });
  assert.equal(live.config.statistics()!.lastError, undefined);
  await live.save("/app.yaml", "n: 1\npassword: topsecret\n");
  const { type, message, at } = live.config.statistics()!.lastError!;
  assert.equal(type, "ValidationError");
  assert.match(message, /^Cannot accept the configuration: \/app\.yaml:2:1: password: no /);
  assert.ok(!message.includes("topsecret"), message);
  assert.equal(at, live.config.statistics()!.lastFailureAt);
  await live.save("/app.yaml", "n: [\n");
  assert.equal(live.config.statistics()!.lastError!.type, "ParseError");
});

test("statistics({ reset: true }) gives the numbers and starts counting anew (S5.10)", async () => {
  await using live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
  live.files.deliverHints("never");
  await live.save("/app.yaml", "n: 2\n");
  await live.save("/app.yaml", "n: 0\n");
  const given = live.config.statistics({ reset: true })!;
  assert.deepEqual([given.reloads.total, given.backstopCatches], [2, 2]);
  const fresh = live.config.statistics()!;
  assert.deepEqual([fresh.reloads.total, fresh.duration.count, fresh.backstopCatches], [0, 0, 0]);
  assert.deepEqual(fresh.lastError, given.lastError);
  assert.equal(fresh.consecutiveFailures, 1);
  await live.save("/app.yaml", "n: 3\n");
  const { reloads, backstopCatches } = live.config.statistics()!;
  assert.deepEqual([reloads.total, reloads.succeeded, backstopCatches], [1, 1, 1]);
});

test("statistics() counts rollbacks and handlers that fail, at the news of a failure too (S3.16)", async () => {
  await using live = await openLive({ "/app.yaml": "n: 1\n" });
  live.config.on("*", ({ type }) => {
    if (type !== "fileChanged") throw new Error("No");
  });
  await live.save("/app.yaml", "n: 2\n");
  await live.config.rollback();
  const { rollbacks, handlerFailures } = live.config.statistics()!;
  // For the reload and the rollback, and for the news of each of these.
  assert.deepEqual([rollbacks, handlerFailures], [1, 4]);
});

test("onReload() tells of every reload, also of one that changed nothing (S3.16)", async () => {
  const live = await openLive({ "/app.yaml": "n: 1\n" }, { validators: [positive] });
  const reports: ReloadReport[] = [];
  const listening = live.config.onReload((report) => reports.push(report));
  await live.save("/app.yaml", "n: 2\n");
  await live.save("/app.yaml", "n: 2 # same value\n");
  await live.save("/app.yaml", "n: 0\n");
  await live.save("/app.yaml", "n: [\n");
  await live.reload();
  assert.deepEqual(reports.map(({ result, cause, revision }) => [result, cause, revision]), [
    ["succeeded", "save", 2],
    ["unchanged", "save", 2],
    ["invalid", "save", 2],
    ["unreadable", "save", 2],
    ["unreadable", "manual", 2],
  ]);
  assert.deepEqual(reports[2]!.issues!.map(({ path }) => path), ["n"]);
  assert.equal(reports[3]!.error!.name, "ParseError");
  assert.deepEqual(reports.map(({ latencyMs }) => latencyMs !== undefined), [
    true,
    false,
    false,
    false,
    false,
  ]);
  assert.deepEqual(reports[0]!.sources, ["/app.yaml"]);
  listening[Symbol.dispose]();
  await live.save("/app.yaml", "n: 3\n");
  assert.equal(reports.length, 5);
  await live.config.close();
});

test("onReload() contains what a handler throws, and ends on close() (G7, G9)", async () => {
  const live = await openLive({ "/app.yaml": "n: 1\n" });
  const told: number[] = [];
  live.config.onReload(() => {
    throw new Error("No");
  });
  live.config.onReload(({ revision }) => told.push(revision));
  await live.save("/app.yaml", "n: 2\n");
  assert.deepEqual(told, [2]);
  assert.deepEqual(eventsOf(live.events, "handlerFailed").map(({ listener }) => listener), [
    "onReload",
  ]);
  await live.config.close();
  live.config.onReload(() => told.push(0));
  await live.save("/app.yaml", "n: 3\n");
  assert.deepEqual(told, [2]);
});

test("onReload() leaves nothing behind on a signal after close() (G9)", async () => {
  const live = await openLive({ "/app.yaml": "n: 1\n" });
  const { signal, listeners } = countedSignal();
  live.config.onReload(() => {}, { signal });
  assert.equal(listeners(), 1);
  await live.config.close();
  assert.equal(listeners(), 0);
});

test("onReload() shows what runs now to a handler, though a reload is waited for in pin() (G6)", async () => {
  await using live = await openLive({ "/app.yaml": "n: 1\n" });
  const seen: [revision: number, current: number][] = [];
  live.config.onReload(({ revision }) => seen.push([revision, live.config.revision]));
  live.files.write("/app.yaml", "n: 2\n");
  await live.config.pin(() => live.reload());
  assert.deepEqual(seen, [[2, 2]]);
});

test("onReload() says that it can't when statistics are switched off", async () => {
  await using live = await openLive({ "/app.yaml": "n: 1\n" }, { statistics: false });
  assert.throws(() => live.config.onReload(() => {}), {
    name: "TypeError",
    message: "Cannot tell of reloads: the statistics are switched off",
  });
});

test("statistics() times what components do, and counts what they could not (S3.16)", async () => {
  await using live = await openLive({ "/app.yaml": "n: 1\n" }, { maxReloadAttempts: 2 });
  const wait = () => new Promise<void>((resolve) => void live.clock.schedule(30, resolve));
  await live.config.attach<{ n: number }>({
    name: "pool",
    async commit({ n }) {
      if (n > 1) await wait();
      if (n > 2) throw new Error("Too many");
    },
  });
  await live.save("/app.yaml", "n: 2\n");
  const { stages } = live.config.statistics()!;
  assert.equal(stages.apply.sumMs, 30);
  await live.save("/app.yaml", "n: 3\n");
  const { reloads, applyFailures, componentFailures, retries, lastError } = live.config
    .statistics()!;
  assert.deepEqual(reloads, { total: 3, succeeded: 1, unchanged: 0, rejected: 2 });
  assert.deepEqual([applyFailures, componentFailures, retries], [2, 2, 1]);
  assert.equal(lastError!.type, "ComponentError");
  assert.match(lastError!.message, /pool/);
});

test("statistics() counts what was confirmed and what was not (S3.16)", async () => {
  await using live = await openLive<{ n: number }>({ "/app.yaml": "n: 1\n" }, {
    confirm: { withinMs: 500, health: (_signal, { value }) => value.n < 3 },
  });
  await live.save("/app.yaml", "n: 2\n");
  await live.save("/app.yaml", "n: 3\n");
  const { confirmed, unconfirmed, rollbacks, lastError } = live.config.statistics()!;
  assert.deepEqual([confirmed, unconfirmed, rollbacks], [1, 1, 1]);
  assert.equal(lastError!.type, "ConfirmError");
  assert.match(lastError!.message, /^Cannot keep revision 3: it was not confirmed within 500 ms/);
});

test("statistics() counts a revision that was not confirmed and stays once (S5.5)", async () => {
  await using live = await openLive({ "/app.yaml": "n: 1\n" }, {
    confirm: { withinMs: 500 },
    rollbackOnFailure: false,
  });
  await live.save("/app.yaml", "n: 2\n");
  const { confirmed, unconfirmed, rollbacks, lastError } = live.config.statistics()!;
  assert.deepEqual([confirmed, unconfirmed, rollbacks], [0, 1, 0]);
  assert.equal(lastError!.type, "ConfirmError");
});
