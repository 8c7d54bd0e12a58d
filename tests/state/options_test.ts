import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import * as nodePath from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { directory, dotenv, env, file, type Source } from "../../mod.ts";
import { resolveState, type StateOptions } from "../../src/state/options.ts";

/** What a program that is started in `directory` gets. */
function within<R>(directory: string, task: () => R): R {
  const before = process.cwd();
  process.chdir(directory);
  try {
    return task();
  } finally {
    process.chdir(before);
  }
}

describe("the options of state", () => {
  test("have defaults", () => {
    const { folder, maxEntries, maxAgeMs } = resolveState("/var/lib/app", [
      file("config/app.yaml"),
    ]);
    assert.match(folder, /app\.yaml-[\da-f]{12}$/u);
    assert.equal(nodePath.dirname(folder), nodePath.resolve("/var/lib/app"));
    assert.deepEqual([maxEntries, maxAgeMs], [10, 604_800_000]);
  });

  test("give each list of sources a folder of its own", () => {
    const lists = [
      ["a.yaml"],
      ["b/a.yaml"],
      ["a.yaml", "b"],
      ["https://x/?token=…"],
      ["..", "x"],
      [],
    ];
    const folders = lists.map((sources) =>
      resolveState("s", sources.map((name) => ({ name }))).folder
    );
    assert.equal(new Set(folders).size, lists.length);
    for (const folder of folders) {
      assert.match(nodePath.basename(folder), /^\w[\w.-]*-[\da-f]{12}$/u);
    }
  });

  test("give services in different directories folders of their own (G4)", () => {
    const kinds: readonly (() => readonly Source[])[] = [
      () => [file("config/app.yaml"), env({ prefix: "APP_" })],
      () => [directory("config")],
      () => [dotenv(".env")],
      () => [env({ prefix: "APP_" })],
    ];
    for (const sources of kinds) {
      const folders = ["/", tmpdir(), tmpdir()].map((directory) =>
        within(directory, () => resolveState("/var/lib/app", sources()).folder)
      );
      assert.notEqual(folders[0], folders[1]);
      assert.equal(folders[1], folders[2], "a restart finds it again");
    }
  });

  test("give the same files the same folder, from wherever it is started (G4)", () => {
    const folderOf = (...sources: Source[]) => resolveState("/var/lib/app", sources).folder;
    const prefix = env({ prefix: "APP_" });
    const expected = folderOf(file("/etc/app.yaml"), prefix);
    const elsewhere = within(tmpdir(), () => folderOf(file("/etc/app.yaml"), prefix));
    assert.equal(elsewhere, expected);
    assert.equal(within("/etc", () => folderOf(file("app.yaml"), prefix)), expected);
    const here = within("/etc", () => folderOf(directory(".")));
    assert.equal(here, folderOf(directory("/etc")));
    assert.notEqual(folderOf(prefix, file("/etc/app.yaml")), expected, "in another order");
    const named = { directory: "/s", name: "app" };
    assert.equal(resolveState(named, [file("a")]).folder, resolveState(named, [prefix]).folder);
  });

  test("are checked on entry", () => {
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      ["", /stateDir, it must name a directory/u],
      [{}, /stateDir, it must name a directory/u],
      [7, /stateDir, it must name a directory/u],
      [{ directory: "s", name: ".." }, /stateDir\.name/u],
      [{ directory: "s", name: "a/b" }, /stateDir\.name/u],
      [{ directory: "s", name: "" }, /stateDir\.name/u],
      [{ directory: "s", maxEntries: 0 }, /maxEntries, it must be 1 or more: current value is 0/u],
      [{ directory: "s", maxEntries: NaN }, /maxEntries/u],
      [{ directory: "s", maxAgeMs: 1 }, /maxAgeMs, it must be 1000 or more/u],
    ];
    for (const [given, message] of wrong) {
      assert.throws(() => resolveState(given as StateOptions, [file("a")]), message);
    }
  });
});
