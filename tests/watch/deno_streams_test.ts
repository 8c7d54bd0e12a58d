import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DenoEvent, DenoWatcher } from "../../src/watch/deno_stream.ts";
import { DenoStreams, type DenoTaker } from "../../src/watch/deno_streams.ts";
import { ManualClock } from "../../testing.ts";

/** A watcher that is told what to tell. */
class FakeWatcher implements DenoWatcher {
  readonly paths: readonly string[];
  isOpen = true;
  isKept = true;
  readonly #onClose: () => void;
  #take: ((result: IteratorResult<DenoEvent>) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  constructor(paths: readonly string[], onClose: () => void) {
    this.paths = paths;
    this.#onClose = onClose;
  }

  tell(kind: string, ...paths: string[]): void {
    this.#take?.({ done: false, value: { kind, paths, flag: kind === "any" ? "rescan" : null } });
  }

  fail(message: string): void {
    this.#fail?.(new Error(message));
  }

  close(): void {
    this.isOpen = false;
    this.#onClose();
  }

  ref(): void {
    this.isKept = true;
  }

  unref(): void {
    this.isKept = false;
  }

  [Symbol.asyncIterator](): AsyncIterator<DenoEvent> {
    return {
      next: () =>
        new Promise((resolve, reject) => {
          this.#take = resolve;
          this.#fail = reject;
        }),
    };
  }
}

/** What a process watches, and the directories it does not find. */
class Machine {
  readonly clock: ManualClock = new ManualClock();
  readonly missing: Set<string> = new Set();
  mayOpen = true;
  heard = 0;
  readonly taken: string[] = [];
  readonly streams: DenoStreams;
  readonly #watchers = new Set<FakeWatcher>();

  constructor() {
    this.streams = new DenoStreams({
      clock: this.clock,
      open: (paths) => {
        const missing = paths.find((path) => this.missing.has(path));
        if (missing !== undefined) {
          throw Object.assign(new Error(`no ${missing}`), { name: "NotFound" });
        }
        const watcher = new FakeWatcher(paths, () => {
          this.#watchers.delete(watcher);
          // Nothing may be watched by nobody meanwhile.
          this.gaps.push(...paths.filter((path) => this.watchersOf(path).length === 0));
        });
        this.#watchers.add(watcher);
        return watcher;
      },
      mayOpen: () => this.mayOpen,
      onHeard: () => void (this.heard += 1),
    });
  }

  /** The directories that were watched by nobody any more. */
  gaps: string[] = [];

  get open(): readonly FakeWatcher[] {
    return [...this.#watchers];
  }

  watchersOf(path: string): FakeWatcher[] {
    return this.open.filter(({ paths }) => paths.includes(path));
  }

  add(directory: string, isKept = true): DenoTaker {
    const taker: DenoTaker = {
      directory,
      isKept,
      take: ({ kind }) => void this.taken.push(`${kind} ${directory}`),
      fail: ({ message }) => {
        this.taken.push(`fail ${directory}: ${message}`);
        this.streams.remove(taker);
      },
    };
    this.streams.add(taker);
    return taker;
  }

  /** Watches a directory and 150 in it, and waits until one watcher does. */
  async addMany(): Promise<{ takers: DenoTaker[]; shared: FakeWatcher }> {
    const takers = [...names(150), "/d"].map((directory) => this.add(directory));
    await this.clock.advance(20);
    assert.equal(this.open.length, 1);
    return { takers, shared: this.open[0]! };
  }
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `/d/${number}`);
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

describe("many directories that Deno watches", () => {
  test("are watched by one, the highest first; few are not (G1, G10)", async () => {
    const machine = new Machine();
    names(100).forEach((directory) => machine.add(directory));
    await machine.clock.advance(1_000);
    assert.equal(machine.open.length, 100);
    machine.add("/d");
    await machine.clock.advance(19);
    assert.equal(machine.open.length, 101);
    await machine.clock.advance(1);
    const [{ paths, isKept }] = machine.open as [FakeWatcher];
    assert.deepEqual([machine.open.length, paths.length, paths[0]], [1, 101, "/d"]);
    assert.ok(isKept);
    assert.deepEqual(machine.gaps, []);
  });

  test("lose no hints then, where a few are above all others (G1)", async () => {
    const machine = new Machine();
    machine.add("/d");
    for (const directory of names(250)) machine.add(directory);
    assert.ok(machine.streams.losesSome);
    await machine.clock.advance(20);
    assert.ok(!machine.streams.losesSome);
    for (let number = 0; number < 201; number++) machine.add(`/apart-${number}`);
    await machine.clock.advance(20);
    assert.equal(machine.open.length, 1);
    assert.ok(machine.streams.losesSome);
  });

  test("are each told what concerns them, once", async () => {
    const machine = new Machine();
    const { shared } = await machine.addMany();
    const { heard } = machine;
    shared.tell("modify", "/d/3/app.yaml");
    await settle();
    shared.tell("rename", "/d/4/a", "/d/5/a");
    await settle();
    shared.tell("remove", "/d/6");
    await settle();
    shared.tell("modify", "/d/elsewhere/app.yaml");
    await settle();
    assert.deepEqual(machine.taken, [
      "modify /d/3",
      ...["rename /d/4", "rename /d/5"],
      ...["remove /d/6", "remove /d"],
    ]);
    assert.equal(machine.heard - heard, 4);
  });

  test("are all told that events were lost, but not for each (G8)", async () => {
    const machine = new Machine();
    const { shared } = await machine.addMany();
    for (let time = 0; time < 5; time++) {
      shared.tell("any");
      await settle();
    }
    await machine.clock.advance(100);
    assert.deepEqual(new Set(machine.taken), new Set([...names(150), "/d"].map((d) => `any ${d}`)));
    assert.equal(machine.taken.length, 151);
  });

  test("let go of one at once, and are watched one by one until all is calm (G8)", async () => {
    const machine = new Machine();
    const { takers, shared } = await machine.addMany();
    machine.missing.add("/d/8");
    machine.streams.remove(takers[7]!);
    assert.ok(!shared.isOpen);
    assert.deepEqual(machine.gaps, ["/d/7", "/d/8"]);
    assert.deepEqual(machine.watchersOf("/d/7"), []);
    assert.deepEqual(machine.taken, [], "nobody fails whose directory is gone");
    // It is another directory by now.
    machine.add("/d/7");
    machine.gaps = [];
    await machine.clock.advance(500);
    assert.equal(machine.open.length, 150);
    machine.missing.clear();
    await machine.clock.advance(500);
    assert.equal(machine.open.length, 1);
    assert.equal(machine.watchersOf("/d/7").length, 1);
    assert.deepEqual(machine.gaps, []);
  });

  test("stay apart while nothing may be opened, or one is missing (G8)", async () => {
    const machine = new Machine();
    for (const directory of names(150)) machine.add(directory);
    machine.mayOpen = false;
    await machine.clock.advance(20);
    assert.equal(machine.open.length, 150);
    machine.mayOpen = true;
    machine.missing.add("/d/9");
    await machine.clock.advance(1_000);
    assert.equal(machine.open.length, 150);
    machine.missing.clear();
    await machine.clock.advance(1_000);
    assert.equal(machine.open.length, 1);
  });

  test("keep the process alive as long as one of them does (G9)", async () => {
    const machine = new Machine();
    for (const directory of names(150)) machine.add(directory, false);
    await machine.clock.advance(20);
    const [shared] = machine.open as [FakeWatcher];
    assert.ok(!shared.isKept);
    const kept: DenoTaker & { isKept: boolean } = {
      ...machine.add("/d"),
      directory: "/e",
      isKept: true,
    };
    machine.streams.add(kept);
    for (let number = 150; number < 260; number++) machine.add(`/d/${number}`, false);
    await machine.clock.advance(20);
    const [next] = machine.open as [FakeWatcher];
    assert.deepEqual([machine.open.length, next.isKept], [1, true]);
  });

  test("all fail with their watcher (G8)", async () => {
    const machine = new Machine();
    const { shared } = await machine.addMany();
    shared.fail("the end");
    await settle();
    assert.equal(machine.taken.filter((what) => what.startsWith("fail")).length, 151);
    assert.deepEqual(machine.taken[0], "fail /d/0: the end");
  });

  test("leave nothing behind (G9)", async () => {
    const machine = new Machine();
    const { takers } = await machine.addMany();
    for (const taker of takers) machine.streams.remove(taker);
    assert.deepEqual(machine.open, []);
    await machine.clock.advance(5_000);
    assert.deepEqual(machine.open, []);
  });

  test("may be watched twice", async () => {
    const machine = new Machine();
    const again = machine.add("/d/3");
    await machine.addMany().catch(() => {});
    assert.deepEqual(machine.open.map(({ paths }) => paths.length).sort(), [1, 151]);
    machine.streams.remove(again);
    assert.equal(machine.watchersOf("/d/3").length, 1);
  });
});
