import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, test } from "node:test";
import { type Clock, type Runtime, watchConfig, watchFiles } from "../../mod.ts";
import { currentRuntime } from "../../src/runtime/runtime.ts";
import { countedSignal } from "../counted_signal.ts";
import { type CommandProcess, Folder, withDeadline } from "./cli_process.ts";
import { type Behaviour, startConfig } from "./config_process.ts";

const CYCLES = 300;
const DESCRIPTORS = "/proc/self/fd";

/** A directory is watched again only some time after the last watcher ended: they take turns. */
const TURNS = 60;

/** Nothing keeps a process any more; a machine with other work to do may take its time. */
const SOON_MS = 4_000;

describe("opening and closing 300 times", () => {
  for (const watcher of ["auto", "poll"] as const) {
    test(`a configuration (watcher: ${watcher}) leaves nothing behind (G9, S3.18)`, async () => {
      using folder = new Folder();
      for (let turn = 0; turn < TURNS; turn++) {
        folder.write(`${turn}/app.yaml`, "n: 1\n");
        folder.write(`${turn}/more/b.yaml`, "b: 1\n");
      }
      const { signal, listeners } = countedSignal();
      const { runtime, timers } = countedRuntime();
      await assertNothingStays(async (cycle) => {
        const turn = cycle % TURNS;
        const sources = [`${turn}/app.yaml`, `${turn}/more/b.yaml`].map((name) => folder.at(name));
        await using config = await watchConfig({ sources, watcher, signal, runtime });
        assert.equal(config.health().watchedDirectories, watcher === "auto" ? 2 : 0);
        config.subscribe("*", () => {}, { signal });
        config.changes({ signal });
        // Every other one is closed in the middle of a reload.
        if (cycle % 2 === 0) folder.save(`${turn}/app.yaml`, `n: ${cycle}\n`);
      });
      assert.equal(timers(), 0);
      assert.equal(listeners(), 0);
    });
  }

  test("files leave nothing behind (G9)", async () => {
    using folder = new Folder();
    for (let turn = 0; turn < TURNS; turn++) folder.write(`${turn}/app.yaml`, "n: 1\n");
    const { signal, listeners } = countedSignal();
    const { runtime, timers } = countedRuntime();
    await assertNothingStays(async (cycle) => {
      const directory = folder.at(`${cycle % TURNS}`);
      const file = `${directory}/app.yaml`;
      await using files = await watchFiles([file], { signal, runtime });
      await files.add(directory);
    });
    assert.equal(timers(), 0);
    assert.equal(listeners(), 0);
  });

  test("a configuration that is refused leaves nothing behind (G9)", async () => {
    using folder = new Folder({ "app.yaml": "n: [\n" });
    const { signal, listeners } = countedSignal();
    const { runtime, timers } = countedRuntime();
    await assertNothingStays(async () => {
      const opening = watchConfig({ sources: [folder.at("app.yaml")], signal, runtime });
      await assert.rejects(opening, { name: "ParseError" });
    });
    assert.equal(timers(), 0);
    assert.equal(listeners(), 0);
  });
});

describe("a process with a watched configuration", () => {
  for (const behaviour of ["close", "abort"] as const) {
    test(`ends by itself after ${behaviour}() (G9)`, async () => {
      using folder = new Folder({ "app.yaml": "n: 1\n" });
      await using child = await start(folder, behaviour);
      folder.save("app.yaml", "n: 2\n");
      assert.equal((await child.json()).type, "reloadSucceeded");
      assert.equal((await child.json()).type, "closed");
      await assertEndsSoon(child);
    });
  }

  for (const behaviour of ["unref", "unref-poll", "unref-files", "unref-component"] as const) {
    test(`ends by itself when that is allowed (${behaviour}) (G9)`, async () => {
      using folder = new Folder({ "app.yaml": "n: 1\n" });
      await using child = await start(folder, behaviour);
      await assertEndsSoon(child);
    });
  }

  test("ends by itself when that is allowed and nothing else is left to do (G9)", async () => {
    using folder = new Folder({ "app.yaml": "n: 1\n" });
    await using child = await start(folder, "unref-later");
    await assertStays(child);
    await assertReloads(child, () => folder.save("app.yaml", "n: 2\n"));
    await assertEndsSoon(child);
  });

  test("stays when one handle allows it to end and another does not (G8)", async () => {
    using folder = new Folder({ "app.yaml": "n: 1\n" });
    await using child = await start(folder, "unref-beside");
    await assertStays(child);
    await assertReloads(child, () => folder.save("app.yaml", "n: 2\n"));
    await assertStays(child);
  });

  for (const behaviour of ["stay", "poll"] as const) {
    test(`stays and watches as long as it is open (${behaviour}) (G8)`, async () => {
      using folder = new Folder({ "app.yaml": "n: 1\n" });
      await using child = await start(folder, behaviour);
      await assertStays(child);
      await assertReloads(child, () => folder.save("app.yaml", "n: 2\n"));
    });

    test(`stays when the file is missing for a while (${behaviour}) (G8)`, async () => {
      using folder = new Folder({ "app.yaml": "n: 1\n" });
      await using child = await start(folder, behaviour);
      rmSync(folder.at("app.yaml"));
      assert.equal((await child.json()).type, "reloadFailed");
      await assertStays(child);
      await assertReloads(child, () => folder.save("app.yaml", "n: 2\n"));
    });

    test(`stays when the whole directory is missing for a while (${behaviour}) (G8)`, async () => {
      using folder = new Folder({ "config/app.yaml": "n: 1\n" });
      await using child = await start(folder, behaviour, "config/app.yaml");
      renameSync(folder.at("config"), folder.at("away"));
      rmSync(folder.at("away"), { recursive: true });
      assert.equal((await child.json()).type, "reloadFailed");
      await assertStays(child);
      await assertReloads(child, () => folder.write("config/app.yaml", "n: 2\n"));
    });
  }
});

async function start(folder: Folder, behaviour: Behaviour, file = "app.yaml") {
  const child = startConfig(folder.at(file), folder.path, behaviour);
  assert.equal((await child.json()).type, "ready");
  return child;
}

async function assertEndsSoon(child: CommandProcess): Promise<void> {
  const began = performance.now();
  const ending = await withDeadline(child.ended, () => `still running: ${child.unread}`);
  const tookMs = performance.now() - began;
  const { code, signal, stderr } = ending;
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
  assert.ok(tookMs < SOON_MS, `ended ${tookMs} ms later`);
}

/** A process that nothing keeps alive ends at once; this is more than enough for it. */
async function assertStays(child: CommandProcess): Promise<void> {
  const outcome = await Promise.race([child.ended, sleep(700, "stays")]);
  assert.equal(outcome, "stays", JSON.stringify(outcome));
}

async function assertReloads(child: CommandProcess, save: () => void): Promise<void> {
  save();
  const { revision } = await child.jsonOf("reloadSucceeded");
  assert.equal(revision, 2);
}

/** Runs `cycle` many times and waits until no more is open or watched than before. */
async function assertNothingStays(cycle: (count: number) => Promise<void>): Promise<void> {
  for (let count = 0; count < 5; count++) await cycle(count);
  await sleep(50);
  const before = openNow();
  for (let count = 0; count < CYCLES; count++) await cycle(count);
  const deadline = performance.now() + 30_000;
  const isMore = () => {
    const { descriptors, watches } = openNow();
    return descriptors > before.descriptors || watches > before.watches;
  };
  // Runtimes close watchers a moment later.
  while (isMore() && performance.now() < deadline) await sleep(20);
  assert.ok(!isMore(), JSON.stringify({ before, after: openNow() }));
}

/** Open descriptors and inotify's watches of this process; none where they can't be counted. */
function openNow(): { descriptors: number; watches: number } {
  if (!existsSync(DESCRIPTORS)) return { descriptors: 0, watches: 0 };
  const descriptors = readdirSync(DESCRIPTORS);
  const watches = descriptors.map(watchesOf).reduce((sum, count) => sum + count, 0);
  return { descriptors: descriptors.length, watches };
}

function watchesOf(descriptor: string): number {
  try {
    const info = readFileSync(`${DESCRIPTORS}info/${descriptor}`, "utf8");
    return info.split("\n").filter((line) => line.startsWith("inotify ")).length;
  } catch {
    // The one that was open for listing them all.
    return 0;
  }
}

/** This runtime, with a clock that counts the timers that are set. */
function countedRuntime(): { runtime: Runtime; timers: () => number } {
  const runtime = currentRuntime();
  const set = new Set<object>();
  const clock: Clock = {
    now: () => runtime.clock.now(),
    wallTime: () => runtime.clock.wallTime(),
    schedule(delayMs, callback, options) {
      const key = {};
      set.add(key);
      const timer = runtime.clock.schedule(delayMs, () => {
        set.delete(key);
        callback();
      }, options);
      return {
        [Symbol.dispose]() {
          set.delete(key);
          timer[Symbol.dispose]();
        },
      };
    },
  };
  return { runtime: { ...runtime, clock }, timers: () => set.size };
}
