import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { configureSync, resetSync } from "@logtape/logtape";
import { type FilesEvent, watchFiles } from "../mod.ts";
import { openLog } from "../src/log.ts";
import { createMemoryRuntime } from "../testing.ts";
import { recordLog } from "./recorded_log.ts";

const RUNTIME = { nextHandle: () => 7 };

describe("openLog()", () => {
  test("has nothing to write with while nobody configured a log (S1.12)", async () => {
    const log = await openLog(RUNTIME, []);
    for (const level of ["debug", "info", "warning", "error"] as const) {
      assert.equal(log.watch[level], undefined, level);
    }
  });

  test("writes the levels that are listened to, and no lower one", async () => {
    using recorded = recordLog("warning");
    const log = await openLog(RUNTIME, []);
    assert.equal(log.watch.debug, undefined);
    assert.equal(log.watch.info, undefined);
    log.watch.warning?.("polled", {});
    log.watch.error?.("failed", {});
    assert.deepEqual(recorded.lines, ["watch warning polled", "watch error failed"]);
  });

  test("begins to write when a log is configured, and ends with it", async () => {
    const log = await openLog(RUNTIME, []);
    log.read.info?.("before", {});
    const recorded = recordLog();
    log.read.info?.("meanwhile", {});
    recorded[Symbol.dispose]();
    log.read.info?.("after", {});
    assert.deepEqual(recorded.lines, ["read info meanwhile"]);
  });

  test("tells handles apart by number and sources", async () => {
    using recorded = recordLog();
    const sources = Array.from({ length: 100 }, (_, index) => `${index}.yaml`);
    (await openLog(RUNTIME, sources)).read.info?.("{name} was read", { name: "it" });
    const [{ text, properties } = assert.fail()] = recorded.records;
    assert.equal(text, "it was read");
    assert.equal(properties.handle, 7);
    assert.deepEqual(properties.sources, ["0.yaml", "1.yaml", "2.yaml", "3.yaml", "4.yaml"]);
  });

  test("survives a filter and a sink that throw (G7)", async () => {
    const fail = () => {
      throw new Error("full");
    };
    const sinks = { fail, nowhere: () => {} };
    const meta = { category: ["logtape", "meta"], sinks: ["nowhere" as const] };
    configureSync({
      reset: true,
      sinks,
      loggers: [{ category: "hotconf", sinks: ["fail"] }, meta],
    });
    try {
      const log = await openLog(RUNTIME, []);
      log.read.info?.("{a}", { a: 1 });
      configureSync({
        reset: true,
        sinks,
        filters: { fail },
        loggers: [{ category: "hotconf", sinks: ["nowhere"], filters: ["fail"] }, meta],
      });
      log.read.info?.("{a}", { a: 1 });
    } finally {
      resetSync();
    }
  });
});

describe("the log of watchFiles()", () => {
  test("tells of each hint, piece of evidence and decision of a save, in order (S1.12)", async () => {
    using recorded = recordLog();
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.txt", "one\n");
    await using _files = await watchFiles(["/app.txt"], { runtime });
    recorded.records.length = 0;
    runtime.files.writeAtomically("/app.txt", "two\n");
    await runtime.clock.advance(10);
    assert.deepEqual(recorded.lines, [
      "watch debug Looks at everything in /",
      "watch debug Hint of a watcher: /app.txt renamed",
      "debounce debug /app.txt is released in 0 ms (hint 1)",
      "debounce debug Released 0 ms after the first hint: /app.txt",
      "settle debug /app.txt is taken to be whole: rename",
      "read debug /app.txt was modified",
    ]);
  });

  test("says why a file is waited for, and why it is taken in the end", async () => {
    using recorded = recordLog();
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.txt", "one\n");
    await using _files = await watchFiles(["/app.txt"], { runtime });
    runtime.files.write("/app.txt", "");
    await runtime.clock.advance(3000);
    const settling = recorded.lines.filter((line) => line.startsWith("settle"));
    assert.equal(settling[0], "settle debug /app.txt is waited for: empty");
    assert.equal(settling.at(-1), "settle debug /app.txt is taken although empty: maxDelay");
  });

  test("says when a change was found by looking, and whose watcher is doubted", async () => {
    using recorded = recordLog();
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.txt", "one\n");
    await using _files = await watchFiles(["/app.txt"], { runtime });
    await runtime.clock.advance(5000);
    runtime.files.deliverHints("never");
    runtime.files.write("/app.txt", "two\n");
    await runtime.clock.advance(3000);
    assert.ok(recorded.lines.includes("watch debug Hint of a look: /app.txt unknown"));
    assert.ok(
      recorded.lines.includes(
        "watch debug The watcher of / may be dead: it told nothing of a change",
      ),
      recorded.lines.join("\n"),
    );
  });

  test("says that a directory is polled, and why (S1.12)", async () => {
    using recorded = recordLog("info");
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.txt", "one\n");
    runtime.files.fail("/", "ENOSPC");
    await using _files = await watchFiles(["/app.txt"], { runtime });
    assert.deepEqual(recorded.lines, ["watch warning / is polled: ENOSPC: /"]);
    assert.match(String(recorded.records[0]!.properties.remedy), /max_user_watches/);
  });

  test("says that files are polled because it was asked for", async () => {
    using recorded = recordLog();
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.txt", "one\n");
    await using _files = await watchFiles(["/app.txt"], { runtime, watcher: "poll", pollMs: 70 });
    assert.deepEqual(recorded.lines, ["watch debug Looks every 70 ms: polling was asked for"]);
  });

  test("says what a handler threw, with its type and stack, as an error (S3.13)", async () => {
    using recorded = recordLog("warning");
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.txt", "one\n");
    await using files = await watchFiles(["/app.txt"], { runtime });
    files.on("fileChanged", () => {
      throw new TypeError("no {luck}");
    });
    runtime.files.writeAtomically("/app.txt", "two\n");
    await runtime.clock.advance(10);
    assert.deepEqual(recorded.lines, [
      "notify error The handler of fileChanged failed: no {luck}",
    ]);
    const [{ properties } = assert.fail()] = recorded.records;
    assert.equal(properties.type, "TypeError");
    assert.match(String(properties.stack), /log_test/);
  });

  test("a sink that throws at every record keeps nobody from the file (G7)", async () => {
    using _recorded = recordLog("trace", () => {
      throw new Error("full");
    });
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.txt", "one\n");
    await using files = await watchFiles(["/app.txt"], { runtime });
    const events: FilesEvent[] = [];
    files.on("*", (event) => events.push(event));
    runtime.files.writeAtomically("/app.txt", "two\n");
    await runtime.clock.advance(10);
    assert.deepEqual(events.map(({ type }) => type), ["fileChanged"]);
  });
});
