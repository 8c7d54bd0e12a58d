import assert from "node:assert/strict";
import { test } from "node:test";
import { watchConfig } from "../mod.ts";
import { createMemoryRuntime } from "../testing.ts";

test("polling keeps the process alive where no directory can be watched (G8)", async () => {
  const runtime = createMemoryRuntime();
  runtime.files.write("/d/a.yaml", "a: 1\n");
  const kept: boolean[] = [];
  const clock = Object.create(runtime.clock) as typeof runtime.clock;
  clock.now = () => runtime.clock.now();
  clock.wallTime = () => runtime.clock.wallTime();
  clock.schedule = (delayMs, callback, options) => {
    if (delayMs === 500) kept.push(options?.keepAlive ?? true);
    return runtime.clock.schedule(delayMs, callback, options);
  };
  runtime.files.fail("/d", "ENOSPC");
  await using config = await watchConfig({
    sources: ["/d/a.yaml"],
    runtime: { ...runtime, clock },
  });
  assert.deepEqual([config.watcher, config.health().isPolling], ["poll", true]);
  assert.equal(kept.at(-1), true);
});

test("health() fails when the files are not looked at any more (G8)", async () => {
  const runtime = createMemoryRuntime();
  runtime.files.write("/a.yaml", "a: 1\n");
  let now = 0;
  const clock = Object.create(runtime.clock) as typeof runtime.clock;
  clock.now = () => now;
  clock.wallTime = () => runtime.clock.wallTime();
  clock.schedule = () => ({ [Symbol.dispose]: () => {} });
  await using config = await watchConfig({ sources: ["/a.yaml"], runtime: { ...runtime, clock } });
  assert.equal(config.health().status, "ok");
  now = 60_000;
  assert.equal(config.health().status, "failing");
  const [reason] = config.health().reasons;
  assert.equal(reason!.kind, "notLooked");
  assert.match(reason!.message, /not looked at for 60000 ms/);
});
