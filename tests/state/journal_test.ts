import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ManualClock } from "../../testing.ts";
import { ManualClock as Clock, MemoryStateFiles } from "../../testing.ts";
import type { Entry } from "../../src/state/entry.ts";
import { Journal } from "../../src/state/journal.ts";

const FOLDER = "/state/app";
const DAY_MS = 86_400_000;

interface Disk {
  readonly files: MemoryStateFiles;
  readonly clock: ManualClock;
  open(): Journal;
}

function createDisk({ maxEntries = 10, maxAgeMs = 7 * DAY_MS } = {}): Disk {
  const files = new MemoryStateFiles();
  const clock = new Clock();
  const open = () => new Journal({ files, clock, folder: FOLDER, maxEntries, maxAgeMs });
  return { files, clock, open };
}

function entryOf(revision: number): Entry {
  return {
    revision,
    at: "2026-01-01T00:00:00.000Z",
    goodAt: "2026-01-01T00:00:00.000Z",
    checksum: "c".repeat(64),
    cause: "save",
    sources: ["app.yaml"],
    configuration: { server: { port: revision } },
  };
}

async function keep(journal: Journal, revision: number): Promise<void> {
  await journal.append(entryOf(revision));
  await journal.removeOutdated();
}

async function revisionIn({ open }: Disk): Promise<number | undefined> {
  return (await open().newest()).found?.entry.revision;
}

describe("Journal", () => {
  test("gives back the newest entry as it was written", async () => {
    const disk = createDisk();
    const journal = disk.open();
    await journal.append(entryOf(1));
    await journal.append(entryOf(2));
    const { found, skipped } = await disk.open().newest();
    assert.deepEqual(found?.entry, { sequence: 2, ...entryOf(2) });
    assert.deepEqual(skipped, []);
  });

  test("writes beside, synchronises, renames, and synchronises the folder (G4, S5.17)", async () => {
    const { files, open } = createDisk();
    await open().append(entryOf(1));
    const steps = files.calls.map(({ operation }) => operation)
      .filter((operation) => operation !== "stat" && operation !== "list");
    assert.deepEqual(steps, [
      "makeDirectory",
      "syncDirectory",
      "syncDirectory",
      "create",
      "write",
      "sync",
      "close",
      "rename",
      "syncDirectory",
    ]);
    assert.equal((await files.stat(FOLDER))?.mode, 0o700);
    assert.equal((await files.stat(files.paths[0]!))?.mode, 0o600);
  });

  test("holds nothing where there is no folder", async () => {
    assert.deepEqual(await createDisk().open().newest(), { skipped: [] });
  });

  test("removes what is outdated only when asked to, and again after it failed", async () => {
    const { files, open } = createDisk({ maxEntries: 1 });
    const journal = open();
    await journal.append(entryOf(1));
    await journal.append(entryOf(2));
    assert.equal(files.paths.length, 2);
    const busy = () => Object.assign(new Error("EBUSY"), { code: "EBUSY" });
    files.inject(({ operation }) => operation === "remove" ? busy() : undefined);
    await assert.rejects(journal.removeOutdated(), /Cannot remove older .* \/state\/app: EBUSY/u);
    files.inject(undefined);
    await journal.removeOutdated();
    assert.equal(files.paths.length, 1);
  });

  test("keeps the newest entries, as many as it may (G10)", async () => {
    const disk = createDisk({ maxEntries: 3 });
    const journal = disk.open();
    for (let revision = 1; revision <= 7; revision++) await keep(journal, revision);
    assert.equal(disk.files.paths.length, 3);
    assert.equal(await revisionIn(disk), 7);
  });

  test("keeps one where it may keep one (G10)", async () => {
    const disk = createDisk({ maxEntries: 1 });
    const journal = disk.open();
    for (let revision = 1; revision <= 3; revision++) await keep(journal, revision);
    assert.equal(disk.files.paths.length, 1);
    assert.equal(await revisionIn(disk), 3);
  });

  test("removes what is too old, but never the newest (G10)", async () => {
    const { files, clock, open } = createDisk({ maxAgeMs: DAY_MS });
    await keep(open(), 1);
    await clock.advance(2 * DAY_MS);
    await keep(open(), 2);
    assert.equal(files.paths.length, 1);
    // Even when the clock was wrong then, or is now.
    await clock.advance(900 * DAY_MS);
    assert.equal((await open().newest()).found?.entry.revision, 2);
  });

  test("takes the place of its last entry when it says the same again", async () => {
    const { files, open } = createDisk();
    const journal = open();
    await journal.append(entryOf(1));
    await journal.append(entryOf(2));
    await journal.append(entryOf(2), true);
    await journal.removeOutdated();
    assert.equal(files.paths.length, 2);
  });

  test("removes what was left behind, and no file that is being written", async () => {
    const { files, clock, open } = createDisk();
    files.inject(({ operation }) => operation === "rename" ? "stop" : undefined);
    void open().append(entryOf(1));
    await clock.advance(5_000);
    files.restart();
    await keep(open(), 2);
    assert.equal(files.paths.filter((path) => path.endsWith(".tmp")).length, 1);
    await clock.advance(6_000);
    await keep(open(), 3);
    assert.equal(files.paths.filter((path) => path.endsWith(".tmp")).length, 0);
  });

  test("leaves files alone that are not its own", async () => {
    const disk = createDisk({ maxEntries: 1 });
    await keep(disk.open(), 1);
    disk.files.plant(`${FOLDER}/notes.txt`, { text: "mine" });
    disk.files.plant(`${FOLDER}/999999999999.json`, { text: "{}" });
    await keep(disk.open(), 2);
    assert.equal(disk.files.textOf(`${FOLDER}/notes.txt`), "mine");
    assert.equal(disk.files.paths.length, 3);
    assert.equal(await revisionIn(disk), 2);
  });

  test("two processes write in one folder and harm neither entry", async () => {
    const disk = createDisk();
    const [one, other] = [disk.open(), disk.open()];
    // Both number it the same, as they look before either has written.
    await Promise.all([one.append(entryOf(1)), other.append(entryOf(1))]);
    assert.equal(disk.files.paths.length, 2);
    disk.files.processId = 2;
    await other.append(entryOf(2));
    assert.equal(disk.files.paths.length, 3);
    assert.equal(await revisionIn(disk), 2);
  });
});

describe("Journal with files that are not to be trusted", () => {
  const damages: readonly (readonly [name: string, damage: (text: string) => string])[] = [
    ["empty", () => ""],
    ["cut in half", (text) => text.slice(0, text.length / 2)],
    ["without its last byte", (text) => text.slice(0, -1)],
    ["with another value", (text) => text.replace('"port":2', '"port":3')],
    ["with another time", (text) => text.replace("2026", "2027")],
    ["with another checksum", (text) => text.replace(/"sha256":"./u, '"sha256":"_')],
    ["of another version", (text) => text.replace('"hotconf":1', '"hotconf":2')],
    ["of something else", () => `{"a":1,"sha256":"${"0".repeat(64)}"}\n`],
  ];
  for (const [name, damage] of damages) {
    test(`skips an entry that is ${name}, and says why (G12)`, async () => {
      const disk = createDisk();
      const journal = disk.open();
      await journal.append(entryOf(1));
      await journal.append(entryOf(2));
      const path = disk.files.paths.at(-1)!;
      disk.files.plant(path, { text: damage(disk.files.textOf(path)) });
      const { found, skipped } = await disk.open().newest();
      assert.equal(found?.entry.revision, 1);
      assert.deepEqual(skipped.map((one) => one.path), [path]);
      assert.match(skipped[0]!.reason, /ends?|SHA-256|version/u);
    });
  }

  const plants = [
    ["is a link", { kind: "symlink" }, /symbolic link/u],
    ["is a directory", { kind: "directory" }, /no file/u],
    ["is a FIFO", { kind: "other" }, /no file/u],
    ["belongs to somebody else", { userId: 4711 }, /user 4711/u],
    ["others may write to", { mode: 0o660 }, /chmod|others may write/u],
  ] as const;
  for (const [name, planted, reason] of plants) {
    test(`skips an entry that ${name} (G12)`, async () => {
      const disk = createDisk();
      const journal = disk.open();
      await journal.append(entryOf(1));
      await journal.append(entryOf(2));
      const path = disk.files.paths.at(-1)!;
      disk.files.plant(path, { text: disk.files.textOf(path), ...planted });
      const { found, skipped } = await disk.open().newest();
      assert.equal(found?.entry.revision, 1);
      assert.match(skipped[0]!.reason, reason);
    });

    test(`refuses a folder that ${name.replace("directory", "file")} (G12)`, async () => {
      const { files, open } = createDisk();
      const kind = name === "is a directory" ? "file" : "directory";
      files.plant("/state", { kind: "directory", mode: 0o755 });
      files.plant(FOLDER, { kind, mode: 0o700, ...(name !== "is a directory" && planted) });
      const shown = name === "is a directory" || name === "is a FIFO" ? /no directory/u : reason;
      const isRefused = (error: Error) => {
        assert.equal(error.name, "StateError");
        assert.match(error.message, shown);
        return error.message.includes(FOLDER);
      };
      await assert.rejects(open().append(entryOf(1)), isRefused);
      await assert.rejects(open().newest(), isRefused);
      assert.ok(!files.calls.some(({ operation }) => operation === "create"));
    });
  }

  test("finds an older entry when another process removes the newest meanwhile", async () => {
    const disk = createDisk();
    await disk.open().append(entryOf(1));
    const [gone] = disk.files.paths;
    disk.files.inject(({ operation, path }) => {
      if (operation !== "read" || path !== gone) return undefined;
      disk.files.inject(undefined);
      return Object.assign(new Error("ENOENT"), { code: "ENOENT" });
    });
    assert.equal(await revisionIn(disk), 1);
  });
});
