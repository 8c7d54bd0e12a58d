import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConfigEvent, directory, type Source, watchConfig } from "../mod.ts";
import { createMemoryRuntime, type FileSystem } from "../testing.ts";

const OLD_MS = 3000;

test("a write that begins after the close it follows is not read in half (G2)", async () => {
  const runtime = createMemoryRuntime({ reportsClose: true });
  const { files, clock } = runtime;
  files.write("/d/a.yaml", "start: 1\nend: 1\n");
  files.write("/d/b.yaml", "other: 1\n");
  await clock.advance(OLD_MS);
  await using config = await watchConfig({ sources: [directory("/d")], runtime });
  files.write("/d/a.yaml", "start: 2\nend: 2\n");
  await clock.advance(5);
  files.deliverHints("never"); // the hint of the next write is on its way
  files.truncate("/d/a.yaml");
  files.append("/d/a.yaml", "start: 3\n");
  files.deliverHints("normally");
  await clock.advance(20);
  assert.deepEqual(config.current, { start: 1, end: 1, other: 1 });
  files.append("/d/a.yaml", "end: 3\n");
  files.close("/d/a.yaml");
  await clock.advance(60);
  assert.deepEqual(config.current, { start: 3, end: 3, other: 1 });
});

for (const reportsClose of [false, true]) {
  const runtimes = reportsClose ? "Deno" : "Node and Bun";
  test(`what is written over a file that was moved here is not read in half when the watcher dies, on ${runtimes} (G2)`, async () => {
    const runtime = createMemoryRuntime({ reportsClose });
    const { files, clock } = runtime;
    files.write("/app.yaml", "start: 1\nend: 1\n");
    await clock.advance(OLD_MS);
    let goOn = () => {};
    let isSlow = true;
    await using config = await watchConfig({
      sources: ["/app.yaml"],
      validators: [
        ({ start }: { start: number }) =>
          isSlow && start === 2 ? new Promise<void>((resolve) => goOn = resolve) : undefined,
      ],
      runtime,
    });
    const seen: unknown[] = [];
    config.on("reloadSucceeded", () => seen.push(config.current));
    files.writeAtomically("/app.yaml", "start: 2\nend: 2\n");
    await clock.advance(100);
    files.writeAtomically("/app.yaml", "start: 3\nend: 3\n");
    files.endWatchers("/", "EBUSY");
    await clock.advance(1);
    files.truncate("/app.yaml");
    files.append("/app.yaml", "start: 4\n");
    await clock.advance(10); // looks find what no watcher tells of
    isSlow = false;
    goOn();
    await clock.advance(20);
    files.append("/app.yaml", "end: 4\n");
    files.close("/app.yaml");
    await clock.advance(OLD_MS);
    assert.deepEqual(seen, [{ start: 2, end: 2 }, { start: 4, end: 4 }]);
  });
}

test("a file that was moved here is whole still when a look finds other permissions (G1)", async () => {
  const runtime = createMemoryRuntime();
  const { files, clock } = runtime;
  files.write("/a.yaml", "a: 1\n");
  files.write("/b.yaml", "b: 1\n");
  await clock.advance(OLD_MS);
  await using config = await watchConfig({ sources: ["/a.yaml", "/b.yaml"], runtime });
  await clock.advance(OLD_MS);
  files.writeAtomically("/a.yaml", "a: 2\n");
  await clock.advance(40);
  files.deliverHints("never");
  files.chmod("/a.yaml");
  files.deliverHints("normally");
  files.writeAtomically("/b.yaml", "b: 2\n");
  const settled: unknown[] = [];
  config.on("reloadSucceeded", ({ settledBy }) => settled.push(settledBy));
  await clock.advance(OLD_MS);
  assert.deepEqual(config.current, { a: 2, b: 2 });
  assert.deepEqual(settled, ["rename"]);
});

test("what was saved beside a file that can't be read is not lost (G1)", async () => {
  const runtime = createMemoryRuntime();
  const { files, clock } = runtime;
  files.write("/d/a.yaml", "a: 1\n");
  files.write("/d/b.yaml", "b: 1\n");
  await clock.advance(OLD_MS);
  await using config = await watchConfig({
    sources: [directory("/d")],
    limits: { maxBytes: 100 },
    runtime,
  });
  files.writeAtomically("/d/a.yaml", `a: ${"x".repeat(200)}\n`);
  files.writeAtomically("/d/b.yaml", "b: 2\n");
  await clock.advance(OLD_MS);
  assert.deepEqual(config.current, { a: 1, b: 1 });
  files.writeAtomically("/d/a.yaml", "a: 3\n");
  await clock.advance(OLD_MS);
  assert.deepEqual(config.current, { a: 3, b: 2 });
});

test("a directory that can't be listed for a while keeps its keys (G4)", async () => {
  const runtime = createMemoryRuntime();
  const { files, clock } = runtime;
  files.write("/d/a.yaml", "a: 1\n");
  files.write("/d/sub/b.yaml", "b: 1\n");
  await clock.advance(OLD_MS);
  await using config = await watchConfig({
    sources: [directory("/d", { recursive: true })],
    runtime,
  });
  files.fail("/d/sub", "EMFILE");
  files.writeAtomically("/d/a.yaml", "a: 2\n");
  await clock.advance(OLD_MS);
  assert.deepEqual(config.current, { a: 2, b: 1 }, "nothing says that another was saved as well");
  files.deliverHints("never");
  files.write("/d/sub/c.yaml", "c: 1\n");
  files.deliverHints("normally");
  await clock.advance(OLD_MS);
  assert.match(
    config.health().reasons.map(({ message }) => message).join(),
    /Cannot read \/d\/sub: .*too many open files/,
  );
  files.writeAtomically("/d/a.yaml", "a: 3\n");
  await clock.advance(OLD_MS);
  assert.deepEqual(config.current, { a: 2, b: 1 }, "what came may be the other part of this");
  files.mend("/d/sub");
  await clock.advance(OLD_MS);
  assert.deepEqual(config.current, { a: 3, b: 1, c: 1 });
  assert.equal(config.health().status, "ok");
});

test("a save in a tree asks about what was saved, not about the tree (G10)", async () => {
  const runtime = createMemoryRuntime();
  const { files, clock, fileSystem } = runtime;
  for (let number = 0; number < 200; number++) {
    files.write(`/d/${number}/a.yaml`, `d${number}: 1\n`);
  }
  await clock.advance(OLD_MS);
  const asked = { stat: 0, list: 0 };
  const counting = (name: keyof typeof asked) => (path: string) => {
    asked[name] += 1;
    return fileSystem[name](path);
  };
  await using config = await watchConfig({
    sources: [directory("/d", { recursive: true })],
    runtime: {
      ...runtime,
      fileSystem: { ...fileSystem, stat: counting("stat"), list: counting("list") } as FileSystem,
    },
    backstopMs: 60_000,
  });
  assert.ok(asked.list <= 201 && asked.stat <= 2 * 200 + 5 * 201, JSON.stringify(asked));
  const save = async (act: () => void) => {
    [asked.stat, asked.list] = [0, 0];
    act();
    await clock.advance(OLD_MS);
    return { ...asked };
  };
  const before = config.revision;
  const { list } = await save(() => files.write("/d/7/a.yaml", "d7: 2\n"));
  assert.deepEqual([config.revision, list], [before + 1, 0]);
  // It does not matter what the others are: one is new, and one is gone.
  const { list: forNew } = await save(() => files.writeAtomically("/d/8/b.yaml", "b: 1\n"));
  assert.deepEqual([(config.current as { b: number }).b, config.revision], [1, before + 2]);
  assert.ok(forNew <= 4, `${forNew}`);
  await save(() => files.remove("/d/9/a.yaml"));
  assert.deepEqual([Object.keys(config.current as object).length, config.revision], [
    200,
    before + 3,
  ]);
});

test("what can't be read for good is tried less and less often, and at once when told of (G4)", async () => {
  const runtime = createMemoryRuntime();
  const { files, clock, fileSystem } = runtime;
  files.write("/a.yaml", "a: 1\n");
  await clock.advance(OLD_MS);
  let opened = 0;
  await using config = await watchConfig({
    sources: ["/a.yaml"],
    runtime: {
      ...runtime,
      fileSystem: {
        ...fileSystem,
        open(path) {
          opened += 1;
          return fileSystem.open(path);
        },
      },
    },
  });
  const triesIn = async (ms: number) => {
    opened = 0;
    await clock.advance(ms);
    return opened;
  };
  files.write("/a.yaml", "a: 2\n");
  files.fail("/a.yaml", "EACCES");
  const first = await triesIn(16_000);
  assert.ok(first >= 4 && first <= 8, `${first} in 16 seconds`);
  const later = await triesIn(600_000);
  assert.ok(later >= 10 && later <= 14, `${later} in ten minutes`);
  files.mend("/a.yaml");
  files.write("/a.yaml", "a: 3\n");
  await clock.advance(1_000);
  assert.deepEqual(config.current, { a: 3 });
  files.write("/a.yaml", "a: 4\n");
  files.fail("/a.yaml", "EBUSY");
  const again = await triesIn(4_000);
  assert.ok(again >= 2, `${again}: it begins anew`);
  files.mend("/a.yaml");
  await clock.advance(4_000);
  assert.deepEqual(config.current, { a: 4 });
});

/** A source over `/a.yaml` that can be made to misbehave. */
function createFaulty() {
  const faults = { accepts: false, read: false };
  const source: Source = {
    name: "faulty",
    async read({ readDocument }) {
      if (faults.read) return undefined as never;
      return [await readDocument("/d/a.yaml")];
    },
    watch(context) {
      context.directory({
        path: "/d",
        recursive: false,
        accepts(path) {
          if (faults.accepts) throw new Error("accepts fails");
          return path.endsWith(".yaml");
        },
      });
    },
  };
  return { faults, source };
}

test("a source that gives no documents, or throws at a hint, does not end the watch (G7)", async () => {
  const runtime = createMemoryRuntime();
  const { files, clock } = runtime;
  const { faults, source } = createFaulty();
  files.write("/d/a.yaml", "a: 1\n");
  await clock.advance(OLD_MS);
  await using config = await watchConfig({ sources: [source], runtime });
  const events: ConfigEvent[] = [];
  config.on("*", (event) => events.push(event));
  faults.read = true;
  files.writeAtomically("/d/a.yaml", "a: 2\n");
  await clock.advance(OLD_MS);
  assert.deepEqual(events.map(({ type }) => type), ["reloadFailed", "healthChanged"]);
  faults.read = false;
  faults.accepts = true;
  files.write("/d/new.yaml", "a: 0\n");
  await clock.advance(OLD_MS);
  faults.accepts = false;
  files.writeAtomically("/d/a.yaml", "a: 3\n");
  await clock.advance(OLD_MS);
  assert.deepEqual(config.current, { a: 3 });
  assert.equal(config.health().status, "ok");
});

test("a source whose watch() throws is not added, and others can be (G7)", async () => {
  const runtime = createMemoryRuntime();
  runtime.files.write("/a.yaml", "a: 1\n");
  runtime.files.write("/b.yaml", "b: 1\n");
  await using config = await watchConfig({ sources: ["/a.yaml"], runtime });
  const bad: Source = {
    name: "bad",
    read: () => Promise.resolve([]),
    watch() {
      throw new Error("watch fails");
    },
  };
  await assert.rejects(config.addSource(bad), /watch fails/);
  assert.deepEqual(config.sources, ["/a.yaml"]);
  assert.equal((await config.addSource("/b.yaml")).status, "committed");
});

test("pause() has the last word over a resume() that is under way (S2.4)", async () => {
  const runtime = createMemoryRuntime();
  runtime.files.write("/a.yaml", "a: 1\n");
  await using config = await watchConfig({ sources: ["/a.yaml"], runtime });
  config.pause();
  const resumed = config.resume();
  config.pause();
  await resumed;
  assert.equal(config.isPaused, true);
});

/** A source over `/a.yaml` that can be made to give no answer. */
function createSilent() {
  const silence = { read: false, watch: false };
  const source: Source = {
    name: "silent",
    async read({ readDocument }) {
      if (silence.read) await new Promise(() => {});
      return [await readDocument("/a.yaml")];
    },
    async watch({ file }) {
      if (silence.watch) await new Promise(() => {});
      file("/a.yaml");
    },
  };
  return { silence, source };
}

test("a source that gives no answer fails after readTimeoutMs, and is asked again (G7)", async () => {
  const runtime = createMemoryRuntime();
  const { files, clock } = runtime;
  const { silence, source } = createSilent();
  files.write("/a.yaml", "a: 1\n");
  files.write("/b.yaml", "b: 1\n");
  await clock.advance(OLD_MS);
  await using config = await watchConfig({
    sources: [source, "/b.yaml"],
    readTimeoutMs: 2_000,
    runtime,
  });
  const reasons: string[] = [];
  config.on("reloadFailed", ({ error }) => void reasons.push(error.message));
  silence.read = true;
  files.writeAtomically("/b.yaml", "b: 2\n");
  await clock.advance(2 * OLD_MS);
  const reason = "Cannot read silent: it gave no answer within 2000 ms (readTimeoutMs)";
  assert.deepEqual(reasons, [reason]);
  assert.deepEqual(config.current, { a: 1, b: 1 });
  silence.read = false;
  files.writeAtomically("/a.yaml", "a: 2\n");
  await clock.advance(OLD_MS);
  assert.deepEqual(config.current, { a: 2, b: 2 });
});

test("close() waits for a source no longer than readTimeoutMs (G7, G9)", async () => {
  const runtime = createMemoryRuntime();
  const { files, clock } = runtime;
  const { silence, source } = createSilent();
  files.write("/a.yaml", "a: 1\n");
  await clock.advance(OLD_MS);
  const config = await watchConfig({ sources: [source], readTimeoutMs: 2_000, runtime });
  silence.read = true;
  files.writeAtomically("/a.yaml", "a: 2\n");
  await clock.advance(100);
  let isClosed = false;
  const closing = config.close().then(() => isClosed = true);
  await clock.advance(1_800);
  assert.equal(isClosed, false);
  await clock.advance(100);
  await closing;
  assert.equal(clock.timers, 0);
});

test("a source that does not say what to watch is not waited for after readTimeoutMs (G7)", async () => {
  const runtime = createMemoryRuntime();
  const { silence, source } = createSilent();
  runtime.files.write("/a.yaml", "a: 1\n");
  silence.watch = true;
  const watching = watchConfig({ sources: [source], readTimeoutMs: 2_000, runtime });
  await runtime.clock.advance(2_000);
  const config = await watching;
  assert.deepEqual(config.current, { a: 1 });
  const [reason] = config.health().reasons;
  assert.equal(reason!.kind, "sourceUnwatched");
  assert.match(reason!.message, /it gave no answer within 2000 ms \(readTimeoutMs\)$/);
  // It is being asked again, and nobody waits for that but close().
  await runtime.clock.advance(1_500);
  assert.equal((await config.reload()).status, "unchanged");
  let left: readonly number[] = [];
  const closing = config.close().then(() => left = [runtime.files.watches, runtime.clock.timers]);
  await runtime.clock.advance(2_000);
  await closing;
  assert.deepEqual(left, [0, 0]);
});

test("a refused source is gone also when the others give no answer any more (G4, G7)", async () => {
  const runtime = createMemoryRuntime();
  const { files, clock } = runtime;
  const { silence, source } = createSilent();
  files.write("/a.yaml", "a: 1\n");
  files.write("/bad.yaml", "bad: 1\n");
  await clock.advance(OLD_MS);
  let asked = 0;
  const answersTwice: Source = {
    ...source,
    watch: (context) => {
      asked += 1;
      silence.watch = asked > 2;
      return source.watch(context);
    },
  };
  await using config = await watchConfig<Record<string, unknown>>({
    sources: [answersTwice],
    validators: [({ bad }) => bad === undefined ? [] : [{ message: "bad" }]],
    runtime,
  });
  assert.equal((await config.addSource("/bad.yaml")).status, "rejected");
  assert.deepEqual(config.sources, ["silent"]);
  files.writeAtomically("/a.yaml", "a: 2\n");
  await clock.advance(OLD_MS);
  assert.deepEqual(config.current, { a: 2 });
});
