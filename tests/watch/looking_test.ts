import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FileWatch, type FileWatchOptions, type WatchTargets } from "../../src/watch/file_watch.ts";
import { createMemoryRuntime, type FileSystem } from "../../testing.ts";

/** Longer ago than a stat may lie. */
const OLD_MS = 10_000;

const BACKSTOP_MS = 1_000;

/** A watch of `directory` with all below it, and how often it asked the file system. */
function open(directory: string, options: Partial<FileWatchOptions> = {}) {
  const runtime = createMemoryRuntime();
  const { clock, files } = runtime;
  const asked = { stat: 0, lstat: 0, list: 0 };
  const counting = (name: keyof typeof asked) => (path: string) => {
    asked[name] += 1;
    return runtime.fileSystem[name](path);
  };
  const fileSystem = {
    ...runtime.fileSystem,
    stat: counting("stat"),
    lstat: counting("lstat"),
    list: counting("list"),
  } as FileSystem;
  let heard: string[] = [];
  const watch = new FileWatch({
    ...runtime,
    fileSystem,
    backstopMs: BACKSTOP_MS,
    pollMs: BACKSTOP_MS,
    onHint: ({ path, kind }) => heard.push(`${kind} ${path}`),
    onWatcherChanged() {},
    ...options,
  });
  return {
    clock,
    files,
    watch,
    start(targets: WatchTargets = {
      files: [],
      directories: [{ path: directory, recursive: true, accepts: () => true }],
    }) {
      watch.set(targets);
    },
    /** What was asked since the last call. */
    asked() {
      const before = { ...asked };
      Object.assign(asked, { stat: 0, lstat: 0, list: 0 });
      return before;
    },
    /** The hints since the last call. */
    hints() {
      const hints = heard;
      heard = [];
      return hints;
    },
  };
}

/** A runtime on which asking about a file takes `costMs`, and how often it was asked. */
function costly(costMs: number, losesSome: boolean = false) {
  const runtime = createMemoryRuntime();
  let stats = 0;
  const options: Partial<FileWatchOptions> = {
    ...runtime,
    watcher: { ...runtime.watcher, losesSome },
    clock: {
      now: () => runtime.clock.now() + stats * costMs,
      wallTime: () => runtime.clock.wallTime(),
      schedule: (...args) => runtime.clock.schedule(...args),
    },
    fileSystem: {
      ...runtime.fileSystem,
      stat(path) {
        stats += 1;
        return runtime.fileSystem.stat(path);
      },
    },
  };
  return { runtime, options, stats: () => stats };
}

type Opened = ReturnType<typeof open>;

function fill({ files }: Opened, directories: number, each: number): void {
  for (let directory = 0; directory < directories; directory++) {
    for (let file = 0; file < each; file++) files.write(`/d/${directory}/${file}`, "1");
  }
}

describe("the start (G10)", () => {
  test("lists each directory once and asks once about each file", async () => {
    const opened = open("/d");
    fill(opened, 20, 10);
    await opened.clock.advance(OLD_MS);
    opened.start();
    const { stat, lstat, list } = opened.asked();
    assert.equal(list, 21);
    assert.ok(stat <= 200 + 5 * 21, `${stat} for 200 files, and starting 21 watchers`);
    assert.ok(lstat <= 2, `${lstat}: what was listed is known to be no link`);
  });

  test("follows the directory of many files once", () => {
    const opened = open("/d");
    fill(opened, 1, 100);
    const files = Array.from({ length: 100 }, (_, file) => `/d/0/${file}`);
    opened.start({ files, directories: [] });
    assert.equal(opened.asked().lstat, 100 + 2);
  });
});

describe("a look beside the watchers (G10)", () => {
  test("lists no directory that did not change, and asks once about each file", async () => {
    const opened = open("/d");
    fill(opened, 20, 10);
    opened.start();
    await opened.clock.advance(OLD_MS);
    opened.asked();
    await opened.clock.advance(BACKSTOP_MS);
    const { stat, lstat, list } = opened.asked();
    assert.deepEqual([list, lstat], [0, 1]);
    assert.ok(stat <= 200 + 2 * 21 + 3, `${stat} for 200 files and 21 directories`);
  });

  test("lists only the directory that changed", async () => {
    const opened = open("/d");
    fill(opened, 20, 10);
    opened.start();
    await opened.clock.advance(OLD_MS);
    opened.files.deliverHints("never");
    opened.files.write("/d/7/new", "1");
    opened.asked();
    opened.hints();
    await opened.clock.advance(BACKSTOP_MS);
    assert.equal(opened.asked().list, 1);
    assert.deepEqual(opened.hints(), ["unknown /d/7/new"]);
    assert.equal(opened.watch.catches, 0);
    await opened.clock.advance(BACKSTOP_MS);
    assert.equal(opened.watch.catches, 1, "one that only a listing found counts as well (G8)");
  });

  test("asks about many files a part after the other, and about each once (G1)", async () => {
    const opened = open("/d");
    fill(opened, 20, 60);
    opened.start();
    await opened.clock.advance(OLD_MS + 10);
    opened.files.deliverHints("never");
    opened.files.write("/d/7/30", "22");
    opened.asked();
    opened.hints();
    await opened.clock.advance(BACKSTOP_MS - 10);
    assert.deepEqual(opened.hints(), ["unknown /d/7/30"]);
    const first = opened.asked().stat;
    await opened.clock.advance(10);
    const rest = opened.asked().stat;
    assert.ok(first >= 1_000 && first < 1_100, `${first} of 1,200 at first`);
    assert.ok(rest >= 200 && rest < 240, `${rest} of 1,200 then`);
  });

  const rests: [directories: number, seconds: number, rounds: readonly [number, number]][] = [
    // A look at 2,000 files takes 100 ms here.
    [1, 600, [5, 7]],
    // Some runtimes lose hints when they watch so many directories.
    [300, 30, [4, 7]],
  ];
  for (const [directories, seconds, [least, most]] of rests) {
    test(`asks less often about 2,000 files in ${directories} directories (G10)`, async () => {
      const { runtime, options, stats } = costly(0.05, directories > 1);
      const opened = open("/d", options);
      for (let file = 0; file < 2_000; file++) {
        runtime.files.write(`/d/${file % directories}/${file}`, "1");
      }
      opened.start();
      await runtime.clock.advance(OLD_MS);
      const before = stats();
      await runtime.clock.advance(seconds * BACKSTOP_MS);
      const rounds = Math.round((stats() - before) / (2_000 + 2 * directories));
      assert.ok(rounds >= least && rounds <= most, `${rounds} in ${seconds} seconds`);
    });
  }

  test("asks about a thousand files each time, whatever that takes (G1)", async () => {
    const { runtime: { clock, files }, options } = costly(0.05);
    const opened = open("/d", options);
    for (let file = 0; file < 1_000; file++) files.write(`/d/${file}`, "1");
    opened.start();
    await clock.advance(OLD_MS + 100);
    files.deliverHints("never");
    files.write("/d/999", "22");
    opened.hints();
    await clock.advance(BACKSTOP_MS + 10);
    assert.deepEqual(opened.hints(), ["unknown /d/999"]);
  });

  test("asks about every file that was named, however many", async () => {
    const opened = open("/d");
    fill(opened, 1, 1_100);
    const files = Array.from({ length: 1_100 }, (_, file) => `/d/0/${file}`);
    opened.start({ files, directories: [] });
    await opened.clock.advance(OLD_MS);
    opened.files.deliverHints("never");
    opened.files.write("/d/0/1099", "22");
    opened.hints();
    await opened.clock.advance(BACKSTOP_MS);
    assert.deepEqual(opened.hints(), ["unknown /d/0/1099"]);
  });

  test("finds everything soon after a storm, in which hints may be lost (G1)", async () => {
    const { runtime, options } = costly(0.05);
    const opened = open("/d", options);
    const { clock, files } = runtime;
    for (let file = 0; file < 2_000; file++) files.write(`/d/${file % 2}/${file}`, "1");
    opened.start();
    // The looks have just been at all of them, and rest.
    await clock.advance(OLD_MS);
    for (let write = 0; write < 1_000; write++) files.write("/d/0/0", `${write}`);
    files.deliverHints("never");
    for (let file = 1; file < 2_000; file += 2) files.write(`/d/1/${file}`, "22");
    files.remove("/d/0/2");
    opened.hints();
    await clock.advance(BACKSTOP_MS + 10);
    const found = new Set(opened.hints());
    const missing = Array.from({ length: 1_000 }, (_, index) => `unknown /d/1/${2 * index + 1}`)
      .filter((hint) => !found.has(hint));
    assert.deepEqual(missing, []);
    assert.ok(found.has("unknown /d/0/2"));
  });

  test("finds everything at the next look after hints were lost, however few came (G1)", async () => {
    const { runtime, options } = costly(0.05);
    const { clock, files } = runtime;
    let lose = () => {};
    const opened = open("/d", {
      ...options,
      watcher: {
        ...runtime.watcher,
        watch(directory, onHint) {
          if (directory === "/d") lose = () => onHint({ name: ".", kind: "unknown" });
          return { [Symbol.dispose]() {} };
        },
      },
    });
    for (let file = 0; file < 4_000; file++) files.write(`/d/${file}`, "1");
    opened.start();
    // The looks have just been at all of them, and rest.
    await clock.advance(OLD_MS);
    lose();
    // The look that follows takes 200 ms, and would rest for two seconds.
    await clock.advance(5);
    for (let file = 0; file < 4_000; file++) files.write(`/d/${file}`, "22");
    lose();
    opened.hints();
    await clock.advance(BACKSTOP_MS + 10);
    assert.equal(new Set(opened.hints()).size, 4_000);
  });

  test("tells once of what came where hints were lost, and closes no watcher for that (G10)", async () => {
    const runtime = createMemoryRuntime();
    let lose = () => {};
    let watchers = 0;
    const opened = open("/d", {
      ...runtime,
      watcher: {
        ...runtime.watcher,
        watch(directory, onHint) {
          watchers += 1;
          if (directory === "/d") lose = () => onHint({ name: ".", kind: "unknown" });
          return { [Symbol.dispose]() {} };
        },
      },
    });
    runtime.files.mkdir("/d");
    opened.start();
    await runtime.clock.advance(OLD_MS);
    const before = watchers;
    for (let file = 0; file < 3; file++) runtime.files.write(`/d/${file}`, "1");
    lose();
    await runtime.clock.advance(10);
    assert.deepEqual(opened.hints(), ["unknown /d/0", "unknown /d/1", "unknown /d/2"]);
    assert.equal(watchers, before);
  });

  test("does not take a change for missed whose hint is on its way (G8)", async () => {
    const runtime = createMemoryRuntime();
    let tell = () => {};
    const opened = open("/d", {
      ...runtime,
      watcher: {
        ...runtime.watcher,
        watch(_directory, onHint) {
          tell = () => onHint({ name: "a", kind: "modified" });
          return { [Symbol.dispose]() {} };
        },
      },
    });
    runtime.files.write("/d/a", "1");
    opened.start({ files: ["/d/a"], directories: [] });
    await runtime.clock.advance(OLD_MS);
    runtime.files.write("/d/a", "22");
    await runtime.clock.advance(BACKSTOP_MS);
    tell();
    await runtime.clock.advance(BACKSTOP_MS);
    assert.equal(opened.watch.catches, 0);
  });
});

describe("a directory that comes", () => {
  test("is looked at each time while it may change unseen, however many files rest (G1)", async () => {
    const { runtime: { clock, files }, options } = costly(0.05);
    const opened = open("/d", options);
    for (let file = 0; file < 2_000; file++) files.write(`/d/${file}`, "1");
    files.mkdir("/d/below");
    opened.start();
    await clock.advance(OLD_MS + 100);
    files.mkdir("/d/below/new");
    await clock.advance(5);
    opened.hints();
    files.deliverHints("never");
    files.write("/d/below/new/a", "1");
    await clock.advance(BACKSTOP_MS);
    assert.deepEqual(opened.hints(), ["unknown /d/below/new/a"]);
  });

  test("is looked at once more when it is watched, as nobody tells of what came before (G1)", async () => {
    const runtime = createMemoryRuntime();
    const { clock, files, fileSystem } = runtime;
    let isLate = true;
    const opened = open("/d", {
      ...runtime,
      fileSystem: {
        ...fileSystem,
        list(path) {
          const entries = fileSystem.list(path);
          if (path === "/d/new" && isLate) {
            isLate = false;
            files.write("/d/new/late", "1");
          }
          return entries;
        },
      },
    });
    files.mkdir("/d");
    opened.start();
    await clock.advance(OLD_MS);
    files.write("/elsewhere/early", "1");
    files.rename("/elsewhere", "/d/new");
    await clock.advance(10);
    assert.deepEqual(opened.hints(), ["unknown /d/new/early", "unknown /d/new/late"]);
  });
});

describe("polling (G10)", () => {
  test("lists every directory and asks about every file, once each", async () => {
    const opened = open("/d", { watcher: undefined });
    fill(opened, 20, 60);
    opened.start();
    await opened.clock.advance(OLD_MS);
    opened.asked();
    await opened.clock.advance(BACKSTOP_MS);
    const { stat, list } = opened.asked();
    assert.equal(list, 21);
    assert.ok(stat <= 1_200 + 2 * 21, `${stat}`);
    opened.files.write("/d/7/30", "22");
    opened.files.write("/d/7/new", "1");
    opened.hints();
    await opened.clock.advance(BACKSTOP_MS);
    assert.deepEqual(opened.hints().toSorted(), ["unknown /d/7/30", "unknown /d/7/new"]);
    await opened.clock.advance(OLD_MS);
    assert.equal(opened.watch.catches, 0, "nobody was expected to tell (G8)");
  });
});

describe("a storm of saves in a directory of many files (G10)", () => {
  test("makes few looks at all of them: what they cost is waited for", async () => {
    const runtime = createMemoryRuntime();
    let spentMs = 0;
    const opened = open("/d", {
      ...runtime,
      clock: Object.assign(Object.create(runtime.clock), {
        now: () => runtime.clock.now() + spentMs,
        wallTime: () => runtime.clock.wallTime(),
        schedule: runtime.clock.schedule.bind(runtime.clock),
      }),
      fileSystem: {
        ...runtime.fileSystem,
        list(path) {
          lists += 1;
          spentMs += 10;
          return runtime.fileSystem.list(path);
        },
      },
    });
    let lists = 0;
    for (let file = 0; file < 100; file++) runtime.files.write(`/d/${file}`, "1");
    opened.start({
      files: [],
      directories: [{ path: "/d", recursive: false, accepts: (path) => !path.endsWith(".tmp") }],
    });
    await runtime.clock.advance(OLD_MS);
    lists = 0;
    for (let save = 0; save < 500; save++) {
      runtime.files.writeAtomically(`/d/${save % 100}`, `${save}`);
      await runtime.clock.advance(1);
    }
    assert.ok(lists >= 2 && lists <= 8, `${lists} in half a second`);
  });
});
