/** What Deno's standard library offers fits as it is; its signatures are those it documents. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { directory, file, type Format, type ReloadOutcome } from "../mod.ts";
import { openLive } from "./live.ts";

/** Options of `parse()` of `@std/yaml` 1. */
interface ParseOptions {
  schema?: "core" | "default" | "failsafe" | "json" | "extended";
  allowDuplicateKeys?: boolean;
  onWarning?(error: Error): void;
}

/** Options of `deadline()` of `@std/async` 1. */
interface DeadlineOptions {
  signal?: AbortSignal;
}

/** What `expandGlob()` of `@std/fs` 1 gives. */
interface WalkEntry {
  path: string;
  name: string;
  isFile: boolean;
  isDirectory: boolean;
  isSymlink: boolean;
}

// Stand-ins that do what is needed here: the packages are not to be had from npm.
function parse(content: string, options: ParseOptions = {}): unknown {
  assert.deepEqual(options, {}, "a format must be given the text alone");
  return { parsed: content.trim() };
}

async function deadline<T>(p: Promise<T>, ms: number, _options: DeadlineOptions = {}): Promise<T> {
  assert.ok(ms > 0);
  return await p;
}

async function* expandGlob(_glob: string | URL): AsyncIterableIterator<WalkEntry> {
  const entry = { name: "app.yaml", isFile: true, isDirectory: false, isSymlink: false };
  yield await Promise.resolve({ path: "/app.yaml", ...entry });
}

test("parse() of @std/yaml is a format, JSON.parse() is one too", () => {
  const formats: Format[] = [{ parse }, JSON];
  assert.equal(formats.length, 2);
});

test("expandGlob() of @std/fs chooses files, parse() reads them, deadline() waits for a reload", async () => {
  const paths: string[] = [];
  for await (const { path, isFile } of expandGlob("/*.yaml")) if (isFile) paths.push(path);
  await using live = await openLive({ "/app.yaml": "a\n" }, {
    sources: paths.map((path) => file(path, { format: { parse } })),
  });
  assert.deepEqual(live.config.current, { parsed: "a" });
  live.files.writeAtomically("/app.yaml", "b\n");
  const outcome: ReloadOutcome = await deadline(live.reload(), 1_000);
  assert.notEqual(outcome.status, "rejected");
  assert.deepEqual(live.config.current, { parsed: "b" });
});

test("parse() of @std/yaml may stand for an extension, as in formats", async () => {
  await using live = await openLive({ "/d/app.yaml": "a\n" }, {
    sources: [directory("/d")],
    formats: { ".yaml": { parse } },
  });
  assert.deepEqual(live.config.current, { parsed: "a" });
});
