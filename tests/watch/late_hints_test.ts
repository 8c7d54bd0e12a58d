import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { watchConfig } from "../../mod.ts";
import { createMemoryRuntime, type Hint } from "../../testing.ts";

/** Longer ago than a stat may lie. */
const OLD_MS = 10_000;

/** A configuration on a runtime that reports closes, whose hints come when the test says so. */
async function open(text: string) {
  const memory = createMemoryRuntime({ reportsClose: true });
  let tell: (hint: Hint) => void = () => {};
  const watcher: typeof memory.watcher = {
    ...memory.watcher,
    watch(_directory, onHint) {
      tell = onHint;
      return { [Symbol.dispose]() {} };
    },
  };
  memory.files.write("/d/app.yaml", text);
  const config = await watchConfig({
    sources: ["/d/app.yaml"],
    runtime: { ...memory, watcher, sharedWatches: undefined },
  });
  await memory.clock.advance(OLD_MS);
  return { ...memory, config, tell: (kind: Hint["kind"]) => tell({ name: "app.yaml", kind }) };
}

describe("a write that a look saw before its hint came", () => {
  test("is waited for until it is closed (G2)", async () => {
    const { files, clock, config, tell } = await open("a: 1\n");
    await clock.advance(990);
    files.truncate("/d/app.yaml");
    files.append("/d/app.yaml", "a: 2\n");
    await clock.advance(20);
    tell("modified");
    await clock.advance(500);
    assert.equal(config.revision, 1, "the writer has it open");
    files.append("/d/app.yaml", "b: 2\n");
    tell("modified");
    tell("closed");
    await clock.advance(60);
    assert.deepEqual([config.current, config.revision], [{ a: 2, b: 2 }, 2]);
    await config.close();
  });

  test("is neither late nor lost when it is complete (G1, G3)", async () => {
    const { files, clock, config, tell } = await open("a: 1\n");
    await clock.advance(999);
    files.write("/d/app.yaml", "a: 2\n");
    await clock.advance(10);
    tell("modified");
    tell("modified");
    tell("closed");
    await clock.advance(60);
    assert.deepEqual([config.current, config.revision], [{ a: 2 }, 2]);
    assert.equal(config.statistics()!.backstopCatches, 0, "its hint came");
    await config.close();
  });

  test("does not make a chmod of long after a write that is never closed (G3)", async () => {
    const { files, clock, config, tell } = await open("a: 1\n");
    files.write("/d/app.yaml", "a: 2\n");
    await clock.advance(OLD_MS);
    assert.equal(config.revision, 2, "nobody told of it");
    files.chmod("/d/app.yaml");
    tell("modified");
    await clock.advance(OLD_MS);
    files.chmod("/d/app.yaml");
    tell("modified");
    files.write("/d/app.yaml", "a: 3\n");
    tell("modified");
    tell("closed");
    await clock.advance(60);
    assert.deepEqual([config.current, config.revision], [{ a: 3 }, 3]);
    await config.close();
  });
});
