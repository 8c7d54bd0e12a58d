import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FileWatch } from "../../src/watch/file_watch.ts";
import { createIgnore } from "../../src/watch/ignore.ts";
import { createMemoryRuntime, type Hint, type MemoryFiles } from "../../testing.ts";

const isIgnored = await createIgnore();

interface Setup {
  readonly polling?: boolean;
  readonly reportsClose?: boolean;
}

function create({ polling = false, reportsClose = false }: Setup = {}) {
  const runtime = createMemoryRuntime({ reportsClose });
  const { clock, files, fileSystem, watcher } = runtime;
  let heard: string[] = [];
  const quiet: number[] = [];
  const changed: string[] = [];
  let act = () => {};
  const watch = new FileWatch({
    fileSystem,
    clock,
    watcher: polling ? undefined : watcher,
    backstopMs: 1000,
    pollMs: 500,
    onHint({ path, kind, quietForMs }) {
      heard.push(`${kind} ${path}`);
      quiet.push(quietForMs);
    },
    onWatcherChanged(directory, news) {
      changed.push(`${directory} ${news instanceof Error ? news.message : news}`);
      act();
    },
  });
  return {
    clock,
    files,
    watch,
    changed,
    quiet,
    /** Does something as soon as the watcher of a directory is not what it was. */
    onNews: (next: () => void) => act = next,
    /** The hints since the last call, without repetitions. */
    hints() {
      const hints = [...new Set(heard)];
      heard = [];
      return hints;
    },
    file: (...paths: string[]) => watch.set({ files: paths, directories: [] }),
    directory(path: string, recursive = false) {
      const accepts = (candidate: string) => !isIgnored(candidate);
      watch.set({ files: [], directories: [{ path, recursive, accepts }] });
    },
  };
}

/** A hint may come so much later than a look. */
const LATE_MS = 100;

/** Longer ago than a stat may lie. */
const OLD_MS = 10_000;

describe("a watched file", () => {
  test("gives the hints about it and none about its neighbours", () => {
    const { files, file, hints } = create();
    files.write("/d/a", "1");
    files.write("/d/b", "1");
    file("/d/a");
    files.write("/d/b", "2");
    assert.deepEqual(hints(), []);
    files.write("/d/a", "2");
    assert.deepEqual(hints(), ["modified /d/a"]);
    files.writeAtomically("/d/a", "3");
    assert.deepEqual(hints(), ["renamed /d/a"]);
  });

  test("that is closed and then touched is not taken for one that is written on", () => {
    const { files, file, hints } = create({ reportsClose: true });
    files.write("/d/a", "1");
    file("/d/a");
    files.chmod("/d/a");
    assert.deepEqual(hints(), ["touched /d/a"]);
    files.write("/d/a", "22");
    files.chmod("/d/a");
    assert.deepEqual(hints(), ["modified /d/a", "closed /d/a", "touched /d/a"]);
    files.append("/d/a", "3");
    files.chmod("/d/a");
    assert.deepEqual(hints(), ["modified /d/a"], "it is still open");
    files.close("/d/a");
    files.append("/d/a", "4");
    assert.deepEqual(hints(), ["closed /d/a", "modified /d/a"]);
  });

  test("shares a watcher with the others in its directory (S1.9)", () => {
    const { files, watch, file } = create();
    const paths = Array.from({ length: 100 }, (_, index) => `/d/${index}`);
    for (const path of paths) files.write(path, "");
    file(...paths, "/e/1");
    assert.equal(files.watches, 2, "/d, and / where /e may appear");
    assert.equal(watch.watchedDirectories, 2);
    file("/d/1");
    assert.equal(files.watches, 1);
  });

  test("that is not there yet is watched from the first missing name on", async () => {
    const { clock, files, file, hints } = create();
    file("/x/y/a");
    files.mkdir("/x");
    files.mkdir("/x/y");
    await clock.advance(10);
    hints();
    files.write("/x/y/a", "1");
    assert.deepEqual(hints(), ["renamed /x/y/a", "modified /x/y/a"]);
  });

  test("that was removed with its directory is watched when both are back (G8)", async () => {
    const { clock, files, file, hints } = create();
    files.write("/x/y/a", "1");
    file("/x/y/a");
    files.remove("/x");
    assert.deepEqual(hints(), ["renamed /x/y/a"]);
    await clock.advance(10);
    files.mkdir("/x/y");
    await clock.advance(10);
    hints();
    files.write("/x/y/a", "2");
    assert.deepEqual(hints(), ["renamed /x/y/a", "modified /x/y/a"]);
  });

  test("in a directory that is replaced is found by the backstop and watched anew (G8)", async () => {
    const { clock, files, watch, file, hints } = create();
    files.write("/d/a", "1");
    files.write("/new/a", "2");
    file("/d/a");
    await clock.advance(OLD_MS);
    hints();
    files.deliverHints("never");
    files.rename("/d", "/old");
    files.rename("/new", "/d");
    files.deliverHints("normally");
    await clock.advance(1000);
    assert.deepEqual(hints(), ["unknown /d/a"]);
    await clock.advance(LATE_MS);
    assert.equal(watch.catches, 1);
    hints();
    files.append("/d/a", "3");
    assert.deepEqual(hints(), ["modified /d/a"]);
  });

  test("is looked at soon after a hint that names nobody", async () => {
    const runtime = createMemoryRuntime();
    let tell = () => {};
    const heard: string[] = [];
    const watch = new FileWatch({
      ...runtime,
      watcher: {
        ...runtime.watcher,
        watch(_directory, onHint) {
          tell = () => onHint({ kind: "unknown" });
          return { [Symbol.dispose]() {} };
        },
      },
      backstopMs: 1000,
      pollMs: 500,
      onHint: ({ kind, path }) => heard.push(`${kind} ${path}`),
      onWatcherChanged() {},
    });
    runtime.files.write("/d/a", "1");
    watch.set({ files: ["/d/a"], directories: [] });
    tell();
    await runtime.clock.advance(5);
    assert.deepEqual(heard, ["unknown /d/a"], "its stat does not tell whether it changed");
    await runtime.clock.advance(OLD_MS);
    heard.length = 0;
    tell();
    await runtime.clock.advance(20);
    assert.deepEqual(heard, [], "nothing changed");
    runtime.files.write("/d/a", "22");
    for (let count = 0; count < 10; count++) tell();
    await runtime.clock.advance(5);
    assert.deepEqual(heard, ["unknown /d/a"], "and ten hints are one look");
  });
});

describe("a watcher that may be dead is started again (G8):", () => {
  test("those below a directory that was moved away and back at once", async () => {
    const runtime = createMemoryRuntime();
    const { clock, files } = runtime;
    const tell = new Map<string, (hint: Hint) => void>();
    const starts: string[] = [];
    const watch = new FileWatch({
      ...runtime,
      watcher: {
        ...runtime.watcher,
        watch(directory, onHint) {
          starts.push(directory);
          tell.set(directory, onHint);
          return { [Symbol.dispose]() {} };
        },
      },
      backstopMs: 1000,
      pollMs: 500,
      onHint() {},
      onWatcherChanged() {},
    });
    for (const path of ["/d/c/f", "/d/c/e/f", "/d/b/f"]) files.write(path, "1");
    const directories = [{ path: "/d", recursive: true, accepts: () => true }];
    watch.set({ files: [], directories });
    await clock.advance(OLD_MS);
    starts.length = 0;
    const move = (from: string, to: string) => {
      files.rename(from, to);
      tell.get("/d")!({ name: "c", kind: "renamed" });
    };
    move("/d/c", "/out");
    move("/out", "/d/c");
    await clock.advance(20);
    assert.deepEqual(starts.toSorted(), ["/d/c", "/d/c/e"]);
    starts.length = 0;
    move("/d/c", "/out");
    await clock.advance(20);
    move("/out", "/d/c");
    await clock.advance(20);
    assert.deepEqual(starts.toSorted(), ["/d/c", "/d/c/e"], "once each");
    watch.close();
  });

  /** A watcher that says nothing by itself, and how often it was started. */
  function createMute() {
    const runtime = createMemoryRuntime();
    const { clock, files } = runtime;
    const tell: ((hint: Hint) => void)[] = [];
    const watch = new FileWatch({
      ...runtime,
      watcher: {
        ...runtime.watcher,
        watch(_directory, onHint) {
          tell.push(onHint);
          return { [Symbol.dispose]() {} };
        },
      },
      backstopMs: 1000,
      pollMs: 500,
      onHint() {},
      onWatcherChanged() {},
    });
    files.write("/d/a", "1");
    watch.set({ files: ["/d/a"], directories: [] });
    return { clock, files, tell };
  }

  const cases: [
    name: string,
    act: (mute: ReturnType<typeof createMute>) => void | Promise<void>,
    starts: number,
  ][] = [
    ["one that told of its directory's end", ({ tell }) => {
      tell[0]!({ name: "d", kind: "renamed" });
    }, 2],
    ["one that tells of no name", ({ tell }) => tell[0]!({ kind: "renamed" }), 2],
    ["one that missed a change", ({ files }) => files.write("/d/a", "22"), 2],
    ["one that missed a change, though the one before told of something (G8)", async (mute) => {
      mute.tell[0]!({ name: "d", kind: "renamed" });
      await mute.clock.advance(20);
      mute.files.write("/d/a", "22");
    }, 3],
    ["but not one that told of a neighbour", ({ tell }) => {
      tell[0]!({ name: "b", kind: "renamed" });
    }, 1],
    ["nor one that tells of writes to a neighbour called like the directory (G10)", ({ tell }) => {
      for (const kind of ["modified", "closed"] as const) tell[0]!({ name: "d", kind });
    }, 1],
    ["nor one that missed a change and told of another since the look before", (mute) => {
      mute.tell[0]!({ name: "b", kind: "modified" });
      mute.files.write("/d/a", "22");
    }, 1],
    ["nor one that tells of lost hints", ({ tell }) => tell[0]!({ name: ".", kind: "unknown" }), 1],
  ];
  for (const [name, act, starts] of cases) {
    test(name, async () => {
      const mute = createMute();
      await mute.clock.advance(OLD_MS);
      await act(mute);
      await mute.clock.advance(3000);
      assert.equal(mute.tell.length, starts);
    });
  }
});

describe("the backstop", () => {
  test("finds what no hint told of, within backstopMs (G1)", async () => {
    const { clock, files, watch, file, hints, quiet } = create();
    files.write("/d/a", "1");
    file("/d/a");
    await clock.advance(OLD_MS);
    hints();
    files.deliverHints("never");
    files.write("/d/a", "2");
    await clock.advance(999);
    assert.deepEqual(hints(), []);
    await clock.advance(1);
    assert.deepEqual(hints(), ["unknown /d/a"]);
    assert.equal(quiet.at(-1), 0, "it may be written still: its times are another clock's");
    assert.equal(watch.lastTick, clock.now());
    await clock.advance(LATE_MS);
    assert.equal(watch.catches, 1);
  });

  test("looks twice at what was written so recently that its stat may not tell", async () => {
    const { clock, files, watch, file, hints } = create();
    files.write("/d/a", "1");
    file("/d/a");
    await clock.advance(1000);
    assert.deepEqual(hints(), ["unknown /d/a"]);
    await clock.advance(5000);
    hints();
    await clock.advance(5000);
    assert.deepEqual(hints(), [], "and not for ever");
    assert.equal(watch.catches, 0);
  });

  test("look() gives a hint for what changed and was not hinted at", () => {
    const { files, watch, file, hints } = create();
    files.write("/d/a", "1");
    file("/d/a");
    assert.equal(watch.look(["/d/a", "/d/unknown"]), false);
    files.deliverHints("never");
    files.write("/d/a", "22");
    assert.equal(watch.look(["/d/a"]), true);
    assert.equal(watch.look(["/d/a"]), false);
    assert.deepEqual(hints(), ["unknown /d/a"]);
  });
});

describe("polling", () => {
  test("finds changes every pollMs, without a watcher", async () => {
    const { clock, files, watch, file, hints } = create({ polling: true });
    files.write("/d/a", "1");
    file("/d/a");
    assert.equal(watch.isPolling, true);
    assert.equal(files.watches, 0);
    await clock.advance(OLD_MS);
    hints();
    files.write("/d/a", "2");
    await clock.advance(500);
    assert.deepEqual(hints(), ["unknown /d/a"]);
  });

  test("stands in for a watcher that can't be had, and gives way to it again (G8)", async () => {
    const { clock, files, watch, file, hints, changed } = create();
    files.write("/d/a", "1");
    files.fail("/d", "ENOSPC");
    file("/d/a");
    assert.equal(watch.isPolling, true);
    assert.deepEqual([...watch.failures.keys()], ["/d"]);
    await clock.advance(OLD_MS);
    hints();
    files.write("/d/a", "2");
    await clock.advance(500);
    assert.deepEqual(hints(), ["unknown /d/a"]);
    files.mend("/d");
    await clock.advance(500);
    assert.deepEqual(changed, ["/d ENOSPC: /d", "/d available"]);
    assert.equal(watch.isPolling, false);
    hints();
    files.write("/d/a", "3");
    assert.deepEqual(hints(), ["modified /d/a"]);
  });
});

describe("a file behind links", () => {
  test("gives a hint when its target is written or replaced", () => {
    const { files, file, hints } = create();
    files.write("/real/b", "1");
    files.symlink("/real/b", "/d/a");
    file("/d/a");
    files.write("/real/b", "2");
    assert.deepEqual(hints(), ["modified /d/a"]);
    files.writeAtomically("/real/b", "3");
    assert.deepEqual(hints(), ["renamed /d/a"]);
  });

  test("gives a hint when the link is repointed, and is watched where it leads then", () => {
    const { files, watch, file, hints } = create();
    files.write("/one/b", "1");
    files.write("/two/b", "2");
    files.symlink("/one/b", "/d/a");
    file("/d/a");
    files.symlink("/two/b", "/d/a");
    assert.deepEqual(hints(), ["renamed /d/a"]);
    files.write("/two/b", "3");
    assert.deepEqual(hints(), ["modified /d/a"]);
    files.write("/one/b", "4");
    assert.deepEqual(hints(), []);
    assert.equal(watch.watchedDirectories, 2);
  });

  test("is watched where it leads when nobody told that it was repointed (G1)", async () => {
    const { clock, files, file, hints } = create();
    files.write("/one/b", "1");
    files.write("/two/b", "2");
    files.symlink("/one/b", "/d/a");
    file("/d/a");
    await clock.advance(OLD_MS);
    hints();
    files.deliverHints("never");
    files.symlink("/two/b", "/d/a");
    files.deliverHints("normally");
    await clock.advance(1000);
    assert.deepEqual(hints(), ["unknown /d/a"]);
    await clock.advance(LATE_MS);
    files.write("/two/b", "3");
    assert.ok(hints().includes("modified /d/a"));
  });

  test("gives hints where it leads when it was no link before, and when it is none any more", () => {
    for (const isNamed of [true, false]) {
      const { files, file, directory, hints } = create();
      files.write("/d/a", "1");
      files.write("/real/b", "1");
      if (isNamed) file("/d/a");
      else directory("/d");
      files.symlink("/real/b", "/d/a");
      assert.deepEqual(hints(), ["renamed /d/a"]);
      files.write("/real/b", "2");
      assert.deepEqual(hints(), ["modified /d/a"]);
      files.writeAtomically("/d/a", "3");
      assert.deepEqual(hints(), ["renamed /d/a"]);
      files.write("/real/b", "4");
      assert.deepEqual(hints(), []);
      files.write("/d/a", "5");
      assert.deepEqual(hints(), ["modified /d/a"]);
    }
  });

  test("gives a hint when Kubernetes swaps ..data, each time", () => {
    const { files, file, hints } = create();
    files.write("/c/..1/a", "1");
    files.symlink("..1", "/c/..data");
    files.symlink("..data/a", "/c/a");
    file("/c/a");
    for (const generation of [2, 3, 4]) {
      files.write(`/c/..${generation}/a`, `${generation}`);
      files.symlink(`..${generation}`, "/c/..data_tmp");
      files.rename("/c/..data_tmp", "/c/..data");
      files.remove(`/c/..${generation - 1}`);
      assert.deepEqual(hints(), ["renamed /c/a"]);
    }
  });

  describe("that Kubernetes made", () => {
    function mounted() {
      const live = create();
      const { files, directory, hints } = live;
      for (const name of ["a", "b"]) {
        files.write(`/c/..1/${name}`, "1");
        files.symlink(`..data/${name}`, `/c/${name}`);
      }
      files.symlink("..1", "/c/..data");
      directory("/c");
      hints();
      const exchange = (target: string) => {
        files.symlink(target, "/c/..data_tmp");
        files.rename("/c/..data_tmp", "/c/..data");
      };
      return { ...live, exchange };
    }

    test("is dropped when its volume is exchanged for one without it, and its name goes", () => {
      const { files, hints, exchange } = mounted();
      files.write("/c/..2/a", "2");
      exchange("..2");
      assert.deepEqual(hints().sort(), ["renamed /c/a", "renamed /c/b"], "its name is there");
      files.remove("/c/b");
      assert.deepEqual(hints(), ["dropped /c/b"]);
    });

    test("is dropped when both were done before anybody is told", () => {
      const { files, hints, exchange } = mounted();
      files.write("/c/..2/a", "2");
      files.deliverHints("never");
      files.symlink("..2", "/c/..data_tmp");
      files.rename("/c/..data_tmp", "/c/..data");
      files.deliverHints("normally");
      files.remove("/c/b");
      assert.deepEqual(hints(), ["dropped /c/b"]);
      exchange("..1");
      assert.ok(!hints().includes("dropped /c/b"));
    });

    test("is not dropped while something says that it may come back", () => {
      const away: readonly ((files: MemoryFiles) => void)[] = [
        // The volume has it: somebody makes the link anew.
        (files) => files.remove("/c/b"),
        (files) => (files.remove("/c/..data"), files.remove("/c/b")),
        // It leads to nothing yet.
        (files) => (files.symlink("..2", "/c/..data"), files.remove("/c/b")),
      ];
      for (const go of away) {
        const { files, hints } = mounted();
        go(files);
        assert.ok(!hints().includes("dropped /c/b"));
      }
      const { files, file, hints } = create();
      files.write("/real/b", "1");
      files.symlink("/real/b", "/d/a");
      file("/d/a");
      files.remove("/real/b");
      files.remove("/d/a");
      assert.deepEqual(hints(), ["renamed /d/a"], "a link of one step is made anew by tools");
    });
  });

  test("in a loop of links is no reason to fail (G12)", async () => {
    const { clock, files, file, hints } = create();
    files.symlink("/d/b", "/d/a");
    files.symlink("/d/a", "/d/b");
    file("/d/a");
    files.writeAtomically("/d/a", "1");
    assert.deepEqual(hints(), ["renamed /d/a"]);
    await clock.advance(2000);
  });
});

describe("a watched directory", () => {
  test("gives hints about its files, new and removed ones too, but not about litter", async () => {
    const { clock, files, directory, hints } = create();
    files.write("/d/a", "1");
    directory("/d");
    files.write("/d/a", "2");
    assert.deepEqual(hints(), ["modified /d/a"]);
    files.write("/d/b", "1");
    assert.deepEqual(hints(), ["renamed /d/b", "modified /d/b"]);
    files.remove("/d/a");
    assert.deepEqual(hints(), ["renamed /d/a"]);
    for (const name of ["x.tmp", ".x.swp", "x~", "4913"]) files.write(`/d/${name}`, "");
    await clock.advance(10);
    assert.deepEqual(hints(), []);
  });

  test("does not reach below, unless it is recursive", async () => {
    const { clock, files, directory, hints } = create();
    files.write("/d/e/a", "1");
    directory("/d");
    files.write("/d/e/a", "2");
    await clock.advance(10);
    assert.deepEqual(hints(), []);
    directory("/d", true);
    files.write("/d/e/a", "3");
    assert.deepEqual(hints(), ["modified /d/e/a"]);
  });

  test("recursive, finds directories that come later, with what is in them already", async () => {
    const { clock, files, directory, hints } = create();
    files.mkdir("/d");
    files.write("/elsewhere/f/g/a", "1");
    directory("/d", true);
    files.rename("/elsewhere", "/d/e");
    await clock.advance(10);
    assert.deepEqual(hints(), ["unknown /d/e/f/g/a"]);
    files.write("/d/e/f/g/a", "2");
    assert.deepEqual(hints(), ["modified /d/e/f/g/a"]);
    files.remove("/d/e");
    await clock.advance(10);
    assert.deepEqual(hints(), ["renamed /d/e/f/g/a"]);
  });

  test("that is not there yet is watched as soon as it is", async () => {
    const { clock, files, directory, hints } = create();
    files.write("/new/a", "1");
    directory("/d");
    files.rename("/new", "/d");
    await clock.advance(10);
    assert.deepEqual(hints(), ["unknown /d/a"]);
    files.write("/d/a", "2");
    assert.deepEqual(hints(), ["modified /d/a"]);
  });

  test("that is replaced is looked through at once (G8)", async () => {
    const { clock, files, directory, hints } = create();
    files.write("/d/a", "1");
    files.write("/new/a", "22");
    files.write("/new/b", "1");
    directory("/d");
    files.rename("/d", "/old");
    files.rename("/new", "/d");
    await clock.advance(10);
    assert.deepEqual(hints().toSorted(), ["unknown /d/a", "unknown /d/b"]);
    await clock.advance(20);
    hints();
    files.write("/d/b", "2");
    assert.deepEqual(hints(), ["modified /d/b"]);
  });

  test("behind a link that is repointed tells of files that only the new one has (G1)", () => {
    const { files, directory, hints } = create();
    files.write("/one/a", "1");
    files.write("/one/old", "1");
    files.write("/two/a", "2");
    files.write("/two/b", "2");
    files.symlink("/one", "/d");
    directory("/d");
    files.symlink("/two", "/d");
    const heard = hints();
    assert.ok(heard.includes("renamed /d/a"));
    assert.ok(heard.includes("unknown /d/b"), heard.join());
    assert.ok(heard.includes("unknown /d/old") || heard.includes("renamed /d/old"));
    files.write("/two/b", "3");
    assert.deepEqual(hints(), ["modified /d/b"]);
  });

  test("tells of a change where a new link in it leads", () => {
    const { files, directory, hints } = create();
    files.write("/real/b", "1");
    files.mkdir("/d");
    directory("/d");
    files.symlink("/real/b", "/d/a");
    assert.deepEqual(hints(), ["renamed /d/a"]);
    files.write("/real/b", "2");
    assert.deepEqual(hints(), ["modified /d/a"]);
  });

  test("with hundreds below is looked through soon after any hint, as others may be lost (G1)", async () => {
    const { clock, files, watch, hints, directory } = create();
    for (let index = 0; index < 300; index++) {
      for (const name of ["a", "b", "c", "d"]) files.write(`/d/${index}/${name}`, "1");
    }
    directory("/d", true);
    await clock.advance(OLD_MS);
    files.deliverHints("never");
    for (let index = 0; index < 300; index++) files.write(`/d/${index}/d`, "2");
    files.deliverHints("normally");
    files.write("/d/0/a", "2");
    hints();
    await clock.advance(1_100);
    assert.equal(hints().filter((hint) => hint.endsWith("/d")).length, 300);
    watch.close();
  });

  test("is looked through by the backstop when hints are lost (G1)", async () => {
    const { clock, files, directory, hints } = create();
    files.write("/d/a", "1");
    directory("/d", true);
    await clock.advance(OLD_MS);
    hints();
    files.deliverHints("never");
    files.write("/d/e/b", "1");
    files.remove("/d/a");
    await clock.advance(1000);
    assert.deepEqual(hints().toSorted(), ["unknown /d/a", "unknown /d/e/b"]);
    files.deliverHints("normally");
    files.write("/d/e/b", "2");
    assert.deepEqual(hints(), ["modified /d/e/b"]);
  });
});

describe("a closed watch", () => {
  test("has no watcher and no timer, and is silent (G9)", async () => {
    const { clock, files, watch, file, hints } = create();
    files.write("/d/a", "1");
    file("/d/a");
    files.write("/d/b", "1");
    hints();
    watch.close();
    assert.deepEqual([files.watches, clock.timers], [0, 0]);
    files.write("/d/a", "2");
    await clock.advance(OLD_MS);
    assert.deepEqual(hints(), []);
  });

  test("that was closed by whoever heard of a failure does nothing more (G9)", async () => {
    const closes: ((files: MemoryFiles) => void)[] = [
      (files) => files.symlink("/two", "/d"),
      (files) => {
        files.deliverHints("never");
        files.symlink("/two", "/d");
      },
    ];
    for (const change of closes) {
      const { clock, files, watch, directory, hints, onNews } = create();
      files.write("/one/a", "1");
      files.write("/two/a", "22");
      files.symlink("/one", "/d");
      directory("/d");
      await clock.advance(OLD_MS);
      hints();
      files.fail("/two", "ENOSPC");
      let isClosed = false;
      onNews(() => {
        watch.close();
        isClosed = true;
      });
      change(files);
      for (let waited = 0; !isClosed && waited < 1000; waited++) await clock.advance(1);
      assert.deepEqual([isClosed, files.watches, clock.timers], [true, 0, 0]);
      await clock.advance(1000);
      assert.deepEqual(hints(), []);
    }
  });

  test("stays closed when it is told to watch once more (G9)", () => {
    const { clock, files, watch, file } = create();
    files.write("/d/a", "1");
    watch.close();
    file("/d/a");
    assert.deepEqual([files.watches, clock.timers], [0, 0]);
  });
});

describe("a hint that could be made more exact by a look", () => {
  function watching() {
    const { clock, files, fileSystem, watcher } = createMemoryRuntime();
    const hints: string[] = [];
    const watchers = new Map<string, (hint: Hint) => void>();
    const watch = new FileWatch({
      fileSystem,
      clock,
      watcher: {
        ...watcher,
        watch(directory, onHint) {
          watchers.set(directory, onHint);
          return { [Symbol.dispose]() {} };
        },
      },
      backstopMs: 1000,
      pollMs: 500,
      onHint: ({ path, kind }) => void hints.push(`${kind} ${path}`),
      onWatcherChanged() {},
    });
    let looks = 0;
    const look = (): Hint["kind"] => {
      looks += 1;
      return "renamed";
    };
    const created = (name: string) => watchers.get("/d")!({ name, kind: "modified", look });
    return { clock, files, watch, hints, created, looks: () => looks };
  }

  test("is taken as it is for a name that nothing depends on (G6)", () => {
    const { clock, files, watch, hints, created, looks } = watching();
    files.write("/d/a", "1");
    watch.set({ files: ["/d/a"], directories: [] });
    // Who creates and renames it may keep the directory from everybody else for milliseconds.
    created("a.tmp");
    clock.advance(LATE_MS);
    assert.deepEqual([looks(), hints], [0, []]);
    watch.close();
  });

  test("is made so for the names of files, of links to them, and in directories (G1)", () => {
    const { files, watch, hints, created, looks } = watching();
    files.write("/real/a", "1");
    files.symlink("/real/a", "/d/link");
    watch.set({ files: ["/d/link"], directories: [] });
    created("link");
    assert.deepEqual([looks(), hints], [1, ["renamed /d/link"]]);
    const accepts = () => true;
    watch.set({ files: [], directories: [{ path: "/d", recursive: false, accepts }] });
    files.write("/d/new", "1");
    created("new");
    assert.deepEqual([looks(), hints.at(-1)], [2, "renamed /d/new"]);
    watch.close();
  });
});
