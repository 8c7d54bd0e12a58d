import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { type Health, type HealthChangedEvent, type HealthReason, valueDocument } from "../mod.ts";
import { HealthChanges } from "../src/health_changes.ts";
import { HEALTH_REASON_KINDS } from "../src/health_reason.ts";
import { createMemoryRuntime } from "../testing.ts";
import { openLive, reasonsOf } from "./live.ts";

function healthOf(status: Health["status"], ...reasons: HealthReason[]): Health {
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
  const polled = (directory: string, message = "full"): HealthReason => ({
    kind: "polled",
    directory,
    message,
  });

  test("tells of another status, and of reasons about something else", () => {
    const changes = new HealthChanges();
    const look = (health: Health) => changes.look(health, "now")?.reasons;
    const [a, b] = [polled("/a"), polled("/b")];
    assert.equal(look(healthOf("ok")), undefined);
    assert.deepEqual(look(healthOf("degraded", a)), [a]);
    assert.deepEqual(look(healthOf("degraded", a, b)), [a, b]);
    assert.deepEqual(look(healthOf("degraded", b)), [b]);
    assert.deepEqual(look(healthOf("failing", b)), [b]);
    const source = { source: "s", message: "away" };
    const [stale, empty] = (["sourceStale", "sourceEmpty"] as const).map((kind) => ({
      kind,
      ...source,
    }));
    assert.deepEqual(look(healthOf("failing", stale!)), [stale]);
    assert.deepEqual(look(healthOf("failing", empty!)), [empty]);
    const doubt = { kind: "component", message: "no" } as const;
    assert.ok(look(healthOf("failing", { ...doubt, component: "a" })));
    assert.ok(look(healthOf("failing", { ...doubt, component: "b" })));
    assert.deepEqual(look(healthOf("ok")), []);
    assert.equal(look(healthOf("ok")), undefined);
  });

  test("tells nothing where only the words of a reason are others", () => {
    const changes = new HealthChanges();
    const late: HealthReason = { kind: "notLooked", message: "for 5001 ms" };
    const refused: HealthReason = { kind: "refused", message: "revision 1, refused: port" };
    const look = (...reasons: HealthReason[]) =>
      changes.look(healthOf("degraded", ...reasons), "now");
    assert.equal(look(late, refused)?.status, "degraded");
    assert.equal(look({ ...late, message: "for 6002.5 ms" }, refused), undefined);
    assert.equal(look({ ...refused, message: "host" }, late), undefined, "in another order");
    assert.equal(look(late, refused, polled("/a"))?.status, "degraded");
    assert.equal(look(late, refused, polled("/a", "limit reached")), undefined);
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
    assert.match(event.reasons[0]!.message, /app\.yaml:2:1/);
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
    assert.match(reasonsOf(live.config).join(), /Component a may not run on/);
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
    live.config.health = () =>
      isRefused ? healthOf("degraded", { kind: "refused", message: "tired" }) : describe();
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
    assert.deepEqual(live.told[0]!.reasons.map(({ kind }) => kind), ["refused", "notLooked"]);
    assert.match(live.told[0]!.reasons[1]!.message, /not looked at for \d{5} ms/);
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
      [{
        kind: "sourceStale",
        source: "far",
        message: "What far gave last is used: cannot log in with [secret]",
      }],
    ]);
    const before = reads;
    await live.clock.advance(100_000);
    assert.equal(live.config.health().status, "degraded");
    assert.ok(reads - before < 100, `${reads - before} times`);
  });
});

describe("docs/events.md", () => {
  const page = readFileSync("docs/events.md", "utf8");

  test("lists every kind of reason, in the order of the type, with what it brings", () => {
    const [, table] = /\n## Health\n[\s\S]*?\n\| -[^\n]*\n((?:\|.*\n)+)/u.exec(page)!;
    const rows = table!.trim().split("\n").map((row) =>
      row.split("|").slice(1, 3).map((cell) => cell.trim().replaceAll("`", ""))
    );
    assert.deepEqual(rows.map(([kind]) => kind), HEALTH_REASON_KINDS);
    const type = readFileSync("src/health_reason.ts", "utf8");
    for (const [kind, also] of rows) {
      const [, member] = new RegExp(`readonly kind: [^;}]*"${kind}"[^;}]*([^}]*)\\}`, "u").exec(
        type,
      )!;
      assert.equal(/readonly (\w+):/u.exec(member!)?.[1] ?? "", also, kind);
    }
  });

  test("shows how a program tells reasons apart", async () => {
    const [, shown] = /<!-- tested: reasons -->\s*```ts\n([\s\S]*?)```/u.exec(page)!;
    const here = readFileSync("tests/health_changes_test.ts", "utf8");
    const [, code] = /^ *\/\/ begin\n([\s\S]*?)^ *\/\/ end\n/mu.exec(here)!;
    assert.equal(code!.replaceAll(/^ {4}/gmu, ""), shown);
    const warned: unknown[] = [];
    const console = { warn: (...texts: unknown[]) => warned.push(texts) };
    await using live = await openHealth({
      sources: ["/app.yaml", {
        name: "far",
        read({ stale, isNew }) {
          if (!isNew) stale(new Error("no answer"));
          return Promise.resolve([valueDocument("far", { a: 1 })]);
        },
        watch: () => {},
      }],
    });
    const { config } = live;
    // begin
    config.on("healthChanged", ({ reasons }) => {
      const away = reasons.flatMap((reason) => reason.kind === "sourceStale" ? reason.source : []);
      if (away.length > 0) console.warn("using what they gave last:", away);
    });
    // end
    await live.reload();
    assert.deepEqual(warned, [["using what they gave last:", ["far"]]]);
  });
});
