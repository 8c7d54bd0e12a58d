/** Several handles in one process that watch one directory, on real files. */

import assert from "node:assert/strict";
import * as fs from "node:fs";
import { describe, test } from "node:test";
import { type LiveConfig, watchConfig, watchFiles } from "../../mod.ts";
import type { Folder } from "./cli_process.ts";
import { openWatched, pause } from "./watched.ts";

/** So long that only events can tell of a change. */
const NO_BACKSTOP = { backstopMs: 60_000 };

/** Deno itself loses a few events in a thousand while watchers are opened and closed. */
const AT_REST_MS = 30;

/** Moves `config` away and another directory into its place. */
async function swap(folder: Folder, port: number, gapMs: number): Promise<void> {
  folder.write("next/app.yaml", `port: ${port}\n`);
  fs.renameSync(folder.at("config"), folder.at(`old${port}`));
  await pause(gapMs);
  fs.renameSync(folder.at("next"), folder.at("config"));
}

/** Removes `config` and makes it again. */
async function remake(folder: Folder, port: number, gapMs: number): Promise<void> {
  fs.rmSync(folder.at("config"), { recursive: true });
  await pause(gapMs);
  folder.write("config/app.yaml", `port: ${port}\n`);
}

describe("three handles on a directory that is swapped three times see all that follows:", () => {
  // Two at a time make handles notice at different moments.
  const paces: [gapMs: number, pauseMs: number][] = [[0, 0], [1, 8], [5, 0], [5, 4], [12, 2]];
  for (const [gapMs, pauseMs] of paces) {
    test(`with ${gapMs} ms in each swap and ${pauseMs} ms after it (G1, G8)`, async () => {
      await using watched = await openWatched({ "config/app.yaml": "port: 0\n" }, NO_BACKSTOP);
      const { folder } = watched;
      const open = () => watchConfig({ sources: [folder.at("config/app.yaml")], ...NO_BACKSTOP });
      await using second = await open();
      await using third = await open();
      const handles: LiveConfig<unknown>[] = [watched.config, second, third];
      const replaced = handles.map((handle) => {
        const news: string[] = [];
        handle.on("watcherChanged", ({ reason }) => void news.push(reason));
        return news;
      });
      const all = (port: number) => () =>
        handles.every(({ current }) => (current as { port: number }).port === port);
      await pause(AT_REST_MS);
      for (let port = 1; port <= 3; port++) {
        await swap(folder, port, gapMs);
        await pause(pauseMs);
      }
      folder.write("config/app.yaml", "port: 4\n");
      await watched.until(all(4), "a write after the last swap");
      folder.save("config/app.yaml", "port: 5\n");
      await watched.until(all(5), "a save after that");
      for (const [index, handle] of handles.entries()) {
        assert.equal(handle.statistics()?.backstopCatches, 0);
        assert.ok(replaced[index]!.length > 0, "it says that its watcher is another one (G8)");
        assert.deepEqual([...new Set(replaced[index])], ["the directory was replaced"]);
      }
    });
  }
});

test("a handle that is closed leaves the others of its directory watching (G8)", async () => {
  await using watched = await openWatched({ "app.yaml": "port: 1\n" }, NO_BACKSTOP);
  const { folder } = watched;
  const second = await watchConfig({ sources: [folder.at("app.yaml")], ...NO_BACKSTOP });
  await using files = await watchFiles([folder.path], NO_BACKSTOP);
  const told: string[] = [];
  files.on("fileChanged", ({ checksum }) => void told.push(checksum ?? "deleted"));
  await second.close();
  folder.write("app.yaml", "port: 2\n");
  await watched.until(() => watched.values.length === 1, "a write");
  folder.save("app.yaml", "port: 3\n");
  await watched.until(() => watched.values.length === 2, "a save");
  await watched.until(() => told.at(-1) === watched.config.checksum, "the other handle");
  assert.deepEqual(second.current, { port: 1 });
});

test("handles that come and go while a directory is replaced all see what follows (G1, G8)", async () => {
  await using watched = await openWatched({ "config/app.yaml": "port: 0\n" }, NO_BACKSTOP);
  const { folder } = watched;
  const open = () => watchConfig({ sources: [folder.at("config/app.yaml")], ...NO_BACKSTOP });
  const handles: LiveConfig<unknown>[] = [];
  try {
    for (const [index, gapMs] of [0, 3, 7, 11, 15, 0, 4, 9, 12, 18].entries()) {
      const port = index * 10;
      await pause(AT_REST_MS);
      if (index % 2 === 0) await swap(folder, port + 1, gapMs);
      else await remake(folder, port + 1, gapMs);
      // Some come while the watcher is started again, and some go.
      await pause(gapMs / 2);
      handles.push(await open(), await open());
      if (index % 3 === 0) await handles.shift()!.close();
      folder.write("config/app.yaml", `port: ${port + 2}\n`);
      const all = [watched.config, ...handles];
      await watched.until(
        () => all.every(({ current }) => (current as { port: number }).port === port + 2),
        `the write of round ${index}`,
      );
    }
    for (const handle of handles) assert.equal(handle.statistics()?.backstopCatches, 0);
  } finally {
    for (const handle of handles) await handle.close();
  }
});
