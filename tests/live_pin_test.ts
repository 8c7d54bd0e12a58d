import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { memory } from "../mod.ts";
import { openLive } from "./live.ts";

const FILES = { "/app.yaml": "n: 1" };

describe("pin()", () => {
  test("runs work on one snapshot, whatever is committed meanwhile (G6, S3.10)", async () => {
    await using live = await openLive(FILES);
    const { config } = live;
    const seen = await config.pin(async (snapshot) => {
      await live.save("/app.yaml", "n: 2");
      return [
        snapshot.value,
        config.current,
        config.revision,
        config.checksum === snapshot.checksum,
      ];
    });
    assert.deepEqual(seen, [{ n: 1 }, { n: 1 }, 1, true]);
    assert.deepEqual(config.current, { n: 2 });
  });

  test("gives what the work gives, and throws what it throws", async () => {
    await using live = await openLive(FILES);
    assert.equal(live.config.pin(({ revision }) => revision), 1);
    assert.throws(() => live.config.pin(() => assert.fail("thrown")), /thrown/);
  });

  test("within another one, the outer snapshot counts", async () => {
    await using live = await openLive(FILES);
    const { config } = live;
    await config.pin(async () => {
      await live.save("/app.yaml", "n: 2");
      assert.equal(config.pin(({ revision }) => revision), 1);
    });
  });

  test("handlers and subscribers see the new snapshot, also when pinned work reloads", async () => {
    await using live = await openLive(FILES);
    const { config } = live;
    const seen: unknown[] = [];
    config.on("reloadSucceeded", () => seen.push(config.current));
    config.subscribe("*", () => seen.push(config.current));
    config.on("healthChanged", () => seen.push(config.current));
    await config.pin(async () => {
      await live.save("/app.yaml", "n: 2");
      config.pause();
    });
    assert.deepEqual(seen, [{ n: 2 }, { n: 2 }, { n: 2 }]);
  });

  test("what components start is not pinned, also when pinned work reloads or attaches", async () => {
    await using live = await openLive(FILES);
    const { config } = live;
    const served: unknown[] = [];
    const commit = () => {
      // A server that is started here goes on to answer in this context.
      const request = new Promise<void>((resolve) => requests.push(resolve));
      void request.then(() => served.push(config.current));
    };
    const requests: (() => void)[] = [];
    await config.pin(() => config.attach({ name: "server", commit }));
    await live.save("/app.yaml", "n: 2");
    await config.pin(() => config.rollback());
    await config.pin(() => live.save("/app.yaml", "n: 3"));
    let isBusy = false;
    const busy = await config.attach({ name: "busy", commit: () => assert.ok(!isBusy) });
    isBusy = true;
    live.files.writeAtomically("/app.yaml", "n: 4");
    await live.clock.advance(200);
    config.pin(() => busy[Symbol.dispose]());
    await live.clock.settle();
    for (const request of requests) request();
    await live.clock.advance(1);
    assert.deepEqual(served, Array(7).fill({ n: 4 }));
  });

  test("nor is what asks whether the program is well, when pinned work sets a source", async () => {
    const source = memory({ n: 1 });
    const asked: unknown[] = [];
    await using live = await openLive<{ n: number }>({}, {
      sources: [source],
      confirm: { withinMs: 1000, health: (): unknown => asked.push(live.config.current) },
    });
    await live.config.pin(async () => {
      source.set({ n: 2 });
      await live.clock.advance(1);
    });
    assert.deepEqual(asked, [{ n: 2 }]);
  });

  test("two handles are pinned apart", async () => {
    await using one = await openLive(FILES);
    await using other = await openLive(FILES);
    await one.config.pin(async () => {
      await other.save("/app.yaml", "n: 2");
      assert.deepEqual([one.config.current, other.config.current], [{ n: 1 }, { n: 2 }]);
    });
  });
});
