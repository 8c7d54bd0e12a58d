import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createMemoryRuntime, ManualClock, MemoryFiles } from "../../testing.ts";

function create(reportsClose = false) {
  const clock = new ManualClock();
  const files = new MemoryFiles(clock, { reportsClose });
  const hints: string[] = [];
  const watch = (directory: string) =>
    files.watcher.watch(
      directory,
      ({ name, kind }) => hints.push(`${kind} ${directory === "/" ? "" : directory}/${name}`),
      () => {},
    );
  return { clock, files, hints, watch, fileSystem: files.fileSystem };
}

function text(files: MemoryFiles, path: string): string {
  using file = files.fileSystem.open(path);
  return new TextDecoder().decode(file.read(1000) as Uint8Array);
}

describe("files in memory", () => {
  test("are written, added to, emptied, renamed and removed", () => {
    const { files, fileSystem } = create();
    files.write("/a/b/c.yaml", "x: 1\n");
    assert.equal(text(files, "/a/b/c.yaml"), "x: 1\n");
    files.append("/a/b/c.yaml", "y: 2\n");
    assert.equal(text(files, "/a/b/c.yaml"), "x: 1\ny: 2\n");
    files.truncate("/a/b/c.yaml");
    assert.equal(fileSystem.stat("/a/b/c.yaml")?.size, 0);
    files.rename("/a/b", "/a/d");
    assert.equal(fileSystem.stat("/a/b/c.yaml"), undefined);
    assert.equal(fileSystem.stat("/a/d/c.yaml")?.kind, "file");
    files.remove("/a");
    assert.equal(fileSystem.stat("/a/d/c.yaml"), undefined);
    assert.deepEqual(fileSystem.list("/"), []);
  });

  test("keep their inode when written in place and get another by a rename", () => {
    const { files, fileSystem } = create();
    files.write("/a", "1");
    const { inode } = fileSystem.stat("/a")!;
    files.write("/a", "2");
    assert.equal(fileSystem.stat("/a")?.inode, inode);
    files.writeAtomically("/a", "3");
    assert.notEqual(fileSystem.stat("/a")?.inode, inode);
    assert.equal(text(files, "/a"), "3");
    assert.equal(fileSystem.stat("/a.tmp"), undefined);
  });

  test("have the clock's time", async () => {
    const { clock, files, fileSystem } = create();
    files.write("/a", "1");
    await clock.advance(500);
    files.touch("/a");
    assert.equal(fileSystem.stat("/a")?.mtimeMs, clock.wallTime());
    assert.equal(text(files, "/a"), "1");
  });

  test("a directory has the time when a name came, went or changed hands in it", async () => {
    const { clock, files, fileSystem } = create();
    files.write("/d/a", "1");
    const acts: [changes: boolean, act: () => void][] = [
      [true, () => files.write("/d/b", "1")],
      [false, () => files.write("/d/b", "2")],
      [true, () => files.writeAtomically("/d/b", "3")],
      [true, () => files.remove("/d/b")],
      [true, () => files.symlink("a", "/d/link")],
      [true, () => files.mkdir("/d/e")],
      [false, () => files.write("/d/e/f", "1")],
      [true, () => files.rename("/d/e/f", "/d/f")],
    ];
    for (const [changes, act] of acts) {
      const { mtimeMs: before } = fileSystem.stat("/d")!;
      await clock.advance(10);
      act();
      assert.equal(fileSystem.stat("/d")!.mtimeMs > before, changes, String(act));
    }
  });

  test("an opened file is read as it is then, whatever its name stands for by now", () => {
    const { files, fileSystem } = create();
    files.write("/a", "old");
    using opened = fileSystem.open("/a");
    files.writeAtomically("/a", "new");
    assert.equal(new TextDecoder().decode(opened.read(10) as Uint8Array), "old");
  });

  test("are found through links, in the last place and on the way", () => {
    const { files, fileSystem } = create();
    files.write("/real/app.yaml", "x: 1\n");
    files.symlink("real", "/relative");
    files.symlink("/relative", "/absolute");
    files.symlink("../real/app.yaml", "/links/app.yaml");
    for (const path of ["/relative/app.yaml", "/absolute/app.yaml", "/links/app.yaml"]) {
      assert.equal(text(files, path), "x: 1\n", path);
    }
    assert.equal(fileSystem.lstat("/links/app.yaml")?.kind, "symlink");
    assert.equal(fileSystem.stat("/links/app.yaml")?.kind, "file");
    assert.equal(fileSystem.readLink("/links/app.yaml"), "../real/app.yaml");
    assert.deepEqual(fileSystem.list("/absolute"), [{ name: "app.yaml", kind: "file" }]);
  });

  test("are changed through links as well", () => {
    const { files, hints, watch } = create();
    files.write("/real/app.yaml", "x: 1\n");
    files.symlink("real", "/link");
    watch("/real");
    files.write("/link/new.yaml", "y: 1\n");
    files.writeAtomically("/link/app.yaml", "x: 2\n");
    files.rename("/link/new.yaml", "/link/newer.yaml");
    assert.equal(text(files, "/real/app.yaml"), "x: 2\n");
    assert.equal(text(files, "/real/newer.yaml"), "y: 1\n");
    assert.ok(hints.includes("renamed /real/app.yaml"), hints.join());
    files.remove("/link/app.yaml");
    files.mkdir("/link/deeper");
    assert.deepEqual(files.fileSystem.list("/real").map(({ name }) => name), [
      "newer.yaml",
      "deeper",
    ]);
  });

  test("are not lost when they are renamed to themselves or where no directory is yet", () => {
    const { files, fileSystem } = create();
    files.write("/app.yaml", "x: 1\n");
    files.rename("/app.yaml", "/app.yaml");
    files.rename("/app.yaml", "/new/app.yaml");
    assert.equal(text(files, "/new/app.yaml"), "x: 1\n");
    assert.deepEqual(fileSystem.list("/new").map(({ name }) => name), ["app.yaml"]);
  });

  test("are not lost below themselves, and the root stays", () => {
    const { files, fileSystem } = create();
    files.write("/conf/app.yaml", "x: 1\n");
    assert.throws(() => files.rename("/conf", "/conf/below"), { code: "EINVAL" });
    assert.equal(text(files, "/conf/app.yaml"), "x: 1\n");
    files.remove("/");
    assert.deepEqual(fileSystem.list("/"), []);
    files.write("/app.yaml", "x: 2\n");
    assert.equal(text(files, "/app.yaml"), "x: 2\n");
  });

  test("are neither directories nor below files", () => {
    const { files } = create();
    files.write("/conf/app.yaml", "x: 1\n");
    assert.throws(() => files.write("/conf", "x: 1\n"), { code: "EISDIR" });
    assert.throws(() => files.append("/conf", "x: 1\n"), { code: "EISDIR" });
    assert.throws(() => files.write("/conf/app.yaml/below", "x: 1\n"), { code: "ENOTDIR" });
    assert.throws(() => files.mkdir("/conf/app.yaml"), { code: "ENOTDIR" });
  });

  test("have absolute paths", () => {
    const { files } = create();
    const message = 'Cannot use "app.yaml" as a path in memory: write "/app.yaml"';
    assert.throws(() => files.write("app.yaml", ""), { name: "RangeError", message });
    assert.throws(() => files.mkdir("app.yaml"), { name: "RangeError", message });
    assert.throws(() => files.symlink("/app.yaml", "app.yaml"), { name: "RangeError", message });
    assert.throws(() => files.fail("app.yaml", "EIO"), { name: "RangeError", message });
    files.write("/app.yaml", "");
    assert.throws(() => files.rename("/app.yaml", "app.yaml"), { name: "RangeError", message });
    for (const path of ["//app.yaml", "/conf/", "/conf/../app.yaml", "/./app.yaml", ""]) {
      assert.throws(() => files.write(path, ""), RangeError, path);
    }
  });

  test("a file is created where a dangling link leads", () => {
    const { files } = create();
    files.symlink("/real/app.yaml", "/app.yaml");
    files.write("/app.yaml", "x: 1\n");
    assert.equal(text(files, "/real/app.yaml"), "x: 1\n");
  });

  test("a loop of links is an error, a missing file is none for stat()", () => {
    const { files, fileSystem } = create();
    files.symlink("/b", "/a");
    files.symlink("/a", "/b");
    assert.throws(() => fileSystem.stat("/a"), { code: "ELOOP" });
    assert.equal(fileSystem.stat("/missing"), undefined);
    assert.throws(() => fileSystem.open("/missing"), { code: "ENOENT" });
    assert.throws(() => fileSystem.list("/missing"), { code: "ENOENT" });
  });

  test("fail as they are told, until told otherwise", () => {
    const { files, fileSystem, watch } = create();
    files.write("/d/a", "1");
    files.fail("/d/a", "EACCES");
    files.fail("/d", "ENOSPC");
    assert.throws(() => fileSystem.open("/d/a"), { code: "EACCES" });
    assert.throws(() => watch("/d"), { code: "ENOSPC" });
    files.mend("/d/a");
    files.mend("/d");
    assert.equal(text(files, "/d/a"), "1");
    watch("/d")[Symbol.dispose]();
    assert.equal(files.watches, 0);
  });
});

describe("a fault", () => {
  test("goes away by itself after so many failures", () => {
    const { files } = create();
    files.write("/a", "1");
    files.fail("/a", "EBUSY", { times: 2 });
    assert.throws(() => text(files, "/a"), { code: "EBUSY" });
    assert.throws(() => text(files, "/a"), { code: "EBUSY" });
    assert.equal(text(files, "/a"), "1");
    assert.throws(() => files.fail("/a", "EBUSY", { times: 0 }), /^RangeError: Cannot use times/u);
  });

  test("concerns the operations that are named and no others", () => {
    const { files, fileSystem, watch } = create();
    files.write("/d/a", "1");
    files.fail("/d", "EMFILE", { on: ["watch"] });
    assert.throws(() => watch("/d"), { code: "EMFILE" });
    assert.equal(fileSystem.list("/d").length, 1);
    files.fail("/d/a", "EIO", { on: ["read"] });
    using opened = fileSystem.open("/d/a");
    assert.throws(() => opened.read(10), { code: "EIO" });
    files.fail("/d/a", "EIO", { on: ["stat"] });
    assert.throws(() => fileSystem.stat("/d/a"), { code: "EIO" });
    assert.throws(() => fileSystem.lstat("/d/a"), { code: "EIO" });
    assert.equal(text(files, "/d/a"), "1");
  });

  test("of a watcher ends it, and another one can be had", () => {
    const { files, hints } = create();
    files.write("/d/a", "1");
    const ends: Error[] = [];
    const watch = (directory: string) =>
      files.watcher.watch(directory, ({ name }) => hints.push(name!), (end) => ends.push(end));
    watch("/d");
    watch("/");
    files.endWatchers("/d", "EIO");
    assert.deepEqual([ends.length, files.watches], [1, 1]);
    assert.equal((ends[0] as { code?: string }).code, "EIO");
    files.write("/d/a", "2");
    assert.deepEqual(hints, []);
    watch("/d");
    files.touch("/d/a");
    assert.deepEqual(hints, ["a"]);
  });
});

test("a file that is written in parts is there in halves until the clock goes on", async () => {
  const { clock, files, hints, watch } = create(true);
  files.write("/d/a", "old");
  watch("/d");
  files.writeInParts("/d/a", ["on", "", "e", " two"], { pauseMs: 10 });
  assert.equal(text(files, "/d/a"), "on");
  await clock.advance(15);
  assert.equal(text(files, "/d/a"), "on");
  await clock.advance(5);
  assert.equal(text(files, "/d/a"), "one");
  assert.ok(!hints.includes("closed /d/a"));
  await clock.advance(10);
  assert.equal(text(files, "/d/a"), "one two");
  assert.equal(hints.at(-1), "closed /d/a");
  assert.equal(clock.timers, 0);
});

describe("hints about files in memory", () => {
  const inPlace = (files: MemoryFiles) => files.write("/d/a", "2");
  const atomic = (files: MemoryFiles) => files.writeAtomically("/d/a", "2");
  const cases: [name: string, act: (files: MemoryFiles) => void, node: string[], deno: string[]][] =
    [
      ["a save in place", inPlace, ["modified /d/a", "modified /d/a"], [
        "modified /d/a",
        "modified /d/a",
        "closed /d/a",
      ]],
      ["an atomic save", atomic, [
        "renamed /d/a.tmp",
        "modified /d/a.tmp",
        "renamed /d/a.tmp",
        "renamed /d/a",
      ], [
        "modified /d/a.tmp",
        "modified /d/a.tmp",
        "closed /d/a.tmp",
        "renamed /d/a.tmp",
        "renamed /d/a",
      ]],
      ["a new file", (files) => files.write("/d/b", "1"), ["renamed /d/b", "modified /d/b"], [
        "modified /d/b",
        "modified /d/b",
        "closed /d/b",
      ]],
      ["a removal", (files) => files.remove("/d/a"), ["renamed /d/a"], ["renamed /d/a"]],
      [
        "a removal of its directory",
        (files) => files.remove("/d"),
        ["renamed /d/a", "renamed /d/d"],
        ["renamed /d/a", "renamed /d/d"],
      ],
      [
        "a rename of its directory",
        (files) => files.rename("/d", "/e"),
        ["renamed /d/d"],
        ["renamed /d/d"],
      ],
      ["a touch", (files) => files.touch("/d/a"), ["modified /d/a"], ["modified /d/a"]],
      ["a chmod", (files) => files.chmod("/d/a"), ["modified /d/a"], ["modified /d/a"]],
      ["a link", (files) => files.symlink("/x", "/d/l"), ["renamed /d/l"], ["renamed /d/l"]],
      ["a change elsewhere", (files) => files.write("/e/a", "1"), [], []],
    ];
  for (const [name, act, node, deno] of cases) {
    test(`${name} gives those of the runtime`, () => {
      for (const [reportsClose, expected] of [[false, node], [true, deno]] as const) {
        const { files, hints, watch } = create(reportsClose);
        files.write("/d/a", "1");
        watch("/d");
        act(files);
        assert.deepEqual(hints, expected);
      }
    });
  }

  test("come twice, or backwards once the clock goes on, where that is asked for", async () => {
    const { clock, files, hints, watch } = create(true);
    files.write("/d/a", "1");
    const handle = watch("/d");
    files.deliverHints("twice");
    files.remove("/d/a");
    assert.deepEqual(hints.splice(0), ["renamed /d/a", "renamed /d/a"]);
    files.deliverHints("backwards");
    files.write("/d/a", "2");
    assert.deepEqual(hints, []);
    await clock.advance(0);
    assert.deepEqual(hints.splice(0), ["closed /d/a", "modified /d/a", "modified /d/a"]);
    files.write("/d/a", "3");
    handle[Symbol.dispose]();
    await clock.advance(0);
    assert.deepEqual(hints, [], "the watch has ended meanwhile");
  });

  test("are lost where none is given, and after the watch ended", () => {
    const { files, hints, watch } = create();
    files.write("/d/a", "1");
    const handle = watch("/d");
    files.deliverHints("never");
    files.write("/d/a", "2");
    files.deliverHints("normally");
    handle[Symbol.dispose]();
    files.write("/d/a", "3");
    assert.deepEqual(hints, []);
  });

  test("come from the directory that was watched, not from another of its name", () => {
    const { files, hints, watch } = create();
    files.write("/d/a", "1");
    files.write("/new/a", "2");
    watch("/d");
    files.rename("/d", "/old");
    files.rename("/new", "/d");
    hints.length = 0;
    files.write("/d/a", "3");
    assert.deepEqual(hints, []);
    files.write("/old/a", "4");
    assert.equal(hints.length, 2);
  });
});

test("createMemoryRuntime() is a runtime whose parts belong together", () => {
  const runtime = createMemoryRuntime({ name: "deno", reportsClose: true });
  assert.equal(runtime.name, "deno");
  assert.equal(runtime.watcher.reportsClose, true);
  runtime.files.write("/a", "1");
  assert.equal(runtime.fileSystem.stat("/a")?.mtimeMs, runtime.clock.wallTime());
  assert.equal(createMemoryRuntime().name, "node");
});
