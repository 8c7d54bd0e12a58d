import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { directory, file, ValidationError, watchConfig } from "../mod.ts";
import { createMemoryRuntime } from "../testing.ts";
import { checksumOf } from "../src/checksum.ts";
import { eventsOf, openLive, typesOf } from "./live.ts";

describe("watchConfig()", () => {
  test("resolves with the first valid configuration as revision 1 (S5.1)", async () => {
    await using live = await openLive({ "/app.yaml": "server:\n  port: 1\n" });
    const { config } = live;
    assert.deepEqual(config.current, { server: { port: 1 } });
    assert.equal(config.revision, 1);
    assert.deepEqual(config.files, ["/app.yaml"]);
    assert.deepEqual(config.sources, ["/app.yaml"]);
    assert.equal(config.snapshot.cause, "start");
    assert.equal(config.snapshot.at, "2026-01-01T00:00:00.000Z");
    assert.deepEqual(config.snapshot.files, ["/app.yaml"]);
    assert.equal(config.isRunning, true);
    assert.equal(config.isPaused, false);
    assert.equal(config.isClosed, false);
    assert.equal(config.watcher, "memory");
    assert.equal(config.runtime, "node");
    assert.deepEqual(config.health(), {
      status: "ok",
      isWatching: true,
      isPolling: false,
      lastLookMs: 0,
      watchedDirectories: 1,
      reasons: [],
      revision: 1,
    });
  });

  test("has the checksum of the file itself when there is only one (S1.8)", async () => {
    const text = "port: 1 # größe\n";
    await using live = await openLive({ "/app.yaml": text });
    assert.equal(live.config.checksum, checksumOf(text));
    await live.save("/app.yaml", "port: 2\n");
    assert.equal(live.config.checksum, checksumOf("port: 2\n"));
  });

  test("has one checksum for several files, which any of them changes", async () => {
    await using live = await openLive({ "/a.yaml": "a: 1\n", "/b.yaml": "b: 1\n" });
    const first = live.config.checksum;
    assert.match(first, /^[0-9a-f]{64}$/);
    await live.save("/b.yaml", "b: 2\n");
    assert.notEqual(live.config.checksum, first);
    await live.save("/b.yaml", "b: 1\n");
    assert.equal(live.config.checksum, first);
  });

  test("commits a save as one new revision, with what differs and where (G3, S4.1)", async () => {
    await using live = await openLive({ "/app.yaml": "server:\n  host: a\n  port: 1\n" });
    const { config, events } = live;
    await live.save("/app.yaml", "# note\nserver:\n  host: a\n  port: 2\n  tls: true\n");
    assert.equal(config.revision, 2);
    assert.deepEqual(config.current, { server: { host: "a", port: 2, tls: true } });
    assert.deepEqual(typesOf(events), ["fileChanged", "reloadSucceeded"]);
    const [{ kind, path, checksum, source }] = eventsOf(events, "fileChanged") as [never];
    assert.deepEqual({ kind, path, checksum, source }, {
      kind: "modified",
      path: "/app.yaml",
      checksum: config.checksum,
      source: "/app.yaml",
    });
    const [reload] = eventsOf(events, "reloadSucceeded");
    assert.equal(reload!.revision, 2);
    assert.equal(reload!.cause, "save");
    assert.deepEqual(reload!.files, ["/app.yaml"]);
    assert.deepEqual(reload!.changes, [
      { path: "server.port", kind: "changed", before: 1, after: 2, file: "/app.yaml", line: 4 },
      { path: "server.tls", kind: "added", after: true, file: "/app.yaml", line: 5 },
    ]);
    assert.ok(reload!.latencyMs >= reload!.durationMs);
  });

  test("tells the old place of a value that was removed", async () => {
    await using live = await openLive({ "/app.yaml": "a: 1\nb: 2\n" });
    await live.save("/app.yaml", "a: 1\n");
    assert.deepEqual(eventsOf(live.events, "reloadSucceeded")[0]!.changes, [
      { path: "b", kind: "removed", before: 2, file: "/app.yaml", line: 2 },
    ]);
  });

  test("does nothing for a save of the same bytes, a touch or a chmod (G3)", async () => {
    await using live = await openLive({ "/app.yaml": "a: 1\n" });
    await live.save("/app.yaml", "a: 1\n");
    live.files.touch("/app.yaml");
    await live.clock.advance(5000);
    assert.equal(live.config.revision, 1);
    assert.deepEqual(live.events, []);
  });

  test("gives no new revision when only a comment changed", async () => {
    await using live = await openLive({ "/app.yaml": "a: 1\n" });
    await live.save("/app.yaml", "# why\na: 1\n");
    assert.equal(live.config.revision, 1);
    assert.deepEqual(typesOf(live.events), ["fileChanged"]);
  });

  test("tells a place as it was in the last content, also when that gave no revision", async () => {
    await using live = await openLive({ "/app.yaml": "a: 1\nb: 2\n" });
    await live.save("/app.yaml", "# why\n\na: 1\nb: 2\n");
    await live.save("/app.yaml", "# why\n\na: 1\n");
    assert.deepEqual(eventsOf(live.events, "reloadSucceeded")[0]!.changes, [
      { path: "b", kind: "removed", before: 2, file: "/app.yaml", line: 4 },
    ]);
  });

  test("freezes what it gives, and keeps what did not change the same object (G6)", async () => {
    await using live = await openLive<{ a: { x: number[] }; b: { y: number } }>({
      "/app.yaml": "a:\n  x: [1]\nb:\n  y: 1\n",
    });
    const before = live.config.current;
    await live.save("/app.yaml", "a:\n  x: [1]\nb:\n  y: 2\n");
    const after = live.config.current;
    assert.notEqual(after, before);
    assert.equal(after.a, before.a);
    assert.deepEqual(before.b, { y: 1 });
    assert.ok(Object.isFrozen(after) && Object.isFrozen(after.a.x));
    assert.ok(Object.isFrozen(live.config.snapshot) && Object.isFrozen(live.config.snapshot.files));
    assert.throws(() => after.a.x.push(2), TypeError);
  });

  test("merges two sources, the later wins, whichever changes (S4.6, S4.7)", async () => {
    await using live = await openLive({
      "/base.yaml": "server:\n  host: base\n  port: 1\n",
      "/local.yaml": "server:\n  port: 2\n",
    });
    const { config } = live;
    assert.deepEqual(config.current, { server: { host: "base", port: 2 } });
    await live.save("/base.yaml", "server:\n  host: new\n  port: 9\n");
    assert.deepEqual(config.current, { server: { host: "new", port: 2 } });
    await live.save("/local.yaml", "server:\n  port: 3\n");
    assert.deepEqual(config.current, { server: { host: "new", port: 3 } });
    assert.equal(config.revision, 3);
    assert.deepEqual(eventsOf(live.events, "reloadSucceeded")[1]!.changes, [
      { path: "server.port", kind: "changed", before: 2, after: 3, file: "/local.yaml", line: 2 },
    ]);
  });

  test("reads a directory as one source, in the order of the names (S5.2)", async () => {
    const files = { "/c/10.yaml": "a: 1\nb: 1\n", "/c/20.yaml": "b: 2\n", "/c/note.txt": "x" };
    await using live = await openLive(files, { sources: [directory("/c")] });
    const { config } = live;
    assert.deepEqual(config.current, { a: 1, b: 2 });
    assert.deepEqual(config.files, ["/c/10.yaml", "/c/20.yaml"]);
    live.files.writeAtomically("/c/30.yaml", "b: 3\n");
    await live.clock.advance(3000);
    assert.deepEqual(config.current, { a: 1, b: 3 });
    assert.equal(eventsOf(live.events, "fileChanged")[0]!.kind, "created");
    live.files.remove("/c/20.yaml");
    await live.clock.advance(3000);
    assert.deepEqual(config.files, ["/c/10.yaml", "/c/30.yaml"]);
  });

  test("tells a value's new place when its file is renamed in a directory", async () => {
    const files = { "/c/a.yaml": "v: 1\n", "/c/c.yaml": "w: 1\n" };
    await using live = await openLive<{ v: number }>(files, { sources: [directory("/c")] });
    live.files.rename("/c/a.yaml", "/c/b.yaml");
    await live.clock.advance(3000);
    assert.equal(live.config.explain("v").origin?.file, "/c/b.yaml");
    assert.deepEqual(typesOf(live.events), ["fileChanged"]);
    assert.equal(live.config.revision, 1);
  });

  test("reads a file as what it is renamed to, but not against a rollback (G4, S5.8)", async () => {
    const number = { parse: (text: string) => ({ v: text === "2" ? 2 : assert.fail("no 2") }) };
    const files = { "/c/a.yaml": "v: 1\n", "/c/c.yaml": "w: 1\n" };
    await using live = await openLive(files, {
      sources: [directory("/c")],
      formats: { ".number": number },
    });
    live.files.rename("/c/a.yaml", "/c/a.number");
    await live.clock.advance(3000);
    assert.equal(live.events.at(-1)!.type, "reloadFailed");
    await live.save("/c/a.number", "2");
    assert.deepEqual(live.config.current, { v: 2, w: 1 });
    await live.config.rollback();
    live.files.rename("/c/a.number", "/c/b.number");
    await live.clock.advance(3000);
    assert.deepEqual(live.config.current, { v: 1, w: 1 });
  });

  test("commits several files that change together as one revision (G5, S3.11)", async () => {
    const files = { "/c/a.yaml": "v: 1\n", "/c/b.yaml": "w: 1\n", "/c/c.yaml": "x: 1\n" };
    await using live = await openLive(files, { sources: [directory("/c")] });
    live.files.writeAtomically("/c/a.yaml", "v: 2\n");
    live.files.writeAtomically("/c/b.yaml", "w: 2\n");
    live.files.writeAtomically("/c/c.yaml", "x: 2\n");
    await live.clock.advance(3000);
    assert.equal(live.config.revision, 2);
    assert.deepEqual(live.config.current, { v: 2, w: 2, x: 2 });
    const [{ files: changed }, ...more] = eventsOf(live.events, "reloadSucceeded") as [never];
    assert.deepEqual(changed, ["/c/a.yaml", "/c/b.yaml", "/c/c.yaml"]);
    assert.deepEqual(more, []);
  });

  test("folds what is saved during a reload into exactly one follow-up (G1)", async () => {
    const gate = Promise.withResolvers<void>?.() ?? createGate();
    let validations = 0;
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, {
      validators: [() => ++validations === 2 ? gate.promise : undefined],
    });
    for (const n of [2, 3, 4]) {
      live.files.writeAtomically("/app.yaml", `n: ${n}\n`);
      await live.clock.advance(500);
    }
    assert.equal(live.config.revision, 1);
    gate.resolve();
    await live.clock.advance(100);
    assert.deepEqual(live.config.current, { n: 4 });
    assert.equal(live.config.revision, 3);
  });

  test("uses a user's format", async () => {
    const ini = { parse: (text: string) => Object.fromEntries([text.trim().split("=")]) };
    await using live = await openLive({ "/app.ini": "a=1\n" }, { formats: { ".ini": ini } });
    assert.deepEqual(live.config.current, { a: "1" });
    await using other = await openLive({ "/app.conf": "a=2\n" }, {
      sources: [file("/app.conf", { format: ini })],
    });
    assert.deepEqual(other.config.current, { a: "2" });
  });

  test("forgets what it parsed of files that are gone (G10)", async () => {
    let parses = 0;
    const ini = { parse: (text: string) => ({ [text.trim()]: ++parses > 0 }) };
    const files = { "/c/a.ini": "a\n", "/c/b.ini": "b\n" };
    await using live = await openLive(files, {
      sources: [directory("/c")],
      formats: { ".ini": ini },
    });
    live.files.remove("/c/b.ini");
    await live.clock.advance(3000);
    await live.save("/c/b.ini", "b\n");
    assert.deepEqual(live.config.current, { a: true, b: true });
    assert.equal(parses, 3);
  });

  test("keeps the snapshots before, oldest first", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" });
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(
      live.config.history().map(({ revision }) => [
        revision,
        live.config.snapshotAt(revision).value,
      ]),
      [
        [1, { n: 1 }],
        [2, { n: 2 }],
      ],
    );
  });

  test("remembers as many snapshots as historySize says, and the first (G10)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { historySize: 2 });
    for (let n = 2; n <= 6; n++) await live.save("/app.yaml", `n: ${n}\n`);
    assert.deepEqual(live.config.history().map(({ revision }) => revision), [1, 5, 6]);
  });

  test("watches by polling when asked to", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { watcher: "poll" });
    assert.equal(live.config.watcher, "poll");
    assert.equal(live.files.watches, 0);
    assert.equal(live.config.health().isPolling, true);
    await live.save("/app.yaml", "n: 2\n");
    assert.deepEqual(live.config.current, { n: 2 });
  });
});

describe("watchConfig() rejects when the first load fails", () => {
  const cases: [name: string, text: string | undefined, className: string, message: RegExp][] = [
    [
      "because the file is missing",
      undefined,
      "SourceError",
      /^Cannot read \/app\.yaml: there is no such file$/,
    ],
    [
      "because it does not parse",
      "a: [1\n",
      "ParseError",
      /^Cannot parse \/app\.yaml:\d+:\d+: /,
    ],
    [
      "because a validator refuses it",
      "port: 0\n",
      "ValidationError",
      /^Cannot accept the configuration: \/app\.yaml:1:1: port: must be positive$/,
    ],
  ];
  for (const [name, text, className, message] of cases) {
    test(`${name}, and leaves nothing behind (G9)`, async () => {
      const runtime = createMemoryRuntime();
      if (text !== undefined) runtime.files.write("/app.yaml", text);
      const positive = (candidate: unknown) =>
        (candidate as { port?: number }).port === 0
          ? [{ path: "port", message: "must be positive" }]
          : [];
      const { signal } = new AbortController();
      const opening = watchConfig({
        sources: ["/app.yaml"],
        validators: [positive],
        runtime,
        signal,
      });
      await assert.rejects(opening, { name: className, message });
      assert.equal(runtime.clock.timers, 0);
      assert.equal(runtime.files.watches, 0);
    });
  }

  test("because a directory holds no configuration file", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/c/note.txt", "x");
    await assert.rejects(watchConfig({ sources: [directory("/c")], runtime }), {
      name: "SourceError",
      message: "Cannot read /c: there is no configuration file in it, or no such directory",
    });
  });

  test("because a directory was given as a file", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.mkdir("/c");
    await assert.rejects(watchConfig({ sources: ["/c"], runtime }), {
      name: "SourceError",
      message: /^Cannot read \/c: it is a directory; name it with directory\(\)/,
    });
  });

  test("with every issue at once", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.yaml", "a: 1\nb: 2\n");
    const checksum = checksumOf("a: 1\nb: 2\n");
    const validators = [() => [{ path: "a", message: "x" }], () => [{ path: "b", message: "y" }]];
    await assert.rejects(watchConfig({ sources: ["/app.yaml"], validators, runtime }), (error) => {
      assert.ok(error instanceof ValidationError);
      assert.deepEqual(error.issues, [
        { path: "a", message: "x", file: "/app.yaml", line: 1, column: 1, checksum },
        { path: "b", message: "y", file: "/app.yaml", line: 2, column: 1, checksum },
      ]);
      return true;
    });
  });

  test("because a validator never settles (G7)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.yaml", "a: 1\n");
    // With a parser that is there at once, nothing waits for the real world.
    const formats = { ".yaml": { parse: (text: string) => ({ text }) } };
    const validators = [() => new Promise<never>(() => {})];
    const opening = watchConfig({ sources: ["/app.yaml"], validators, formats, runtime });
    opening.catch(() => {});
    await runtime.clock.advance(5000);
    await assert.rejects(opening, { name: "ValidationError", message: /within 5000 ms/ });
    assert.equal(runtime.clock.timers, 0);
  });

  test("because of misuse, before anything is watched", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/app.yaml", "a: 1\n");
    const sources = ["/app.yaml"];
    const misuses: [options: object, message: RegExp][] = [
      [{ sources: [] }, /without sources/],
      [{ sources, historySize: 0 }, /^Cannot use historySize, it must be 1 or more/],
      [
        { sources, rollbackOnFailure: "no" },
        /^Cannot use rollbackOnFailure, it must be true or fals/,
      ],
      [{ sources, statistics: 0 }, /^Cannot use statistics, it must be true or false/],
      [{ sources, formats: { ".ini": 5 } }, /^Cannot use formats\[".ini"\], it must be an object/],
      [{ sources, formats: { ini: { parse: () => 1 } } }, /^Cannot use "ini" as a key of formats/],
      [{ sources, watcher: "magic" }, /^Cannot watch with watcher "magic"/],
    ];
    for (const [options, message] of misuses) {
      await assert.rejects(watchConfig({ ...options as { sources: [] }, runtime }), { message });
      assert.equal(runtime.clock.timers, 0);
      assert.equal(runtime.files.watches, 0);
    }
  });
});

function createGate() {
  let resolve!: () => void;
  return { promise: new Promise<void>((done) => resolve = done), resolve };
}
