import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type LiveConfig,
  memory,
  type MemorySource,
  type StateError,
  watchConfig,
} from "../../mod.ts";
import { commandLine, Folder } from "./cli_process.ts";
import { crashValue } from "./crash_value.ts";
import { commitTogether, crash, judge, newestIn } from "./crash.ts";
import { waitFor } from "./watched.ts";

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

/** A busy disk is no error here. */
const LATE = "the disk did not answer within";

/** Kills of the suite, as many as fit into the time. `deno task crash` has 1,000. */
const KILLS = 30;
const KILLS_MS = 15_000;

// A bundle lies where its source does, under another root and with another ending.
const [source, bundle] = ["./state_child.ts", "./state_child.mjs"].map((name) =>
  fileURLToPath(new URL(name, import.meta.url))
) as [string, string];

interface Kept extends AsyncDisposable {
  readonly source: MemorySource;
  readonly config: LiveConfig<{ n: number }>;
  /** Sets the value, and gives why it is not on disk. */
  commit(n: number): Promise<StateError | undefined>;
}

async function open(directory: string, n: number): Promise<Kept> {
  const source = memory({ n });
  const config = await watchConfig<{ n: number }>({
    sources: [source],
    stateDir: { directory, name: "app" },
  });
  return {
    source,
    config,
    async commit(next) {
      const errors = new Map<number, Error>();
      // What is told of the start may come only now.
      using _handler = config.on("stateFailed", (event) => {
        errors.set(event.revision, event.error);
      });
      source.set({ n: next });
      await config.reload();
      assert.equal(config.current.n, next);
      if (errors.get(config.revision)?.message.includes(LATE)) {
        await waitFor(() => config.health().status === "ok", () => "the disk");
        errors.delete(config.revision);
      }
      const error = errors.get(config.revision);
      assert.equal(config.health().status, error === undefined ? "ok" : "degraded");
      return error as StateError | undefined;
    },
    [Symbol.asyncDispose]: () => config.close(),
  };
}

/** What a program with a broken source starts on. */
async function foundIn(directory: string): Promise<number> {
  await using config = await watchConfig<{ n: number }>({
    sources: [memory({ n: 0 })],
    validators: [({ n }) => n > 0 ? [] : [{ message: "is too small" }]],
    stateDir: { directory, name: "app" },
    startFrom: "last-known-good",
  });
  return config.current.n;
}

function entriesIn(directory: string): string[] {
  return readdirSync(join(directory, "app")).filter((name) => name.endsWith(".json")).sort();
}

describe("state on a disk", () => {
  test("is found again, and nobody else may read it (G4, G11)", async () => {
    using folder = new Folder();
    await using kept = await open(folder.at("var/state"), 1);
    assert.equal(await kept.commit(2), undefined);
    assert.equal(await foundIn(folder.at("var/state")), 2);
    const [first = ""] = entriesIn(folder.at("var/state"));
    assert.equal(statSync(folder.at("var/state/app")).mode & 0o777, 0o700);
    assert.equal(statSync(folder.at(`var/state/app/${first}`)).mode & 0o777, 0o600);
  });

  test(`is whole after each of ${KILLS} kills in the middle of commits (G4)`, async () => {
    using folder = new Folder();
    const words = commandLine(existsSync(bundle) ? bundle : source);
    const startedAt = performance.now();
    let last = { written: 0, found: 0 };
    let inFlight = 0;
    const isShown = () => last.found > 0 && inFlight > 0;
    const isTime = () => performance.now() - startedAt < KILLS_MS;
    for (let kill = 1; kill <= KILLS && (isTime() || !isShown()); kill++) {
      const left = await crash(words, folder.path, last);
      assert.equal(judge(left), undefined, `kill ${kill}`);
      inFlight += Number(left.given > left.found);
      last = left;
    }
    assert.ok(isShown(), `${last.found} commits, ${inFlight} in flight`);
  });

  test("is whole when three processes commit in one folder", async () => {
    using folder = new Folder();
    const words = commandLine(existsSync(bundle) ? bundle : source);
    await commitTogether(words, folder.path, [1_000, 2_000, 3_000], 15);
    const { found, skipped } = await newestIn(folder.path);
    assert.deepEqual(skipped, []);
    const { number } = found!.entry.configuration as { number: number };
    assert.deepEqual(found!.entry.configuration, crashValue(number));
    assert.ok(found!.entry.sequence >= 15, `${found!.entry.sequence}`);
    // Each may have written two that nobody has counted when it was killed.
    assert.ok(entriesIn(folder.path).length <= 16, `${entriesIn(folder.path).length}`);
  });

  test("is made anew when it is removed", async () => {
    using folder = new Folder();
    await using kept = await open(folder.path, 1);
    rmSync(folder.at("app"), { recursive: true });
    assert.equal(await kept.commit(2), undefined);
    assert.equal(await foundIn(folder.path), 2);
  });

  test("is refused behind a link, which stays as it is (G12)", async () => {
    using folder = new Folder({ "elsewhere/notes.txt": "mine" });
    symlinkSync(folder.at("elsewhere"), folder.at("app"));
    await using kept = await open(folder.path, 1);
    const error = await kept.commit(2);
    assert.match(error!.message, /app: it is a symbolic link; remove it, after a look/u);
    assert.deepEqual(readdirSync(folder.at("elsewhere")), ["notes.txt"]);
    await assert.rejects(foundIn(folder.path), /symbolic link/u);
  });

  test("is refused where others may write (G12)", async () => {
    using folder = new Folder();
    mkdirSync(folder.at("app"));
    chmodSync(folder.at("app"), 0o770);
    await using kept = await open(folder.path, 1);
    const error = await kept.commit(2);
    assert.match(error!.message, /others may write to it \(mode 0770\); .*chmod go-w/u);
    chmodSync(folder.at("app"), 0o700);
    assert.equal(await kept.commit(3), undefined);
  });

  test("passes over an entry that is a link (G12)", async () => {
    using folder = new Folder();
    await using kept = await open(folder.path, 1);
    await kept.commit(2);
    const newest = folder.at(`app/${entriesIn(folder.path).at(-1)}`);
    copyFileSync(newest, folder.at("copy"));
    rmSync(newest);
    symlinkSync(folder.at("copy"), newest);
    assert.equal(await foundIn(folder.path), 1);
  });

  test("passes over an entry that was cut or changed (G12)", async () => {
    using folder = new Folder();
    await using kept = await open(folder.path, 1);
    for (const n of [2, 3]) await kept.commit(n);
    const [newest, before] = entriesIn(folder.path).reverse().map((name) =>
      folder.at(`app/${name}`)
    );
    writeFileSync(newest!, readFileSync(newest!, "utf8").slice(0, 100));
    writeFileSync(before!, readFileSync(before!, "utf8").replace('"n":2', '"n":7'));
    assert.equal(await foundIn(folder.path), 1);
  });

  test("is refused when it belongs to somebody else (G12)", {
    skip: !isRoot && "only root may give files away",
  }, async () => {
    using folder = new Folder();
    await using kept = await open(folder.path, 1);
    chownSync(folder.at("app"), NOBODY, NOBODY);
    const error = await kept.commit(2);
    assert.match(error!.message, /it belongs to the user 65534, and this process is the user 0/u);
    await assert.rejects(foundIn(folder.path), /belongs to the user 65534/u);
  });

  test("is told of where it may not be written", {
    skip: isRoot && "root may write anywhere",
  }, async () => {
    using folder = new Folder();
    await using kept = await open(folder.path, 1);
    chmodSync(folder.at("app"), 0o500);
    assert.equal((await kept.commit(2))?.code, "EACCES");
    chmodSync(folder.at("app"), 0o700);
    assert.equal(await kept.commit(3), undefined);
  });

  const skip = !isRoot && "only root may mount";

  test("is told of on a full disk, and written when there is room (G4)", { skip }, async () => {
    using folder = new Folder({ "disk/.keep": "" });
    using _disk = mounted(folder.at("disk"), "size=64k");
    await using kept = await open(folder.at("disk"), 1);
    const filler = folder.at("disk/filler");
    assert.throws(() => writeFileSync(filler, new Uint8Array(1_000_000)), { code: "ENOSPC" });
    const error = await kept.commit(2);
    assert.equal(error?.code, "ENOSPC");
    assert.match(error!.message, /no space is left on the disk; make room there/u);
    assert.deepEqual(
      readdirSync(folder.at("disk/app")).filter((name) => name.endsWith(".tmp")),
      [],
    );
    rmSync(filler);
    assert.equal(await kept.commit(3), undefined);
    assert.equal(await foundIn(folder.at("disk")), 3);
  });

  test("is told of on a disk that is read-only, and can be started on (G4)", { skip }, async () => {
    using folder = new Folder({ "disk/.keep": "" });
    using _disk = mounted(folder.at("disk"), "size=64k");
    await using kept = await open(folder.at("disk"), 1);
    assert.equal(spawnSync("mount", ["-o", "remount,ro", folder.at("disk")]).status, 0);
    const error = await kept.commit(2);
    assert.equal(error?.code, "EROFS");
    assert.match(error!.message, /the file system is read-only/u);
    assert.equal(await foundIn(folder.at("disk")), 1);
  });
});

function mounted(path: string, options: string): Disposable {
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", options, "none", path], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return { [Symbol.dispose]: () => void spawnSync("umount", ["--lazy", path]) };
}
