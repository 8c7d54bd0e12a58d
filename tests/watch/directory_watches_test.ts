import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DirectoryWatches } from "../../src/watch/directory_watches.ts";
import { createMemoryRuntime, type DirectoryWatcher } from "../../testing.ts";

/** Time that passes between two watchers of the same path. */
const REOPEN_MS = 10;

function create() {
  const { files, fileSystem, watcher, clock } = createMemoryRuntime();
  const said: string[] = [];
  const endings: ((error: Error) => void)[] = [];
  const observed: DirectoryWatcher = {
    ...watcher,
    watch(directory, onHint, onEnd) {
      endings.push(onEnd);
      return watcher.watch(directory, onHint, onEnd);
    },
  };
  const watches = new DirectoryWatches({ fileSystem, clock, watcher: observed }, {
    hint: (directory, { kind, name }) => said.push(`${kind} ${name} in ${directory}`),
    changed(directory, news) {
      said.push(`${directory}: ${news instanceof Error ? news.message : news}`);
    },
  });
  return { files, clock, watches, said, endings };
}

describe("the watched directories", () => {
  test("have one watcher each and none when they are watched no more (S1.9)", () => {
    const { files, watches, said } = create();
    for (const path of ["/a", "/b", "/c"]) files.mkdir(path);
    watches.set(new Set(["/a", "/b"]));
    assert.deepEqual([watches.active, files.watches], [2, 2]);
    watches.set(new Set(["/b", "/c"]));
    assert.deepEqual([watches.active, files.watches], [2, 2]);
    files.touch("/a");
    files.write("/a/x", "");
    assert.equal(said.length, 0);
    files.write("/c/x", "");
    assert.equal(said[0], "renamed x in /c");
    watches.close();
    assert.deepEqual([watches.active, files.watches], [0, 0]);
  });

  test("a running watcher is left alone when the set changes around it", () => {
    const { files, watches, endings } = create();
    files.mkdir("/a");
    files.mkdir("/b");
    watches.set(new Set(["/a"]));
    watches.set(new Set(["/a", "/b"]));
    assert.equal(endings.length, 2);
    assert.deepEqual(watches.verify(), []);
    assert.equal(endings.length, 2);
  });

  test("a replaced directory is watched anew, a little later (G8)", async () => {
    const { files, clock, watches, said } = create();
    files.mkdir("/a");
    files.mkdir("/new");
    watches.set(new Set(["/a"]));
    files.rename("/a", "/old");
    files.rename("/new", "/a");
    said.length = 0;
    files.write("/a/x", "");
    assert.equal(said.length, 0);
    assert.deepEqual(watches.verify(), ["/a"]);
    assert.deepEqual(watches.verify(), [], "it is on its way");
    await clock.advance(REOPEN_MS - 1);
    assert.equal(files.watches, 0);
    await clock.advance(1);
    assert.equal(files.watches, 1);
    files.append("/a/x", "");
    assert.deepEqual(said, ["/a: replaced", "unknown . in /a", "modified x in /a"]);
  });

  test("one that is distrusted is watched anew, though its directory is the same (G8)", async () => {
    const { files, clock, watches, endings } = create();
    files.mkdir("/a");
    watches.set(new Set(["/a"]));
    watches.distrust("/a");
    watches.distrust("/unknown");
    assert.deepEqual(watches.verify(), ["/a"]);
    await clock.advance(REOPEN_MS);
    assert.deepEqual(watches.verify(), []);
    assert.deepEqual([endings.length, files.watches], [2, 1]);
    watches.distrust("/a");
    files.remove("/a");
    assert.deepEqual(watches.verify(), ["/a"]);
    assert.equal(files.watches, 0);
  });

  test("one that is dropped and wanted again at once is watched a little later", async () => {
    const { files, clock, watches } = create();
    files.mkdir("/a");
    watches.set(new Set(["/a"]));
    watches.set(new Set());
    watches.set(new Set(["/a"]));
    assert.equal(files.watches, 0);
    await clock.advance(REOPEN_MS);
    assert.equal(files.watches, 1);
    watches.set(new Set());
    await clock.advance(REOPEN_MS);
    watches.set(new Set(["/a"]));
    assert.equal(files.watches, 1, "long enough ago");
    watches.distrust("/a");
    watches.verify();
    watches.close();
    await clock.advance(REOPEN_MS);
    assert.deepEqual([files.watches, clock.timers], [0, 0]);
  });

  test("a missing directory is no failure, and is watched once it is there", () => {
    const { files, watches } = create();
    watches.set(new Set(["/a"]));
    assert.deepEqual([watches.active, watches.failures.size], [0, 0]);
    assert.deepEqual(watches.verify(), []);
    files.mkdir("/a");
    assert.deepEqual(watches.verify(), ["/a"]);
    files.remove("/a");
    assert.deepEqual(watches.verify(), ["/a"], "it is gone");
    assert.deepEqual([watches.active, files.watches], [0, 0]);
    assert.deepEqual(watches.verify(), []);
    assert.equal(watches.failures.size, 0);
  });

  test("one that can't be watched says so once, and again when it can (G8)", () => {
    const { files, watches, said } = create();
    files.mkdir("/a");
    files.mkdir("/b");
    files.fail("/a", "ENOSPC");
    watches.set(new Set(["/a", "/b"]));
    assert.deepEqual([...watches.failures.keys()], ["/a"]);
    assert.equal(watches.active, 1);
    assert.deepEqual(watches.verify(), []);
    assert.deepEqual(said, ["/a: ENOSPC: /a"]);
    files.mend("/a");
    assert.deepEqual(watches.verify(), ["/a"]);
    assert.deepEqual(said, ["/a: ENOSPC: /a", "/a: available"]);
    assert.equal(watches.failures.size, 0);
  });

  test("a watcher that dies is started again at the next look (G8)", async () => {
    const { files, clock, watches, said, endings } = create();
    files.mkdir("/a");
    watches.set(new Set(["/a"]));
    endings[0]!(new Error("queue overflow"));
    assert.deepEqual([watches.active, files.watches, watches.failures.size], [0, 0, 1]);
    assert.deepEqual(watches.verify(), ["/a"]);
    await clock.advance(REOPEN_MS);
    assert.deepEqual(said, [
      "/a: queue overflow",
      "/a: available",
      "unknown . in /a",
    ]);
    watches.close();
    endings[1]!(new Error("late"));
    assert.equal(watches.failures.size, 0);
  });
});
