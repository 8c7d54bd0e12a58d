import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { type } from "arktype";
import {
  directory,
  env,
  loadConfig,
  memory,
  type StateError,
  type Validator,
  watchConfig,
  type WatchConfigOptions,
} from "../mod.ts";
import { decodeEntry, encodeEntry } from "../src/state/entry.ts";
import { createMemoryRuntime, type MemoryRuntime } from "../testing.ts";
import { eventsOf, type Live, openLive, reasonsOf, typesOf } from "./live.ts";

const DAY_MS = 86_400_000;
const STATE = { directory: "/state", name: "app" };

const Settings = type({
  port: "1 <= number.integer <= 65535",
  "database?": { password: "string" },
});
type Settings = typeof Settings.infer;

/** Begins anew on the disk and at the time of another one, as after a crash. */
async function restart(
  runtime: MemoryRuntime,
  options: Partial<WatchConfigOptions<Settings>> = {},
): Promise<Live<Settings>> {
  return await openLive<Settings>({}, {
    sources: ["/app.yaml"],
    schema: Settings,
    stateDir: STATE,
    startFrom: "last-known-good",
    ...options,
    runtime,
  });
}

/** Opens it on `/app.yaml`, and closes it. */
async function run(
  text: string,
  options: Partial<WatchConfigOptions<Settings>> = {},
): Promise<MemoryRuntime> {
  const runtime = createMemoryRuntime();
  runtime.files.write("/app.yaml", text);
  await using live = await restart(runtime, options);
  return live.runtime;
}

/** What the entries on disk hold, oldest first. */
function entriesIn({ stateFiles }: MemoryRuntime) {
  return stateFiles.paths.filter((path) => path.endsWith(".json"))
    .map((path) => JSON.parse(stateFiles.textOf(path)));
}

describe("a configuration with stateDir", () => {
  test("is on disk when it is there, and after each commit (G4)", async () => {
    await using live = await openLive({ "/app.yaml": "port: 1\n" }, { stateDir: STATE });
    assert.deepEqual(entriesIn(live.runtime).map(({ configuration }) => configuration), [
      { port: 1 },
    ]);
    await live.save("/app.yaml", "port: 2\n");
    const [, entry] = entriesIn(live.runtime);
    const { revision, checksum, at, files } = live.config.snapshot;
    assert.deepEqual({ ...entry, sha256: undefined }, {
      hotconf: 1,
      sequence: 2,
      revision,
      at,
      goodAt: entry.goodAt,
      checksum,
      cause: "save",
      sources: files,
      configuration: { port: 2 },
      sha256: undefined,
    });
    assert.equal(live.config.health().status, "ok");
  });

  test("is on disk after a rollback, too (G4)", async () => {
    await using live = await openLive({ "/app.yaml": "port: 1\n" }, { stateDir: STATE });
    await live.save("/app.yaml", "port: 2\n");
    await live.config.rollback();
    const entry = entriesIn(live.runtime).at(-1);
    assert.deepEqual([entry.revision, entry.cause, entry.configuration], [3, "rollback", {
      port: 1,
    }]);
  });

  test("is not on disk when it was refused (G4)", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": "port: 1\n" }, {
      schema: Settings,
      stateDir: STATE,
    });
    await live.save("/app.yaml", "port: 0\n");
    await live.save("/app.yaml", "port: [\n");
    assert.equal(entriesIn(live.runtime).length, 1);
  });

  test("is on disk only when it was confirmed (G4)", async () => {
    await using live = await openLive({ "/app.yaml": "port: 1\n" }, {
      stateDir: STATE,
      confirm: { withinMs: 1_000 },
    });
    live.files.writeAtomically("/app.yaml", "port: 2\n");
    await live.clock.advance(500);
    assert.deepEqual(live.config.current, { port: 2 });
    assert.equal(entriesIn(live.runtime).length, 1);
    live.config.confirm();
    await live.clock.advance(100);
    assert.deepEqual(entriesIn(live.runtime).at(-1).configuration, { port: 2 });
    await live.save("/app.yaml", "port: 3\n");
    assert.deepEqual(live.config.current, { port: 2 });
    const ports = entriesIn(live.runtime).map(({ configuration }) => configuration.port);
    assert.ok(!ports.includes(3), `${ports}`);
    assert.equal(ports.at(-1), 2);
  });

  test("runs on when the disk is full, and says so until it is written (G4, G7)", async () => {
    await using live = await openLive({ "/app.yaml": "port: 1\n" }, { stateDir: STATE });
    const full = Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    const statuses: string[] = [];
    live.config.on("healthChanged", ({ status }) => statuses.push(status));
    live.runtime.stateFiles.inject(({ operation }) => operation === "write" ? full : undefined);
    await live.save("/app.yaml", "port: 2\n");
    assert.deepEqual(live.config.current, { port: 2 });
    const [event] = eventsOf(live.events, "stateFailed");
    assert.equal(event!.revision, 2);
    assert.equal((event!.error as StateError).code, "ENOSPC");
    assert.deepEqual(live.config.health().status, "degraded");
    assert.match(
      reasonsOf(live.config)[0]!,
      /^State on disk .*: Cannot write .*no space is left/u,
    );
    live.runtime.stateFiles.inject(undefined);
    await live.save("/app.yaml", "port: 3\n");
    assert.equal(live.config.health().status, "ok");
    assert.equal(eventsOf(live.events, "stateFailed").length, 1);
    assert.deepEqual(statuses, ["degraded", "ok"]);
  });

  test("says what it is that can't be removed, and that all else is well (G7, G12)", async () => {
    const stateDir = { ...STATE, maxEntries: 1 };
    await using live = await openLive({ "/app.yaml": "port: 1\n" }, { stateDir });
    const busy = Object.assign(new Error("EBUSY"), { code: "EBUSY" });
    live.runtime.stateFiles.inject(({ operation }) => operation === "remove" ? busy : undefined);
    await live.save("/app.yaml", "port: 2\n");
    const [reason, ...others] = live.config.health().reasons;
    assert.equal(reason!.kind, "state");
    assert.match(
      reason!.message,
      /^State on disk is not as it .*: Cannot remove older .*: EBUSY$/u,
    );
    assert.deepEqual(others, []);
    assert.equal(entriesIn(live.runtime).at(-1).revision, 2);
    live.runtime.stateFiles.inject(undefined);
    await live.clock.advance(60_000);
    assert.equal(live.config.health().status, "ok");
    assert.deepEqual(entriesIn(live.runtime).map(({ revision }) => revision), [2]);
  });

  test("tells of the start that could not be written to handlers added after it", async () => {
    const runtime = createMemoryRuntime();
    runtime.stateFiles.plant("/state", { kind: "directory", mode: 0o755 });
    runtime.stateFiles.plant("/state/app", { kind: "symlink" });
    runtime.files.write("/app.yaml", "port: 1\n");
    await using live = await restart(runtime);
    assert.equal(live.config.health().status, "degraded");
    assert.deepEqual(typesOf(live.config.recentEvents()), ["healthChanged", "stateFailed"]);
    const statuses: string[] = [];
    live.config.on("healthChanged", ({ status }) => statuses.push(status));
    assert.deepEqual(live.events, []);
    await live.clock.advance(1);
    assert.deepEqual(typesOf(live.events), ["stateFailed"]);
    assert.deepEqual(statuses, ["degraded"]);
    assert.match(eventsOf(live.events, "stateFailed")[0]!.error.message, /symbolic link; remove/u);
  });

  test("does not wait for a disk that hangs, neither at the start nor at the end (G7)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.yaml", "port: 1\n");
    runtime.stateFiles.inject(({ operation }) => operation === "sync" ? "hang" : undefined);
    const opening = restart(runtime);
    await runtime.clock.advance(2_000);
    const live = await opening;
    await live.save("/app.yaml", "port: 2\n");
    assert.equal(live.config.current.port, 2);
    await live.config.close();
    assert.equal(runtime.clock.timers, 0);
  });

  test("does not read its state, where that is among its sources", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/config/app.yaml", "port: 1\n");
    const options = {
      sources: [directory("/config", { recursive: true })],
      stateDir: { directory: "/config/state", name: "app" },
      runtime,
    };
    await using live = await openLive({}, options);
    const [entry] = runtime.stateFiles.paths as [string];
    await live.save(entry, runtime.stateFiles.textOf(entry));
    assert.deepEqual([live.config.revision, live.events], [1, []]);
    assert.deepEqual((await loadConfig(options)).value, { port: 1 });
  });

  test("is refused with options that make no sense", async () => {
    const runtime = createMemoryRuntime();
    const sources = [memory({ a: 1 })];
    const wrong: readonly (readonly [Partial<WatchConfigOptions<unknown>>, RegExp])[] = [
      [{ startFrom: "last-known-good" }, /without stateDir/u],
      [{ startFrom: "disk" as never }, /"disk"/u],
      [{ stateDir: "" }, /stateDir/u],
      [{ stateDir: "/s", runtime: { ...runtime, stateFiles: undefined } }, /stateFiles/u],
    ];
    for (const [options, message] of wrong) {
      await assert.rejects(watchConfig({ sources, runtime, ...options }), message);
    }
  });
});

describe("a start on the last known good configuration", () => {
  test("happens when the file is not well-formed, and is told of (G4, S2.6)", async () => {
    const runtime = await run("port: 1\n");
    await runtime.clock.advance(3 * 3_600_000);
    runtime.files.write("/app.yaml", "port: [\n");
    await using live = await restart(runtime);
    assert.deepEqual(live.config.current, { port: 1 });
    assert.deepEqual([live.config.revision, live.config.snapshot.cause], [1, "last-known-good"]);
    const { status, reasons: [reason] } = live.config.health();
    assert.deepEqual([status, reason!.kind], ["degraded", "lastKnownGood"]);
    assert.ok(reason!.kind === "lastKnownGood" && reason!.goodAt < live.config.snapshot.at);
    assert.match(reason!.message, /known good configuration: the sources gave it 3 hours ago/u);
    assert.match(reason!.message, /\/app\.yaml:2:1/u);
    await live.clock.advance(1);
    const [failed] = eventsOf(live.events, "reloadFailed");
    assert.match(failed!.error.message, /Cannot parse \/app\.yaml/u);
    assert.ok(typesOf(live.config.recentEvents()).includes("reloadFailed"));
    assert.equal(live.config.explain("port").origin?.source, "last known good");
  });

  test("is told of before whatever comes after it", async () => {
    const sources = ["/app.yaml", "/more.yaml"];
    const runtime = createMemoryRuntime();
    runtime.files.write("/more.yaml", "port: 1\n");
    runtime.files.write("/app.yaml", "port: 2\n");
    await (await restart(runtime, { sources })).config.close();
    runtime.files.write("/more.yaml", "port: [\n");
    await using live = await restart(runtime, { sources });
    const types: string[] = [];
    live.config.on("*", ({ type }) => types.push(type));
    await live.config.removeSource("/more.yaml");
    const start = ["reloadFailed", "healthChanged"];
    assert.deepEqual(types, [...start, "reloadSucceeded", "healthChanged"]);
    await live.clock.advance(1);
    assert.equal(types.length, 4);
  });

  test("happens when the file is missing, and its next save is committed (G4)", async () => {
    const runtime = await run("port: 1\n");
    runtime.files.remove("/app.yaml");
    await using live = await restart(runtime);
    assert.equal(live.config.current.port, 1);
    await live.save("/app.yaml", "port: 2\n");
    assert.deepEqual([live.config.revision, live.config.current.port], [2, 2]);
    assert.equal(live.config.health().status, "ok");
    assert.equal(entriesIn(runtime).at(-1).configuration.port, 2);
  });

  test("happens when the schema refuses it, until it says the same again (G4)", async () => {
    const runtime = await run("port: 1\n");
    runtime.files.write("/app.yaml", "port: 70000\n");
    await using live = await restart(runtime);
    await live.clock.advance(1);
    assert.equal(eventsOf(live.events, "validationFailed")[0]!.issues[0]!.path, "port");
    const { current } = live.config;
    const written = entriesIn(runtime).length;
    await live.save("/app.yaml", "port: 1\n");
    assert.ok(typesOf(live.events).includes("recovered"));
    assert.equal(live.config.current, current);
    assert.equal(live.config.health().status, "ok");
    assert.equal(entriesIn(runtime).length, written + 1);
  });

  test("is still told of when another change is refused", async () => {
    const runtime = await run("port: 1\n");
    runtime.files.write("/app.yaml", "port: 0\n");
    await using live = await restart(runtime);
    await live.save("/app.yaml", "port: -1\n");
    const [reason] = reasonsOf(live.config);
    assert.match(reason!, /last known good configuration: .*-1/u);
  });

  test("is over when the sources said the same, whatever they say later (G12)", async () => {
    const runtime = await run("port: 1\n");
    runtime.files.write("/app.yaml", "port: 0\n");
    await using live = await restart(runtime);
    await live.save("/app.yaml", "port: 1\n");
    await live.save("/app.yaml", "port: -1\n");
    assert.match(
      reasonsOf(live.config)[0]!,
      /^The last change was refused, revision 1 stays: .*-1/u,
    );
  });

  test("does not happen when the sources give one (G4)", async () => {
    const runtime = await run("port: 1\n");
    runtime.files.write("/app.yaml", "port: 2\n");
    await using live = await restart(runtime);
    assert.deepEqual([live.config.current.port, live.config.snapshot.cause], [2, "start"]);
    assert.equal(live.config.health().status, "ok");
  });

  test("does not happen unless it is asked for", async () => {
    const runtime = await run("port: 1\n");
    runtime.files.write("/app.yaml", "port: 0\n");
    await assert.rejects(restart(runtime, { startFrom: "sources" }), { name: "ValidationError" });
    assert.equal(runtime.clock.timers, 0);
  });

  test("can't happen where nothing was accepted before", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.yaml", "port: 0\n");
    await assert.rejects(restart(runtime), { name: "ValidationError" });
    assert.equal(runtime.clock.timers, 0);
  });

  test("does not happen with one that is too old, which the error says (G10)", async () => {
    const runtime = await run("port: 1\n");
    await runtime.clock.advance(8 * DAY_MS);
    runtime.files.write("/app.yaml", "port: 0\n");
    await assert.rejects(restart(runtime), (error: StateError) => {
      assert.equal(error.name, "StateError");
      assert.match(error.message, /it is 8 days old, and 7 days are allowed. Cannot accept/u);
      assert.equal((error.cause as Error).name, "ValidationError");
      return true;
    });
  });

  test("is told of sensibly when the clock has gone back", async () => {
    const runtime = await run("port: 1\n");
    const [path] = runtime.stateFiles.paths as [string];
    const entry = decodeEntry(new TextEncoder().encode(runtime.stateFiles.textOf(path)));
    const goodAt = new Date(Date.parse(entry.goodAt) + DAY_MS).toISOString();
    const bytes = encodeEntry({ ...entry, goodAt });
    runtime.stateFiles.plant(path, { text: new TextDecoder().decode(bytes) });
    runtime.files.write("/app.yaml", "port: [\n");
    await using live = await restart(runtime);
    assert.match(reasonsOf(live.config)[0]!, /gave it 0 seconds ago/u);
  });

  test("does not make it younger (G10)", async () => {
    const runtime = await run("port: 1\n");
    runtime.files.write("/app.yaml", "port: 0\n");
    for (let day = 1; day <= 8; day++) {
      {
        await using _live = await restart(runtime);
      }
      await runtime.clock.advance(DAY_MS);
    }
    await assert.rejects(restart(runtime), /8 days old/u);
  });

  test("nor does going back to it, as the next save was not confirmed (G10)", async () => {
    const runtime = await run("port: 1\n");
    runtime.files.write("/app.yaml", "port: 0\n");
    await runtime.clock.advance(3 * DAY_MS);
    const before = entriesIn(runtime);
    {
      await using live = await restart(runtime, { confirm: { withinMs: 1_000 } });
      await live.save("/app.yaml", "port: 2\n");
      assert.deepEqual([live.config.revision, live.config.current.port], [3, 1]);
    }
    assert.deepEqual(entriesIn(runtime), before);
    runtime.files.write("/app.yaml", "port: 0\n");
    await using live = await restart(runtime);
    assert.match(reasonsOf(live.config)[0]!, /gave it 3 days ago/u);
  });

  test("does not happen with one that the schema refuses by now", async () => {
    const runtime = await run("port: 1\n");
    runtime.files.write("/app.yaml", "port: [\n");
    const validators: Validator<Settings>[] = [() => [{ path: "port", message: "is too small" }]];
    await assert.rejects(restart(runtime, { validators }), /port: is too small\. Cannot parse/u);
  });

  test("takes an older one when the newest is damaged, and says so (G12)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.yaml", "port: 1\n");
    {
      await using live = await restart(runtime);
      await live.save("/app.yaml", "port: 2\n");
    }
    const newest = runtime.stateFiles.paths.at(-1)!;
    runtime.stateFiles.plant(newest, { text: "{" });
    runtime.files.write("/app.yaml", "port: 0\n");
    await using live = await restart(runtime);
    assert.equal(live.config.current.port, 1);
    assert.match(
      reasonsOf(live.config)[0]!,
      /passed over .*it does not end as an entry does/u,
    );
  });

  test("takes an older one when the newest is refused by now, and says so (G4, G12)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.yaml", "port: 1\n");
    {
      await using live = await restart(runtime);
      for (const port of [2, 3, 4]) await live.save("/app.yaml", `port: ${port}\n`);
    }
    const third = runtime.stateFiles.paths[2]!;
    runtime.stateFiles.plant(third, { text: "{" });
    runtime.files.write("/app.yaml", "port: [\n");
    const validators: Validator<Settings>[] = [
      ({ port }) => port > 2 ? [{ path: "port", message: `${port} is too large` }] : [],
    ];
    await using live = await restart(runtime, { validators });
    assert.equal(live.config.current.port, 2);
    const [reason] = reasonsOf(live.config);
    assert.match(
      reason!,
      /passed over \/state\/app\/0+4-[^ ]+, as .*port: 4 is too large; passed/u,
    );
    assert.match(reason!, /; passed over \/state\/app\/0+3-[^ ]+, as it does not end/u);
  });

  test("is refused when no entry can be used, and the error says why of each (G12)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.yaml", "port: 1\n");
    {
      await using live = await restart(runtime);
      for (const port of [2, 3, 4, 5]) await live.save("/app.yaml", `port: ${port}\n`);
    }
    runtime.stateFiles.plant(runtime.stateFiles.paths[3]!, { text: "{" });
    runtime.files.write("/app.yaml", "port: [\n");
    const validators: Validator<Settings>[] = [({ port }) => [{ message: `${port} is no port` }]];
    await assert.rejects(restart(runtime, { validators }), (error: StateError) => {
      assert.equal(error.path, "/state/app");
      assert.match(
        error.message,
        /no entry can be used: [^ ]+\/0+5-[^ ]+: [^;]*: 5 is no port; [^ ]+\/0+4-.*as an entry does; [^ ]+\/0+3-[^ ]+: [^;]*: 3 is no port; and 2 more\. Cannot parse/u,
      );
      assert.equal((error.cause as Error).name, "ParseError");
      return true;
    });
  });

  test("does not wait for a validator that hangs over each entry (G7)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.yaml", "port: 1\n");
    {
      await using live = await restart(runtime);
      for (const port of [2, 3, 4, 5]) await live.save("/app.yaml", `port: ${port}\n`);
    }
    runtime.files.write("/app.yaml", "port: [\n");
    const validators: Validator<Settings>[] = [() => new Promise(() => {})];
    const refused = assert.rejects(
      restart(runtime, { validators }),
      /no entry can be used: [^ ]+\/0+5-.*did not finish.*\/0+4-.*did not finish[^;]*$/u,
    );
    await runtime.clock.advance(10_000);
    await refused;
    assert.equal(runtime.clock.timers, 0);
  });

  test("is refused when the entry holds what this version does not know (G12)", async () => {
    const runtime = await run("port: 1\n");
    const [path] = runtime.stateFiles.paths as [string];
    const entry = decodeEntry(new TextEncoder().encode(runtime.stateFiles.textOf(path)));
    const bytes = encodeEntry({ ...entry, configuration: { port: { $later: 1 } } });
    runtime.stateFiles.plant(path, { text: new TextDecoder().decode(bytes) });
    runtime.files.write("/app.yaml", "port: 0\n");
    await assert.rejects(restart(runtime), /it holds \$later, which is not known\. Cannot accept/u);
  });

  test("is refused when the disk does not answer (G7, G10)", async () => {
    const runtime = await run("port: 1\n");
    runtime.files.write("/app.yaml", "port: [\n");
    runtime.stateFiles.inject(({ operation }) => operation === "read" ? "hang" : undefined);
    const refused = assert.rejects(
      restart(runtime),
      /did not answer within 10000 ms\. Cannot parse/u,
    );
    await runtime.clock.advance(10_000);
    await refused;
    assert.equal(runtime.clock.timers, 0);
  });

  test("is refused when no entry is whole (G12)", async () => {
    const runtime = await run("port: 1\n");
    runtime.stateFiles.plant(runtime.stateFiles.paths[0]!, { text: "{}" });
    runtime.files.write("/app.yaml", "port: 0\n");
    await assert.rejects(
      restart(runtime),
      /\/state\/app\/0+1-.*: it does not end .*Cannot accept/u,
    );
  });

  test("is refused from a folder of somebody else (G12)", async () => {
    const runtime = await run("port: 1\n");
    runtime.stateFiles.plant("/state/app", { kind: "directory", mode: 0o700, userId: 4711 });
    runtime.files.write("/app.yaml", "port: 0\n");
    await assert.rejects(restart(runtime), /it belongs to the user 4711, .*Cannot accept/u);
  });
});

describe("secrets and a start on the last known good configuration", () => {
  const text = "port: 1\ndatabase: {password: hunter2-in-a-file}\n";

  test("no file on disk holds one (G11)", async () => {
    const runtime = createMemoryRuntime();
    runtime.environment.set("APP_DATABASE__TOKEN", "hunter2-in-the-environment");
    runtime.environment.set("DB_PASSWORD", "hunter2-in-a-placeholder");
    const sources = ["/app.yaml", "/more.yaml", env({ prefix: "APP_" })];
    const more =
      "url: postgres://app:${DB_PASSWORD}@db\npin: 2222222\nlist: [{apiKey: hunter2-list}]\n";
    const options = { sources, stateDir: STATE, secrets: ["pin"], runtime };
    await using live = await openLive({ "/app.yaml": text, "/more.yaml": more }, options);
    await live.save("/app.yaml", text.replace("hunter2", "hunter2-changed"));
    await live.config.rollback();
    await live.save("/app.yaml", "port: hunter2-wrong\ndatabase: {password: [hunter2\n");
    const { stateFiles } = runtime;
    assert.equal(entriesIn(runtime).length, 3);
    for (const path of stateFiles.paths) {
      assert.ok(!/hunter2|2222222/u.test(stateFiles.textOf(path)), stateFiles.textOf(path));
    }
  });

  test("one that can still be read is taken from where it is (G11)", async () => {
    const secret = "database: {password: hunter2}\n";
    const runtime = createMemoryRuntime();
    const sources = ["/app.yaml", "/secret.yaml"];
    runtime.files.write("/app.yaml", "port: 1\n");
    runtime.files.write("/secret.yaml", secret);
    {
      await using _live = await restart(runtime, { sources });
    }
    runtime.files.write("/app.yaml", "port: [\n");
    await using live = await restart(runtime, { sources });
    assert.deepEqual(live.config.current, { port: 1, database: { password: "hunter2" } });
    assert.equal(live.config.explain("database.password").value, "[secret]");
  });

  test("one of the environment is taken from there, as what it is now (G11)", async () => {
    const runtime = createMemoryRuntime();
    runtime.environment.set("APP_DATABASE__PASSWORD", "hunter2");
    runtime.environment.set("APP_PORT", "8080");
    runtime.files.write("/app.yaml", "port: 1\n");
    const sources = ["/app.yaml", env({ prefix: "APP_" })];
    {
      await using live = await restart(runtime, { sources });
      assert.equal(live.config.current.port, 8080);
    }
    runtime.environment.set("APP_DATABASE__PASSWORD", "rotated");
    runtime.files.write("/app.yaml", "port: [\n");
    await using live = await restart(runtime, { sources });
    // A text of the environment is a number again where the schema asks for one.
    assert.deepEqual(live.config.current, { port: 8080, database: { password: "rotated" } });
  });

  test("one that stands in a text is quoted by nobody (G11)", async () => {
    const runtime = createMemoryRuntime();
    runtime.environment.set("PG_PASSWORD", "hunter2-hunter2");
    runtime.files.write("/app.yaml", "port: 1\nurl: pg://app:${PG_PASSWORD}@db\n");
    const schema = undefined;
    await (await restart(runtime, { schema })).config.close();
    runtime.files.write("/app.yaml", "port: [\n");
    await using live = await restart(runtime, { schema });
    const { url } = live.config.current as unknown as { url: string };
    assert.equal(url, "pg://app:hunter2-hunter2@db");
    live.config.on("reloadFailed", () => {
      throw new Error(`no login with ${new URL(url).password}`);
    });
    await live.clock.advance(1);
    assert.match(inspect(live.events), /no login with \[secret\]/u);
  });

  test("one that is none by its path, but by its variable, stays one (G11)", async () => {
    const runtime = createMemoryRuntime();
    runtime.environment.set("DB_TOKEN", "271828182");
    runtime.environment.set("LOGIN_TOKEN", '{"user": "app", "code": "hunter2"}');
    runtime.files.write("/app.yaml", "port: 1\n");
    const map = {
      DB_TOKEN: { path: "database.code", parse: Number },
      LOGIN_TOKEN: { path: "login", parse: JSON.parse },
    };
    const options = { sources: ["/app.yaml", env({ map })], schema: undefined };
    await (await restart(runtime, options)).config.close();
    runtime.files.write("/app.yaml", "port: [\n");
    await using live = await restart(runtime, options);
    const { config } = live;
    const login = { user: "app", code: "hunter2" };
    assert.deepEqual(config.current, { port: 1, database: { code: 271828182 }, login });
    const provenance = config.provenance();
    runtime.environment.set("DB_TOKEN", "271828183");
    runtime.environment.set("LOGIN_TOKEN", '{"user": "app", "code": "hunter3"}');
    await live.save("/app.yaml", "port: 2\n");
    const shown = inspect([provenance, live.events, config.diffRevisions(1, 2)], {
      depth: 9,
    });
    assert.ok(!/27182818|hunter/u.test(shown), shown);
  });

  test("one that is nowhere is missing, which the error says without it (G11)", async () => {
    const runtime = await run(text);
    runtime.files.write("/app.yaml", "port: [\n");
    await assert.rejects(restart(runtime), (error: StateError) => {
      assert.match(
        error.message,
        /database\.password: .*could not be completed at database\.pass/u,
      );
      assert.match(error.message, /a secret, which is not stored, and no source that can be read/u);
      assert.ok(!error.message.includes("hunter2"));
      return true;
    });
  });

  test("one that is missing is named by health, where the schema can do without (G11)", async () => {
    const schema = undefined;
    const runtime = await run(text, { schema });
    runtime.files.write("/app.yaml", "port: [\n");
    await using live = await restart(runtime, { schema });
    const [reason] = reasonsOf(live.config);
    assert.match(reason!, /; without database\.password, as it is a secret, which is not stored/u);
  });
});
