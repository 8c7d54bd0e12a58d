import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { type Component, ComponentError, type LiveConfig } from "../mod.ts";
import { eventsOf, openLive, reasonsOf, typesOf } from "./live.ts";

interface Settings {
  readonly port: number;
  readonly limits: { readonly rpm: number };
}

const FIRST = "port: 1\nlimits: { rpm: 10 }";
const SECOND = "port: 2\nlimits: { rpm: 10 }";

/** What was done, in order. */
function logging(log: string[], name: string, more: Partial<Component<Settings>> = {}) {
  return {
    name,
    prepare: ({ port }: Settings) => void log.push(`${name} prepares ${port}`),
    commit: ({ port }: Settings) => void log.push(`${name} commits ${port}`),
    undo: ({ port }: Settings) => void log.push(`${name} goes back to ${port}`),
    ...more,
  };
}

function notFunction(step: string): string {
  return `Cannot attach the component a, its ${step} must be a function`;
}

function failing(message: string): () => never {
  return () => {
    throw new Error(message);
  };
}

/** Attaches the components and forgets what they did for it. */
async function attachAll(
  config: LiveConfig<Settings>,
  log: string[],
  ...components: Component<Settings>[]
): Promise<void> {
  for (const component of components) await config.attach(component);
  log.length = 0;
}

/** The same component, which fails once it is attached. */
function later(component: Component<Settings>, steps: Partial<Component<Settings>>) {
  const copy = { ...component };
  return { component: copy, fail: () => void Object.assign(copy, steps) };
}

describe("attach()", () => {
  test("what is none is not attached, and is told why", async () => {
    await using live = await openLive({ "/app.yaml": FIRST });
    const isNone = "it must have a name and a function commit";
    const cases: [component: unknown, message: string][] = [
      [undefined, `Cannot attach a component, ${isNone}`],
      [null, `Cannot attach a component, ${isNone}`],
      [{ commit: () => {} }, `Cannot attach a component, ${isNone}`],
      [{ name: "a" }, `Cannot attach a component, ${isNone}`],
      [{ name: "a", commit: () => {}, select: "port" }, notFunction("select")],
      [{ name: "a", commit: () => {}, prepare: {} }, notFunction("prepare")],
      [{ name: "a", commit: () => {}, undo: null }, notFunction("undo")],
    ];
    for (const [component, message] of cases) {
      const attached = live.config.attach(component as Component<unknown>);
      await assert.rejects(attached, { name: "TypeError", message });
    }
  });

  test("prepares and commits the configuration that runs (S3.9)", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST });
    const log: string[] = [];
    await live.config.attach(logging(log, "a"));
    assert.deepEqual(log, ["a prepares 1", "a commits 1"]);
  });

  test("gives a component that selects nothing what is to be current, and no copy of it (G10)", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST });
    let given: Settings | undefined;
    await live.config.attach({ name: "a", commit: (value) => void (given = value) });
    assert.equal(given, live.config.current);
    await live.save("/app.yaml", SECOND);
    assert.equal(given, live.config.current);
    await live.config.rollback();
    assert.equal(given, live.config.current);
  });

  test("hands what was prepared to commit, and what ran before to both", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST });
    const seen: unknown[] = [];
    await live.config.attach({
      name: "server",
      select: ({ port }) => port,
      prepare: (port, { before }) => Promise.resolve([before, port]),
      commit: (port, { before, prepared }) => seen.push([before, port, prepared]),
    });
    await live.save("/app.yaml", SECOND);
    assert.deepEqual(seen, [[undefined, 1, [undefined, 1]], [1, 2, [1, 2]]]);
  });

  test("all components prepare before the first one commits, in the order they were attached (G5)", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST });
    const log: string[] = [];
    await attachAll(live.config, log, logging(log, "a"), logging(log, "b"));
    await live.save("/app.yaml", SECOND);
    assert.deepEqual(log, ["a prepares 2", "b prepares 2", "a commits 2", "b commits 2"]);
    assert.equal(live.config.current.port, 2);
  });

  test("leaves a component alone whose part did not change, also where select makes an object", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST });
    const log: unknown[] = [];
    await live.config.attach({
      name: "limiter",
      select: ({ limits }) => ({ each: limits.rpm }),
      commit: (part) => log.push(part),
    });
    await live.save("/app.yaml", SECOND);
    assert.deepEqual(log, [{ each: 10 }]);
    await live.save("/app.yaml", "port: 2\nlimits: { rpm: 20 }");
    assert.deepEqual(log, [{ each: 10 }, { each: 20 }]);
  });

  test("a component that can't prepare refuses the change, and nobody commits (G4, G5, S2.6)", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST }, { maxReloadAttempts: 1 });
    const log: string[] = [];
    const b = later(logging(log, "b"), { prepare: failing("the port is taken") });
    await attachAll(live.config, log, logging(log, "a"), b.component);
    b.fail();
    await live.save("/app.yaml", SECOND);
    assert.deepEqual(log, ["a prepares 2"]);
    assert.equal(live.config.current.port, 1);
    assert.deepEqual(typesOf(live.events), ["fileChanged", "componentFailed", "reloadFailed"]);
    const [failed] = eventsOf(live.events, "componentFailed");
    assert.deepEqual([failed!.component, failed!.step, failed!.revision], ["b", "prepare", 1]);
    const { error } = eventsOf(live.events, "reloadFailed")[0]!;
    assert.ok(error instanceof ComponentError);
    assert.equal(
      error.message,
      "Cannot prepare the configuration in component b: the port is taken",
    );
    assert.match(reasonsOf(live.config)[0]!, /component b: the port is taken/);
    assert.equal(live.config.statistics()!.componentFailures, 1);
  });

  test("tells who prepared that the change is given up", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST }, { maxReloadAttempts: 1 });
    const signals: AbortSignal[] = [];
    const a: Component<Settings> = {
      name: "a",
      prepare: (_, { signal }) => void signals.push(signal),
      commit: () => {},
      undo: () => {},
    };
    const b = later({ name: "b", commit: () => {} }, { commit: failing("no") });
    await attachAll(live.config, [], a, b.component);
    await live.save("/app.yaml", SECOND);
    assert.equal(signals.at(-1)!.aborted, false, "not when it was committed");
    b.fail();
    await live.save("/app.yaml", "port: 3\nlimits: { rpm: 10 }");
    assert.equal(signals.at(-1)!.aborted, true);
  });

  test("a component that can't commit is undone with those before it, in reverse (G5, S2.6)", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST }, { maxReloadAttempts: 1 });
    const log: string[] = [];
    const b = later(logging(log, "b"), { commit: failing("no") });
    await attachAll(live.config, log, logging(log, "a"), b.component, logging(log, "c"));
    b.fail();
    await live.save("/app.yaml", SECOND);
    assert.deepEqual(log, [
      ...["a prepares 2", "b prepares 2", "c prepares 2"],
      ...["a commits 2", "b goes back to 1", "a goes back to 1"],
    ]);
    assert.equal(live.config.revision, 1);
    assert.deepEqual(eventsOf(live.events, "componentFailed").map(({ step }) => step), ["commit"]);
  });

  test("nobody ever reads a configuration that a component refused (G4)", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST }, { maxReloadAttempts: 1 });
    const read: number[] = [];
    const look = () => void read.push(live.config.current.port);
    const b = later({ name: "b", commit: look }, { commit: failing("no") });
    await attachAll(live.config, [], { name: "a", commit: look, undo: look }, b.component);
    b.fail();
    await live.save("/app.yaml", SECOND);
    assert.deepEqual(new Set(read), new Set([1]));
  });

  test("without an undo the value before is prepared and committed again", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST }, { maxReloadAttempts: 1 });
    const log: string[] = [];
    const a = { ...logging(log, "a"), undo: undefined } as unknown as Component<Settings>;
    const b = later(logging(log, "b"), { commit: failing("no") });
    await attachAll(live.config, log, a, b.component);
    b.fail();
    await live.save("/app.yaml", SECOND);
    assert.deepEqual(log.slice(2), [
      ...["a commits 2", "b goes back to 1", "a prepares 1", "a commits 1"],
    ]);
  });

  test("a component that can't go back is named, until it takes the next change (G7)", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST }, { maxReloadAttempts: 1 });
    const log: string[] = [];
    const a = later(logging(log, "a"), { undo: failing("stuck") });
    const b = later(logging(log, "b"), { commit: failing("no") });
    await attachAll(live.config, log, a.component, b.component);
    a.fail();
    b.fail();
    await live.save("/app.yaml", SECOND);
    const failures = eventsOf(live.events, "componentFailed");
    assert.deepEqual(failures.map(({ component, step }) => `${component} ${step}`), [
      ...["b commit", "a undo"],
    ]);
    const { status, reasons } = live.config.health();
    assert.equal(status, "degraded");
    const doubts = reasons.filter((reason) => reason.kind === "component");
    assert.deepEqual(doubts.map(({ component }) => component), ["a"]);
    assert.match(doubts[0]!.message, /^Component a may not run on revision 1/);
    Object.assign(b.component, { commit: () => {} });
    await live.save("/app.yaml", "port: 3\nlimits: { rpm: 10 }");
    assert.deepEqual(live.config.health().reasons, []);
  });

  test("a component that may be on something else takes part though its part did not change", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST }, { maxReloadAttempts: 1 });
    const ports: number[] = [];
    let isStuck = false;
    await live.config.attach({
      name: "a",
      select: ({ port }) => port,
      commit: (port) => void ports.push(port),
      undo: () => isStuck && failing("stuck")(),
    });
    await live.config.attach({
      name: "b",
      commit: () => isStuck && failing("no")(),
      undo: () => {},
    });
    isStuck = true;
    await live.save("/app.yaml", SECOND);
    isStuck = false;
    await live.save("/app.yaml", "port: 1\nlimits: { rpm: 20 }");
    assert.deepEqual(ports, [1, 2, 1]);
    assert.deepEqual(live.config.health().reasons, []);
    await live.save("/app.yaml", "port: 1\nlimits: { rpm: 30 }");
    assert.deepEqual(ports, [1, 2, 1]);
  });

  test("what a component is called, and its deadline, are asked for once (G7)", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST });
    const broken = { get: () => assert.fail("asked again") };
    const component = { name: "a", deadlineMs: 100, commit: () => Promise.resolve() };
    await live.config.attach(component);
    Object.defineProperties(component, { name: broken, deadlineMs: broken });
    await live.save("/app.yaml", SECOND);
    assert.deepEqual(eventsOf(live.events, "componentFailed"), []);
    assert.equal(live.config.revision, 2);
  });

  test("a step that hangs is cut off at its deadline (G7, S3.13)", async () => {
    for (const step of ["prepare", "commit"] as const) {
      await using live = await openLive<Settings>({ "/app.yaml": FIRST }, { maxReloadAttempts: 1 });
      const log: string[] = [];
      let aborted: AbortSignal | undefined;
      const hanging = (_: Settings, { signal }: { signal: AbortSignal }) => {
        aborted = signal;
        return new Promise<never>(() => {});
      };
      const b = later(logging(log, "b", { deadlineMs: 200 }), { [step]: hanging });
      await attachAll(live.config, log, logging(log, "a"), b.component);
      b.fail();
      await live.save("/app.yaml", SECOND);
      assert.equal(live.config.revision, 1);
      assert.equal(aborted!.aborted, true);
      const { error } = eventsOf(live.events, "componentFailed")[0]!;
      assert.match(error.message, /it did not finish within 200 ms \(deadlineMs\)/);
    }
  });

  test("a commit that goes on after its deadline makes its component doubtful", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST }, { maxReloadAttempts: 1 });
    let finish!: () => void;
    const a = later({ name: "a", deadlineMs: 200, commit: () => {} }, {
      commit: () => new Promise<void>((resolve) => finish = resolve),
      undo: () => {},
    });
    await attachAll(live.config, [], a.component);
    a.fail();
    await live.save("/app.yaml", SECOND);
    assert.equal(live.config.health().reasons.length, 1);
    finish();
    await live.clock.advance(0);
    assert.match(reasonsOf(live.config).join(), /it went on after its deadline/);
  });

  test("rejects when the component can't take what runs, which is then not attached", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST });
    const component = { name: "a", commit: failing("no") };
    await assert.rejects(live.config.attach(component), ComponentError);
    component.commit = failing("called");
    await live.save("/app.yaml", SECOND);
    assert.equal(live.config.revision, 2);
  });

  test("refuses a second one of a name, and what is no component", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST });
    await live.config.attach({ name: "a", commit: () => {} });
    await assert.rejects(live.config.attach({ name: "a", commit: () => {} }), {
      name: "RangeError",
      message: 'Cannot attach the component "a": there is one of that name',
    });
    await assert.rejects(live.config.attach({ name: "b" } as never), TypeError);
    const deadlineMs = { name: "b", commit: () => {}, deadlineMs: -1 };
    await assert.rejects(live.config.attach(deadlineMs), RangeError);
  });

  test("a detached component is not asked any more, and what it refused is tried again", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST }, { maxReloadAttempts: 1 });
    const a = later({ name: "a", commit: () => {} }, { commit: failing("no") });
    const attached = await live.config.attach(a.component);
    a.fail();
    await live.save("/app.yaml", SECOND);
    assert.equal(live.config.revision, 1);
    attached[Symbol.dispose]();
    await live.clock.advance(0);
    assert.equal(live.config.current.port, 2);
  });

  test("detaching twice does not detach the component that was attached again", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST });
    const log: string[] = [];
    const a = logging(log, "a");
    const attached = await live.config.attach(a);
    attached[Symbol.dispose]();
    await live.config.attach(a);
    attached[Symbol.dispose]();
    log.length = 0;
    await live.save("/app.yaml", SECOND);
    assert.deepEqual(log, ["a prepares 2", "a commits 2"]);
  });

  test("a rollback goes through the components as well (G5)", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST });
    const log: string[] = [];
    const a = later(logging(log, "a"), { prepare: failing("not back") });
    await attachAll(live.config, log, a.component);
    await live.save("/app.yaml", SECOND);
    assert.equal((await live.config.rollback()).status, "committed");
    assert.equal(log.at(-1), "a commits 1");
    a.fail();
    const outcome = await live.config.rollback({ to: 2 });
    assert.equal(outcome.status, "rejected");
    assert.equal(live.config.current.port, 1);
  });

  test("a step that reloads is told that it would wait for itself (G7)", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST });
    const { config } = live;
    const answers: string[] = [];
    await config.attach({
      name: "a",
      commit: async () => {
        const outcome = await config.reload();
        answers.push(outcome.status === "rejected" ? outcome.error!.message : outcome.status);
      },
    });
    await config.attach({
      name: "b",
      commit: () =>
        assert.rejects(config.attach({ name: "c", commit: () => {} }), { name: "ReentryError" }),
    });
    assert.deepEqual(answers, [
      "Cannot reload: it is called by commit of component a, which would wait for itself",
    ]);
  });

  test("a step that resumes does so, and is told that it can't wait for it (G7)", async () => {
    await using live = await openLive<Settings>({ "/app.yaml": FIRST });
    const { config } = live;
    const answers: string[] = [];
    config.pause();
    await config.attach({
      name: "a",
      commit: async () => {
        const outcome = await config.resume();
        answers.push(outcome.status === "rejected" ? outcome.error!.message : outcome.status);
      },
    });
    assert.deepEqual([config.isPaused, answers], [false, [
      "Cannot wait for what changed meanwhile: it is called by commit of component a, " +
      "which would wait for itself",
    ]]);
  });

  test("no secret is in what a component failed with (G11)", async () => {
    await using live = await openLive<Settings>(
      { "/app.yaml": "port: 1\ndb: { password: first-canary }" },
      { maxReloadAttempts: 1 },
    );
    const a = later({ name: "a", commit: () => {} }, {
      commit: (value) => {
        throw new Error(`refused: ${JSON.stringify(value)}`);
      },
    });
    await attachAll(live.config, [], a.component);
    a.fail();
    await live.save("/app.yaml", "port: 2\ndb: { password: second-canary }");
    const shown = live.events.map((event) =>
      "error" in event ? `${event.error.message}\n${event.error.stack}\n${event.error.cause}` : ""
    ).join();
    assert.match(shown, /refused:/);
    assert.doesNotMatch(shown + reasonsOf(live.config).join(), /canary/);
  });

  test("close() gives up what is being prepared, and waits for what is being committed (G9)", async () => {
    const live = await openLive<Settings>({ "/app.yaml": FIRST });
    let signal: AbortSignal | undefined;
    const a = later({ name: "a", commit: () => {} }, {
      prepare: (_, step) => {
        signal = step.signal;
        return new Promise<never>(() => {});
      },
    });
    await attachAll(live.config, [], a.component);
    a.fail();
    live.files.writeAtomically("/app.yaml", SECOND);
    await live.clock.advance(100);
    await live.config.close();
    assert.equal(signal!.aborted, true);
    assert.equal(live.config.revision, 1);
    assert.deepEqual(typesOf(live.events), ["fileChanged"]);
  });
});
