import assert from "node:assert/strict";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, test } from "node:test";
import { type Clock, type Runtime, watchConfig, watchFiles } from "../../mod.ts";
import { currentRuntime } from "../../src/runtime/runtime.ts";
import { countedSignal } from "../counted_signal.ts";
import { type CommandProcess, type Ending, Folder, withDeadline } from "./cli_process.ts";
import { type Behaviour, startConfig } from "./config_process.ts";

const CYCLES = 200;
const DESCRIPTORS = "/proc/self/fd";

describe("opening and closing 200 times", () => {
  for (const watcher of ["auto", "poll"] as const) {
    test(`a configuration (watcher: ${watcher}) leaves nothing behind (G9, S3.18)`, async () => {
      using folder = new Folder({ "app.yaml": "n: 1\n", "more/b.yaml": "b: 1\n" });
      const { signal, listeners } = countedSignal();
      const { runtime, timers } = countedRuntime();
      const sources = [folder.at("app.yaml"), folder.at("more/b.yaml")];
      await assertNothingStays(async (cycle) => {
        await using config = await watchConfig({ sources, watcher, signal, runtime });
        config.subscribe("*", () => {}, { signal });
        config.changes({ signal });
        // Every other one is closed in the middle of a reload.
        if (cycle % 2 === 0) folder.save("app.yaml", `n: ${cycle}\n`);
      });
      assert.equal(timers(), 0);
      assert.equal(listeners(), 0);
    });
  }

  test("files leave nothing behind (G9)", async () => {
    using folder = new Folder({ "app.yaml": "n: 1\n" });
    const { signal, listeners } = countedSignal();
    const { runtime, timers } = countedRuntime();
    await assertNothingStays(async () => {
      await using files = await watchFiles([folder.at("app.yaml")], { signal, runtime });
      await files.add(folder.path);
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
      const { code, signal, stderr } = await endOf(child);
      assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
    });
  }

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

function endOf(child: CommandProcess): Promise<Ending> {
  return withDeadline(child.ended, () => `still running: ${child.unread}`);
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

/** Runs `cycle` many times and waits until no more descriptors are open than before. */
async function assertNothingStays(cycle: (count: number) => Promise<void>): Promise<void> {
  for (let count = 0; count < 5; count++) await cycle(count);
  const before = descriptors();
  for (let count = 0; count < CYCLES; count++) await cycle(count);
  if (before === undefined) return;
  const deadline = performance.now() + 5000;
  // Runtimes close watchers a moment later.
  while (descriptors()! > before && performance.now() < deadline) await sleep(20);
  assert.ok(descriptors()! <= before, `${before} open descriptors before, ${descriptors()} after`);
}

function descriptors(): number | undefined {
  return existsSync(DESCRIPTORS) ? readdirSync(DESCRIPTORS).length : undefined;
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
