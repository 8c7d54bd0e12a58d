import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type AlertSink,
  type Source,
  type StandardSchema,
  watchConfig,
  type WatchConfigOptions,
} from "../../mod.ts";
import { eventsOf, openLive, typesOf } from "../live.ts";
import { never, record, type Recorded } from "./recorded.ts";

const port = (value: unknown) => {
  const { port } = value as { port: number };
  return port > 0 ? [] : [{ path: ["port"], message: `must be more than 0 (was ${port})` }];
};

/** A source that can be reached, or not. */
function sourceThatMayBe(away: { readonly error: Error | undefined }): Source {
  return {
    name: "far",
    read({ stale, last }) {
      if (away.error !== undefined) stale(away.error);
      return Promise.resolve(last);
    },
    watch: () => {},
  };
}

async function open(
  sink: Recorded = record(),
  options: Partial<WatchConfigOptions<unknown>> = {},
) {
  const live = await openLive<unknown>({ "/app.yaml": "port: 1\n" }, {
    validators: [port],
    alerts: [sink],
    ...options,
  });
  const kinds = () => sink.alerts.map(({ kind }) => kind);
  return { ...live, sink, kinds, [Symbol.asyncDispose]: () => live.config.close() };
}

describe("alerts", () => {
  test("tell of a refused configuration with file, line and column, and of its end (S3.15)", async () => {
    await using live = await open();
    await live.save("/app.yaml", "a: 1\nport: 0\n");
    const { at, ...alert } = live.sink.alerts[0]!;
    assert.match(at, /^2026-01-01T/);
    assert.deepEqual(alert, {
      kind: "validationFailed",
      severity: "warning",
      title: "Configuration refused, revision 1 stays",
      text: "/app.yaml:2:1: port: must be more than 0 (was 0)",
      revision: 1,
      issues: [{
        path: "port",
        message: "must be more than 0 (was 0)",
        file: "/app.yaml",
        line: 2,
        column: 1,
      }],
      files: ["/app.yaml"],
      cause: "save",
      leftOut: 0,
    });
    await live.save("/app.yaml", "port: 2\n");
    assert.deepEqual(live.kinds(), ["validationFailed", "recovered"]);
    const { title, text, severity } = live.sink.alerts[1]!;
    assert.equal(title, "Configuration accepted again, revision 2 runs");
    assert.match(text, /^It had been refused once, since 2026-01-01T00:/);
    assert.equal(severity, "info");
    await live.save("/app.yaml", "port: 3\n");
    assert.equal(live.sink.alerts.length, 2, "a commit is no alert");
  });

  test("tell of what can't be parsed or read, and of files that hold again what runs (S3.15)", async () => {
    await using live = await open();
    await live.save("/app.yaml", "port: [\n");
    const [parse] = live.sink.alerts;
    assert.equal(parse!.kind, "reloadFailed");
    assert.match(parse!.text, /^Cannot parse \/app\.yaml:2:1: /);
    assert.deepEqual(Object.keys(parse!.issues[0]!), ["path", "message", "file", "line", "column"]);
    live.files.remove("/app.yaml");
    await live.clock.advance(10_000);
    assert.equal(live.sink.alerts[1]!.text, "Cannot read /app.yaml: there is no such file");
    assert.deepEqual(live.sink.alerts[1]!.issues, [
      { path: "", message: "there is no such file", file: "/app.yaml" },
    ]);
    await live.save("/app.yaml", "port: 1\n");
    assert.deepEqual(live.kinds(), ["reloadFailed", "reloadFailed", "recovered"]);
    assert.match(live.sink.alerts[2]!.text, /refused 2 times/);
  });

  test("tell of a rollback, with the paths that changed (S3.15)", async () => {
    await using live = await open();
    await live.save("/app.yaml", "port: 2\n");
    await live.config.rollback();
    await live.clock.advance(1);
    const [{ kind, severity, title, text, revision }] = live.sink.alerts as [Recorded["alerts"][0]];
    assert.deepEqual([kind, severity, revision], ["rolledBack", "info", 3]);
    assert.equal(title, "Rolled back from revision 2 to the values of revision 1");
    assert.equal(text, "Other values now: port");
    await live.config.rollback({ to: 2 });
    await live.config.rollback({ to: 1 });
    await live.clock.advance(1);
    assert.deepEqual(live.kinds(), ["rolledBack", "rolledBack", "rolledBack"]);
  });

  test("tell of a rollback of many values, or of all at once (G10)", async () => {
    const sink = record();
    const many = (value: number) =>
      JSON.stringify(Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((key) => [`k${key}`, value])));
    const schema: StandardSchema<unknown> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) => ({ value: "all" in Object(value) ? "all" : value }),
      },
    };
    await using live = await openLive<unknown>({ "/app.json": many(1) }, {
      schema,
      alerts: [sink],
      guards: { massRemoval: false },
    });
    for (const text of [many(2), '{"all": 1}']) {
      await live.save("/app.json", text);
      await live.config.rollback({ to: 1 });
      await live.clock.advance(1);
    }
    assert.deepEqual(sink.alerts.map(({ text }) => text), [
      "Other values now: k1, k2, k3, k4, k5 and 2 more",
      "Other values now: everything",
    ]);
  });

  test("tell of what was taken back by itself, once, until one is confirmed (S3.15)", async () => {
    let isWell = false;
    const health = () => isWell;
    await using live = await open(record(), { confirm: { withinMs: 1000, health } });
    for (const port of [2, 3, 4]) {
      await live.save("/app.yaml", `port: ${port}\n`);
      await live.clock.advance(2000);
    }
    assert.deepEqual(live.kinds(), ["rolledBack"]);
    const [{ severity, text }] = live.sink.alerts as [Recorded["alerts"][0]];
    assert.equal(severity, "warning");
    assert.match(text, /revision 2.*\nOther values now: port$/i);
    isWell = true;
    await live.save("/app.yaml", "port: 5\n");
    assert.deepEqual(live.kinds(), ["rolledBack", "recovered"]);
    assert.match(live.sink.alerts[1]!.text, /^It had been refused 3 times, since /);
  });

  test("tell of what runs and is not confirmed (S3.15, S5.5)", async () => {
    await using live = await open(record(), {
      confirm: { withinMs: 1000, health: () => false },
      rollbackOnFailure: false,
    });
    await live.save("/app.yaml", "port: 2\n");
    assert.deepEqual(live.sink.alerts.map(({ title }) => title), [
      "Revision 2 runs, and is not confirmed",
    ]);
  });

  test("tell of what a component does not go back from, and that it runs (S3.15)", async () => {
    await using live = await open(record(), { confirm: { withinMs: 1000, health: () => false } });
    await live.config.attach({
      name: "pool",
      commit(value) {
        const { port } = value as { port: number };
        if (port === 1 && live.config.revision > 1) throw new Error("no way back");
      },
    });
    await live.save("/app.yaml", "port: 2\n");
    assert.deepEqual(live.sink.alerts.map(({ title }) => title), [
      "Going back refused, revision 2 stays",
      "Revision 2 runs, and is not confirmed",
    ]);
  });

  test("tell of a component that fails when it is not tried again (S3.15)", async () => {
    await using live = await open();
    let isBroken = false;
    const prepare = () => {
      if (isBroken) throw new Error("no room");
    };
    await live.config.attach({ name: "pool", prepare, commit: () => {} });
    isBroken = true;
    await live.save("/app.yaml", "port: 2\n");
    await live.clock.advance(5000);
    assert.equal(eventsOf(live.events, "reloadFailed").length, 3);
    assert.equal(live.sink.alerts[0]?.at, eventsOf(live.events, "reloadFailed")[2]!.at);
    const [{ kind, title, text }, ...more] = live.sink.alerts as [Recorded["alerts"][0]];
    assert.equal(kind, "reloadFailed");
    assert.equal(title, "Configuration refused, revision 1 stays");
    assert.match(text, /pool.*no room/);
    assert.deepEqual(more, []);
  });

  test("tell of a component that could not go back (S3.15)", async () => {
    await using live = await open();
    let isBroken = false;
    const fails = () => {
      if (isBroken) throw new Error("no room");
    };
    await live.config.attach({ name: "first", commit: () => {}, undo: fails });
    // While it takes its time nobody knows what the first will run on.
    const failsLater = () =>
      new Promise<void>((resolve, reject) => {
        if (!isBroken) resolve();
        else live.clock.schedule(3000, () => reject(new Error("no room")));
      });
    await live.config.attach({ name: "second", commit: failsLater, undo: () => {} });
    isBroken = true;
    await live.save("/app.yaml", "port: 2\n");
    await live.clock.advance(20_000);
    assert.deepEqual(live.kinds(), ["degraded", "reloadFailed"]);
    assert.match(live.sink.alerts[0]!.text, /Component first may not run on revision 1: .*no room/);
    isBroken = false;
    await live.save("/app.yaml", "port: 3\n");
    assert.deepEqual(live.kinds().slice(2), ["recovered", "recovered"]);
  });

  test("tell of health that is not ok and of its end, but not of a refusal twice (S3.15, G8)", async () => {
    const away = { error: undefined as Error | undefined };
    await using live = await open(record(), { sources: [sourceThatMayBe(away), "/app.yaml"] });
    away.error = new Error("no answer");
    await live.reload();
    assert.deepEqual(live.kinds(), ["degraded"]);
    const [{ title, text, severity }] = live.sink.alerts as [Recorded["alerts"][0]];
    assert.equal(title, "Health is degraded, revision 1 runs");
    assert.equal(text, "far gives nothing yet: no answer");
    assert.equal(severity, "warning");
    await live.save("/app.yaml", "port: 0\n");
    assert.deepEqual(live.kinds(), ["degraded", "validationFailed"]);
    away.error = undefined;
    await live.reload();
    assert.deepEqual(live.kinds(), ["degraded", "validationFailed", "recovered"]);
    assert.match(live.sink.alerts[2]!.title, /^Watching is as it should be again/);
    await live.save("/app.yaml", "port: 1\n");
    assert.deepEqual(live.kinds().slice(3), ["recovered"]);
    assert.match(live.sink.alerts[3]!.title, /^Configuration accepted again/);
  });

  test("tell that nothing is watched any more as what is most urgent (S3.15, G8)", async () => {
    await using live = await open();
    const health = live.config.health.bind(live.config);
    const message = "The files were not looked at for 6000 ms";
    const reasons = [{ kind: "notLooked", message }] as const;
    live.config.health = () => ({ ...health(), status: "failing", reasons, isWatching: false });
    await live.save("/app.yaml", "port: 2\n");
    const [{ kind, severity, title, text }] = live.sink.alerts as [Recorded["alerts"][0]];
    assert.deepEqual([kind, severity], ["failing", "critical"]);
    assert.deepEqual([title, text], ["Health is failing, revision 2 runs", message]);
    assert.equal(live.sink.alerts.length, 1);
  });

  test("tell of a start on the last known good configuration, and of its end (S3.15, S2.6)", async () => {
    const stateDir = { directory: "/state", name: "app" };
    const { runtime, config } = await openLive({ "/app.yaml": "port: 1\n" }, { stateDir });
    await config.close();
    runtime.files.write("/app.yaml", "port: [\n");
    const sink = record();
    await using again = await watchConfig({
      sources: ["/app.yaml"],
      runtime,
      stateDir,
      startFrom: "last-known-good",
      alerts: [sink],
    });
    await runtime.clock.advance(1);
    assert.deepEqual(sink.alerts.map(({ kind }) => kind), ["reloadFailed", "degraded"]);
    assert.match(sink.alerts[0]!.text, /^Cannot parse \/app\.yaml:2:1: /);
    assert.match(sink.alerts[1]!.text, /^It runs on the last known good configuration: /);
    runtime.files.writeAtomically("/app.yaml", "port: 2\n");
    await runtime.clock.advance(5000);
    assert.equal(again.revision, 2);
    assert.deepEqual(sink.alerts.slice(2).map(({ kind }) => kind), ["recovered", "recovered"]);
  });

  test("tell of no pause: somebody asked for it (S2.4, S3.15)", async () => {
    const away = { error: undefined as Error | undefined };
    await using live = await open(record(), { sources: [sourceThatMayBe(away), "/app.yaml"] });
    live.config.pause();
    await live.resume();
    assert.deepEqual(live.kinds(), []);
    away.error = new Error("no answer");
    await live.reload();
    live.config.pause();
    await live.resume();
    assert.deepEqual(live.kinds(), ["degraded"]);
    live.config.pause();
    away.error = undefined;
    await live.reload();
    assert.deepEqual(live.kinds(), ["degraded", "recovered"], "the pause is none of it");
  });

  test("tell of the same health once, though its text grows older (S3.15, S2.6)", async () => {
    const stateDir = { directory: "/state", name: "app" };
    const { runtime, config } = await openLive({ "/app.yaml": "port: 1\n" }, { stateDir });
    await config.close();
    runtime.files.write("/app.yaml", "port: [\n");
    const away = { error: undefined as Error | undefined };
    const sink = record();
    await using again = await watchConfig({
      sources: [sourceThatMayBe(away), "/app.yaml"],
      runtime,
      stateDir,
      startFrom: "last-known-good",
      alerts: [sink],
    });
    for (const error of [new Error("no answer"), undefined, new Error("no answer")]) {
      away.error = error;
      const reloading = again.reload();
      await runtime.clock.advance(100_000);
      await reloading;
    }
    const told = sink.alerts.flatMap(({ kind, text }) => kind === "degraded" ? [text] : []);
    assert.deepEqual(told.map((text) => text.includes("far gives nothing yet")), [false, true]);
  });

  test("of sources that are refused, tell once and of no end: none is in force (S2.1, S3.15)", async () => {
    await using live = await open();
    live.files.write("/bad.yaml", "port: 0\n");
    live.files.write("/good.yaml", "name: a\n");
    const add = async (path: string) => {
      const outcome = await live.config.addSource(path);
      await live.clock.advance(1);
      return outcome.status;
    };
    assert.equal(await add("/bad.yaml"), "rejected");
    assert.equal(await add("/bad.yaml"), "rejected");
    const [{ title, cause }, ...others] = live.sink.alerts as [Recorded["alerts"][0]];
    assert.deepEqual([title, cause], ["Other sources refused, revision 1 stays", "sources"]);
    assert.deepEqual(others, [], "the same again within the hour");
    assert.equal(live.config.health().status, "ok");
    assert.equal(await add("/good.yaml"), "committed");
    assert.deepEqual(live.kinds(), ["validationFailed"], "nothing is over, as nothing lasted");
    assert.equal(await add("/bad.yaml"), "rejected");
    assert.deepEqual(live.kinds(), ["validationFailed", "validationFailed"], "it is another state");
    assert.equal(await add("/none.yaml"), "rejected");
    const last = live.sink.alerts.at(-1)!;
    assert.equal(last.title, "Other sources can't be loaded, revision 2 stays");
  });

  test("of sources that are taken back, tell once and of no end (S5.5, S3.15)", async () => {
    let isWell = false;
    const confirm = { withinMs: 1000, health: () => isWell };
    await using live = await open(record(), { confirm });
    live.files.write("/more.yaml", "name: a\n");
    const adding = live.config.addSource("/more.yaml");
    await live.clock.advance(2000);
    assert.equal((await adding).status, "rejected");
    assert.deepEqual(live.sink.alerts.map(({ kind, severity }) => [kind, severity]), [
      ["rolledBack", "warning"],
    ]);
    assert.equal(live.config.health().status, "ok");
    isWell = true;
    await live.save("/app.yaml", "port: 2\n");
    assert.deepEqual(live.kinds(), ["rolledBack"]);
  });

  test("of a rollback that is refused, tell once and of no end; of what is saved, both (S3.15)", async () => {
    await using live = await open();
    await live.save("/app.yaml", "port: 2\n");
    await live.config.attach({
      name: "pool",
      commit(value) {
        if ((value as { port: number }).port === 1) throw new Error("no way back");
      },
    });
    assert.equal((await live.config.rollback()).status, "rejected");
    await live.clock.advance(1);
    const [{ title, cause }] = live.sink.alerts as [Recorded["alerts"][0]];
    assert.deepEqual([title, cause], ["Rollback refused, revision 2 stays", "rollback"]);
    assert.equal(live.config.health().status, "ok");
    await live.save("/app.yaml", "port: 0\n");
    live.files.write("/more.yaml", "name: a\n");
    assert.equal((await live.config.addSource("/more.yaml")).status, "rejected");
    await live.save("/app.yaml", "port: 3\n");
    const { text } = live.sink.alerts.at(-1)!;
    const refused = ["reloadFailed", "validationFailed", "validationFailed"];
    assert.deepEqual(live.kinds(), [...refused, "recovered"]);
    assert.match(text, /^It had been refused once, /, "the calls do not count");
  });

  test("of what reload() finds refused, tell until the files hold something else (S3.15)", async () => {
    await using live = await open();
    live.files.deliverHints("never");
    live.files.write("/app.yaml", "port: 0\n");
    const { status } = await live.reload({ source: "/app.yaml" });
    assert.deepEqual([status, live.kinds()], ["rejected", ["validationFailed"]]);
    assert.equal(live.sink.alerts[0]!.cause, "manual");
    assert.equal(live.config.health().status, "degraded", "a restart would not come up");
    await live.save("/app.yaml", "port: 1\n");
    assert.deepEqual(live.kinds(), ["validationFailed", "recovered"]);
  });

  test("tell again of what could not be told when it happens again (S3.15)", async () => {
    await using live = await open(record(() => Promise.reject(new Error("no"))));
    await live.save("/app.yaml", "port: 0\n");
    await live.clock.advance(60_000);
    assert.equal(eventsOf(live.events, "alertFailed").length, 1);
    live.sink.alerts.length = 0;
    live.sink.answer = () => {};
    for (const round of [1, 2, 3]) await live.save("/app.yaml", `port: 0 # ${round}\n`);
    assert.deepEqual(live.kinds(), ["validationFailed"]);
  });

  test("of what comes and goes, tell that it is over when that lasts (G10)", async () => {
    const away = { error: undefined as Error | undefined };
    await using live = await open(record(), { sources: [sourceThatMayBe(away), "/app.yaml"] });
    const turn = async (error?: Error) => {
      away.error = error;
      await live.reload();
      await live.clock.advance(30_000);
    };
    for (let round = 0; round < 40; round++) {
      await turn(new Error("no answer"));
      await turn();
    }
    const told = ["degraded", "recovered", "degraded", "recovered", "degraded"];
    assert.deepEqual(live.kinds(), told);
    await live.save("/app.yaml", "port: 2\n");
    await live.clock.advance(600_000);
    assert.deepEqual(live.kinds(), [...told, "recovered"]);
    const { title, text } = live.sink.alerts.at(-1)!;
    assert.equal(title, "Watching is as it should be again, revision 2 runs");
    assert.match(text, /^It had not been since 2026-/);
    for (let round = 0; round < 200; round++) {
      await turn(new Error("no answer"));
      await turn();
    }
    // Three hours and a half: once at the beginning, and once an hour.
    assert.deepEqual(live.kinds().slice(6), Array(4).fill("degraded"));
    assert.ok(live.sink.alerts.at(-1)!.leftOut > 50);
    const { timers } = live.clock;
    await live.config.close();
    assert.ok(live.clock.timers < timers);
    assert.equal(live.clock.timers, 0);
  });

  test("what is accepted meanwhile does not put off that it is over", async () => {
    await using live = await open();
    for (let round = 1; round <= 3; round++) {
      await live.save("/app.yaml", "port: 0\n");
      await live.save("/app.yaml", `port: ${round}\n`);
    }
    assert.equal(live.kinds().length, 5);
    const { timers } = live.clock;
    for (let round = 1; round <= 3; round++) {
      await live.save("/app.yaml", `port: ${round}${round}\n`);
      assert.equal(live.clock.timers, timers);
      await live.clock.advance(190_000);
    }
    await live.clock.advance(25_000);
    assert.deepEqual(live.kinds().slice(5), ["recovered"]);
    await live.clock.advance(900_000);
    assert.equal(live.kinds().length, 6);
  });

  test("tell of the same once, again after an hour or when it was over, with a count", async () => {
    await using live = await open();
    for (let round = 1; round <= 5; round++) {
      await live.save("/app.yaml", `port: 0 # ${round}\n`);
      await live.save("/app.yaml", `port: -1 # ${round}\n`);
    }
    assert.deepEqual(live.kinds(), ["validationFailed", "validationFailed"]);
    await live.clock.advance(3_600_000);
    await live.save("/app.yaml", "port: 0 # later\n");
    const again = live.sink.alerts[2]!;
    assert.equal(again.leftOut, 4);
    assert.match(again.text, /\(was 0\)\n\(4 more of the same before\)$/);
    await live.save("/app.yaml", "port: 2\n");
    assert.match(live.sink.alerts[3]!.text, /refused 11 times/);
    await live.save("/app.yaml", "port: 0\n");
    assert.deepEqual([live.sink.alerts[4]!.leftOut, live.kinds().length], [0, 5]);
  });

  test("are bounded: five issues, twenty files, 2,000 characters (G10)", async () => {
    const validators = [
      (value: unknown) =>
        (value as { bad: boolean }).bad
          ? Array.from({ length: 30 }, (_, index) => ({
            path: [`key${index}`],
            message: index === 0 ? "x".repeat(100_000) : index === 1 ? "😀".repeat(1000) : "no",
          }))
          : [],
    ];
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [`/f${n}.yaml`, "a: 1\n"]),
    );
    const sink = record();
    await using live = await openLive(files, { validators, alerts: [sink] });
    for (const path of Object.keys(files)) live.files.write(path, "bad: true\n");
    await live.clock.advance(5000);
    const [{ text, issues, files: shown, leftOut }] = sink.alerts as [Recorded["alerts"][0]];
    assert.equal(leftOut, 0);
    assert.ok(text.length <= 2000);
    assert.match(text, /and 25 more issues$/);
    assert.ok(text.isWellFormed?.() ?? true);
    assert.deepEqual([issues.length, shown.length], [5, 20]);
    assert.ok(issues.every(({ message }) => message.length <= 500));
  });

  test("hold no control characters, and can't be changed for others (G12)", async () => {
    const [first, second] = [record((alert) => void Object.assign(alert, { text: "" })), record()];
    const validators = [
      (value: unknown) =>
        "a" in (value as object) ? [] : [{ path: ["\u001b[2J"], message: "a\u0000b\n\u202ec" }],
    ];
    await using live = await openLive({ "/app.yaml": "a: 1\n" }, {
      validators,
      alerts: [first, second],
    });
    await live.save("/app.yaml", "b: 1\n");
    const [alert] = second.alerts;
    assert.equal(
      alert!.text,
      String.raw`/app.yaml:1:1: \u001b[2J: a\u0000b \u202ec`.replace(
        "\\u001b[2J",
        '["\\u001b[2J"]',
      ),
    );
    assert.ok(Object.isFrozen(alert) && Object.isFrozen(alert!.issues));
    assert.ok(Object.isFrozen(alert!.issues[0]) && Object.isFrozen(alert!.files));
  });

  test("show no secret, whatever they tell of (G11)", async () => {
    const SECRET = "canary-s3cret";
    const validators = [(value: unknown) => {
      const { bad, password } = value as { bad?: string; password: string };
      if (bad === "throw") throw new Error(`cannot connect with ${password}`);
      return bad === undefined ? [] : [{ path: ["password"], message: `was ${password}` }];
    }];
    const sink = record();
    const files = { "/app.yaml": `password: ${SECRET}\n` };
    await using live = await openLive(files, { validators, alerts: [sink] });
    for (
      const text of [
        `password: ${SECRET}\nbad: issue\n`,
        `password: ${SECRET}\nbad: throw\n`,
        `password: ${SECRET}\n  : [\n`,
        `password: ${SECRET}2\n`,
      ]
    ) await live.save("/app.yaml", text);
    await live.config.rollback();
    await live.clock.advance(1);
    assert.deepEqual(sink.alerts.map(({ kind }) => kind).slice(-2), ["recovered", "rolledBack"]);
    assert.ok(sink.alerts.length >= 5);
    assert.doesNotMatch(JSON.stringify(sink.alerts), /canary/);
    sink.answer = () => Promise.reject(new Error(`cannot log in with ${SECRET}`));
    await live.save("/app.yaml", "password: [\n");
    await live.clock.advance(60_000);
    const { error } = eventsOf(live.events, "alertFailed")[0]!;
    assert.match(error.message, /cannot log in with \[secret\]/);
    assert.doesNotMatch(`${error.stack} ${error.cause} ${JSON.stringify(error)}`, /canary/);
  });

  test("that are given up are an event, which is none to alert of (S3.15)", async () => {
    await using live = await open(record(() => Promise.reject(new Error("no"))));
    await live.save("/app.yaml", "port: 0\n");
    await live.clock.advance(60_000);
    const [{ at, error, ...event }] = eventsOf(live.events, "alertFailed") as [
      ReturnType<typeof eventsOf<"alertFailed">>[0],
    ];
    assert.match(at, /^2026-/);
    assert.deepEqual(event, { type: "alertFailed", sink: "recorded" });
    assert.equal(error.message, "Cannot send an alert to recorded: no");
    assert.equal(live.sink.alerts.length, 4);
    await live.clock.advance(600_000);
    assert.equal(live.sink.alerts.length, 4);
    assert.equal(live.config.health().reasons.length, 1);
  });

  test("a sink that throws, hangs or calls back in hurts neither reloads nor other sinks (G7)", async () => {
    const throws = record(() => {
      throw new Error("at once");
    }, { name: "throws" });
    const hangs = record(never, { name: "hangs" });
    const callsBack = record(() => void live.config.reload(), { name: "calls back" });
    const last = record(undefined, { name: "last" });
    await using live = await openLive({ "/app.yaml": "port: 1\n" }, {
      validators: [port],
      alerts: [throws, hangs, callsBack, last],
    });
    await live.save("/app.yaml", "port: 0\n");
    await live.save("/app.yaml", "port: 2\n");
    assert.deepEqual(last.alerts.map(({ kind }) => kind), ["validationFailed", "recovered"]);
    assert.equal(callsBack.alerts.length, 2);
    assert.equal(hangs.alerts.length, 1);
    assert.equal(live.config.revision, 2);
    const closing = live.config.close();
    await live.clock.advance(500);
    await closing;
    assert.deepEqual(
      [...new Set(eventsOf(live.events, "alertFailed").map(({ sink }) => sink))].sort(),
      ["hangs", "throws"],
    );
    assert.equal(live.clock.timers, 0);
  });

  test("no reload waits for an endpoint that is dead, nor does what it tells of (G7)", async () => {
    const order: string[] = [];
    const sink = record(({ kind }) => {
      order.push(`sent ${kind}`);
      return never();
    });
    await using live = await openLive({ "/app.yaml": "port: 1\n" }, {
      validators: [port],
      alerts: [sink],
    });
    live.config.on("*", ({ type }) => void order.push(type));
    live.config.subscribe("port" as never, () => void order.push("subscriber"));
    await live.save("/app.yaml", "port: 0\n");
    await live.save("/app.yaml", "port: 2\n");
    await live.config.rollback();
    assert.deepEqual(order.filter((entry) => entry !== "fileChanged"), [
      "validationFailed",
      "healthChanged",
      "sent validationFailed",
      "reloadSucceeded",
      "healthChanged",
      "subscriber",
      "rolledBack",
      "subscriber",
    ]);
    const closing = live.config.close();
    await live.clock.advance(500);
    await closing;
  });

  test("close() ends at once when nothing is to be sent, and is not alerted of (G9)", async () => {
    await using live = await open();
    await live.config.close();
    await live.clock.advance(1000);
    assert.deepEqual([live.sink.alerts, live.clock.timers], [[], 0]);
  });

  test("are checked before anything is watched", async () => {
    const opened = (alerts: unknown) =>
      openLive({ "/app.yaml": "a: 1\n" }, { alerts: alerts as AlertSink[] });
    await assert.rejects(opened("https://a.example"), /Cannot use alerts, it must be an array/);
    await assert.rejects(opened([{ name: "a" }]), TypeError);
    await assert.rejects(opened([{ send() {} }]), TypeError);
    await assert.rejects(opened([undefined]), TypeError);
    for (const [name, value] of [["deadlineMs", 0], ["maxAttempts", 0], ["maxPerMinute", NaN]]) {
      const sink = { name: "a", send() {}, [name as string]: value };
      await assert.rejects(opened([sink]), new RegExp(`RangeError: Cannot use ${name}, `));
    }
  });

  test("that nobody asked for cost no timer and no event", async () => {
    await using live = await openLive({ "/app.yaml": "port: 1\n" }, { validators: [port] });
    const { timers } = live.clock;
    await live.save("/app.yaml", "port: 0\n");
    assert.equal(live.clock.timers, timers);
    assert.deepEqual(typesOf(live.events), ["fileChanged", "validationFailed"]);
  });
});
