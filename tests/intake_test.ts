import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { resolveDebounce } from "../src/debounce/strategy.ts";
import { Intake, type IntakeOptions, type SettledReading } from "../src/intake.ts";
import { file } from "../src/source/file.ts";
import { directory } from "../src/source/directory.ts";
import type { Source } from "../src/source/source.ts";
import { type LiveConfig, watchConfig } from "../mod.ts";
import { createMemoryRuntime, type FileSystem, type MemoryRuntime } from "../testing.ts";

interface Opened extends AsyncDisposable {
  readonly intake: Intake;
  readonly readings: SettledReading[];
  /** What the readings said since the last call, a line each. */
  lines(): string[];
}

/** An intake over `paths` or sources that has read them once. */
async function open(
  runtime: MemoryRuntime,
  sources: readonly (string | Source)[],
  options: Partial<IntakeOptions> = {},
): Promise<Opened> {
  const readings: SettledReading[] = [];
  const intake = new Intake({
    runtime,
    debounce: resolveDebounce(),
    usePolling: false,
    pollMs: 500,
    backstopMs: 1000,
    maxBytes: 1000,
    readTimeoutMs: 10_000,
    isIgnored: () => false,
    hasFormat: () => true,
    onReading(reading) {
      readings.push(reading);
      return Promise.resolve();
    },
    onWatcherChanged() {},
    onFailure(error) {
      throw error;
    },
    ...options,
  });
  const all = sources.map((source) => typeof source === "string" ? file(source) : source);
  await intake.exclusive(() => intake.setSources(all));
  let seen = 0;
  return {
    intake,
    readings,
    lines() {
      const fresh = readings.slice(seen);
      seen = readings.length;
      return fresh.map(describeReading);
    },
    [Symbol.asyncDispose]: () => intake.close(),
  };
}

/** For example `modified /a | /a=2 /b=1`, an error in the place of its source. */
function describeReading({ changes, sources }: SettledReading): string {
  const what = changes.map(({ kind, path }) => `${kind} ${path}`).join(", ");
  const state = sources.flatMap(({ documents, error }) => [
    ...documents.map(({ path, bytes }) => `${path}=${new TextDecoder().decode(bytes).trim()}`),
    ...(error === undefined ? [] : [`(${(error as { code?: string }).code})`]),
  ]);
  return `${what} | ${state.join(" ")}`;
}

/** A runtime whose reads take `ms` milliseconds. */
function slowReads(runtime: MemoryRuntime, ms: number): MemoryRuntime {
  const { fileSystem, clock } = runtime;
  const slow: FileSystem = {
    ...fileSystem,
    open(path) {
      const opened = fileSystem.open(path);
      return {
        async read(maxBytes) {
          const bytes = opened.read(maxBytes);
          await new Promise<void>((resolve) => void clock.schedule(ms, resolve));
          return bytes;
        },
        [Symbol.dispose]: () => {},
      };
    },
  };
  return { ...runtime, fileSystem: slow };
}

/** Lets `ms` pass until `promise` is there, and gives it. */
async function during<T>(runtime: MemoryRuntime, ms: number, promise: Promise<T>): Promise<T> {
  await runtime.clock.advance(ms);
  const late = Symbol();
  const result = await Promise.race([promise, runtime.clock.settle().then(() => late)]);
  assert.notEqual(result, late, `it takes longer than ${ms} ms`);
  return result as T;
}

describe("single flight", () => {
  async function openSlowlyValidated(runtime: MemoryRuntime, validated: number[]) {
    let running = 0;
    const config: LiveConfig<unknown> = await watchConfig({
      sources: ["/a.yaml"],
      runtime,
      validators: [async (value) => {
        assert.equal(++running, 1, "two at once");
        validated.push((value as { x: number }).x);
        if (validated.length > 1) {
          await new Promise<void>((resolve) => void runtime.clock.schedule(300, resolve));
        }
        running -= 1;
      }],
    });
    return config;
  }

  test("what is saved during a reload gives exactly one more, with the last content", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a.yaml", "x: 1\n");
    const validated: number[] = [];
    await using config = await openSlowlyValidated(runtime, validated);
    files.writeAtomically("/a.yaml", "x: 2\n");
    await clock.advance(50);
    for (const x of [3, 4, 5, 6]) {
      files.writeAtomically("/a.yaml", `x: ${x}\n`);
      await clock.advance(50);
    }
    assert.deepEqual(validated, [1, 2]);
    await clock.advance(2000);
    assert.deepEqual(validated, [1, 2, 6]);
    assert.equal(config.revision, 3);
    assert.deepEqual(config.current, { x: 6 });
  });

  test("a manual reload waits for the one under way", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a.yaml", "x: 1\n");
    const validated: number[] = [];
    await using config = await openSlowlyValidated(runtime, validated);
    files.writeAtomically("/a.yaml", "x: 2\n");
    await clock.advance(50);
    files.writeAtomically("/a.yaml", "x: 3\n");
    const outcome = config.reload();
    await clock.advance(2000);
    assert.equal((await outcome).status, "committed");
    assert.deepEqual(validated, [1, 2, 3]);
  });
});

describe("a reading", () => {
  test("starts over when the file is written meanwhile (G2)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "x1\n");
    const opened = open(slowReads(runtime, 20), ["/a"]);
    await using live = await during(runtime, 50, opened);
    files.writeAtomically("/a", "x2\n");
    await clock.advance(10);
    files.write("/a", "x3\n");
    await clock.advance(2000);
    assert.deepEqual(live.lines(), ["modified /a | /a=x3"]);
  });

  test("waits for an unhinted file that is just being written, and takes it along (G2, G5)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    files.write("/d/b", "b1\n");
    await using live = await open(runtime, ["/a", "/d/b"]);
    await clock.advance(5000);
    files.deliverHints("never");
    files.truncate("/d/b");
    files.append("/d/b", "b");
    files.deliverHints("normally");
    files.writeAtomically("/a", "a2\n");
    await clock.advance(200);
    assert.deepEqual(live.lines(), []);
    files.append("/d/b", "2\n");
    await clock.advance(2000);
    assert.deepEqual(live.lines(), ["modified /a, modified /d/b | /a=a2 /d/b=b2"]);
  });

  test("waits for an unhinted removal: the file may be about to be replaced (G2, G5)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/d/a", "a1\n");
    files.write("/d/b", "b1\n");
    await using live = await open(runtime, [directory("/d")]);
    await clock.advance(5000);
    files.deliverHints("never");
    files.remove("/d/b");
    files.deliverHints("normally");
    files.writeAtomically("/d/a", "a2\n");
    await clock.advance(100);
    files.write("/d/b", "b2\n");
    await clock.advance(3000);
    assert.deepEqual(live.lines(), ["modified /d/a, modified /d/b | /d/a=a2 /d/b=b2"]);
  });

  test("is not handed on when the content is the same (G3)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    await using live = await open(runtime, ["/a"]);
    files.touch("/a");
    await clock.advance(3000);
    files.write("/a", "a1\n");
    await clock.advance(3000);
    files.writeAtomically("/a", "a1\n");
    await clock.advance(3000);
    assert.deepEqual(live.lines(), []);
  });

  test("says why the file was taken to be whole", async () => {
    for (const reportsClose of [false, true]) {
      const runtime = createMemoryRuntime({ reportsClose });
      const { files, clock } = runtime;
      files.write("/a", "a1\n");
      await using live = await open(runtime, ["/a"]);
      files.write("/a", "a2\n");
      await clock.advance(3000);
      files.writeAtomically("/a", "a3\n");
      await clock.advance(3000);
      files.truncate("/a");
      await clock.advance(3000);
      const inPlace = reportsClose ? "close" : "quiet";
      const settledBy = live.readings.map((reading) => reading.settledBy);
      assert.deepEqual(settledBy, [inPlace, "rename", "maxDelay"]);
    }
  });

  test("takes hundreds of files that are saved together in one reading, and in time (G1, G5)", async () => {
    for (const count of [64, 65, 500]) {
      const runtime = createMemoryRuntime();
      const { files, clock } = runtime;
      const paths = Array.from({ length: count }, (_, index) => `/d/${index}`);
      for (const path of paths) files.write(path, "1\n");
      await using live = await open(runtime, [directory("/d")]);
      for (const path of paths) files.writeAtomically(path, "2\n");
      await clock.advance(60);
      assert.deepEqual(live.readings.map(({ changes }) => changes.length), [count]);
      for (const path of paths) files.write(path, "3\n");
      await clock.advance(80);
      assert.deepEqual(live.readings.map(({ changes }) => changes.length), [count, count]);
    }
  });

  test("goes on without a file that is listed and can't be found (G1, G4)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock, fileSystem } = runtime;
    files.write("/d/a", "1\n");
    // A name that is no text is listed as another one, which nobody has.
    const ghost = { name: "\ufffd", kind: "file" } as const;
    const list = (path: string) => [...fileSystem.list(path), ghost];
    await using live = await open({ ...runtime, fileSystem: { ...fileSystem, list } }, [
      directory("/d"),
    ]);
    files.writeAtomically("/d/a", "2\n");
    await clock.advance(2000);
    assert.deepEqual(live.lines(), ["modified /d/a | /d/a=2"]);
  });

  test("takes hundreds of files as soon as the last one is closed (G1)", async () => {
    const runtime = createMemoryRuntime({ reportsClose: true });
    const { files, clock } = runtime;
    const paths = Array.from({ length: 200 }, (_, index) => `/d/${index}`);
    for (const path of paths) files.write(path, "1\n");
    await using live = await open(runtime, [directory("/d")]);
    for (const path of paths) files.append(path, "2\n");
    await clock.advance(200);
    for (const path of paths) files.close(path);
    await clock.advance(60);
    assert.deepEqual(live.readings.map(({ changes }) => changes.length), [200]);
  });

  test("does not wait for ever for a pause of a steady writer (G1)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a0\n");
    await using live = await during(runtime, 50, open(slowReads(runtime, 20), ["/a"]));
    for (let now = 0; now < 1200; now += 15) {
      files.write("/a", `a${1000 + now}\n`);
      await clock.advance(15);
    }
    assert.equal(live.lines().length, 1);
    await clock.advance(3000);
    assert.deepEqual(live.lines(), ["modified /a | /a=a2185"]);
  });

  test("that was found incomplete teaches nothing about the writer's pauses", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a0 aaaaaaaaaa\n");
    await using live = await open(runtime, ["/a"]);
    for (let save = 1; save <= 5; save++) {
      files.truncate("/a");
      await clock.advance(200);
      files.append("/a", `a${save} aaaaaaaaaa\n`);
      await clock.advance(49);
      assert.deepEqual(live.lines(), []);
      await clock.advance(2000);
      assert.equal(live.lines().length, 1);
    }
  });
});

describe("errors", () => {
  test("that persist are told once, and once when they are over (G4)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    files.write("/b", "b1\n");
    await using live = await open(runtime, ["/a", "/b"]);
    files.fail("/a", "EACCES");
    for (let count = 0; count < 3; count++) {
      files.touch("/a");
      await clock.advance(3000);
    }
    assert.deepEqual(live.lines(), [" | /a=a1 (EACCES) /b=b1"]);
    assert.equal(live.readings.at(-1)?.hasErrorNews, true);
    files.mend("/a");
    files.touch("/a");
    await clock.advance(3000);
    assert.deepEqual(live.lines(), [" | /a=a1 /b=b1"]);
  });

  test("of one file stay when another is read", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    files.write("/b", "b1\n");
    await using live = await open(runtime, ["/a", "/b"]);
    files.fail("/a", "EACCES");
    files.touch("/a");
    await clock.advance(3000);
    live.lines();
    files.writeAtomically("/b", "b2\n");
    await clock.advance(3000);
    assert.deepEqual(live.lines(), ["modified /b | /a=a1 (EACCES) /b=b2"]);
    assert.equal(live.readings.at(-1)?.hasErrorNews, false);
  });

  test("that pass within maxDelayMs are not told at all (S3.14)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    await using live = await open(runtime, ["/a"]);
    files.fail("/a", "EBUSY");
    files.write("/a", "a2\n");
    await clock.advance(500);
    files.mend("/a");
    await clock.advance(3000);
    assert.deepEqual(live.lines(), ["modified /a | /a=a2"]);
  });

  test("of a file that is gone are told after maxDelayMs, and the file comes back", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    await using live = await open(runtime, ["/a"]);
    files.remove("/a");
    await clock.advance(999);
    assert.deepEqual(live.lines(), []);
    await clock.advance(10);
    assert.deepEqual(live.lines(), ["deleted /a | (ENOENT)"]);
    files.write("/a", "a2\n");
    await clock.advance(100);
    assert.deepEqual(live.lines(), ["created /a | /a=a2"]);
  });
});

describe("a paused intake", () => {
  test("keeps everything back and then reads it once", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    await using live = await open(runtime, ["/a"]);
    live.intake.pause();
    for (const text of ["a2\n", "a3\n", "a4\n"]) {
      files.writeAtomically("/a", text);
      await clock.advance(2000);
    }
    assert.equal(live.intake.isPaused, true);
    assert.deepEqual(live.lines(), []);
    live.intake.resume();
    await clock.advance(100);
    assert.deepEqual(live.lines(), ["modified /a | /a=a4"]);
  });

  test("hands on nothing that was being read when it was paused", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    await using live = await during(runtime, 50, open(slowReads(runtime, 20), ["/a"]));
    files.writeAtomically("/a", "a2\n");
    await clock.advance(5);
    live.intake.pause();
    await clock.advance(3000);
    assert.deepEqual(live.lines(), []);
    live.intake.resume();
    await clock.advance(100);
    assert.deepEqual(live.lines(), ["modified /a | /a=a2"]);
  });
});

describe("close()", () => {
  test("waits for the reading under way and hands nothing on (G9)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    const live = await during(runtime, 50, open(slowReads(runtime, 20), ["/a"]));
    files.writeAtomically("/a", "a2\n");
    await clock.advance(5);
    let isClosed = false;
    const closing = live.intake.close().then(() => isClosed = true);
    await clock.settle();
    assert.equal(isClosed, false, "the file is still being read");
    await clock.advance(20);
    await closing;
    assert.deepEqual(live.lines(), []);
    assert.deepEqual([files.watches, clock.timers], [0, 0]);
  });

  test("is followed by no watching, even where sources were just added (G9)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    const { intake } = await open(runtime, ["/a"]);
    const adding = intake.exclusive(() => intake.setSources([file("/a"), file("/b")]));
    const refused = assert.rejects(adding, { name: "ClosedError" });
    await intake.close();
    await refused;
    assert.deepEqual([files.watches, clock.timers], [0, 0]);
    assert.equal(intake.isOpen, false);
  });

  test("drops hints that were not read yet", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    const live = await open(runtime, ["/a"]);
    files.write("/a", "a2\n");
    await live.intake.close();
    await clock.advance(5000);
    assert.deepEqual(live.lines(), []);
    assert.equal(clock.timers, 0);
  });
});

describe("other sources", () => {
  test("do not swallow a change of those that stay (G1)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    files.write("/b", "b1\n");
    const a = file("/a");
    await using live = await open(runtime, [a]);
    files.write("/a", "a2\n");
    await live.intake.exclusive(() => live.intake.setSources([a, file("/b")]));
    await clock.advance(3000);
    assert.deepEqual(live.lines(), ["modified /a | /a=a2 /b=b1"]);
  });

  test("are not a reason to read a file that is being written (G2)", async () => {
    const runtime = createMemoryRuntime();
    const { files } = runtime;
    files.write("/a", "a1 complete\n");
    files.write("/b", "b1\n");
    const a = file("/a");
    await using live = await open(runtime, [a]);
    files.truncate("/a");
    files.append("/a", "a2 com");
    const readings = await live.intake.exclusive(() => live.intake.setSources([a, file("/b")]));
    const text = new TextDecoder().decode(readings[0]!.documents[0]!.bytes);
    assert.equal(text, "a1 complete\n");
  });
});

describe("a reload by hand", () => {
  const refresh = ({ intake }: Opened, source?: string) =>
    intake.exclusive(() => intake.refresh(source));

  test("reads what changed, hinted at or not", async () => {
    const runtime = createMemoryRuntime();
    const { files } = runtime;
    files.write("/a", "a1\n");
    await using live = await open(runtime, ["/a"]);
    files.write("/a", "a2\n");
    const soon = await during(runtime, 60, refresh(live));
    assert.equal(describeReading(soon), "modified /a | /a=a2");
    files.deliverHints("never");
    files.write("/a", "a3\n");
    const silently = await during(runtime, 60, refresh(live));
    assert.equal(describeReading(silently), "modified /a | /a=a3");
    assert.equal(describeReading(await refresh(live)), " | /a=a3");
    assert.deepEqual(live.lines(), []);
  });

  test("reads the source that is named and leaves the others to their hints", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    files.write("/b", "b1\n");
    await using live = await open(runtime, ["/a", "/b"]);
    await clock.advance(5000);
    files.deliverHints("never");
    files.write("/a", "a2\n");
    const reading = await during(runtime, 60, refresh(live, "/a"));
    assert.equal(describeReading(reading), "modified /a | /a=a2 /b=b1");
  });

  test("waits for the close of a file that is being written, on Deno (G2)", async () => {
    const runtime = createMemoryRuntime({ reportsClose: true });
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    await using live = await open(runtime, ["/a"]);
    files.truncate("/a");
    files.append("/a", "a2 and more than before\n");
    const reading = refresh(live);
    await clock.advance(300);
    files.append("/a", "the end\n");
    files.close("/a");
    const text = describeReading(await during(runtime, 20, reading));
    assert.equal(text, "modified /a | /a=a2 and more than before\nthe end");
  });

  test("waits until a file that is written is quiet, also where nothing tells of its end (G2, G3)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    await using live = await open(runtime, ["/a"]);
    files.truncate("/a");
    files.append("/a", "a2 and more than before\n");
    const reading = refresh(live);
    await clock.advance(30);
    files.append("/a", "the end\n");
    const text = describeReading(await during(runtime, 60, reading));
    assert.equal(text, "modified /a | /a=a2 and more than before\nthe end");
    await clock.advance(3000);
    assert.deepEqual(live.lines(), []);
  });

  test("waits for a file that lost its hints and its content (G2)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/a", "a1\n");
    await using live = await open(runtime, ["/a"]);
    files.deliverHints("never");
    files.truncate("/a");
    const reading = refresh(live);
    await clock.advance(300);
    files.append("/a", "a2\n");
    assert.equal(describeReading(await during(runtime, 70, reading)), "modified /a | /a=a2");
  });

  test("does not wait for maxDelayMs because of a write that came meanwhile", async () => {
    const runtime = createMemoryRuntime();
    const { files } = runtime;
    files.write("/a", "a1\n");
    await using live = await during(runtime, 50, open(slowReads(runtime, 20), ["/a"]));
    files.write("/a", "a2\n");
    const reading = refresh(live);
    await runtime.clock.advance(10);
    files.write("/a", "a3\n");
    assert.equal(describeReading(await during(runtime, 150, reading)), "modified /a | /a=a3");
  });

  test("does not wait longer than maxDelayMs", async () => {
    const runtime = createMemoryRuntime();
    const { files } = runtime;
    files.write("/a", "a1\n");
    await using live = await open(runtime, ["/a"]);
    files.truncate("/a");
    const reading = refresh(live);
    assert.equal(describeReading(await during(runtime, 1010, reading)), "modified /a | /a=");
  });
});

describe("a file that is written on", () => {
  const chunks = ["list:\n  - 1\n  - 2\n  - 3\n", "  - 4\n", "  - 5\n", "  - 6\n", "  - 7\n"];
  const whole = { list: [1, 2, 3, 4, 5, 6, 7] };

  /** Watches `/a.yaml` beside what takes `slowMs`, and keeps every value that is committed. */
  async function watch(runtime: MemoryRuntime, slow: "validator" | "source", slowMs: number) {
    const { clock, files } = runtime;
    let isSlow = false;
    const delay = () =>
      new Promise<void>((resolve) => {
        if (isSlow) clock.schedule(slowMs, resolve);
        else resolve();
      });
    const source: Source = {
      name: "slow",
      async read({ readDocument }) {
        await delay();
        return [await readDocument("/s.yaml")];
      },
      watch: ({ file }) => file("/s.yaml"),
    };
    files.write("/s.yaml", "s: 1\n");
    files.write("/a.yaml", "list: [1, 2]\n");
    await clock.advance(5000);
    const config = await watchConfig({
      sources: slow === "source" ? [source, "/a.yaml"] : ["/a.yaml"],
      validators: slow === "validator" ? [delay] : [],
      runtime,
    });
    isSlow = true;
    const values: unknown[] = [];
    config.on(
      "reloadSucceeded",
      ({ settledBy }) => values.push({ settledBy, ...config.current as object }),
    );
    return { config, values };
  }

  async function writeSlowly({ files, clock }: MemoryRuntime): Promise<void> {
    files.truncate("/a.yaml");
    for (const chunk of chunks) {
      files.append("/a.yaml", chunk);
      await clock.advance(20);
    }
    files.close("/a.yaml");
  }

  test("when a slow reload ends is waited for, though others were due before (G2, G3)", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    const { config, values } = await watch(runtime, "validator", 1200);
    files.writeAtomically("/a.yaml", "list: [1]\n");
    await clock.advance(100);
    files.writeAtomically("/a.yaml", "list: [2]\n");
    await clock.advance(1070);
    await writeSlowly(runtime);
    await clock.advance(9000);
    assert.deepEqual(values, [
      { settledBy: "rename", list: [1] },
      { settledBy: "quiet", ...whole },
    ]);
    await config.close();
  });

  test("beside a slow source is waited for (G2, G3)", async () => {
    const runtime = createMemoryRuntime();
    const { clock } = runtime;
    const { config, values } = await watch(runtime, "source", 1200);
    await writeSlowly(runtime);
    await clock.advance(9000);
    assert.deepEqual(values, [{ settledBy: "quiet", s: 1, ...whole }]);
    await config.close();
  });

  test("is not looked at while it is paused, and no timer is left after the end (G9)", async () => {
    for (const end of ["pause", "close"] as const) {
      const runtime = createMemoryRuntime();
      const { files, clock } = runtime;
      const { config } = await watch(runtime, "source", 200);
      files.truncate("/a.yaml");
      await clock.advance(60);
      const ended = config[end]();
      await clock.advance(500);
      await ended;
      // The backstop of the one that is only paused goes on.
      assert.equal(clock.timers, end === "pause" ? 1 : 0, end);
      await config.close();
    }
  });
});
