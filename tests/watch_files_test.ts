import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { type FileChangedEvent, type FilesEvent, type LiveFiles, watchFiles } from "../mod.ts";
import type { WatchFilesOptions } from "../mod.ts";
import { createMemoryRuntime, type MemoryRuntime } from "../testing.ts";

/** Fields of an event that other tests look at. */
const UNTOLD = ["at", "settledBy"];

/** Longer than any save takes to be dealt with, `maxDelayMs` included. */
const SAVE_MS = 3000;

async function open(
  runtime: MemoryRuntime,
  paths: readonly string[],
  options: WatchFilesOptions = {},
): Promise<{ files: LiveFiles; events: FilesEvent[]; lines(): string[] } & AsyncDisposable> {
  const files = await watchFiles(paths, { ...options, runtime });
  const events: FilesEvent[] = [];
  files.on("*", (event) => void events.push(event));
  let seen = 0;
  return {
    files,
    events,
    lines() {
      const fresh = events.slice(seen);
      seen = events.length;
      return fresh.map(describeEvent);
    },
    [Symbol.asyncDispose]: () => files.close(),
  };
}

function describeEvent(event: FilesEvent): string {
  switch (event.type) {
    case "fileChanged":
      return [event.kind, event.path, event.oldPath && `from ${event.oldPath}`].filter(Boolean)
        .join(" ");
    case "readFailed":
      return `readFailed ${event.error.message}`;
    case "watcherChanged":
      return `watcherChanged ${event.watcher}`;
    case "handlerFailed":
      return `handlerFailed ${event.listener}: ${event.error.message}`;
  }
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("watchFiles() watches named files", () => {
  test("from start to stop, and its scope ends it (S1.1)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a.txt", "1");
    let kept: LiveFiles;
    {
      await using files = await watchFiles(["/a.txt"], { runtime });
      kept = files;
      assert.equal(files.isRunning, true);
      assert.equal(files.watcher, "memory");
      assert.equal(runtime.files.watches, 1);
    }
    assert.equal(kept.isRunning, false);
    assert.deepEqual([runtime.files.watches, runtime.clock.timers], [0, 0]);
  });

  test("and more or fewer of them while it runs (S1.2)", async () => {
    const runtime = createMemoryRuntime();
    for (const path of ["/a", "/b", "/d/c"]) runtime.files.write(path, "1");
    await using live = await open(runtime, ["/a"]);
    await live.files.add("/b", "/d", "/a", "/b");
    assert.deepEqual(live.files.paths, ["/a", "/b", "/d"]);
    await live.files.remove("/a", "/unknown");
    assert.deepEqual(live.files.paths, ["/b", "/d"]);
    for (const path of ["/a", "/b", "/d/c"]) runtime.files.writeAtomically(path, "2");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["modified /b", "modified /d/c"]);
  });

  test("and tells of no change that was there before", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "1");
    await using live = await open(runtime, ["/a"]);
    await live.files.add("/b");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), []);
  });

  test("and of every change from then on, also while others are added (G1)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "1");
    await using live = await open(runtime, ["/a"]);
    runtime.files.write("/a", "2");
    await live.files.add("/b");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["modified /a"]);
  });
});

describe("a change is (S1.3)", () => {
  async function changesOf(
    act: (runtime: MemoryRuntime) => void,
    paths = ["/d", "/single"],
    options: WatchFilesOptions = {},
  ): Promise<string[]> {
    const runtime = createMemoryRuntime();
    runtime.files.write("/d/a", "a");
    runtime.files.write("/d/b", "b");
    runtime.files.write("/single", "1");
    runtime.files.write("/elsewhere", "2");
    await using live = await open(runtime, paths, options);
    act(runtime);
    await runtime.clock.advance(SAVE_MS);
    return live.lines();
  }

  const cases: [name: string, act: (runtime: MemoryRuntime) => void, expected: string[]][] = [
    ["created", ({ files }) => files.write("/d/c", "c"), ["created /d/c"]],
    ["modified, in place", ({ files }) => files.write("/d/a", "2"), ["modified /d/a"]],
    ["modified, by a rename", ({ files }) => files.writeAtomically("/d/a", "2"), ["modified /d/a"]],
    ["deleted", ({ files }) => files.remove("/d/a"), ["deleted /d/a"]],
    ["deleted, of a single file", ({ files }) => files.remove("/single"), ["deleted /single"]],
    ["moved", ({ files }) => files.rename("/d/a", "/d/z"), ["moved /d/z from /d/a"]],
    ["moved, from one source to another", ({ files }) => {
      files.remove("/single");
      files.write("/d/single", "1");
    }, ["moved /d/single from /single"]],
    ["moved, by a rename from one source to another", ({ files }) => {
      files.rename("/single", "/d/single");
    }, ["moved /d/single from /single"]],
    ["moved, when it was written to as well", ({ files }) => {
      files.rename("/d/a", "/d/z");
      files.append("/d/z", "more");
    }, ["moved /d/z from /d/a"]],
    ["moved, from where it was at first", ({ files }) => {
      files.rename("/d/a", "/d/y");
      files.rename("/d/y", "/d/z");
    }, ["moved /d/z from /d/a"]],
    ["moved, when only the case of its name changed", ({ files }) => {
      files.rename("/d/a", "/d/A");
    }, ["moved /d/A from /d/a"]],
    ["modified, where another file was moved onto it", ({ files }) => {
      files.rename("/d/a", "/d/b");
    }, ["deleted /d/a", "modified /d/b"]],
    ["modified, of both files whose names were swapped", ({ files }) => {
      files.rename("/d/a", "/d/c");
      files.rename("/d/b", "/d/a");
      files.rename("/d/c", "/d/b");
    }, ["modified /d/a", "modified /d/b"]],
    ["modified and created, where a file made room for another", ({ files }) => {
      files.rename("/d/b", "/d/c");
      files.rename("/d/a", "/d/b");
    }, ["deleted /d/a", "modified /d/b", "created /d/c"]],
    ["deleted, of what is moved away", ({ files }) => files.rename("/d/a", "/elsewhere"), [
      "deleted /d/a",
    ]],
    ["created, of what is moved in", ({ files }) => files.rename("/elsewhere", "/d/c"), [
      "created /d/c",
    ]],
    ["created, of a copy", ({ files }) => files.write("/d/c", "a"), ["created /d/c"]],
    ["several in path order", ({ files }) => {
      files.write("/d/c", "c");
      files.write("/d/a", "2");
      files.remove("/d/b");
    }, ["modified /d/a", "deleted /d/b", "created /d/c"]],
    ["none by a touch or the same bytes (S1.8)", ({ files }) => {
      files.touch("/d/a");
      files.write("/d/b", "b");
    }, []],
    ["none of litter (S3.3)", ({ files }) => files.write("/d/a~", "a"), []],
    ["none of a .env that was not named (S3.2)", ({ files }) => files.write("/d/.env", "A=1"), []],
  ];
  for (const [name, act, expected] of cases) {
    test(name, async () => assert.deepEqual(await changesOf(act), expected));
  }

  test("moved, of each file in a directory that was renamed", async () => {
    assert.deepEqual(
      await changesOf(({ files }) => files.rename("/d", "/e"), ["/"], { recursive: true }),
      ["moved /e/a from /d/a", "moved /e/b from /d/b"],
    );
  });

  test("moved, from one named file to another", async () => {
    assert.deepEqual(
      await changesOf(({ files }) => files.rename("/single", "/other"), ["/single", "/other"]),
      ["moved /other from /single"],
    );
  });

  test("created, of a file that was named before it was there", async () => {
    assert.deepEqual(
      await changesOf(({ files }) => files.write("/later/x", "1"), ["/later/x"]),
      ["created /later/x"],
    );
  });

  test("the same below a directory that was named before it was there", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    await using live = await open(runtime, ["/later"]);
    files.write("/later/x", "1");
    await clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["created /later/x"]);
    files.writeAtomically("/later/x", "2");
    files.write("/later/y", "1");
    await clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["modified /later/x", "created /later/y"]);
    files.remove("/later");
    await clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["deleted /later/x", "deleted /later/y"]);
    files.write("/later", "a file");
    await clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["created /later"]);
    files.writeAtomically("/later", "another");
    await clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["modified /later"]);
  });

  test("modified, of a .env that was named (S3.2)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/d/.env", "A=1");
    await using live = await open(runtime, ["/d/.env"]);
    runtime.files.write("/d/.env", "A=2");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["modified /d/.env"]);
  });

  test("one for many writes in the debounce time (S1.7)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "0");
    const debounce = { strategy: "fixed", baseDelayMs: 100 } as const;
    await using live = await open(runtime, ["/a"], { debounce });
    for (let count = 1; count <= 20; count++) {
      runtime.files.write("/a", `${count}`);
      await runtime.clock.advance(40);
    }
    assert.deepEqual(live.lines(), []);
    await runtime.clock.advance(60);
    assert.deepEqual(live.lines(), ["modified /a"]);
  });

  test("found below a directory only when that is asked for", async () => {
    for (const recursive of [false, true]) {
      const runtime = createMemoryRuntime();
      runtime.files.write("/d/a", "1");
      await using live = await open(runtime, ["/d"], { recursive });
      runtime.files.write("/d/e/f/b", "1");
      await runtime.clock.advance(SAVE_MS);
      assert.deepEqual(live.lines(), recursive ? ["created /d/e/f/b"] : []);
    }
  });

  test("not told of what is excluded", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.mkdir("/d");
    await using live = await open(runtime, ["/d"], { exclude: ["*.log", "drafts/**"] });
    runtime.files.write("/d/x.log", "1");
    runtime.files.write("/d/x.txt", "1");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["created /d/x.txt"]);
  });

  test("found by polling as well", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "1");
    await using live = await open(runtime, ["/a"], { watcher: "poll", pollMs: 100 });
    assert.equal(live.files.watcher, "poll");
    runtime.files.write("/a", "2");
    await runtime.clock.advance(160);
    assert.deepEqual(live.lines(), ["modified /a"]);
  });
});

test("a move is told at once, it is not waited for like a deletion (S1.3)", async () => {
  const runtime = createMemoryRuntime();
  runtime.files.write("/d/a", "text");
  await using live = await open(runtime, ["/d"]);
  runtime.files.rename("/d/a", "/d/b");
  await runtime.clock.advance(100);
  assert.deepEqual(live.lines(), ["moved /d/b from /d/a"]);
});

test("a move whose two halves are told one after the other is one move, at once (S1.3)", async () => {
  const runtime = createMemoryRuntime();
  runtime.files.write("/one/a", "text");
  runtime.files.mkdir("/two");
  const watcher: MemoryRuntime["watcher"] = {
    ...runtime.watcher,
    watch: (directory, onHint, onEnd) =>
      runtime.watcher.watch(directory, (hint) => {
        runtime.clock.schedule(directory === "/two" ? 2 : 0, () => onHint(hint));
      }, onEnd),
  };
  await using live = await open({ ...runtime, watcher }, ["/one", "/two"]);
  runtime.files.rename("/one/a", "/two/a");
  await runtime.clock.advance(100);
  assert.deepEqual(live.lines(), ["moved /two/a from /one/a"]);
});

test("of many equal files each is moved once, at once, empty ones too (S1.3)", async () => {
  const runtime = createMemoryRuntime();
  const names = Array.from({ length: 20 }, (_, index) => `${index}`.padStart(2, "0"));
  for (const name of names) runtime.files.write(`/one/${name}`, "");
  runtime.files.mkdir("/two");
  await using live = await open(runtime, ["/one", "/two"]);
  // By inode they are known although they change places, which their content does not tell.
  const turned = names.toReversed();
  for (const [index, name] of names.entries()) {
    runtime.files.rename(`/one/${name}`, `/two/${turned[index]}`);
  }
  await runtime.clock.advance(100);
  assert.deepEqual(
    live.lines(),
    names.map((name, index) => `moved /two/${name} from /one/${turned[index]}`),
  );
});

test("a fileChanged event carries kind, path, time, checksum and where it was moved from (S1.4)", async () => {
  const runtime = createMemoryRuntime();
  runtime.files.write("/d/a", "text");
  await using live = await open(runtime, ["/d"]);
  runtime.files.write("/d/a", "other");
  await runtime.clock.advance(SAVE_MS);
  runtime.files.rename("/d/a", "/d/b");
  await runtime.clock.advance(SAVE_MS);
  runtime.files.remove("/d/b");
  await runtime.clock.advance(SAVE_MS);
  const shared = { type: "fileChanged", source: "/d" };
  const checksum = sha256("other");
  const times = live.events.map(({ at }) => at);
  const told = live.events.map((event) =>
    Object.fromEntries(Object.entries(event).filter(([key]) => !UNTOLD.includes(key)))
  );
  assert.deepEqual(told, [
    { ...shared, kind: "modified", path: "/d/a", checksum },
    { ...shared, kind: "moved", path: "/d/b", oldPath: "/d/a", checksum },
    { ...shared, kind: "deleted", path: "/d/b" },
  ]);
  assert.equal(times[0], "2026-01-01T00:00:00.050Z");
  assert.deepEqual(times.toSorted(), times);
});

test("a file is read and hashed when there was a hint, and no other is (S1.8)", async () => {
  const runtime = createMemoryRuntime();
  for (const path of ["/a", "/d/b", "/d/c"]) runtime.files.write(path, "1");
  const opened: string[] = [];
  const fileSystem = {
    ...runtime.fileSystem,
    open: (path: string) => {
      opened.push(path);
      return runtime.fileSystem.open(path);
    },
  };
  await using _live = await open({ ...runtime, fileSystem }, ["/a", "/d"]);
  assert.deepEqual(opened.splice(0).toSorted(), ["/a", "/d/b", "/d/c"]);
  await runtime.clock.advance(60_000);
  // What was written just before may change unseen by its times, and is looked at once more.
  opened.length = 0;
  await runtime.clock.advance(600_000);
  assert.deepEqual(opened, []);
  runtime.files.writeAtomically("/d/b", "2");
  await runtime.clock.advance(100);
  assert.deepEqual(opened, ["/d/b"]);
});

test("there is one watcher for each directory, not for each file (S1.9)", async () => {
  const runtime = createMemoryRuntime();
  const paths = Array.from({ length: 50 }, (_, index) => `/${index % 2 ? "odd" : "even"}/${index}`);
  for (const path of paths) runtime.files.write(path, "1");
  await using live = await open(runtime, paths);
  assert.equal(runtime.files.watches, 2);
  await live.files.remove(...paths.filter((path) => path.startsWith("/odd/")));
  assert.equal(runtime.files.watches, 1);
});

test("two handles know nothing of each other, and nothing is left of a closed one (S1.11)", async () => {
  const runtime = createMemoryRuntime();
  runtime.files.write("/a", "1");
  const first = await open(runtime, ["/a"]);
  await using second = await open(runtime, ["/a"]);
  runtime.files.writeAtomically("/a", "2");
  await runtime.clock.advance(SAVE_MS);
  assert.deepEqual([first.lines(), second.lines()], [["modified /a"], ["modified /a"]]);
  await first.files.close();
  runtime.files.writeAtomically("/a", "3");
  await runtime.clock.advance(SAVE_MS);
  assert.deepEqual([first.lines(), second.lines()], [[], ["modified /a"]]);
  await using third = await open(runtime, ["/a"]);
  assert.deepEqual(third.files.recentEvents(), []);
});

describe("handlers", () => {
  test("hear one type or all, once or until they are removed (S1.5)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "0");
    await using files = await watchFiles(["/a"], { runtime });
    const heard: string[] = [];
    const aborted = new AbortController();
    const note = (name: string) => (event: FilesEvent) => void heard.push(`${name} ${event.type}`);
    files.on("fileChanged", note("changed"));
    files.on("readFailed", note("failed"));
    files.on("fileChanged", note("once"), { once: true });
    files.on("*", note("aborted"), { signal: aborted.signal });
    const removed = files.on("*", note("removed"));
    const created: FileChangedEvent[] = [];
    files.on("fileChanged", (event) => event.kind === "created" && created.push(event));
    const save = async (text: string) => {
      runtime.files.writeAtomically("/a", text);
      await runtime.clock.advance(SAVE_MS);
    };
    await save("1");
    assert.deepEqual(heard.toSorted(), [
      "aborted fileChanged",
      "changed fileChanged",
      "once fileChanged",
      "removed fileChanged",
    ]);
    heard.length = 0;
    removed[Symbol.dispose]();
    aborted.abort();
    await save("2");
    assert.deepEqual(heard, ["changed fileChanged"]);
    assert.deepEqual(created, []);
  });

  test("that throw or reject stop neither the others nor the watch (S1.10, G7)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "0");
    await using files = await watchFiles(["/a"], { runtime });
    const heard: string[] = [];
    files.on("fileChanged", () => {
      throw new Error("thrown");
    });
    files.on("fileChanged", () => Promise.reject(new Error("rejected")));
    files.on("fileChanged", ({ checksum }) => void heard.push(checksum!));
    files.on("handlerFailed", ({ listener, error }) => {
      heard.push(`${listener}: ${error.message}`);
      throw new Error("again");
    });
    for (const text of ["1", "2"]) {
      runtime.files.writeAtomically("/a", text);
      await runtime.clock.advance(SAVE_MS);
      assert.deepEqual(
        heard.toSorted(),
        [sha256(text), "fileChanged: rejected", "fileChanged: thrown"].toSorted(),
      );
      heard.length = 0;
    }
  });

  test("may add, remove and close", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "0");
    const files = await watchFiles(["/a"], { runtime });
    const done: string[] = [];
    files.on("fileChanged", async () => {
      await files.add("/b");
      await files.remove("/a");
      done.push(...files.paths);
      await files.close();
      done.push("closed");
    });
    runtime.files.writeAtomically("/a", "1");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(done, ["/b", "closed"]);
  });
});

describe("recent events", () => {
  test("are at most 100, newest first, fewer when asked (S1.6, G10)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "0");
    await using files = await watchFiles(["/a"], { runtime });
    for (let count = 1; count <= 120; count++) {
      runtime.files.writeAtomically("/a", `${count}`);
      await runtime.clock.advance(25);
    }
    const checksums = files.recentEvents().map((event) =>
      event.type === "fileChanged" && event.checksum
    );
    const expected = Array.from({ length: 100 }, (_, index) => sha256(`${120 - index}`));
    assert.deepEqual(checksums, expected);
    assert.deepEqual(files.recentEvents({ limit: 3 }), files.recentEvents().slice(0, 3));
    assert.deepEqual(files.recentEvents({ limit: 0 }), []);
  });

  test("are as many as was asked for", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "0");
    await using files = await watchFiles(["/a"], { runtime, recentEventsSize: 2 });
    for (const text of ["1", "2", "3"]) {
      runtime.files.writeAtomically("/a", text);
      await runtime.clock.advance(20);
    }
    assert.equal(files.recentEvents().length, 2);
  });
});

describe("what goes wrong", () => {
  test("with one file is told once and leaves the others alone (G4)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "1");
    runtime.files.write("/b", "1");
    await using live = await open(runtime, ["/a", "/b"]);
    runtime.files.fail("/a", "EACCES");
    runtime.files.touch("/a");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["readFailed Cannot read /a: permission denied"]);
    runtime.files.writeAtomically("/b", "2");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["modified /b"]);
    runtime.files.mend("/a");
    runtime.files.writeAtomically("/a", "2");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["modified /a"]);
  });

  test("with one file of a directory leaves its others alone (G1, G4)", async () => {
    const runtime = createMemoryRuntime();
    for (const path of ["/d/a", "/d/b", "/d/c"]) runtime.files.write(path, "1");
    await using live = await open(runtime, ["/d"]);
    runtime.files.fail("/d/a", "EACCES");
    runtime.files.touch("/d/a");
    runtime.files.writeAtomically("/d/b", "2");
    await runtime.clock.advance(SAVE_MS);
    const failed = "readFailed Cannot read /d/a: permission denied";
    assert.deepEqual(live.lines(), ["modified /d/b", failed]);
    runtime.files.writeAtomically("/d/c", "2");
    await runtime.clock.advance(100);
    assert.deepEqual(live.lines(), ["modified /d/c"]);
    runtime.files.mend("/d/a");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), []);
    runtime.files.writeAtomically("/d/a", "2");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["modified /d/a"]);
  });

  test("with a file from the start is told by the recent events (G4)", async () => {
    const runtime = createMemoryRuntime();
    for (const path of ["/d/a", "/d/b", "/d/c", "/e"]) runtime.files.write(path, "1");
    runtime.files.write("/d/large", "x".repeat(101));
    for (const path of ["/d/a", "/e"]) runtime.files.fail(path, "EACCES");
    await using live = await open(runtime, ["/d"], { maxBytes: 100 });
    const large = "it has 101 bytes, more than limits.maxBytes (100) allows";
    assert.deepEqual(live.files.recentEvents().map(describeEvent), [
      `readFailed Cannot read /d/large: ${large}`,
      "readFailed Cannot read /d/a: permission denied",
    ]);
    await live.files.add("/e");
    assert.deepEqual(live.lines(), ["readFailed Cannot read /e: permission denied"]);
    runtime.files.write("/d/b", "2");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), ["modified /d/b"]);
    runtime.files.mend("/d/a");
    runtime.files.write("/d/large", "x");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines().toSorted(), ["created /d/a", "created /d/large"]);
  });

  test("with a file that vanishes while its directory is read is no failure", async () => {
    const runtime = createMemoryRuntime();
    for (const path of ["/d/a", "/d/b"]) runtime.files.write(path, "1");
    const fileSystem = {
      ...runtime.fileSystem,
      open: (path: string) => {
        runtime.files.remove("/d/b");
        return runtime.fileSystem.open(path);
      },
    };
    await using live = await open({ ...runtime, fileSystem }, ["/d"]);
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.files.recentEvents(), []);
  });

  test("with the watcher is told with a remedy (G8)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/d/a", "1");
    runtime.files.write("/d/b", "1");
    await using live = await open(runtime, ["/e/x"]);
    runtime.files.fail("/d", "ENOSPC");
    await live.files.add("/d/a");
    const [event] = live.events;
    assert.equal(event?.type, "watcherChanged");
    assert.ok(event?.type === "watcherChanged");
    assert.equal(event.watcher, "poll");
    assert.equal(event.directory, "/d");
    assert.match(event.remedy ?? "", /max_user_watches/);
  });

  test("with the options is refused with their name", async () => {
    const runtime = createMemoryRuntime();
    const refused: [options: WatchFilesOptions, message: RegExp][] = [
      [{ maxBytes: 0 }, /maxBytes/],
      [{ pollMs: -1 }, /pollMs/],
      [{ backstopMs: NaN }, /backstopMs/],
      [{ recentEventsSize: -1 }, /recentEventsSize/],
      [{ debounce: { multiplier: 0 } }, /multiplier/],
      [{ watcher: "magic" as "auto" }, /watcher/],
    ];
    for (const [options, message] of refused) {
      await assert.rejects(watchFiles(["/a"], { ...options, runtime }), {
        name: "RangeError",
        message,
      });
    }
    assert.deepEqual([runtime.files.watches, runtime.clock.timers], [0, 0]);
  });
});

describe("close()", () => {
  test("twice is once, and nothing is heard after it (S1.1, G9)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "0");
    const live = await open(runtime, ["/a"]);
    runtime.files.write("/a", "1");
    const closing = live.files.close();
    assert.equal(live.files.close(), closing);
    await closing;
    await live.files[Symbol.asyncDispose]();
    runtime.files.write("/a", "2");
    await runtime.clock.advance(SAVE_MS);
    assert.deepEqual(live.lines(), []);
    assert.deepEqual([runtime.files.watches, runtime.clock.timers], [0, 0]);
  });

  test("is followed by a ClosedError where something is asked of it (G9)", async () => {
    const runtime = createMemoryRuntime();
    const { files } = await open(runtime, ["/a"]);
    await files.close();
    await assert.rejects(files.add("/b"), { name: "ClosedError" });
    await assert.rejects(files.remove("/a"), { name: "ClosedError" });
    assert.deepEqual([runtime.files.watches, runtime.clock.timers], [0, 0]);
  });

  test("waits for the files that are being added (G9)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "0");
    const { files } = await open(runtime, ["/a"]);
    const adding = files.add("/b").catch((error: Error) => error.name);
    await files.close();
    assert.equal(await adding, "ClosedError");
    assert.deepEqual([runtime.files.watches, runtime.clock.timers], [0, 0]);
  });

  test("is what aborting the signal does (G9)", async () => {
    const runtime = createMemoryRuntime();
    const controller = new AbortController();
    const { files } = await open(runtime, ["/a"], { signal: controller.signal });
    controller.abort();
    assert.equal(files.isRunning, false);
    await files.close();
    assert.deepEqual([runtime.files.watches, runtime.clock.timers], [0, 0]);
    await assert.rejects(watchFiles(["/a"], { runtime, signal: controller.signal }), {
      name: "AbortError",
    });
  });
});
