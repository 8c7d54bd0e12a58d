import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Health, type HealthChangedEvent, valueDocument } from "../mod.ts";
import { HealthChanges } from "../src/health_changes.ts";
import { createMemoryRuntime } from "../testing.ts";
import { openLive } from "./live.ts";

function healthOf(status: Health["status"], ...reasons: string[]): Health {
  return {
    status,
    reasons,
    revision: 1,
    isWatching: true,
    isPolling: false,
    watchedDirectories: 1,
  };
}

/** A runtime whose program can be busy, so that timers are late, and lose the looks for files. */
function busyRuntime() {
  const runtime = createMemoryRuntime();
  const clock = Object.create(runtime.clock) as typeof runtime.clock;
  const timers = new Set<{ at: number; run: () => void; timer: Disposable }>();
  let busyMs = 0;
  const state = {
    looks: true,
    keepBusy(ms: number) {
      busyMs += ms;
      for (const late of timers) {
        late.timer[Symbol.dispose]();
        late.timer = runtime.clock.schedule(late.at - clock.now(), late.run);
      }
    },
  };
  clock.now = () => runtime.clock.now() + busyMs;
  clock.wallTime = () => runtime.clock.wallTime() + busyMs;
  clock.advance = (ms) => runtime.clock.advance(ms);
  clock.schedule = (delayMs, callback) => {
    if (delayMs === BACKSTOP_MS && !state.looks) return { [Symbol.dispose]: () => {} };
    const run = () => {
      timers.delete(set);
      callback();
    };
    const timer = runtime.clock.schedule(delayMs, run);
    const set = { at: clock.now() + delayMs, run, timer };
    timers.add(set);
    return {
      [Symbol.dispose]() {
        timers.delete(set);
        set.timer[Symbol.dispose]();
      },
    };
  };
  return { state, runtime: { ...runtime, clock }, inner: runtime.clock };
}

const BACKSTOP_MS = 1234;

/** Opens a configuration and collects what is told of its health, `status: reasons`. */
async function openHealth(options: Parameters<typeof openLive>[1] = {}) {
  const live = await openLive({ "/app.yaml": "a: 1\n" }, options);
  const told: HealthChangedEvent[] = [];
  live.config.on("healthChanged", (event) => told.push(event));
  return { ...live, told, [Symbol.asyncDispose]: () => live.config.close() };
}

const statusesOf = (told: readonly HealthChangedEvent[]) =>
  told.map(({ before, status }) => `${before} → ${status}`);

describe("HealthChanges", () => {
  test("tells of another status, and of reasons of another kind", () => {
    const changes = new HealthChanges();
    const look = (health: Health) => changes.look(health, "now")?.reasons;
    assert.equal(look(healthOf("ok")), undefined);
    assert.deepEqual(look(healthOf("degraded", "a is polled: full")), ["a is polled: full"]);
    assert.deepEqual(
      look(healthOf("degraded", "a is polled: full", "b is polled: full"))?.length,
      2,
    );
    assert.deepEqual(look(healthOf("degraded", "b is polled: full")), ["b is polled: full"]);
    assert.deepEqual(look(healthOf("failing", "b is polled: full")), ["b is polled: full"]);
    assert.deepEqual(look(healthOf("ok")), []);
    assert.equal(look(healthOf("ok")), undefined);
  });

  test("tells nothing where only the details of a reason are others", () => {
    const changes = new HealthChanges();
    const first = healthOf("degraded", "Not looked at for 5001 ms", "revision 1, refused: port");
    assert.equal(changes.look(first, "now")?.status, "degraded");
    const later = healthOf("degraded", "Not looked at for 6002.5 ms", "revision 2, refused: host");
    assert.equal(changes.look(later, "now"), undefined);
    const swapped = healthOf("degraded", "revision 3, refused: b", "Not looked at for 7 ms");
    assert.equal(changes.look(swapped, "now"), undefined);
    const other = healthOf("degraded", "Not looked at for 7 ms", "rev3.yaml, refused: b");
    assert.equal(changes.look(other, "now")?.reasons, other.reasons);
  });
});

describe("healthChanged", () => {
  test("follows a refusal and what ends it, once each, with the reasons (G4)", async () => {
    await using live = await openHealth();
    const order: string[] = [];
    live.config.on("*", ({ type }) => order.push(type));
    await live.save("/app.yaml", "a: [\n");
    const { at, ...event } = live.told[0]!;
    assert.match(at, /^2026-/);
    assert.deepEqual(event, {
      type: "healthChanged",
      status: "degraded",
      before: "ok",
      reasons: live.config.health().reasons,
      revision: 1,
    });
    assert.match(event.reasons[0]!, /app\.yaml:2:1/);
    await live.save("/app.yaml", "a: {\n");
    await live.save("/app.yaml", "a: 2\n");
    assert.deepEqual(statusesOf(live.told), ["ok → degraded", "degraded → ok"]);
    assert.deepEqual(order.filter((type) => type !== "fileChanged"), [
      "reloadFailed",
      "healthChanged",
      "reloadFailed",
      "reloadSucceeded",
      "healthChanged",
    ]);
  });

  test("tells nothing in the middle of a change, as whoever is doubtful may be so again", async () => {
    await using live = await openHealth({ maxReloadAttempts: 1 });
    let isStuck = false;
    const undo = () => assert.ok(!isStuck);
    await live.config.attach({ name: "a", commit: () => {}, undo });
    await live.config.attach({
      name: "b",
      deadlineMs: 5000,
      commit: () => isStuck && new Promise(() => {}),
      undo: () => {},
    });
    isStuck = true;
    await live.save("/app.yaml", "a: 2\n");
    await live.clock.advance(5000);
    assert.match(live.config.health().reasons.join(), /Component a may not run on/);
    const { length } = live.told;
    await live.save("/app.yaml", "a: 3\n");
    await live.clock.advance(5000);
    assert.equal(live.told.length, length);
  });

  test("follows a pause and its end, and close() tells nothing (G9)", async () => {
    await using live = await openHealth();
    live.config.pause();
    assert.deepEqual(statusesOf(live.told), ["ok → degraded"]);
    await live.resume();
    await live.config.close();
    assert.deepEqual(statusesOf(live.told), ["ok → degraded", "degraded → ok"]);
  });

  test("tells of what no event tells of at the next look (G8)", async () => {
    await using live = await openHealth({ backstopMs: 1000 });
    let isRefused = true;
    const describe = live.config.health.bind(live.config);
    live.config.health = () => isRefused ? healthOf("degraded", "tired") : describe();
    await live.clock.advance(1000);
    assert.deepEqual(statusesOf(live.told), ["ok → degraded"]);
    isRefused = false;
    await live.clock.advance(1000);
    assert.deepEqual(statusesOf(live.told), ["ok → degraded", "degraded → ok"]);
    await live.clock.advance(10_000);
    assert.equal(live.told.length, 2);
  });

  test("what is not as it should be from the start is among the recent events (G8)", async () => {
    const live = await openLive({ "/app.yaml": "a: 1\n" });
    await using _closing = live.config;
    assert.deepEqual(live.config.recentEvents(), []);
    await using later = await openLive({ "/app.yaml": "a: 1\n" }, {
      sources: [{
        name: "away",
        read: ({ stale }) => {
          stale(new Error("no answer"));
          return Promise.resolve([]);
        },
        watch: () => {},
      }, "/app.yaml"],
    });
    assert.equal(later.config.recentEvents()[0]!.type, "healthChanged");
  });

  test("looks that are late because the program was busy are none that do not take place", async () => {
    const { state, runtime } = busyRuntime();
    const validators = [() => {
      state.keepBusy(60_000);
      return [];
    }];
    const options = { runtime, validators, backstopMs: BACKSTOP_MS };
    await using live = await openHealth(options);
    await live.save("/app.yaml", "a: 2\n");
    assert.equal(live.config.revision, 2);
    await live.clock.advance(10_000);
    assert.deepEqual(statusesOf(live.told), []);
  });

  test("looks that do not take place any more are told of at the next event (G8)", async () => {
    const { state, runtime, inner } = busyRuntime();
    await using live = await openHealth({ runtime, backstopMs: BACKSTOP_MS });
    state.looks = false;
    await live.clock.advance(20_000);
    assert.deepEqual(statusesOf(live.told), []);
    await live.save("/app.yaml", "a: [\n");
    assert.deepEqual(statusesOf(live.told), ["ok → failing"]);
    assert.match(live.told[0]!.reasons.join(), /not looked at for \d{5} ms/);
    await live.config.close();
    assert.equal(inner.timers, 0);
  });

  test("a handler that changes the health again is told of both", async () => {
    await using live = await openHealth();
    live.config.on("healthChanged", ({ status }) => {
      if (status === "degraded") void live.config.resume();
    });
    live.config.pause();
    await live.clock.advance(1000);
    assert.deepEqual(statusesOf(live.told), ["ok → degraded", "degraded → ok"]);
  });

  test("looks for secrets in what a source threw once, not at each look (G10, G11)", async () => {
    let reads = 0;
    class Quoting extends Error {
      override get message() {
        reads++;
        return "cannot log in with canary-s3cret";
      }
    }
    const away = new Quoting();
    await using live = await openHealth({
      sources: ["/app.yaml", {
        name: "far",
        read({ stale, isNew }) {
          if (!isNew) stale(away);
          return Promise.resolve([valueDocument("far", { password: "canary-s3cret" })]);
        },
        watch: () => {},
      }],
    });
    await live.reload();
    assert.deepEqual(live.told.map(({ reasons }) => reasons), [
      ["What far gave last is used: cannot log in with [secret]"],
    ]);
    const before = reads;
    await live.clock.advance(100_000);
    assert.equal(live.config.health().status, "degraded");
    assert.ok(reads - before < 100, `${reads - before} times`);
  });
});
