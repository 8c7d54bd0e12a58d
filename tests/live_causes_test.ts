import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ConfigEvent, type Validator, watchConfig } from "../mod.ts";
import { openLive } from "./live.ts";

interface Port {
  port: number;
}

const positive: Validator<Port> = ({ port }) =>
  port > 0 ? [] : [{ path: "port", message: "must be positive" }];

/** The refusals among events, and why the reload ran that each ended. */
function causesOf(events: readonly ConfigEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "validationFailed" || event.type === "reloadFailed" ||
      event.type === "componentFailed"
      ? [`${event.type} ${event.cause}`]
      : []
  );
}

describe("a refusal tells why the reload ran:", () => {
  test("a save, a call of reload(), what is resumed (G4)", async () => {
    await using live = await openLive<Port>({ "/app.yaml": "port: 1\n" }, {
      validators: [positive],
    });
    await live.save("/app.yaml", "port: 0\n");
    await live.save("/app.yaml", "port: [\n");
    live.files.deliverHints("never");
    live.files.write("/app.yaml", "port: -1\n");
    await live.reload();
    live.config.pause();
    live.files.write("/app.yaml", "port: -2\n");
    await live.resume();
    assert.deepEqual(causesOf(live.events), [
      "validationFailed save",
      "reloadFailed save",
      "validationFailed manual",
      "validationFailed save",
    ]);
  });

  test("sources that are added or removed (S2.1, G4)", async () => {
    await using live = await openLive<Port>(
      { "/base.yaml": "port: 0\n", "/app.yaml": "port: 1\n" },
      {
        validators: [positive],
      },
    );
    await live.config.addSource("/none.yaml");
    await live.config.removeSource("/app.yaml");
    assert.deepEqual(causesOf(live.events), ["reloadFailed sources", "validationFailed sources"]);
    assert.equal(live.config.health().status, "ok");
  });

  test("a component that is asked again, one that can't go back, and one that is attached (G5)", async () => {
    await using live = await openLive<Port>({ "/app.yaml": "port: 1\n" }, {
      maxReloadAttempts: 2,
    });
    let accepted = 1;
    const commit = ({ port }: Port) => assert.equal(port, accepted);
    await live.config.attach({ name: "pool", commit });
    await live.save("/app.yaml", "port: 2\n");
    const twice = ["save", "retry"].flatMap((cause) => [
      `componentFailed ${cause}`,
      `reloadFailed ${cause}`,
    ]);
    assert.deepEqual(causesOf(live.events), twice);
    accepted = 3;
    await live.save("/app.yaml", "port: 3\n");
    live.events.length = 0;
    await live.config.rollback();
    assert.deepEqual(causesOf(live.events), ["componentFailed rollback", "reloadFailed rollback"]);
    assert.equal(live.config.health().status, "ok", "all is as it was before the call");
    live.events.length = 0;
    const failing = { name: "other", commit: () => assert.fail("no") };
    await assert.rejects(live.config.attach(failing));
    assert.deepEqual(causesOf(live.events), ["componentFailed undefined"], "no reload ran");
  });

  test("a revision that is not confirmed, and stays (S5.5)", async () => {
    await using live = await openLive<Port>({ "/app.yaml": "port: 1\n" }, {
      confirm: { withinMs: 1000, health: () => false },
      rollbackOnFailure: false,
    });
    await live.save("/app.yaml", "port: 2\n");
    assert.deepEqual(causesOf(live.events), ["reloadFailed confirm-failed"]);
  });

  test("a start on the last known good configuration (S2.6)", async () => {
    const stateDir = { directory: "/state", name: "app" };
    const { runtime, config } = await openLive({ "/app.yaml": "port: 1\n" }, { stateDir });
    await config.close();
    runtime.files.write("/app.yaml", "port: [\n");
    const options = { sources: ["/app.yaml"], runtime, stateDir };
    await using again = await watchConfig({ ...options, startFrom: "last-known-good" });
    assert.deepEqual(causesOf(again.recentEvents()), ["reloadFailed start"]);
  });
});
