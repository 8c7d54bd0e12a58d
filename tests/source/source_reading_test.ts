import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { describe, test } from "node:test";
import { MemoryEnvironment } from "../../src/testing/memory_environment.ts";
import type { Clock } from "../../src/clock.ts";
import { directory } from "../../src/source/directory.ts";
import { file } from "../../src/source/file.ts";
import { toReadDocument } from "../../src/source/read_document.ts";
import type { Source } from "../../src/source/source.ts";
import {
  type ReadOptions,
  readSources,
  type SourceReading,
} from "../../src/source/source_reading.ts";
import { createMemoryRuntime, type MemoryFiles, type MemoryRuntime } from "../../testing.ts";

function reader(
  { fileSystem, clock }: Pick<MemoryRuntime, "fileSystem"> & { readonly clock: Clock },
  sources: readonly Source[],
): () => Promise<readonly SourceReading[]> {
  const options: ReadOptions = {
    fileSystem,
    clock,
    maxBytes: 1000,
    keepsContent: true,
    failsApart: false,
    readTimeoutMs: 10_000,
    isIgnored: () => false,
    hasFormat: () => true,
    environment: new MemoryEnvironment(),
  };
  return () =>
    readSources(sources.map((source) => ({ source, documents: [] })), () => true, options);
}

/** A source that reads with `read` and watches nothing. */
const custom = (name: string, read: Source["read"]): Source => ({ name, read, watch: () => {} });

const document = (path: string) => ({ path, bytes: new Uint8Array(), checksum: "", inode: path });

describe("reading many files lets others have the thread (G6)", () => {
  const paths = Array.from({ length: 100 }, (_, index) => `/d/${index}`.padEnd(6, "x"));

  /** How many other things could be done while `sources` were read, each file taking `fileMs`. */
  async function othersMeanwhile(sources: readonly Source[], fileMs: number): Promise<number> {
    const { files, fileSystem } = createMemoryRuntime();
    for (const path of paths) files.write(path, "x");
    let now = 0;
    const clock: Clock = {
      now: () => now,
      wallTime: () => now,
      schedule: () => ({ [Symbol.dispose]: () => {} }),
    };
    const slow = {
      ...fileSystem,
      open: (path: string) => {
        now += fileMs;
        return fileSystem.open(path);
      },
    };
    let others = 0;
    let isDone = false;
    const other = () => {
      others += 1;
      if (!isDone) setImmediate(other);
    };
    setImmediate(other);
    const readings = await reader({ fileSystem: slow, clock }, sources)();
    isDone = true;
    assert.equal(readings.flatMap(({ documents }) => documents).length, 100);
    return others;
  }

  const ways: [name: string, sources: readonly Source[]][] = [
    ["in a directory", [directory("/d")]],
    ["named one by one", paths.map((path) => file(path))],
  ];
  for (const [name, sources] of ways) {
    test(`${name}: every few milliseconds`, async () => {
      const others = await othersMeanwhile(sources, 1);
      assert.ok(others >= 20 && others < 100, `${others}`);
    });

    test(`${name}: not at all when they are read in no time`, async () => {
      assert.equal(await othersMeanwhile(sources, 0), 0);
    });
  }
});

describe("what was read is known later", () => {
  async function readTwice(
    keepsContent: boolean,
    source: Source,
    texts: readonly [first: string, second: string],
    save = (files: MemoryFiles, text: string) => files.write("/a", text),
  ) {
    const { files, fileSystem, clock } = createMemoryRuntime();
    const options: ReadOptions = {
      fileSystem,
      clock,
      maxBytes: 1000,
      keepsContent,
      failsApart: false,
      readTimeoutMs: 10_000,
      isIgnored: () => false,
      hasFormat: () => true,
      environment: new MemoryEnvironment(),
    };
    files.write("/a", texts[0]);
    const first = await readSources([{ source, documents: [] }], () => true, options);
    save(files, texts[1]);
    const second = await readSources(first, () => true, options);
    return second[0]!.documents[0]!;
  }

  const cases: [texts: [string, string], size: number, endsLine: boolean, continues: boolean][] = [
    [["a\n", "a\nb\n"], 4, true, true],
    [["a\n", "a\nb"], 3, false, true],
    [["a\n", "b\nb\n"], 4, true, false],
    [["a\n", "a\n"], 2, true, false],
    [["a\nb\n", "a\n"], 2, true, false],
    [["", "a\n"], 2, true, false],
    [["a\n", ""], 0, false, false],
  ];
  for (const [texts, size, endsLine, continuesLast] of cases) {
    test(`of ${JSON.stringify(texts)}, without its content (G10)`, async () => {
      const { bytes, ...rest } = await readTwice(false, file("/a"), texts);
      assert.equal(bytes.length, 0);
      assert.deepEqual([rest.size, rest.endsLine, rest.continuesLast], [
        size,
        endsLine,
        continuesLast,
      ]);
      const withContent = await readTwice(true, file("/a"), texts);
      assert.equal(withContent.continuesLast, continuesLast);
    });
  }

  test("goes on only from what the same file held", async () => {
    const renamed = (files: MemoryFiles, text: string) => files.writeAtomically("/a", text);
    for (const keepsContent of [true, false]) {
      const document = await readTwice(keepsContent, file("/a"), ["a", "ab"], renamed);
      assert.equal(document.continuesLast, false);
    }
  });

  test("with its content where somebody parses it", async () => {
    const { bytes } = await readTwice(true, file("/a"), ["1", "12"]);
    assert.equal(new TextDecoder().decode(bytes), "12");
  });

  test("as the source made it, where it made it anew", async () => {
    const upper = custom("upper", async ({ readDocument }) => {
      const document = await readDocument("/a");
      const text = new TextDecoder().decode(document.bytes).toUpperCase() + "\n";
      return [{ ...document, bytes: new TextEncoder().encode(text) }];
    });
    const { bytes, size, endsLine } = await readTwice(true, upper, ["a", "ab"]);
    assert.equal(new TextDecoder().decode(bytes), "AB\n");
    assert.deepEqual([size, endsLine], [3, true]);
  });
});

describe("a source that gives no answer", () => {
  const silent = custom("silent", () => new Promise(() => {}));
  const MESSAGE = "Cannot read silent: it gave no answer within 10000 ms (readTimeoutMs)";

  test("fails after a deadline, and the others are read (G7)", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/a", "x");
    const reading = reader(runtime, [silent, file("/a")])();
    await runtime.clock.advance(10_000);
    const [first, second] = await reading;
    assert.equal(first?.error?.name, "SourceError");
    assert.equal(first?.error?.message, MESSAGE);
    assert.deepEqual(second?.documents.map(({ path }) => path), ["/a"]);
    assert.equal(runtime.clock.timers, 0);
  });

  test("shares its timer with others, each of which has its own time", async () => {
    const runtime = createMemoryRuntime();
    const { clock } = runtime;
    const slow = custom("slow", async ({ readDocument }) => {
      await new Promise<void>((resolve) => clock.schedule(4_000, resolve));
      await readDocument("/missing").catch(() => {});
      return await new Promise(() => {});
    });
    const failures: unknown[] = [];
    void reader(runtime, [silent, slow])().then((readings) => {
      failures.push(...readings.map(({ error }) => error?.message));
    });
    await clock.advance(3_000);
    assert.equal(clock.timers, 2);
    await clock.advance(10_999);
    assert.deepEqual(failures, []);
    await clock.advance(1);
    assert.deepEqual(failures, [MESSAGE, MESSAGE.replace("silent", "slow")]);
    assert.equal(clock.timers, 0);
  });

  test("keeps what it held, and a late answer is dropped (G4)", async () => {
    const runtime = createMemoryRuntime();
    const { fileSystem, clock } = runtime;
    let answer: (documents: ReturnType<typeof document>[]) => void = () => {};
    const late = custom("late", () => new Promise((resolve) => answer = resolve));
    const held = [toReadDocument(document("/held"), undefined, true)];
    const reading = readSources([{ source: late, documents: held }], () => true, {
      fileSystem,
      clock,
      maxBytes: 1000,
      keepsContent: true,
      failsApart: false,
      readTimeoutMs: 50,
      isIgnored: () => false,
      hasFormat: () => true,
      environment: new MemoryEnvironment(),
    });
    await clock.advance(49);
    assert.equal(clock.timers, 1);
    await clock.advance(1);
    const [result] = await reading;
    answer([document("/late")]);
    await clock.settle();
    assert.deepEqual(result?.documents, held);
    assert.match(result?.error?.message ?? "", /within 50 ms/);
  });

  test("is not what takes long but goes on", async () => {
    const runtime = createMemoryRuntime();
    for (const path of ["/a", "/b", "/c"]) runtime.files.write(path, "x");
    const slow = custom("slow", async ({ readDocument }) => {
      const documents = [];
      for (const path of ["/a", "/b", "/c"]) {
        await new Promise<void>((resolve) => runtime.clock.schedule(9_000, resolve));
        documents.push(await readDocument(path));
      }
      return documents;
    });
    const reading = reader(runtime, [slow])();
    await runtime.clock.advance(30_000);
    const [result] = await reading;
    assert.equal(result?.error, undefined);
    assert.equal(result?.documents.length, 3);
    assert.equal(runtime.clock.timers, 0);
  });

  test("and fails after the deadline makes no noise", async () => {
    const runtime = createMemoryRuntime();
    let fail: (error: Error) => void = () => {};
    const failing = custom("silent", () => new Promise((_resolve, reject) => fail = reject));
    const reading = reader(runtime, [failing])();
    await runtime.clock.advance(10_000);
    const [result] = await reading;
    fail(new Error("late"));
    await runtime.clock.settle();
    assert.equal(result?.error?.message, MESSAGE);
  });
});
