import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import process from "node:process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { watchFiles } from "../../mod.ts";
import { commandLine, type Folder, runtimeName } from "./cli_process.ts";
import { completeConfig, versionOf, VERSIONS } from "./complete_config.ts";
import { missing, openWatched, pause, run } from "./watched.ts";

const skip = process.platform === "win32" && "these tools are not on Windows";

// A bundle lies where its source does, under another root and with another ending.
const child = fileURLToPath(
  new URL(runtimeName === "node" ? "./watch_child.mjs" : "./watch_child.ts", import.meta.url),
);

/** The command for `watch_child.ts` with a task. */
function childCommand(task: string, path: string): [program: string, args: string[]] {
  const [program = "", ...args] = commandLine(child);
  return [program, [...args, task, path]];
}

type Save = (folder: Folder) => unknown;

const BEFORE = "host: example.com\nport: 1\n";
const AFTER = "host: example.com\nport: 2\n";

function vim(settings: string): Save {
  return (folder) =>
    run(
      "vim",
      "-es",
      "-u",
      "NONE",
      "-c",
      `set backupskip= ${settings}`,
      "-c",
      "%s/1/2/",
      "-c",
      "wq",
      folder.at("app.yaml"),
    );
}

describe("a save is one reload with the new content (G1, G3):", { skip }, () => {
  const styles: [name: string, save: Save, needs?: string][] = [
    ["in place", (folder) => folder.write("app.yaml", AFTER)],
    ["by rename", (folder) => folder.save("app.yaml", AFTER)],
    ["in two writes", (folder) => {
      const file = fs.openSync(folder.at("app.yaml"), "w");
      fs.writeSync(file, AFTER.slice(0, 10));
      fs.writeSync(file, AFTER.slice(10));
      fs.closeSync(file);
    }],
    ["sed -i", (folder) => run("sed", "-i", "s/1/2/", folder.at("app.yaml"))],
    ["perl -i", (folder) => run("perl", "-i", "-pe", "s/1/2/", folder.at("app.yaml")), "perl"],
    ["mv over it", (folder) => {
      folder.write("elsewhere/new", AFTER);
      return run("mv", folder.at("elsewhere/new"), folder.at("app.yaml"));
    }],
    ["cp over it", (folder) => {
      folder.write("elsewhere/new", AFTER);
      return run("cp", folder.at("elsewhere/new"), folder.at("app.yaml"));
    }],
    ["cp -p over it", (folder) => {
      folder.write("elsewhere/new", AFTER);
      const longAgo = new Date("2020-01-01");
      fs.utimesSync(folder.at("elsewhere/new"), longAgo, longAgo);
      return run("cp", "-p", folder.at("elsewhere/new"), folder.at("app.yaml"));
    }],
    ["install over it", (folder) => {
      folder.write("elsewhere/new", AFTER);
      return run("install", "-m", "644", folder.at("elsewhere/new"), folder.at("app.yaml"));
    }],
    [
      "a shell's redirection",
      (folder) => run("sh", "-c", `printf '%s' "$1" > "$2"`, "sh", AFTER, folder.at("app.yaml")),
    ],
    ["rsync", (folder) => {
      folder.write("elsewhere/app.yaml", AFTER);
      return run("rsync", "-tI", folder.at("elsewhere/app.yaml"), folder.at("app.yaml"));
    }, "rsync"],
    ["vim that keeps a backup", vim("backup backupcopy=no"), "vim"],
    ["vim that moves the old file away", vim("writebackup backupcopy=no"), "vim"],
    ["vim that copies the old file away", vim("writebackup backupcopy=yes"), "vim"],
    ["vim without a backup", vim("nobackup nowritebackup"), "vim"],
    ["deleted and written again", (folder) => {
      fs.rmSync(folder.at("app.yaml"));
      folder.write("app.yaml", AFTER);
    }],
    ["deleted and written again 50 ms later", async (folder) => {
      fs.rmSync(folder.at("app.yaml"));
      await pause(50);
      folder.write("app.yaml", AFTER);
    }],
  ];
  for (const [name, save, needs = "sh"] of styles) {
    test(name, { skip: missing(needs) }, async () => {
      await using watched = await openWatched({ "app.yaml": BEFORE });
      const { folder, config } = watched;
      await save(folder);
      const after = { host: "example.com", port: 2 };
      await watched.until(() => watched.values.length > 0, name);
      assert.deepEqual(config.current, after);
      // One that nothing else can come before shows that there was no reload more.
      folder.save("app.yaml", "host: example.com\nport: 3\n");
      await watched.until(() => (config.current as { port: number }).port === 3, "the last save");
      assert.deepEqual(watched.values, [after, { host: "example.com", port: 3 }]);
      assert.deepEqual(watched.events.filter(({ type }) => type === "reloadFailed"), []);
    });
  }

  test("a touch, a chmod and the same bytes are none", async () => {
    await using watched = await openWatched({ "app.yaml": BEFORE });
    const { folder, config } = watched;
    await run("touch", folder.at("app.yaml"));
    await run("chmod", "600", folder.at("app.yaml"));
    folder.write("app.yaml", BEFORE);
    folder.save("app.yaml", BEFORE);
    // Hints come in order: when this one was dealt with, those before were.
    await pause(100);
    folder.save("app.yaml", AFTER);
    await watched.until(() => watched.values.length > 0, "the save that counts");
    assert.equal(config.revision, 2);
  });

  test("git checkout of two files is one of both (G5)", { skip: missing("git") }, async () => {
    const prepare = (folder: Folder) => {
      const git = (...args: string[]) =>
        promisify(execFile)("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], {
          cwd: folder.path,
        });
      return git;
    };
    // However long git has to wait for a processor between two files.
    const debounce = { baseDelayMs: 1_000, maxDelayMs: 10_000 };
    const files = { "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" };
    await using watched = await openWatched(files, { debounce });
    const git = prepare(watched.folder);
    await git("init", "-q");
    await git("add", "a.yaml", "b.yaml");
    await git("commit", "-qm", "one");
    watched.folder.write("a.yaml", "a: 2\n");
    watched.folder.write("b.yaml", "b: 2\n");
    await watched.until(() => sameValue(watched.config.current, { a: 2, b: 2 }), "the edit");
    watched.values.length = 0;
    await git("checkout", "-q", ".");
    await watched.until(() => watched.values.length > 0, "the checkout");
    assert.deepEqual(watched.values, [{ a: 1, b: 1 }]);
  });
});

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

describe("a change of what is around the file is seen:", { skip }, () => {
  test("a Kubernetes update, twice (G1, G5)", async () => {
    const swap = (folder: Folder, generation: number) => {
      folder.write(`config/..${generation}/a.yaml`, `a: ${generation}\n`);
      folder.write(`config/..${generation}/b.yaml`, `b: ${generation}\n`);
      fs.symlinkSync(`..${generation}`, folder.at("config/..data_tmp"));
      fs.renameSync(folder.at("config/..data_tmp"), folder.at("config/..data"));
      fs.rmSync(folder.at(`config/..${generation - 1}`), { recursive: true, force: true });
    };
    await using watched = await openWatched({}, {
      sources: ["config/a.yaml", "config/b.yaml"],
      prepare(folder) {
        swap(folder, 1);
        for (const name of ["a.yaml", "b.yaml"]) {
          fs.symlinkSync(`..data/${name}`, folder.at(`config/${name}`));
        }
      },
    });
    for (const generation of [2, 3, 4]) {
      swap(watched.folder, generation);
      await watched.until(() => watched.values.length === generation - 1, `update ${generation}`);
    }
    assert.deepEqual(watched.values, [{ a: 2, b: 2 }, { a: 3, b: 3 }, { a: 4, b: 4 }]);
  });

  test("a directory that is swapped for another, by name and by removal (G8)", async () => {
    // Without the backstop: the watchers have to be alive after each swap.
    const backstopMs = 60_000;
    await using watched = await openWatched({ "config/app.yaml": "port: 1\n" }, { backstopMs });
    const { folder } = watched;
    await using other = await watchFiles([folder.at("config")], { backstopMs });
    const told: string[] = [];
    other.on("fileChanged", ({ checksum }) => void told.push(checksum ?? "deleted"));
    folder.write("next/app.yaml", "port: 2\n");
    fs.renameSync(folder.at("config"), folder.at("old"));
    fs.renameSync(folder.at("next"), folder.at("config"));
    await watched.until(() => watched.values.length === 1, "the swap");
    folder.write("config/app.yaml", "port: 3\n");
    await watched.until(() => watched.values.length === 2, "a save after the swap");
    fs.rmSync(folder.at("config"), { recursive: true });
    folder.write("config/app.yaml", "port: 4\n");
    await watched.until(() => watched.values.length === 3, "the directory made again");
    folder.save("config/app.yaml", "port: 5\n");
    await watched.until(() => watched.values.length === 4, "a save after that");
    assert.deepEqual(watched.values, [2, 3, 4, 5].map((port) => ({ port })));
    await watched.until(() => told.at(-1) === watched.config.checksum, "the other handle");
  });

  test("a link that is repointed, and a write where it leads (G1)", async () => {
    await using watched = await openWatched({
      "one/app.yaml": "port: 1\n",
      "two/app.yaml": "port: 2\n",
    }, {
      sources: ["config/app.yaml"],
      prepare(folder) {
        fs.mkdirSync(folder.at("config"));
        fs.symlinkSync("../one/app.yaml", folder.at("config/app.yaml"));
      },
    });
    const { folder } = watched;
    fs.symlinkSync("../two/app.yaml", folder.at("config/new"));
    fs.renameSync(folder.at("config/new"), folder.at("config/app.yaml"));
    await watched.until(() => watched.values.length === 1, "the link");
    folder.write("two/app.yaml", "port: 3\n");
    await watched.until(() => watched.values.length === 2, "a write to its target");
    folder.save("two/app.yaml", "port: 4\n");
    await watched.until(() => watched.values.length === 3, "a save of its target");
    assert.deepEqual(watched.values, [2, 3, 4].map((port) => ({ port })));
  });

  test("a write that gives no event, within backstopMs and the quiet time (G1)", async () => {
    await using watched = await openWatched({ "app.yaml": "port: 1\n" }, {
      backstopMs: 300,
      // A write under another name of the file is reported in the directory of that name only.
      prepare(folder) {
        fs.mkdirSync(folder.at("elsewhere"));
        fs.linkSync(folder.at("app.yaml"), folder.at("elsewhere/other.yaml"));
      },
    });
    watched.folder.write("elsewhere/other.yaml", "port: 20\n");
    await watched.until(() => watched.values.length === 1, "the write");
    assert.deepEqual(watched.config.current, { port: 20 });
    const catches = () => watched.config.statistics()?.backstopCatches;
    await watched.until(() => catches() === 1, "the count of what no event told");
  });

  test("every style of save by polling (G1)", async () => {
    await using watched = await openWatched({ "app.yaml": "port: 1\n" }, {
      watcher: "poll",
      pollMs: 50,
    });
    const { folder } = watched;
    folder.write("app.yaml", "port: 2\n");
    await watched.until(() => watched.values.length === 1, "a save in place");
    folder.save("app.yaml", "port: 3\n");
    await watched.until(() => watched.values.length === 2, "a save by rename");
    await run("sed", "-i", "s/3/4/", folder.at("app.yaml"));
    await watched.until(() => watched.values.length === 3, "sed");
    assert.deepEqual(watched.values, [2, 3, 4].map((port) => ({ port })));
  });
});

test("of ten atomic saves 30 to 50 ms apart the last is committed, always (G1)", async () => {
  await using watched = await openWatched({ "app.yaml": "n: 0\n" });
  const { folder, config, values } = watched;
  for (let round = 0; round < 3; round++) {
    for (let save = 1; save <= 10; save++) {
      folder.save("app.yaml", `n: ${round * 10 + save}\n`);
      await pause(30 + Math.random() * 20);
    }
    const last = round * 10 + 10;
    await watched.until(() => (config.current as { n: number }).n === last, `save ${last}`);
  }
  const numbers = values.map((value) => (value as { n: number }).n);
  assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b), "in order, none twice");
});

test("no configuration of a slow writer in place is torn, and none of it lost (G2)", async () => {
  await using watched = await openWatched({ "app.yaml": completeConfig(1) });
  const { folder, config, values } = watched;
  const [program, args] = childCommand("write", folder.at("app.yaml"));
  const writing = promisify(execFile)(program, args);
  await watched.until(() => versionOf(config.current) === VERSIONS, "the last version");
  await writing;
  const versions = values.map(versionOf);
  assert.deepEqual(versions.filter((version) => typeof version === "string"), []);
  assert.deepEqual(versions, versions.toSorted((a, b) => Number(a) - Number(b)));
  const problems = watched.events.filter(({ type }) =>
    type === "reloadFailed" || type === "validationFailed"
  );
  assert.deepEqual(problems, []);
});

test(
  "a file that is open for writing is not whole because one of its name was closed below (G2)",
  { skip: runtimeName !== "deno" && "no close events" },
  async () => {
    await using watched = await openWatched({ "app.yaml": "a: 1\n", "below/app.yaml": "" }, {
      sources: ["app.yaml"],
    });
    const { folder } = watched;
    await using below = await watchFiles([folder.at("below")]);
    const file = fs.openSync(folder.at("app.yaml"), "w");
    fs.writeSync(file, "a: 2\n");
    const told = new Promise((resolve) => below.on("fileChanged", resolve, { once: true }));
    folder.write("below/app.yaml", "closed: true\n");
    await told;
    await pause(100);
    fs.writeSync(file, "b: 2\n");
    fs.closeSync(file);
    await watched.until(() => watched.values.length > 0, "the save");
    assert.deepEqual(watched.values, [{ a: 2, b: 2 }]);
  },
);

test("a process ends by itself when its configuration is closed (G9)", async () => {
  await using watched = await openWatched({ "app.yaml": "port: 1\n" });
  for (const task of ["close", "close-polling"]) {
    const [program, args] = childCommand(task, watched.folder.at("app.yaml"));
    const { stdout } = await promisify(execFile)(program, args, { timeout: 30_000 });
    assert.equal(stdout, "watched 1 file\n");
  }
});

test("watchFiles() tells created, modified, moved and deleted apart (S1.3)", async () => {
  await using watched = await openWatched({ "d/a.txt": "1", "app.yaml": "port: 1\n" }, {
    sources: ["app.yaml"],
  });
  const { folder } = watched;
  await using files = await watchFiles([folder.at("d")]);
  const next = () =>
    new Promise<string>((resolve, reject) => {
      const deadline = AbortSignal.timeout(30_000);
      deadline.addEventListener("abort", () => reject(deadline.reason), { once: true });
      files.on("fileChanged", ({ kind, path, oldPath }) => {
        resolve([kind, path, oldPath ?? ""].join(" ").replaceAll(`${folder.path}/d/`, "").trim());
      }, { once: true });
    });
  const steps: [act: () => void, expected: string][] = [
    [() => folder.write("d/b.txt", "2"), "created b.txt"],
    [() => folder.write("d/b.txt", "3"), "modified b.txt"],
    [() => folder.save("d/b.txt", "4"), "modified b.txt"],
    [() => fs.renameSync(folder.at("d/b.txt"), folder.at("d/c.txt")), "moved c.txt b.txt"],
    [() => fs.rmSync(folder.at("d/c.txt")), "deleted c.txt"],
  ];
  for (const [act, expected] of steps) {
    const told = next();
    act();
    assert.equal(await told, expected);
  }
});
