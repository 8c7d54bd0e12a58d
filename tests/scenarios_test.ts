/**
 * Runs `tests/scenarios/*.yaml` in memory, as a runtime that reports closes and as one that does
 * not. A scenario starts five quiet seconds after the first load; its times count from there.
 */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import { type ConfigEvent, directory, watchConfig, type WatchConfigOptions } from "../mod.ts";
import {
  createMemoryRuntime,
  type FileOperation,
  type HintDelivery,
  type MemoryFiles,
} from "../testing.ts";

interface Scenario {
  /** A sentence with the number of what it proves. */
  readonly name: string;
  /** Those it runs as. @default both */
  readonly runtimes?: readonly RuntimeKind[];
  readonly given: {
    readonly files: Readonly<Record<string, string>>;
    /** Path of a link to where it leads. */
    readonly links?: Readonly<Record<string, string>>;
    /** What is mounted, as in `/proc/self/mountinfo`. */
    readonly mounts?: string;
    /** @default the files */
    readonly sources?: readonly (string | DirectorySource)[];
    readonly options?: Partial<WatchConfigOptions<unknown>>;
  };
  readonly steps: readonly Step[];
  /** How long to wait after the last step, in milliseconds. @default 6000 */
  readonly restMs?: number;
  readonly expect: Expectation & Partial<Readonly<Record<RuntimeKind, Expectation>>>;
}

interface DirectorySource {
  readonly directory: string;
  readonly recursive?: boolean;
}

type RuntimeKind = "node" | "deno";

interface Step {
  /** Milliseconds since the start. */
  readonly at: number;
  /** Repeats the step; `{n}` in its content counts from 1. */
  readonly times?: number;
  /** Milliseconds between the repetitions. */
  readonly every?: number;
  readonly content?: string;
  readonly to?: string;
  readonly code?: string;
  readonly write?: string;
  readonly atomic?: string;
  readonly truncate?: string;
  readonly append?: string;
  readonly close?: string;
  readonly touch?: string;
  readonly chmod?: string;
  /** File whose time becomes `to`. */
  readonly utimes?: string;
  readonly remove?: string;
  readonly rename?: string;
  readonly link?: string;
  readonly mkdir?: string;
  /** File that is written in place, `parts` of it with `pauseMs` between them. */
  readonly parts?: readonly string[];
  readonly pauseMs?: number;
  readonly inParts?: string;
  /** Path that fails with `code`, until it is mended, or `failures` times. */
  readonly fail?: string;
  readonly failures?: number;
  readonly on?: readonly FileOperation[];
  readonly mend?: string;
  /** How hints come from now on. */
  readonly hints?: HintDelivery;
  /** Directory whose watchers end with `code`. */
  readonly endWatchers?: string;
}

interface Expectation {
  /** All events but `fileChanged` and `healthChanged`, in order; an event more or less is a failure. */
  readonly events?: readonly ExpectedEvent[];
  /** Number of reloads that succeeded, or its bounds. */
  readonly reloads?: number | readonly [least: number, most: number];
  /** Whether each committed value must be one of these: no torn read is. */
  readonly onlyValues?: readonly unknown[];
  readonly revision?: number;
  /** Value at the end. */
  readonly value?: unknown;
}

interface ExpectedEvent {
  readonly type: ConfigEvent["type"];
  /** When, exactly, or the bounds. */
  readonly at: number | readonly [earliest: number, latest: number];
  /** The configuration right after it. */
  readonly value?: unknown;
  /** Part of the reason: of the error's message or of an issue's. */
  readonly reason?: string;
  readonly watcher?: string;
}

interface Seen {
  readonly at: number;
  readonly event: ConfigEvent;
  readonly value: unknown;
}

const QUIET_START_MS = 5000;

async function run(
  { given, steps, restMs = 6000 }: Scenario,
  kind: RuntimeKind,
): Promise<{ seen: Seen[]; revision: number; value: unknown }> {
  const runtime = createMemoryRuntime({ name: kind, reportsClose: kind === "deno" });
  const { files, clock } = runtime;
  for (const [path, content] of Object.entries(given.files)) files.write(path, content);
  files.mount(given.mounts ?? "");
  for (const [path, target] of Object.entries(given.links ?? {})) files.symlink(target, path);
  const sources = (given.sources ?? Object.keys(given.files)).map((source) =>
    typeof source === "string"
      ? source
      : directory(source.directory, { recursive: source.recursive })
  );
  await using config = await watchConfig({ ...given.options, sources, runtime });
  await clock.advance(QUIET_START_MS);
  const seen: Seen[] = [];
  config.on("*", (event) => {
    seen.push({ at: clock.now() - QUIET_START_MS, event, value: config.current });
  });
  for (const { at, act } of schedule(steps)) {
    await clock.advance(at + QUIET_START_MS - clock.now());
    act(files);
  }
  await clock.advance(restMs);
  return { seen, revision: config.revision, value: config.current };
}

function schedule(steps: readonly Step[]): { at: number; act: (files: MemoryFiles) => void }[] {
  const all = steps.flatMap((step) =>
    Array.from({ length: step.times ?? 1 }, (_, index) => ({
      at: step.at + index * (step.every ?? 0),
      act: (files: MemoryFiles) => act(files, step, `${index + 1}`),
    }))
  );
  return all.toSorted((a, b) => a.at - b.at);
}

function act(files: MemoryFiles, step: Step, n: string): void {
  const content = (step.content ?? "").replaceAll("{n}", n);
  if (step.write) files.write(step.write, content);
  else if (step.atomic) files.writeAtomically(step.atomic, content);
  else if (step.truncate) files.truncate(step.truncate);
  else if (step.append) files.append(step.append, content);
  else if (step.close) files.close(step.close);
  else if (step.touch) files.touch(step.touch);
  else if (step.chmod) files.chmod(step.chmod);
  else if (step.utimes) files.utimes(step.utimes, Date.parse(step.to!));
  else if (step.remove) files.remove(step.remove);
  else if (step.rename) files.rename(step.rename, step.to!);
  else if (step.link) files.symlink(step.to!, step.link);
  else if (step.mkdir) files.mkdir(step.mkdir);
  else if (step.inParts) files.writeInParts(step.inParts, step.parts!, { pauseMs: step.pauseMs });
  else if (step.fail) files.fail(step.fail, step.code!, { times: step.failures, on: step.on });
  else if (step.mend) files.mend(step.mend);
  else if (step.hints) files.deliverHints(step.hints);
  else if (step.endWatchers) files.endWatchers(step.endWatchers, step.code!);
  else throw new Error(`A step that does nothing: ${JSON.stringify(step)}`);
}

function check(
  { events, reloads, onlyValues, revision, value }: Expectation,
  result: Awaited<ReturnType<typeof run>>,
): void {
  const told = result.seen.filter(({ event: { type } }) =>
    type !== "fileChanged" && type !== "healthChanged"
  );
  const log = told.map(describeSeen).join("\n") || "nothing";
  if (events !== undefined) {
    assert.deepEqual(told.map(({ event }) => event.type), events.map(({ type }) => type), log);
    for (const [index, expected] of events.entries()) checkEvent(expected, told[index]!, log);
  }
  const commits = told.filter(({ event }) => event.type === "reloadSucceeded");
  if (reloads !== undefined) {
    const [least, most] = typeof reloads === "number" ? [reloads, reloads] : reloads;
    assert.ok(commits.length >= least && commits.length <= most, `${commits.length} reloads`);
  }
  if (onlyValues !== undefined) {
    for (const commit of commits) {
      assert.ok(
        onlyValues.some((allowed) => isSame(allowed, commit.value)),
        `torn: ${describeSeen(commit)}`,
      );
    }
  }
  if (revision !== undefined) assert.equal(result.revision, revision, log);
  if (value !== undefined) assert.deepEqual(result.value, value, log);
}

function checkEvent({ at, value, reason, watcher }: ExpectedEvent, seen: Seen, log: string): void {
  const [earliest, latest] = typeof at === "number" ? [at, at] : at;
  assert.ok(
    seen.at >= earliest && seen.at <= latest,
    `not between ${earliest} and ${latest}:\n${log}`,
  );
  if (value !== undefined) assert.deepEqual(seen.value, value, log);
  if (reason !== undefined) assert.ok(reasonOf(seen.event).includes(reason), log);
  if (watcher !== undefined) {
    assert.ok(seen.event.type === "watcherChanged" && seen.event.watcher === watcher, log);
  }
}

function describeSeen({ at, event, value }: Seen): string {
  return `${at} ms: ${event.type} ${reasonOf(event)} ${JSON.stringify(value)}`;
}

function reasonOf(event: ConfigEvent): string {
  if (event.type === "reloadFailed") return event.error.message;
  if (event.type === "validationFailed") return event.issues.map((item) => item.message).join("; ");
  if (event.type === "watcherChanged") return `${event.watcher} ${event.reason}`;
  return "";
}

function isSame(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}

const folder = "tests/scenarios";

function describeScenario(name: string): void {
  const scenario = load(readFileSync(join(folder, name), "utf8")) as Scenario;
  const { runtimes = ["node", "deno"], expect: { node, deno, ...common } } = scenario;
  describe(`${scenario.name} [${name}]`, () => {
    for (const kind of runtimes) {
      test(kind === "deno" ? "with close events, as on Deno" : "without, as on Node", async () => {
        const expected = { ...common, ...(kind === "deno" ? deno : node) };
        assert.ok(Object.keys(expected).length > 0, "it expects nothing");
        check(expected, await run(scenario, kind));
      });
    }
  });
}

for (const name of readdirSync(folder).filter((file) => file.endsWith(".yaml")).toSorted()) {
  try {
    describeScenario(name);
  } catch (error) {
    test(`${name} is a scenario`, () => Promise.reject(error));
  }
}
