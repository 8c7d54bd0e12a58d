import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { watchFiles } from "../mod.ts";
import { checksumOf } from "../src/checksum.ts";
import { createMemoryRuntime, type MemoryFiles, type MemoryRuntime } from "../testing.ts";
import { Mirror } from "./mirror.ts";

/** Something done to files, and how long nothing else is. */
interface Step {
  readonly act: (files: MemoryFiles) => void;
  readonly text: string;
  readonly thenMs: number;
}

const NAMES = ["/one/a", "/one/b", "/one/c", "/two/a", "/two/b", "/two/sub/d", "/away/a"];
const DIRECTORIES = ["/two/sub", "/two/other", "/away/sub"];

const name = fc.constantFrom(...NAMES);
const directory = fc.constantFrom(...DIRECTORIES);
// Few, so that different files often have the same.
const content = fc.constantFrom("", "x\n", "y\n", "x\ny\n", "longer than the others\n");

const has = (files: MemoryFiles, path: string) => files.fileSystem.lstat(path) !== undefined;

const action: fc.Arbitrary<Omit<Step, "thenMs">> = fc.oneof(
  fc.tuple(name, content).map(([path, text]) => ({
    act: (files: MemoryFiles) => files.write(path, text),
    text: `write ${path} ${JSON.stringify(text)}`,
  })),
  fc.tuple(name, content).map(([path, text]) => ({
    act: (files: MemoryFiles) => files.writeAtomically(path, text),
    text: `save ${path} ${JSON.stringify(text)}`,
  })),
  fc.tuple(name, content).map(([path, text]) => ({
    act: (files: MemoryFiles) => {
      if (!has(files, path)) return;
      files.append(path, text);
      files.close(path);
    },
    text: `append ${path} ${JSON.stringify(text)}`,
  })),
  fc.tuple(name, name).map(([from, to]) => ({
    act: (files: MemoryFiles) => {
      if (from === to || !has(files, from)) return;
      files.mkdir(to.slice(0, to.lastIndexOf("/")));
      files.rename(from, to);
    },
    text: `mv ${from} ${to}`,
  })),
  fc.tuple(directory, directory).map(([from, to]) => ({
    act: (files: MemoryFiles) => {
      if (from === to || !has(files, from)) return;
      files.mkdir(to.slice(0, to.lastIndexOf("/")));
      files.rename(from, to);
    },
    text: `mv ${from} ${to}`,
  })),
  name.map((path) => ({ act: (files: MemoryFiles) => files.remove(path), text: `rm ${path}` })),
  directory.map((path) => ({
    act: (files: MemoryFiles) => files.remove(path),
    text: `rm ${path}`,
  })),
  fc.boolean().map((isSilent) => ({
    act: (files: MemoryFiles) => files.deliverHints(isSilent ? "never" : "normally"),
    text: isSilent ? "lose hints" : "give hints",
  })),
);

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(action, fc.constantFrom(0, 0, 0, 1, 5, 20, 60, 400, 1500)).map(([step, thenMs]) => ({
    ...step,
    thenMs,
    toString: () => `${step.text}, ${thenMs} ms`,
  })),
  { minLength: 1, maxLength: 25 },
);

/** Checksums of the files in the watched directories. */
function filesOf({ fileSystem }: MemoryRuntime): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (path: string) => {
    for (const { name, kind } of fileSystem.stat(path) === undefined ? [] : fileSystem.list(path)) {
      const below = `${path}/${name}`;
      if (kind === "directory") visit(below);
      else found.set(below, checksumOf(fileSystem.open(below).read(1000) as Uint8Array));
    }
  };
  visit("/one");
  visit("/two");
  return found;
}

for (const reportsClose of [false, true]) {
  const kind = reportsClose ? "with" : "without";
  test(`the events tell what became of the files, whatever is done to them, ${kind} close events (G1, S1.3)`, async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const runtime = createMemoryRuntime({ reportsClose });
        const { files, clock } = runtime;
        for (const path of NAMES.slice(0, 5)) files.write(path, `${path}\n`);
        await clock.advance(5000);
        await using live = await watchFiles(["/one", "/two"], { runtime, recursive: true });
        const mirror = new Mirror(filesOf(runtime));
        live.on("fileChanged", (event) => mirror.apply(event));
        for (const { act, thenMs } of steps) {
          act(files);
          await clock.advance(thenMs);
        }
        await clock.advance(12_000);
        mirror.check(filesOf(runtime));
        // A directory that was replaced may be told of.
        const failures = live.recentEvents().filter(({ type }) => type.endsWith("Failed"));
        assert.deepEqual(failures, []);
      }),
      { numRuns: 150 },
    );
  });
}
