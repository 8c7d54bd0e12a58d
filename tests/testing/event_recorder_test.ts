import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ConfigEvent, watchConfig, watchFiles } from "../../mod.ts";
import { createMemoryRuntime, recordEvents } from "../../testing.ts";

async function open() {
  const runtime = createMemoryRuntime();
  runtime.files.write("/app.yaml", "port: 1\n");
  const config = await watchConfig<{ port: number }>({ sources: ["/app.yaml"], runtime });
  const recorded = recordEvents(config, runtime);
  const save = (text: string) => runtime.files.writeAtomically("/app.yaml", text);
  return {
    config,
    recorded,
    save,
    clock: runtime.clock,
    [Symbol.asyncDispose]: () => config.close(),
  };
}

describe("a recorder of events", () => {
  test("keeps all events in order, and gives those of one type", async () => {
    await using live = await open();
    const { recorded, save, clock } = live;
    save("port: 2\n");
    await clock.advance(1000);
    save("port: [\n");
    await clock.advance(5000);
    assert.deepEqual(recorded.types, [
      "fileChanged",
      "reloadSucceeded",
      "fileChanged",
      "reloadFailed",
      "healthChanged",
    ]);
    const [event] = recorded.ofType("reloadSucceeded");
    assert.equal(event?.changes[0]?.path, "port");
    assert.deepEqual(recorded.ofType("rolledBack"), []);
    recorded.clear();
    assert.deepEqual(recorded.events, []);
  });

  test("waits for the next event while a manual clock goes on by itself", async () => {
    await using live = await open();
    const { recorded, save, clock } = live;
    clock.schedule(1234, () => save("port: 2\n"));
    const { revision } = await recorded.next("reloadSucceeded");
    assert.deepEqual([revision, clock.now()], [2, 1234], "no time passes after it");
  });

  test("gives an event that came already, and each event once", async () => {
    await using live = await open();
    const { recorded, save, clock } = live;
    for (const port of [2, 3]) {
      save(`port: ${port}\n`);
      await clock.advance(1000);
    }
    assert.equal((await recorded.next("reloadSucceeded")).revision, 2);
    assert.equal((await recorded.next("reloadSucceeded")).revision, 3);
    await assert.rejects(recorded.next("reloadSucceeded", { withinMs: 100 }));
    assert.equal(clock.now(), 2100);
  });

  test("says what came instead of the event that was waited for, and why", async () => {
    await using live = await open();
    const { recorded, save } = live;
    await assert.rejects(recorded.next("rolledBack", { withinMs: 50 }), {
      message: "Cannot see rolledBack, not within 50 ms: there came no event at all",
    });
    save("port: [\n");
    await assert.rejects(
      recorded.next("reloadSucceeded"),
      /^Error: Cannot see reloadSucceeded, not within 5000 ms: there came fileChanged, reloadFailed \(Cannot parse \/app\.yaml:/u,
    );
  });

  test("lets several wait at once", async () => {
    await using live = await open();
    const { recorded, save } = live;
    const waiting = [recorded.next("fileChanged"), recorded.next("reloadSucceeded")];
    save("port: 2\n");
    const [first, second] = await Promise.all(waiting) as [ConfigEvent, ConfigEvent];
    assert.deepEqual([first.type, second.type], ["fileChanged", "reloadSucceeded"]);
  });

  test("lets nobody wait once it is disposed, and records no more", async () => {
    await using live = await open();
    const { recorded, save, clock } = live;
    const waiting = recorded.next("rolledBack", { withinMs: 1e6 });
    const failed = assert.rejects(waiting, /the recorder was disposed/u);
    recorded[Symbol.dispose]();
    await failed;
    save("port: 2\n");
    await clock.advance(1000);
    assert.deepEqual(recorded.types, []);
  });

  test("waits in real time where it is given no clock", async () => {
    await using live = await open();
    using recorded = recordEvents(live.config);
    await assert.rejects(recorded.next("rolledBack", { withinMs: 1 }), /not within 1 ms/u);
    const waiting = recorded.next("reloadSucceeded");
    live.save("port: 2\n");
    await live.clock.advance(1000);
    assert.equal((await waiting).revision, 2);
  });

  test("refuses to wait for ever, whatever the clock", async () => {
    await using live = await open();
    using timed = recordEvents(live.config);
    for (const recorded of [live.recorded, timed]) {
      for (const withinMs of [NaN, Infinity, -1]) {
        await assert.rejects(recorded.next("rolledBack", { withinMs }), RangeError);
      }
    }
  });

  test("records watched files as well", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "1");
    await using files = await watchFiles(["/a"], { runtime });
    using recorded = recordEvents(files, runtime);
    runtime.files.remove("/a");
    assert.equal((await recorded.next("fileChanged")).kind, "deleted");
  });
});
