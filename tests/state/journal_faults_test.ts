import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock, MemoryStateFiles, type PowerFailure } from "../../testing.ts";
import { Journal } from "../../src/state/journal.ts";

const FOLDER = "/state/app";

/** As many commits as it takes that old entries are removed. */
const COMMITS = 5;

/** More turns than any operation takes. */
const TURNS = 50;

interface Outcome {
  /** Revisions of which the journal said that they are there. */
  readonly written: readonly number[];
  /** Revisions it was given, in order. */
  readonly given: readonly number[];
  readonly calls: number;
}

function openJournal(files: MemoryStateFiles): Journal {
  const clock = new ManualClock();
  return new Journal({ files, clock, folder: FOLDER, maxEntries: 3, maxAgeMs: 1e9 });
}

/** Writes one revision after the other, as a process does until it is stopped. */
async function run(files: MemoryStateFiles): Promise<Outcome> {
  const journal = openJournal(files);
  const written: number[] = [];
  const given: number[] = [];
  const writing = (async () => {
    for (let revision = 1; revision <= COMMITS; revision++) {
      given.push(revision);
      try {
        await journal.append({
          revision,
          at: "",
          goodAt: "",
          checksum: "",
          cause: "save",
          sources: [],
          configuration: { revision, text: "x".repeat(100) },
        });
        written.push(revision);
        await journal.removeOutdated();
      } catch (error) {
        assert.equal((error as Error).name, "StateError");
      }
    }
  })();
  let isOver = false;
  void writing.then(() => isOver = true);
  // In memory nothing waits for anything else than the step before.
  for (let calls = -1; !isOver && calls < files.calls.length;) {
    calls = files.calls.length;
    for (let turn = 0; turn < TURNS; turn++) await undefined;
  }
  return { written, given, calls: files.calls.length };
}

/** Never older than the one before the last, and always whole. */
async function assertReadable(files: MemoryStateFiles, outcome: Outcome, at: string) {
  const { found, skipped } = await openJournal(files).newest();
  const revision = found?.entry.revision ?? 0;
  const { written, given } = outcome;
  assert.ok(revision >= (written.at(-1) ?? 0), `${at}: ${revision} after ${written} were written`);
  assert.ok(revision <= (given.at(-1) ?? 0), at);
  if (found) assert.deepEqual(found.entry.configuration, { revision, text: "x".repeat(100) }, at);
  return { skipped };
}

const POWER_FAILURES: readonly PowerFailure[] = [
  { keepsNames: false, bytes: "none" },
  { keepsNames: false, bytes: "all" },
  { keepsNames: true, bytes: "none" },
  { keepsNames: true, bytes: "half" },
];

async function countCalls(): Promise<number> {
  const files = new MemoryStateFiles();
  const { written, calls } = await run(files);
  assert.deepEqual(written, [1, 2, 3, 4, 5]);
  return calls;
}

describe("Journal on a disk with faults", () => {
  test("reads back an accepted revision wherever an operation fails (G4)", async () => {
    const total = await countCalls();
    for (let failing = 1; failing <= total; failing++) {
      const files = new MemoryStateFiles();
      files.inject((call) =>
        files.calls.length === failing
          ? Object.assign(new Error("EIO"), { code: "EIO", call })
          : undefined
      );
      const outcome = await run(files);
      const { operation } = files.calls[failing - 1]!;
      // One failure costs one revision at most, and the next is written again.
      assert.ok(outcome.written.length >= COMMITS - 1, `${failing} ${operation}`);
      files.inject(undefined);
      const { skipped } = await assertReadable(files, outcome, `${failing} ${operation}`);
      assert.deepEqual(skipped, []);
      const left = files.paths.filter((path) => path.endsWith(".tmp"));
      // Only its own removal can leave one.
      assert.deepEqual(left, [], `${failing} ${operation}`);
    }
    assert.ok(total > 30, `${total}`);
  });

  test("reads back an accepted revision wherever the process is killed (G4)", async () => {
    const total = await countCalls();
    for (let killed = 1; killed <= total; killed++) {
      const files = new MemoryStateFiles();
      files.inject(() => files.calls.length === killed ? "stop" : undefined);
      const outcome = await run(files);
      assert.equal(files.calls.length, killed);
      files.restart();
      const at = `${killed} ${files.calls.at(-1)!.operation}`;
      const { skipped } = await assertReadable(files, outcome, at);
      assert.deepEqual(skipped, [], at);
      // And goes on from there.
      const next = await run(files);
      assert.equal(next.written.length, COMMITS, at);
      await assertReadable(files, next, at);
    }
  });

  test("reads back an accepted revision wherever the power fails (G4)", async () => {
    const total = await countCalls();
    for (const failure of POWER_FAILURES) {
      for (let killed = 1; killed <= total; killed++) {
        const files = new MemoryStateFiles();
        files.inject(() => files.calls.length === killed ? "stop" : undefined);
        const outcome = await run(files);
        files.failPower(failure);
        await assertReadable(files, outcome, `${killed} ${JSON.stringify(failure)}`);
      }
    }
  });

  test("loses nothing that was written when the power fails afterwards (G4)", async () => {
    const files = new MemoryStateFiles();
    const outcome = await run(files);
    files.failPower({ keepsNames: false, bytes: "none" });
    await assertReadable(files, outcome, "after all");
    assert.deepEqual(outcome.written, [1, 2, 3, 4, 5]);
  });
});
