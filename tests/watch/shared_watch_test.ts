import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileStat } from "../../src/runtime/file_system.ts";
import { DirectoryWatches } from "../../src/watch/directory_watches.ts";
import { createMemoryRuntime, type DirectoryWatcher } from "../../testing.ts";

/** A watcher that asks for time, and looks after itself. */
function create() {
  const { clock, files, fileSystem, watcher } = createMemoryRuntime();
  const told: string[] = [];
  const waits: number[] = [];
  const verified: (FileStat | undefined)[] = [];
  let end = (_error: Error) => {};
  const patient: DirectoryWatcher = {
    ...watcher,
    waitMs: () => waits.shift() ?? 0,
    watch(directory, onHint, onEnd) {
      told.push("watch");
      const running = watcher.watch(directory, onHint, onEnd);
      end = onEnd;
      return { ...running, verify: (stat) => void verified.push(stat) };
    },
  };
  const watches = new DirectoryWatches({ clock, fileSystem, watcher: patient }, {
    hint: (_directory, { name, kind }) => void told.push(`${kind} ${name}`),
    changed: (_directory, news) => void told.push(news instanceof Error ? news.message : news),
  });
  files.mkdir("/a");
  return {
    clock,
    files,
    fileSystem,
    watches,
    waits,
    verified,
    end: (message: string) => end(new Error(message)),
    /** What was told since the last call. */
    told: () => told.splice(0),
  };
}

test("a directory is watched when its watcher is ready, and looked at then (G1)", async () => {
  const { clock, watches, waits, told } = create();
  waits.push(100, 10);
  watches.set(new Set(["/a"]));
  await clock.advance(109);
  assert.deepEqual(told(), []);
  assert.deepEqual([watches.active, watches.failures.size], [0, 0]);
  await clock.advance(1);
  assert.deepEqual(told(), ["watch", "unknown ."]);
  assert.equal(watches.active, 1);
});

test("a directory is not watched when it is left while its watcher gets ready (G9)", async () => {
  const { clock, watches, waits, told } = create();
  waits.push(100, 10);
  watches.set(new Set(["/a"]));
  await clock.advance(105);
  watches.close();
  await clock.advance(100);
  assert.deepEqual(told(), []);
  assert.equal(clock.timers, 0);
});

test("a watcher looks after itself at each look, and may end by that (G8)", async () => {
  const { clock, fileSystem, watches, verified, end, told } = create();
  watches.set(new Set(["/a"]));
  watches.verify();
  assert.deepEqual(verified, [fileSystem.stat("/a")]);
  end("enough");
  await clock.advance(10);
  assert.deepEqual(told(), ["watch", "enough"]);
  watches.verify();
  assert.deepEqual(told(), ["watch", "available"]);
});
