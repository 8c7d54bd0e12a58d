import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock, MemoryStateFiles } from "../../testing.ts";
import type { Entry } from "../../src/state/entry.ts";
import { Journal } from "../../src/state/journal.ts";
import { StateKeeper } from "../../src/state/keeper.ts";

const FOLDER = "/state/app";

/** More than any operation takes, or anything waits until it is tried again. */
const SETTLED_MS = 200_000;

/** What the disk does with one operation after the other, again and again. */
interface Disk {
  readonly delaysMs: readonly number[];
  readonly fails: readonly boolean[];
}

const disks: fc.Arbitrary<Disk> = fc.record({
  delaysMs: fc.array(fc.oneof(fc.constant(0), fc.constant(0), fc.nat(5_000)), { minLength: 1 }),
  fails: fc.array(fc.nat(9).map((chance) => chance === 0), { minLength: 1 }),
});

/** Another revision, the same one again, or time. */
const steps = fc.array(
  fc.oneof(fc.constant("next"), fc.constant("same"), fc.nat(90_000)),
  { minLength: 1, maxLength: 30 },
);

function entryOf(revision: number): Entry {
  const entry = { at: "", goodAt: "", checksum: "", cause: "save" as const, sources: [] };
  return { ...entry, revision, configuration: {} };
}

/** Files that are as slow as the disk, and fail as it does, until they are mended. */
function createFiles({ delaysMs, fails }: Disk, clock: ManualClock) {
  const files = new MemoryStateFiles();
  let calls = 0;
  let isMended = false;
  const slowly = <Arguments extends readonly unknown[], Result>(
    ask: (...given: Arguments) => Promise<Result>,
  ) =>
  async (...given: Arguments): Promise<Result> => {
    const delayMs = isMended ? 0 : delaysMs[calls++ % delaysMs.length]!;
    await new Promise<void>((resolve) => {
      if (delayMs === 0) resolve();
      else clock.schedule(delayMs, resolve);
    });
    return await ask(...given);
  };
  files.create = slowly(files.create.bind(files));
  files.rename = slowly(files.rename.bind(files));
  files.remove = slowly(files.remove.bind(files));
  files.syncDirectory = slowly(files.syncDirectory.bind(files));
  files.inject(() =>
    fails[files.calls.length % fails.length]
      ? Object.assign(new Error("EIO"), { code: "EIO" })
      : undefined
  );
  const mend = () => {
    isMended = true;
    files.inject(undefined);
  };
  return { files, mend };
}

test("whatever a slow disk fails at, what was accepted last is there in the end (G4)", async () => {
  await fc.assert(
    fc.asyncProperty(disks, steps, fc.integer({ min: 1, max: 4 }), async (disk, todo, most) => {
      const clock = new ManualClock();
      const { files, mend } = createFiles(disk, clock);
      const options = { files, clock, folder: FOLDER, maxEntries: most, maxAgeMs: 1e9 };
      const journal = new Journal(options);
      const keeper = new StateKeeper({ ...options, journal, isGood: () => true, onFailure() {} });
      let revision = 1;
      let keeping = keeper.keep(1, () => entryOf(1));
      for (const step of todo) {
        if (step === "next") revision += 1;
        const kept = revision;
        if (typeof step === "number") await clock.advance(step);
        else keeping = keeping.then(() => keeper.keep(kept, () => entryOf(kept)));
      }
      await clock.advance(SETTLED_MS);
      await keeping;
      const newest = files.paths.findLast((path) => path.endsWith(".json"));
      const isThere = newest && files.textOf(newest).includes(`"revision":${revision},`);
      assert.ok(isThere || keeper.failure !== undefined);
      mend();
      await clock.advance(SETTLED_MS);
      assert.equal((await journal.newest()).found?.entry.revision, revision);
      assert.equal(keeper.failure, undefined);
      assert.ok(files.paths.length <= most, `${files.paths}`);
      keeper.close();
      assert.equal(clock.timers, 0);
    }),
    { numRuns: 300 },
  );
});
