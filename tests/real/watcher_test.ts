/** What the runtime's own watcher says, on real files. */

import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import { currentRuntime } from "../../src/runtime/runtime.ts";
import type { Hint } from "../../testing.ts";
import { Folder, withDeadline } from "./cli_process.ts";
import { openWatched, pause } from "./watched.ts";

const { watcher } = currentRuntime();

/** The kinds of hints about `name` until it comes as `next`, which is created after it. */
async function kindsOf(folder: Folder, act: () => void): Promise<ReadonlyMap<string, string[]>> {
  const kinds = new Map<string, string[]>();
  let isOver = () => {};
  const over = new Promise<void>((resolve) => isOver = resolve);
  const onHint = ({ name = "", kind, look = () => kind }: Hint) => {
    kinds.set(name, [...kinds.get(name) ?? [], look()]);
    if (name === "last") isOver();
  };
  using _watch = watcher.watch(folder.path, onHint, (error) => assert.fail(error));
  act();
  folder.write("last", "");
  await withDeadline(over, () => JSON.stringify([...kinds]));
  return kinds;
}

test("what comes without being opened is not told of as being written (G1)", async () => {
  using folder = new Folder({ "elsewhere/file": "1" });
  const kinds = await kindsOf(folder, () => {
    fs.mkdirSync(folder.at("directory"));
    fs.symlinkSync("elsewhere", folder.at("link"));
    fs.linkSync(folder.at("elsewhere/file"), folder.at("second name"));
    folder.write("file", "1");
  });
  for (const name of ["directory", "link", "second name"]) {
    assert.equal(kinds.get(name)?.[0], "renamed", name);
  }
  if (watcher.reportsClose) assert.deepEqual([kinds.get("file")?.at(-1)], ["closed"]);
  else assert.equal(kinds.get("file")?.[0], "renamed");
});

test("a directory that is made again is taken up at once, and so is a second name (G1)", async () => {
  // Neither the backstop nor patience can help.
  await using watched = await openWatched({ "config/app.yaml": "n: 1\n" }, {
    backstopMs: 60_000,
    debounce: { maxDelayMs: 60_000 },
  });
  const { folder } = watched;
  fs.rmSync(folder.at("config"), { recursive: true });
  await pause(50);
  fs.mkdirSync(folder.at("config"));
  await pause(50);
  fs.writeFileSync(folder.at("config/app.yaml"), "n: 2\n");
  await watched.until(() => watched.values.length === 1, "the directory");
  folder.write("elsewhere", "n: 3\n");
  fs.rmSync(folder.at("config/app.yaml"));
  await pause(50);
  fs.linkSync(folder.at("elsewhere"), folder.at("config/app.yaml"));
  await watched.until(() => watched.values.length === 2, "the second name");
  assert.deepEqual(watched.values, [{ n: 2 }, { n: 3 }]);
});

test("lost events are not taken for the end of a directory (G8)", {
  skip: watcher.name !== "deno" && "only Deno says that it lost some",
}, async () => {
  using folder = new Folder();
  let isTold = () => {};
  const told = new Promise<void>((resolve) => isTold = resolve);
  let nameless = 0;
  const onHint = ({ name, kind }: Hint) => {
    if (name === undefined) nameless += 1;
    if (name === "." && kind === "unknown") isTold();
  };
  using _watch = watcher.watch(folder.path, onHint, (error) => assert.fail(error));
  // Deno keeps 1,024 of them for a thread that does not take any.
  for (let file = 0; file < 2_000; file++) folder.write(`${file}`, "1");
  await withDeadline(told, () => "nothing was said to be lost");
  assert.equal(nameless, 0);
});
