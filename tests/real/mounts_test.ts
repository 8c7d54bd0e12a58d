import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { describe, test } from "node:test";
import type { Folder } from "./cli_process.ts";
import { missing, openWatched, run } from "./watched.ts";

const skip = process.getuid?.() !== 0 && "only root may mount";

/** Mounts that are taken away in the end, however the test ends. */
class Mounts implements Disposable {
  readonly #paths: string[] = [];

  add(folder: Folder, name: string, program: string, ...args: readonly string[]): void {
    const path = folder.at(name);
    const { status, stderr } = spawnSync(program, [...args, path], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    this.#paths.push(path);
  }

  [Symbol.dispose](): void {
    for (const path of this.#paths.splice(0)) spawnSync("umount", ["--lazy", path]);
  }
}

function canMount(program: string): string | false {
  return skip || missing(program);
}

describe("what is mounted from where nothing is reported is polled (G8):", () => {
  test("a FUSE mount, until it is gone", { skip: canMount("bindfs") }, async () => {
    using mounts = new Mounts();
    await using watched = await openWatched(
      { "elsewhere/app.yaml": "port: 1\n", "here/app.yaml": "port: 3\n" },
      {
        sources: ["here/app.yaml"],
        pollMs: 100,
        prepare(folder) {
          mounts.add(folder, "here", "bindfs", "-o", "nonempty", folder.at("elsewhere"));
        },
      },
    );
    // Before the folder goes.
    using _mounts = mounts;
    const { folder, config, values } = watched;
    const changes = () =>
      config.recentEvents().flatMap((event) => event.type === "watcherChanged" ? [event] : []);
    assert.deepEqual(changes().map(({ directory }) => directory), [folder.at("here")]);
    assert.match(changes()[0]!.reason, /is a mount of type fuse/);
    assert.deepEqual([config.watcher, config.health().isPolling], ["poll", true]);
    folder.save("elsewhere/app.yaml", "port: 2\n");
    await watched.until(() => values.length === 1, "what was changed elsewhere");
    assert.equal(config.statistics()?.backstopCatches, 0);
    await run("umount", "--lazy", folder.at("here"));
    await watched.until(() => values.length === 2, "what was below the mount");
    await watched.until(() => !config.health().isPolling, "the events");
    assert.equal(changes()[0]?.reason, "the directory can be watched again");
    assert.equal(changes().length, 2);
    folder.save("here/app.yaml", "port: 4\n");
    await watched.until(() => values.length === 3, "an event");
    assert.deepEqual(values, [2, 3, 4].map((port) => ({ port })));
  });

  test("a single file that is mounted", { skip: canMount("mount") }, async () => {
    using mounts = new Mounts();
    await using watched = await openWatched(
      { "host/app.yaml": "port: 1\n", "pod/app.yaml": "" },
      {
        sources: ["pod/app.yaml"],
        pollMs: 100,
        // The backstop would find it, too.
        backstopMs: 60_000,
        prepare(folder) {
          const [name, host] = ["pod/app.yaml", folder.at("host/app.yaml")];
          mounts.add(folder, name, "mount", "--bind", host);
        },
      },
    );
    // Before the folder goes.
    using _mounts = mounts;
    const { folder, config, values } = watched;
    assert.equal(config.health().isPolling, true);
    assert.match(
      config.health().reasons.map(({ message }) => message).join(),
      /mount of a single file/,
    );
    folder.write("host/app.yaml", "port: 2\n");
    await watched.until(() => values.length === 1, "what the host wrote");
    assert.deepEqual(config.current, { port: 2 });
  });
});
