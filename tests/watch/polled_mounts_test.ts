import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ConfigEvent, watchConfig, watchFiles } from "../../mod.ts";
import { createMemoryRuntime, type MemoryRuntime } from "../../testing.ts";

const ROOT = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n";
const NFS = "2 1 0:40 / /nfs rw - nfs4 server:/ rw\n";
const FUSE = "3 1 0:41 / /fuse rw - fuse.sshfs host:/ rw\n";
const BOUND = "4 1 8:1 /opt/a.yaml /etc/a.yaml ro - ext4 /dev/sda1 rw\n";

/** Longer ago than a stat may lie. */
const OLD_MS = 10_000;

/** A configuration of `sources` under a table of mounts, and what became of its watchers. */
async function open(
  table: string,
  sources: readonly string[],
  options: { readonly watcher?: "events"; readonly runtime?: MemoryRuntime } = {},
) {
  const { runtime = createMemoryRuntime() } = options;
  const { clock, files } = runtime;
  for (const path of sources) files.write(path, `${path.at(-6)}: 1\n`);
  files.mount(table);
  const config = await watchConfig({ ...options, sources, runtime });
  const changes = () =>
    config.recentEvents().toReversed()
      .filter((event): event is Extract<ConfigEvent, { type: "watcherChanged" }> =>
        event.type === "watcherChanged"
      )
      .map(({ watcher, directory, reason }) => `${watcher} ${directory}: ${reason}`);
  await clock.advance(OLD_MS);
  return { clock, files, config, changes };
}

describe("a mount that reports no changes (G8)", () => {
  const because = (mountPoint: string, type: string) =>
    `${mountPoint} is a mount of type ${type}, which does not report changes made elsewhere`;

  test("is polled from the start, and one event and health() say why", async () => {
    const { clock, files, config, changes } = await open(ROOT + NFS, [
      "/nfs/a.yaml",
      "/nfs/deep/b.yaml",
    ]);
    assert.deepEqual(changes(), [`poll /nfs: ${because("/nfs", "nfs4")}`]);
    assert.equal(config.watcher, "poll");
    const { isPolling, watchedDirectories, reasons } = config.health();
    assert.deepEqual([isPolling, watchedDirectories], [true, 0]);
    const [reason, ...others] = reasons;
    assert.deepEqual(others, []);
    assert.ok(reason?.kind === "polled" && reason.directory === "/nfs");
    assert.match(reason.message, /^\/nfs is polled .*nfs4/);
    assert.equal(files.watches, 0);
    files.write("/nfs/deep/b.yaml", "b: 2\n");
    await clock.advance(550);
    assert.equal(config.revision, 2, "within pollMs and the quiet time");
    await clock.advance(OLD_MS);
    assert.equal(config.statistics()!.backstopCatches, 0, "there is nobody who should have told");
    assert.equal(changes().length, 1);
    await config.close();
    assert.equal(clock.timers, 0);
  });

  test("leaves what is elsewhere to the events", async () => {
    const { clock, files, config, changes } = await open(ROOT + NFS + FUSE, [
      "/a.yaml",
      "/nfs/b.yaml",
      "/fuse/c.yaml",
    ]);
    assert.deepEqual(changes(), [
      `poll /nfs: ${because("/nfs", "nfs4")}`,
      `poll /fuse: ${because("/fuse", "fuse.sshfs")}`,
    ]);
    assert.deepEqual([files.watches, config.watcher], [1, "memory"]);
    assert.equal(config.health().isPolling, true);
    files.writeAtomically("/a.yaml", "a: 2\n");
    await clock.advance(60);
    assert.equal(config.revision, 2, "at once");
    files.write("/fuse/c.yaml", "c: 2\n");
    await clock.advance(550);
    assert.equal(config.revision, 3);
    await config.close();
  });

  test("is watched by events when it is gone, and polled when it comes", async () => {
    const { clock, files, config, changes } = await open(ROOT, ["/nfs/a.yaml"]);
    assert.deepEqual([changes(), config.watcher], [[], "memory"]);
    files.mount(ROOT + NFS);
    files.write("/server/a.yaml", "a: 2\n");
    files.rename("/nfs", "/local");
    files.rename("/server", "/nfs");
    await clock.advance(2000);
    assert.equal(changes().at(-1), `poll /nfs: ${because("/nfs", "nfs4")}`);
    assert.deepEqual([files.watches, config.revision], [0, 2]);
    const told = changes().length;
    files.mount(ROOT);
    files.rename("/nfs", "/server");
    files.rename("/local", "/nfs");
    await clock.advance(2000);
    assert.deepEqual(changes().slice(told), ["memory /nfs: the directory can be watched again"]);
    assert.deepEqual([files.watches, config.watcher, config.health().isPolling], [
      1,
      "memory",
      false,
    ]);
    files.writeAtomically("/nfs/a.yaml", "a: 3\n");
    await clock.advance(60);
    assert.deepEqual(config.current, { a: 3 });
    await config.close();
  });

  test("is not told of any more when nothing in it is watched any more", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/nfs/a", "1");
    runtime.files.write("/b", "1");
    runtime.files.mount(ROOT + NFS);
    await using files = await watchFiles(["/nfs/a", "/b"], { runtime });
    await files.remove("/nfs/a");
    await runtime.clock.advance(OLD_MS);
    const told = files.recentEvents().filter(({ type }) => type === "watcherChanged");
    assert.equal(told.length, 1);
    assert.equal(files.watcher, "memory");
  });

  test("is watched by events where the user relies on them", async () => {
    const { clock, files, config, changes } = await open(ROOT + NFS, ["/nfs/a.yaml"], {
      watcher: "events",
    });
    assert.deepEqual([changes(), files.watches, config.health().isPolling], [[], 1, false]);
    files.writeAtomically("/nfs/a.yaml", "a: 2\n");
    await clock.advance(60);
    assert.equal(config.revision, 2);
    await config.close();
  });
});

describe("a mount of a single file (G8)", () => {
  test("is polled, and its directory is watched all the same", async () => {
    const { clock, files, config, changes } = await open(ROOT + BOUND, [
      "/etc/a.yaml",
      "/etc/b.yaml",
    ]);
    const why = "is a mount of a single file, which its directory does not report changes of";
    assert.deepEqual(changes(), [`poll /etc/a.yaml: /etc/a.yaml ${why}`]);
    assert.deepEqual([files.watches, config.health().isPolling], [1, true]);
    files.deliverHints("never");
    files.write("/etc/a.yaml", "a: 2\n");
    await clock.advance(550);
    assert.equal(config.revision, 2);
    await clock.advance(OLD_MS);
    assert.equal(config.statistics()!.backstopCatches, 0);
    files.mount(ROOT);
    await clock.advance(1000);
    assert.equal(changes().at(-1), "memory /etc/a.yaml: the directory can be watched again");
    assert.equal(config.health().isPolling, false);
    await config.close();
  });
});

test("the table of mounts is not read at every look of a healthy watch", async () => {
  const runtime = createMemoryRuntime();
  let reads = 0;
  const fileSystem = {
    ...runtime.fileSystem,
    mountTable: () => {
      reads += 1;
      return ROOT;
    },
  };
  const { clock, config } = await open(ROOT, ["/a.yaml"], { runtime: { ...runtime, fileSystem } });
  assert.equal(reads, 1);
  await clock.advance(60_000);
  assert.equal(reads, 1);
  await config.close();
});
