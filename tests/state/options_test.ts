import assert from "node:assert/strict";
import * as nodePath from "node:path";
import { describe, test } from "node:test";
import { resolveState, type StateOptions } from "../../src/state/options.ts";

describe("the options of state", () => {
  test("have defaults", () => {
    const { folder, maxEntries, maxAgeMs } = resolveState("/var/lib/app", ["config/app.yaml", "b"]);
    assert.match(folder, /app\.yaml-[\da-f]{8}$/u);
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
    const folders = lists.map((sources) => resolveState("s", sources).folder);
    assert.equal(new Set(folders).size, lists.length);
    for (const folder of folders) {
      assert.match(nodePath.basename(folder), /^\w[\w.-]*-[\da-f]{8}$/u);
    }
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
      assert.throws(() => resolveState(given as StateOptions, ["a"]), message);
    }
  });
});
