import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StateError } from "../../mod.ts";
import { ManualClock, MemoryStateFiles } from "../../testing.ts";
import type { Entry } from "../../src/state/entry.ts";
import { Journal } from "../../src/state/journal.ts";
import { StateKeeper } from "../../src/state/keeper.ts";

const FOLDER = "/state/app";
const DAY_MS = 86_400_000;

interface Given {
  readonly maxAgeMs?: number;
  readonly maxEntries?: number;
  readonly isGood?: () => boolean;
}

function createKeeper(
  { maxAgeMs = 7 * DAY_MS, maxEntries = 10, isGood = () => true }: Given = {},
) {
  const files = new MemoryStateFiles();
  const clock = new ManualClock();
  const journal = new Journal({ files, clock, folder: FOLDER, maxEntries, maxAgeMs });
  const failures: StateError[] = [];
  const onFailure = (error: StateError) => void failures.push(error);
  const keeper = new StateKeeper({ clock, journal, folder: FOLDER, maxAgeMs, isGood, onFailure });
  const newest = async () => (await journal.newest()).found?.entry;
  return { files, clock, keeper, failures, newest };
}

function entryOf(revision: number): Entry {
  const at = "2026-01-01T00:00:00.000Z";
  return {
    revision,
    at,
    goodAt: at,
    checksum: "",
    cause: "save",
    sources: [],
    configuration: {},
  };
}

const full = (): Error => Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });

describe("StateKeeper", () => {
  test("tells of each revision that is not on disk, until one is (G4)", async () => {
    const { files, keeper, failures, newest } = createKeeper();
    await keeper.keep(1, () => entryOf(1));
    files.inject(({ operation }) => operation === "write" ? full() : undefined);
    await keeper.keep(2, () => entryOf(2));
    await keeper.keep(3, () => entryOf(3));
    assert.deepEqual(failures.map(({ code }) => code), ["ENOSPC", "ENOSPC"]);
    assert.match(keeper.failure!.message, /state\/app: no space is left on the disk; make room/u);
    assert.equal((await newest())!.revision, 1);
    files.inject(undefined);
    await keeper.keep(4, () => entryOf(4));
    assert.equal(keeper.failure, undefined);
    assert.equal((await newest())!.revision, 4);
  });

  test("tries again by itself what failed, without telling each time", async () => {
    const { files, clock, keeper, failures, newest } = createKeeper();
    files.inject(({ operation }) => operation === "write" ? full() : undefined);
    await keeper.keep(1, () => entryOf(1));
    await clock.advance(180_000);
    assert.equal(failures.length, 1);
    files.inject(undefined);
    await clock.advance(60_000);
    assert.equal(keeper.failure, undefined);
    assert.equal((await newest())!.revision, 1);
  });

  test("tells of what can't be removed, and tries again by itself (G10)", async () => {
    const { files, clock, keeper, failures } = createKeeper({ maxEntries: 1 });
    const busy = () => Object.assign(new Error("EBUSY"), { code: "EBUSY" });
    files.inject(({ operation }) => operation === "remove" ? busy() : undefined);
    await keeper.keep(1, () => entryOf(1));
    await keeper.keep(2, () => entryOf(2));
    await clock.advance(120_000);
    assert.deepEqual(failures.map(({ code }) => code), ["EBUSY"]);
    assert.equal(keeper.failure?.message, failures[0]?.message);
    assert.equal(files.paths.length, 2);
    files.inject(undefined);
    await clock.advance(60_000);
    assert.equal(keeper.failure, undefined);
    assert.equal(files.paths.length, 1);
  });

  test("nobody waits for what is removed but the next entry (G7)", async () => {
    const { files, clock, keeper, failures } = createKeeper({ maxEntries: 1 });
    await keeper.keep(1, () => entryOf(1));
    files.inject(({ operation }) => operation === "remove" ? "hang" : undefined);
    await keeper.keep(2, () => entryOf(2));
    assert.equal(failures.length, 0);
    const waiting = keeper.keep(3, () => entryOf(3));
    await clock.advance(2_000);
    await waiting;
    assert.match(failures[0]!.message, /the disk did not answer within 2000 ms/u);
  });

  test("what could be removed at last does not hide what was not written (G4, G12)", async () => {
    const { files, clock, keeper, failures, newest } = createKeeper({ maxEntries: 1 });
    await keeper.keep(1, () => entryOf(1));
    let fail = (_error: Error) => {};
    const remove = files.remove.bind(files);
    files.remove = () => new Promise((_resolve, reject) => fail = reject);
    await keeper.keep(2, () => entryOf(2));
    const waiting = keeper.keep(3, () => entryOf(3));
    await clock.advance(2_000);
    await waiting;
    files.inject(({ operation }) => operation === "create" ? full() : undefined);
    files.remove = remove;
    fail(full());
    await clock.advance(1);
    assert.deepEqual([failures.length, keeper.failure?.code], [2, "ENOSPC"]);
    await clock.advance(60_000);
    assert.match(keeper.failure!.message, /^Cannot write /u);
    files.inject(undefined);
    await clock.advance(60_000);
    assert.equal(keeper.failure, undefined);
    assert.equal((await newest())!.revision, 3);
    assert.equal(files.paths.length, 1);
    keeper.close();
    assert.equal(clock.timers, 0);
  });

  test("waits for a disk that hangs once, and not long (G7)", async () => {
    const { files, clock, keeper, failures, newest } = createKeeper();
    files.inject(({ operation }) => operation === "sync" ? "hang" : undefined);
    const waiting = keeper.keep(1, () => entryOf(1));
    await clock.advance(1_999);
    assert.equal(failures.length, 0);
    await clock.advance(1);
    await waiting;
    assert.match(failures[0]!.message, /the disk did not answer within 2000 ms/u);
    await keeper.keep(2, () => entryOf(2));
    assert.equal(failures.length, 2);
    files.inject(undefined);
    assert.equal(await newest(), undefined);
    assert.ok(keeper.failure);
  });

  test("writes what waited, and only the last of it, when the disk answers again", async () => {
    const { files, clock, keeper, failures, newest } = createKeeper();
    let answer = () => {};
    const create = files.create.bind(files);
    files.create = async (path) => {
      await new Promise<void>((resolve) => answer = resolve);
      files.create = create;
      return await create(path);
    };
    const waiting = keeper.keep(1, () => entryOf(1));
    await clock.advance(2_000);
    await waiting;
    for (const revision of [2, 3, 4]) await keeper.keep(revision, () => entryOf(revision));
    assert.equal(failures.length, 4);
    answer();
    await clock.advance(1);
    assert.equal((await newest())!.revision, 4);
    assert.equal(files.paths.length, 2);
    assert.equal(keeper.failure, undefined);
  });

  test("says from time to time that what runs is good, so that it does not grow old", async () => {
    const { files, clock, keeper, newest } = createKeeper();
    await keeper.keep(1, () => entryOf(1));
    await clock.advance(30 * DAY_MS);
    const entry = (await newest())!;
    assert.equal(entry.goodAt, "2026-01-31T00:00:00.000Z");
    assert.equal(entry.at, "2026-01-01T00:00:00.000Z");
    assert.equal(files.paths.length, 1);
  });

  test("lets grow old what the sources do not say any more", async () => {
    let isGood = true;
    const { clock, keeper, newest } = createKeeper({ isGood: () => isGood });
    await keeper.keep(1, () => entryOf(1));
    isGood = false;
    await clock.advance(30 * DAY_MS);
    assert.equal((await newest())!.goodAt, "2026-01-01T00:00:00.000Z");
    isGood = true;
    await clock.advance(2 * DAY_MS);
    assert.equal((await newest())!.goodAt, "2026-02-02T00:00:00.000Z");
  });

  test("does it more often where entries may be less old", async () => {
    const { clock, keeper, newest } = createKeeper({ maxAgeMs: 1_000 });
    await keeper.keep(1, () => entryOf(1));
    await clock.advance(600);
    assert.equal((await newest())!.goodAt, "2026-01-01T00:00:00.500Z");
  });

  test("tells of what can't be stored", async () => {
    const { keeper, failures } = createKeeper();
    await keeper.keep(1, () => {
      throw new Error("no such value");
    });
    assert.match(failures[0]!.message, /no such value/u);
    assert.equal(keeper.failure?.message, failures[0]?.message);
  });

  test("leaves no timer when it is closed (G9)", async () => {
    const { clock, files, keeper } = createKeeper();
    await keeper.keep(1, () => entryOf(1));
    keeper.close();
    assert.equal(clock.timers, 0);
    files.inject(({ operation }) => operation === "write" ? full() : undefined);
    await keeper.keep(2, () => entryOf(2));
    assert.equal(clock.timers, 0);
  });
});
