import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { watchConfig, watchFiles } from "../../mod.ts";
import { currentRuntime } from "../../src/runtime/runtime.ts";
import { DirectoryWatches } from "../../src/watch/directory_watches.ts";
import { createMemoryRuntime, type DirectoryWatcher, type Hint } from "../../testing.ts";

/** Time that passes between two watchers of the same path. */
const REOPEN_MS = 10;

interface Started {
  readonly directory: string;
  readonly onHint: (hint: Hint) => void;
  readonly onEnd: (error: Error) => void;
  /** Whether it keeps the process alive. */
  isKept: boolean;
}

/** A memory runtime that refuses a second watcher for a path, as Deno and Bun do in effect. */
function create() {
  const runtime = createMemoryRuntime();
  const started: Started[] = [];
  const running = new Set<string>();
  const watcher: DirectoryWatcher = {
    ...runtime.watcher,
    watch(directory, onHint, onEnd) {
      assert.ok(!running.has(directory), `${directory} is watched twice`);
      const handle = runtime.watcher.watch(directory, onHint, onEnd);
      running.add(directory);
      const entry: Started = { directory, onHint, onEnd, isKept: true };
      started.push(entry);
      return {
        keepAlive: (isNeeded) => void (entry.isKept = isNeeded),
        [Symbol.dispose]() {
          running.delete(directory);
          handle[Symbol.dispose]();
        },
      };
    },
  };
  return { ...runtime, watcher, started };
}

interface Extra {
  readonly keepAlive?: boolean;
  /** Called with each hint, before it is noted. */
  readonly onHint?: () => void;
  readonly onNews?: (watches: DirectoryWatches) => void;
}

/** What one handle has of the directories. */
function join(runtime: ReturnType<typeof create>, { keepAlive, onHint, onNews }: Extra = {}) {
  let said: string[] = [];
  const watches = new DirectoryWatches({ ...runtime, keepAlive }, {
    hint(directory, { kind, name }) {
      onHint?.();
      said.push(`${kind} ${name} in ${directory}`);
    },
    changed(directory, news) {
      said.push(`${directory}: ${news instanceof Error ? news.message : news}`);
      onNews?.(watches);
    },
  });
  return {
    watches,
    set: (...directories: string[]) => watches.set(new Set(directories)),
    /** What it was told since the last call. */
    told() {
      const news = said;
      said = [];
      return news;
    },
  };
}

function joinAll(runtime: ReturnType<typeof create>, count: number, ...directories: string[]) {
  return Array.from({ length: count }, () => {
    const handle = join(runtime);
    handle.set(...directories);
    return handle;
  });
}

describe("handles that watch the same directory", () => {
  test("have one watcher, from the first to the last of them (S1.9)", () => {
    const runtime = create();
    const { files, started } = runtime;
    files.mkdir("/a");
    files.mkdir("/b");
    const [one, two, three] = joinAll(runtime, 3, "/a", "/b");
    assert.deepEqual([started.length, files.watches], [2, 2]);
    assert.deepEqual([one, two, three].map((handle) => handle?.watches.active), [2, 2, 2]);
    files.write("/a/x", "");
    for (const handle of [one, two, three]) {
      assert.deepEqual(handle?.told(), ["renamed x in /a", "modified x in /a"]);
    }
    one!.watches.close();
    two!.set("/b");
    assert.deepEqual([started.length, files.watches], [2, 2]);
    files.append("/a/x", "1");
    files.write("/b/y", "");
    assert.deepEqual(one!.told(), []);
    assert.deepEqual(two!.told(), ["renamed y in /b", "modified y in /b"]);
    assert.deepEqual(three!.told(), [
      "modified x in /a",
      "renamed y in /b",
      "modified y in /b",
    ]);
    three!.watches.close();
    assert.equal(files.watches, 1);
    two!.watches.close();
    assert.equal(files.watches, 0);
  });

  test("wait for the end of its watcher before it is watched anew, but not for ever (G8)", async () => {
    for (const endsMs of [7, 60, Infinity]) {
      const runtime = create();
      const { files, clock } = runtime;
      files.mkdir("/a");
      files.mkdir("/new");
      const watcher: DirectoryWatcher = {
        ...runtime.watcher,
        watch(...given) {
          const running = runtime.watcher.watch(...given);
          let isEnded = () => {};
          const ended = new Promise<void>((resolve) => isEnded = resolve);
          return {
            ended,
            [Symbol.dispose]() {
              running[Symbol.dispose]();
              if (endsMs < Infinity) clock.schedule(endsMs, isEnded);
            },
          };
        },
      };
      const handle = join({ ...runtime, watcher });
      handle.set("/a");
      await clock.advance(5_000);
      files.rename("/a", "/old");
      files.rename("/new", "/a");
      handle.watches.verify();
      const began = clock.now();
      await clock.advanceUntil(() => files.watches === 1);
      const tookMs = clock.now() - began;
      const [least, most] = endsMs === 7 ? [10, 10] : endsMs === 60 ? [60, 65] : [200, 205];
      assert.ok(tookMs >= least && tookMs <= most, `${tookMs} ms, ending in ${endsMs} ms`);
      handle.watches.close();
    }
  });

  test("wait for the event loop before it is watched anew, however busy the thread was (G8)", () => {
    const runtime = create();
    const { files } = runtime;
    const due: (() => void)[] = [];
    const schedule = (_delayMs: number, callback: () => void): Disposable => {
      due.push(callback);
      return { [Symbol.dispose]() {} };
    };
    // All timers are due at once, as they are after something that took long.
    const turn = () => due.splice(0).forEach((callback) => callback());
    const { clock: manual } = runtime;
    const clock = { now: () => manual.now(), wallTime: () => manual.wallTime(), schedule };
    files.mkdir("/a");
    files.mkdir("/new");
    const handle = join({ ...runtime, clock } as typeof runtime);
    handle.set("/a");
    files.rename("/a", "/old");
    files.rename("/new", "/a");
    handle.watches.verify();
    turn();
    assert.equal(files.watches, 0, "the turn in which the last one ended");
    turn();
    assert.equal(files.watches, 1);
    handle.watches.close();
  });

  test("all learn that it was replaced when one of them looks (G8)", async () => {
    const runtime = create();
    const { clock, files, started } = runtime;
    files.mkdir("/a");
    files.mkdir("/new");
    const handles = joinAll(runtime, 3, "/a");
    const [one, ...others] = handles;
    files.deliverHints("never");
    files.rename("/a", "/old");
    files.rename("/new", "/a");
    files.deliverHints("normally");
    assert.deepEqual(one!.watches.verify(), ["/a"]);
    assert.deepEqual(one!.told(), []);
    for (const { watches, told } of others) {
      assert.deepEqual(told(), ["unknown . in /a"], "look now");
      assert.deepEqual(watches.verify(), ["/a"]);
      assert.deepEqual(watches.verify(), [], "once");
    }
    await clock.advance(REOPEN_MS);
    assert.deepEqual([started.length, files.watches], [2, 1]);
    files.write("/a/x", "");
    for (const { watches, told } of handles) {
      assert.deepEqual(told(), [
        "/a: replaced",
        "unknown . in /a",
        "renamed x in /a",
        "modified x in /a",
      ]);
      assert.deepEqual(watches.verify(), []);
    }
  });

  test("start one that may be dead again once, though all of them distrust it (G8)", async () => {
    const runtime = create();
    const { clock, files, started } = runtime;
    files.mkdir("/a");
    const handles = joinAll(runtime, 3, "/a");
    for (const { watches } of handles) watches.distrust("/a");
    for (const { watches } of handles) assert.deepEqual(watches.verify(), ["/a"]);
    await clock.advance(REOPEN_MS);
    for (const { watches } of handles) assert.deepEqual(watches.verify(), []);
    assert.equal(started.length, 2);
    assert.deepEqual(
      handles.map(({ told }) => told().filter((line) => line.startsWith("/a"))),
      [[], [], []],
      "it is the same directory: nothing to tell",
    );
  });

  test("are told by one that comes later and finds another directory there (G8)", async () => {
    const runtime = create();
    const { clock, files } = runtime;
    files.mkdir("/a");
    files.mkdir("/new");
    const [early] = joinAll(runtime, 1, "/a");
    files.deliverHints("never");
    files.rename("/a", "/old");
    files.rename("/new", "/a");
    files.deliverHints("normally");
    const [late] = joinAll(runtime, 1, "/a");
    await clock.advance(REOPEN_MS);
    files.write("/a/x", "");
    const hints = ["unknown . in /a", "renamed x in /a", "modified x in /a"];
    assert.deepEqual(early!.told(), ["unknown . in /a", "/a: replaced", ...hints]);
    assert.deepEqual(late!.told(), hints, "for this one it is the first");
    assert.deepEqual(early!.watches.verify(), ["/a"]);
    assert.deepEqual(late!.watches.verify(), []);
  });

  test("all poll when its watcher fails, and all go back (G8)", async () => {
    const runtime = create();
    const { clock, files, started } = runtime;
    files.mkdir("/a");
    const handles = joinAll(runtime, 2, "/a");
    started[0]!.onEnd(new Error("overflow"));
    for (const { watches, told } of handles) {
      assert.deepEqual([watches.active, [...watches.failures.keys()]], [0, ["/a"]]);
      assert.deepEqual(told(), ["/a: overflow"]);
    }
    files.fail("/a", "ENOSPC");
    await clock.advance(REOPEN_MS);
    for (const { watches, told } of handles) {
      assert.deepEqual(watches.verify(), []);
      assert.equal(watches.failures.get("/a")?.message, "ENOSPC: /a");
      assert.deepEqual(told(), [], "it was said already");
    }
    files.mend("/a");
    assert.deepEqual(handles[0]!.watches.verify(), ["/a"]);
    assert.deepEqual(handles[0]!.told(), ["/a: available"]);
    assert.deepEqual(handles[1]!.told(), ["/a: available", "unknown . in /a"]);
    assert.deepEqual(handles[1]!.watches.verify(), ["/a"]);
    for (const { watches } of handles) {
      assert.deepEqual([watches.active, watches.failures.size], [1, 0]);
    }
    assert.equal(started.length, 2);
  });

  test("try again when one more comes, which is told on its own (G8)", () => {
    const runtime = create();
    const { files } = runtime;
    files.mkdir("/a");
    files.fail("/a", "ENOSPC");
    const [one] = joinAll(runtime, 1, "/a");
    const [two] = joinAll(runtime, 1, "/a");
    assert.deepEqual([one!.told(), two!.told()], [["/a: ENOSPC: /a"], ["/a: ENOSPC: /a"]]);
    files.mend("/a");
    const [three] = joinAll(runtime, 1, "/a");
    assert.deepEqual(one!.told(), ["/a: available", "unknown . in /a"]);
    assert.deepEqual(three!.told(), []);
    assert.equal(files.watches, 1);
  });

  test("get their hint when one of them throws, which is a failure of that one (G7)", () => {
    const runtime = create();
    const { files } = runtime;
    files.mkdir("/a");
    let isFaulty = true;
    const faulty = join(runtime, {
      onHint() {
        if (isFaulty) throw new Error("a defect");
      },
    });
    faulty.set("/a");
    const [sound] = joinAll(runtime, 1, "/a");
    files.write("/a/x", "");
    assert.deepEqual(sound!.told(), ["renamed x in /a", "modified x in /a"]);
    assert.deepEqual(faulty.told(), ["/a: a defect"]);
    assert.deepEqual([faulty.watches.failures.size, sound!.watches.failures.size], [1, 0]);
    isFaulty = false;
    assert.deepEqual(faulty.watches.verify(), ["/a"], "it has to look");
    assert.deepEqual(faulty.told(), ["/a: available"]);
    assert.deepEqual(sound!.watches.verify(), []);
    assert.equal(faulty.watches.failures.size, 0);
    files.append("/a/x", "1");
    assert.deepEqual(faulty.told(), ["modified x in /a"]);
  });

  test("do not hear of it any more once they are closed, even by one told before (G9)", () => {
    const runtime = create();
    runtime.files.mkdir("/a");
    const first = join(runtime, { onHint: () => second.watches.close() });
    first.set("/a");
    const second = join(runtime);
    second.set("/a");
    runtime.files.write("/a/x", "");
    assert.deepEqual(second.told(), []);
    first.watches.close();
    assert.equal(runtime.files.watches, 0);
  });

  test("keep the process alive as long as one of them wants it", async () => {
    const runtime = create();
    const { clock, files, started } = runtime;
    const timers: (boolean | undefined)[] = [];
    const schedule = clock.schedule.bind(clock);
    clock.schedule = (delayMs, callback, options) => {
      timers.push(options?.keepAlive);
      return schedule(delayMs, callback, options);
    };
    files.mkdir("/a");
    const quiet = join(runtime, { keepAlive: false });
    quiet.set("/a");
    assert.equal(started[0]!.isKept, false);
    const keeping = join(runtime);
    keeping.set("/a");
    assert.equal(started[0]!.isKept, true);
    quiet.watches.distrust("/a");
    quiet.watches.verify();
    await clock.advance(REOPEN_MS);
    assert.deepEqual(started.map(({ isKept }) => isKept), [true, true]);
    keeping.watches.close();
    assert.equal(started[1]!.isKept, false);
    quiet.watches.distrust("/a");
    quiet.watches.verify();
    await clock.advance(REOPEN_MS);
    assert.equal(started[2]!.isKept, false, "and one that is started again is like it");
    // The wait for the end of the last one is in two parts.
    assert.deepEqual(timers, [true, true, false, false], "while it waits, too");
  });

  test("watch with one watcher through watchConfig() and watchFiles() too (S1.9, G8)", async () => {
    const runtime = create();
    const { clock, files, started } = runtime;
    files.write("/a/app.yaml", "n: 1\n");
    files.write("/next/app.yaml", "n: 2\n");
    // Only hints can tell.
    const options = { runtime, backstopMs: 1_000_000 };
    await using one = await watchConfig({ sources: ["/a/app.yaml"], ...options });
    await using two = await watchConfig({ sources: ["/a/app.yaml"], ...options });
    await using three = await watchFiles(["/a"], options);
    const told: string[] = [];
    three.on("*", (event) => {
      told.push(event.type === "watcherChanged" ? event.reason : event.type);
    });
    const starts = () => started.filter(({ directory }) => directory === "/a").length;
    assert.equal(starts(), 1);
    files.rename("/a", "/old");
    files.rename("/next", "/a");
    await clock.advance(1000);
    assert.deepEqual([one.current, two.current], [{ n: 2 }, { n: 2 }]);
    assert.deepEqual(told.toSorted(), ["fileChanged", "the directory was replaced"]);
    await one.close();
    files.write("/a/app.yaml", "n: 3\n");
    await clock.advance(1000);
    assert.deepEqual([one.current, two.current], [{ n: 2 }, { n: 3 }]);
    assert.deepEqual(told.slice(2), ["fileChanged"]);
    assert.equal(starts(), 2);
    assert.equal(two.statistics()?.backstopCatches, 0);
  });

  test("have watchers of their own when their runtimes watch in different ways", () => {
    const runtime = create();
    runtime.files.mkdir("/a");
    joinAll(runtime, 1, "/a");
    const other = createMemoryRuntime();
    other.files.mkdir("/a");
    const { sharedWatches } = runtime;
    joinAll({ ...other, started: [], sharedWatches }, 2, "/a");
    assert.deepEqual([runtime.files.watches, other.files.watches], [1, 1]);
  });
});

describe("a watcher", () => {
  test("that has ended has nothing more to say", async () => {
    const runtime = create();
    const { clock, files, started } = runtime;
    files.mkdir("/a");
    const [handle] = joinAll(runtime, 1, "/a");
    handle!.watches.distrust("/a");
    handle!.watches.verify();
    await clock.advance(REOPEN_MS);
    handle!.told();
    started[0]!.onHint({ name: "x", kind: "modified" });
    started[0]!.onEnd(new Error("late"));
    assert.deepEqual(handle!.told(), []);
    assert.equal(handle!.watches.active, 1);
  });

  test("that ends while it is being started is none, and left to its end", () => {
    const runtime = create();
    runtime.files.mkdir("/a");
    let disposals = 0;
    const watcher: DirectoryWatcher = {
      ...runtime.watcher,
      watch(_directory, _onHint, onEnd) {
        onEnd(new Error("at once"));
        return { [Symbol.dispose]: () => void disposals++ };
      },
    };
    const handle = join({ ...runtime, watcher });
    handle.set("/a");
    assert.deepEqual(handle.told(), ["/a: at once"]);
    assert.deepEqual([handle.watches.active, handle.watches.failures.size, disposals], [0, 1, 1]);
  });

  test("whose directory is gone when it is to be started again leaves that to be seen", async () => {
    const runtime = create();
    const { clock, files } = runtime;
    files.mkdir("/a");
    const [handle] = joinAll(runtime, 1, "/a");
    handle!.watches.distrust("/a");
    assert.deepEqual(handle!.watches.verify(), ["/a"]);
    files.remove("/a");
    await clock.advance(REOPEN_MS);
    assert.deepEqual(handle!.told(), ["unknown . in /a"]);
    assert.deepEqual(handle!.watches.verify(), ["/a"]);
    assert.deepEqual([handle!.watches.active, handle!.watches.failures.size], [0, 0]);
  });

  test("that nobody wants when it is available again is not started for the rest (G9)", () => {
    const runtime = create();
    const { files, clock } = runtime;
    for (const path of ["/a", "/b"]) {
      files.mkdir(path);
      files.fail(path, "ENOSPC");
    }
    const handle = join(runtime, {
      onNews: (watches) => watches.active > 0 && watches.close(),
    });
    handle.set("/a", "/b");
    for (const path of ["/a", "/b"]) files.mend(path);
    handle.watches.verify();
    assert.deepEqual(handle.told().slice(2), ["/a: available"]);
    assert.deepEqual([files.watches, clock.timers], [0, 0]);
  });

  test("that nobody wants any more is forgotten (G10)", () => {
    const runtime = create();
    runtime.files.mkdir("/a");
    const [handle] = joinAll(runtime, 1, "/a");
    const watch = runtime.sharedWatches!.of("/a", runtime);
    assert.equal(watch.state.kind, "running");
    handle!.watches.close();
    assert.notEqual(runtime.sharedWatches!.of("/a", runtime), watch);
  });

  test("that nobody wants when its failure is told is not started for the rest (G9)", () => {
    const runtime = create();
    const { files, clock } = runtime;
    for (const path of ["/a", "/b"]) files.mkdir(path);
    files.fail("/a", "ENOSPC");
    const handle = join(runtime, { onNews: (watches) => watches.close() });
    handle.set("/a", "/b");
    assert.deepEqual([files.watches, clock.timers], [0, 0]);
    files.mend("/a");
    handle.set("/a", "/b");
    assert.deepEqual(handle.watches.verify(), []);
    assert.equal(files.watches, 0);
  });
});

describe("what is told of a directory", () => {
  const cases: [name: string, act: (runtime: ReturnType<typeof create>) => void, news: string[]][] =
    [
      ["it was replaced while nobody watched it", ({ files }) => {
        files.remove("/a");
        files.mkdir("/a");
      }, ["/a: replaced"]],
      ["it was moved away and back", ({ files }) => {
        files.rename("/a", "/away");
        files.rename("/away", "/a");
      }, []],
    ];
  for (const [name, act, news] of cases) {
    test(`when ${name}`, async () => {
      const runtime = create();
      runtime.files.mkdir("/a");
      const [handle] = joinAll(runtime, 1, "/a");
      runtime.files.deliverHints("never");
      act(runtime);
      handle!.watches.verify();
      await runtime.clock.advance(REOPEN_MS);
      assert.deepEqual(handle!.told().filter((line) => line.startsWith("/a")), news);
    });
  }

  test("is that it came back, to those who left it because it was gone (G8)", async () => {
    const runtime = create();
    const { clock, files } = runtime;
    files.mkdir("/a");
    const [handle] = joinAll(runtime, 1, "/a");
    files.deliverHints("never");
    files.rename("/a", "/away");
    handle!.set("/");
    files.rename("/away", "/a");
    await clock.advance(REOPEN_MS);
    handle!.set("/a");
    assert.deepEqual(handle!.told(), ["/a: returned"]);
    files.remove("/a");
    handle!.set("/");
    files.mkdir("/a");
    await clock.advance(REOPEN_MS);
    handle!.told();
    handle!.set("/a");
    assert.deepEqual(handle!.told(), ["/a: replaced"]);
  });

  test("is nothing when it was left for another reason", async () => {
    const runtime = create();
    const { clock, files } = runtime;
    files.mkdir("/a");
    const [handle] = joinAll(runtime, 1, "/a");
    handle!.set();
    files.remove("/a");
    files.mkdir("/a");
    await clock.advance(REOPEN_MS);
    handle!.set("/a");
    assert.deepEqual(handle!.told(), []);
  });

  test("is forgotten when a hundred others have vanished since (G10)", async () => {
    const runtime = create();
    const { clock, files } = runtime;
    const [handle] = joinAll(runtime, 1, "/");
    const vanish = (path: string) => {
      files.mkdir(path);
      handle!.set("/", path);
      files.remove(path);
      handle!.set("/");
    };
    for (let count = 0; count <= 100; count++) vanish(`/${count}`);
    await clock.advance(REOPEN_MS);
    handle!.told();
    files.mkdir("/0");
    files.mkdir("/1");
    handle!.set("/", "/0", "/1");
    assert.deepEqual(handle!.told().filter((line) => line.startsWith("/")), ["/1: replaced"]);
  });
});

test("a process has one runtime, so that its handles share what they watch", () => {
  assert.equal(currentRuntime(), currentRuntime());
  assert.notEqual(currentRuntime().sharedWatches, undefined);
  const [one, other] = [createMemoryRuntime(), createMemoryRuntime()];
  assert.notEqual(one.sharedWatches, undefined);
  assert.notEqual(one.sharedWatches, other.sharedWatches);
});
