import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  ClosedError,
  type Component,
  ComponentError,
  type LiveConfig,
  memory,
  type ReloadOutcome,
} from "../mod.ts";
import { type Live, openLive } from "./live.ts";

interface Numbered {
  readonly n: number;
}

const NAMES = ["a", "b", "c"] as const;
const STEPS = ["prepare", "commit", "undo"] as const;
const HISTORY = 5;
/** Longer than anything that is under way, and what is tried again. */
const REST_MS = 20_000;

/** What may happen to a configuration, in any order. */
const someAction = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("save" as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("save before" as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("save refused" as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("save broken" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("component" as const),
      name: fc.constantFrom(...NAMES),
      step: fc.constantFrom(...STEPS),
      how: fc.constantFrom("fails" as const, "hangs" as const, "is well" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom("attach" as const, "detach" as const),
      name: fc.constantFrom(...NAMES),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom("ill" as const, "well" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("rollback" as const),
      to: fc.constantFrom("previous" as const, "initial" as const, "current" as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("time" as const),
      ms: fc.constantFrom(1, 30, 100, 700, 3000, REST_MS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom(
        ...["confirm" as const, "pause" as const, "resume" as const],
        ...["reload" as const, "force" as const],
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom(
        ...["remove file" as const, "put file back" as const],
        ...["add source" as const, "add bad source" as const, "remove source" as const],
      ),
    }),
  },
);

type Action = typeof someAction extends fc.Arbitrary<infer Value> ? Value : never;

/** What says how a change ended. */
const NEWS: ReadonlySet<string> = new Set(
  ["reloadSucceeded", "rolledBack", "reloadFailed", "validationFailed"],
);

function changeSources(
  config: LiveConfig<Numbered>,
  how: "add source" | "add bad source" | "remove source",
): Promise<ReloadOutcome> {
  if (how === "remove source") return config.removeSource("good");
  return how === "add source"
    ? config.addSource(memory({ m: 1 }, { name: "good" }))
    : config.addSource(memory({ n: -5 }, { name: "bad" }));
}

/** A component that runs on a number, or on nothing that one can tell. */
class Machine {
  readonly #failing = new Map<string, "fails" | "hangs">();
  attached: Disposable | undefined;
  n: number | undefined;

  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  set(step: string, how: "fails" | "hangs" | "is well"): void {
    if (how === "is well") this.#failing.delete(step);
    else this.#failing.set(step, how);
  }

  mend(): void {
    this.#failing.clear();
  }

  get component(): Component<Numbered> {
    const run = ({ n }: Numbered) => this.n = n;
    return {
      name: this.name,
      deadlineMs: 200,
      prepare: () => this.#trouble("prepare") as undefined,
      commit: (next) => {
        this.n = undefined;
        return this.#trouble("commit") ?? run(next);
      },
      undo: (before) => this.#trouble("undo") ?? run(before),
    };
  }

  #trouble(step: string): unknown {
    const how = this.#failing.get(step);
    if (how === "fails") throw new Error(`${this.name} can't ${step}`);
    return how && new Promise(() => {});
  }
}

/** Does what it is told, and looks after each step at what must hold. */
class Run {
  readonly #live: Live<Numbered>;
  readonly #machines = NAMES.map((name) => new Machine(name));
  readonly #waiting = new Set<{ readonly name: string }>();
  readonly #surprises: unknown[] = [];
  #rejected = 0;
  /** What was accepted, by revision. */
  readonly #accepted = new Map([[1, 0]]);
  /** Revisions as they were told, and those that were current then. */
  readonly #committed: (readonly [told: number, current: number])[] = [];
  #isWell = true;
  /** The file's number; `undefined` while it is refused. */
  #onDisk: number | undefined = 0;
  #text = "n: 0";
  #isGone = false;
  #last = 0;
  /** Whether what was gone back to has to stay: nothing was written since. */
  #isHeld = false;
  readonly #unheld: number[] = [];
  /** Revisions that nothing was heard of since they waited to be confirmed. */
  readonly #unconfirmed = new Set<number>();

  private constructor(live: Live<Numbered>, health: { isWell(): boolean }) {
    this.#live = live;
    health.isWell = () => this.#isWell;
    const commit = (revision: number) => {
      // What a handler throws is only told.
      this.#committed.push([revision, live.config.revision]);
      this.#accepted.set(revision, live.config.current.n);
    };
    live.config.on("reloadSucceeded", ({ revision, confirmBy }) => {
      commit(revision);
      if (this.#isHeld) this.#unheld.push(revision);
      if (confirmBy !== undefined) this.#unconfirmed.add(revision);
    });
    live.config.on("rolledBack", ({ revision, from }) => {
      commit(revision);
      this.#unconfirmed.delete(from);
    });
    live.config.on("confirmed", ({ revision }) => void this.#unconfirmed.delete(revision));
    live.config.on("reloadFailed", ({ error: { name }, revision }) => {
      if (name === "ConfirmError") this.#unconfirmed.delete(revision);
    });
  }

  static async open(confirms: boolean): Promise<Run> {
    const health = { isWell: () => true };
    const live = await openLive<Numbered>({ "/app.yaml": "n: 0" }, {
      historySize: HISTORY,
      validators: [({ n }) => n >= 0 ? [] : [{ path: "n", message: "is negative" }]],
      ...(confirms && {
        confirm: { withinMs: 1000, intervalMs: 100, health: () => health.isWell() },
      }),
    });
    const run = new Run(live, health);
    for (const machine of run.#machines) run.#attach(machine);
    await live.clock.settle();
    return run;
  }

  async do(action: Action): Promise<void> {
    const { config, clock } = this.#live;
    const machine = this.#machines.find(({ name }) => "name" in action && name === action.name);
    switch (action.type) {
      case "save":
        return this.#save(++this.#last);
      case "save before":
        return this.#save(Math.max(0, this.#last - 1));
      case "save refused":
        return this.#save(-1);
      case "save broken":
        this.#onDisk = undefined;
        return this.#write("n: [");
      case "remove file":
        this.#isGone = true;
        return this.#live.files.remove("/app.yaml");
      case "put file back":
        return this.#write(this.#text);
      case "component":
        return machine!.set(action.step, action.how);
      case "attach":
        return this.#attach(machine!);
      case "detach":
        machine!.attached?.[Symbol.dispose]();
        return void (machine!.attached = undefined);
      case "ill":
      case "well":
        return void (this.#isWell = action.type === "well");
      case "rollback":
        return this.#rollBack(action.to);
      case "time":
        await clock.advance(action.ms);
        if (action.ms === REST_MS) this.#rest();
        return;
      case "confirm":
        return void config.confirm();
      case "pause":
        return config.pause();
      case "resume":
        return this.#wait("resume()", config.resume());
      case "add source":
      case "add bad source":
      case "remove source":
        this.#isHeld = false;
        return this.#wait(action.type, changeSources(config, action.type));
      case "reload":
      case "force":
        this.#isHeld &&= action.type !== "force";
        return this.#wait("reload()", config.reload({ force: action.type === "force" }));
    }
  }

  /** What holds at any time. */
  assertSound(): void {
    const { config } = this.#live;
    for (const [index, revisions] of this.#committed.entries()) {
      assert.deepEqual(revisions, [index + 2, index + 2], "each revision comes once, in order");
    }
    assert.equal(config.revision, this.#committed.length + 1);
    assert.equal(config.current.n, this.#accepted.get(config.revision));
    assert.deepEqual(this.#unheld, [], "what was gone back to stays");
    const history = config.history();
    // The first one stays.
    assert.ok(history.length <= HISTORY + 1);
    assert.equal(history.at(-1)!.revision, config.revision);
    const revisions = history.map(({ revision }) => revision);
    assert.deepEqual(revisions, revisions.toSorted((a, b) => a - b));
  }

  /** Nothing is under way any more. */
  #rest(): void {
    this.#assertAgreed();
    const { config, events } = this.#live;
    const news = events.findLast(({ type }) => NEWS.has(type));
    this.#isHeld ||= !config.isPaused && !this.#isGone && news?.type === "rolledBack";
  }

  /** Between two changes, components run on what is current, or are named. */
  #assertAgreed(): void {
    const { config } = this.#live;
    const { reasons } = config.health();
    for (const { name, attached, n } of this.#machines) {
      const isNamed = reasons.some((reason) =>
        reason.kind === "component" && reason.component === name
      );
      if (attached !== undefined && !isNamed) {
        assert.equal(n, config.current.n, `component ${name}`);
      }
    }
  }

  /** All is well again: the file counts, whatever happened before. */
  async mend(): Promise<void> {
    const { config, clock } = this.#live;
    this.#isWell = true;
    for (const machine of this.#machines) machine.mend();
    this.#write(this.#text);
    this.#wait("resume()", config.resume());
    await clock.advance(60_000);
    this.#wait("reload()", config.reload());
    await clock.advance(60_000);
    await this.#assertEnded();
    this.assertSound();
    this.#assertTold();
    assert.deepEqual([...this.#unconfirmed], [], "who waits to be confirmed is told of");
    const { cause } = config.snapshot;
    const isHeld = cause === "rollback" || cause === "confirm-failed";
    if (this.#onDisk !== undefined && !isHeld) assert.equal(config.current.n, this.#onDisk);
    if (this.#onDisk === undefined) assert.notEqual(config.health().status, "ok");
    this.#save(++this.#last);
    await clock.advance(60_000);
    this.assertSound();
    assert.equal(config.current.n, this.#last);
    assert.deepEqual(config.health().reasons, []);
    for (const { name, attached, n } of this.#machines) {
      if (attached !== undefined) assert.equal(n, this.#last, `component ${name}`);
    }
  }

  /** Nothing happens any more. */
  async close(): Promise<void> {
    const { config, clock } = this.#live;
    const { revision } = config;
    this.#wait("close()", config.close());
    await clock.advance(60_000);
    await this.#assertEnded();
    const { length } = this.#live.events;
    await clock.advance(60_000);
    assert.equal(this.#live.events.length, length);
    assert.ok(config.revision - revision <= 1, "but what was under way");
    assert.equal(clock.timers, 0);
    await assert.rejects(config.reload(), ClosedError);
  }

  #save(n: number): void {
    this.#onDisk = n < 0 ? undefined : n;
    this.#write(`n: ${n}`);
  }

  #write(text: string): void {
    this.#isHeld &&= text === this.#text;
    this.#text = text;
    this.#isGone = false;
    this.#live.files.writeAtomically("/app.yaml", text);
  }

  #rollBack(to: "previous" | "initial" | "current"): void {
    const { config } = this.#live;
    const target = to === "current" ? config.revision : to;
    this.#wait("rollback()", config.rollback({ to: target }));
  }

  #attach(machine: Machine): void {
    if (machine.attached !== undefined) return;
    const attached = this.#live.config.attach(machine.component);
    this.#wait("attach()", attached.then((given) => void (machine.attached = given)));
  }

  #wait(name: string, result: Promise<ReloadOutcome | void>): void {
    const ended = result.then((outcome) => {
      if (outcome?.status === "rejected") this.#rejected += 1;
    }, (error) => {
      // There may be nothing to go back to.
      const isExpected = [ClosedError, ComponentError, RangeError].some((one) =>
        error instanceof one
      );
      if (!isExpected) this.#surprises.push(error);
    });
    const waiting = { name };
    this.#waiting.add(waiting);
    void ended.then(() => this.#waiting.delete(waiting));
  }

  /** Nobody waits for ever. */
  async #assertEnded(): Promise<void> {
    await this.#live.clock.settle();
    assert.deepEqual([...this.#waiting], []);
    assert.deepEqual(this.#surprises, []);
  }

  #assertTold(): void {
    const told =
      this.#live.events.filter(({ type }) =>
        type === "reloadFailed" || type === "validationFailed" || type === "rolledBack"
      ).length;
    assert.ok(told >= this.#rejected, `${told} of ${this.#rejected} refusals told`);
  }
}

const someActions = fc.array(someAction, { maxLength: 40, size: "max" });
const someEnding = fc.constantFrom("mend" as const, "mend" as const, "close" as const);

test("whatever happens, what runs is what was accepted last, and in the end what the file says (G1, G4, G5, G7)", async () => {
  await fc.assert(
    fc.asyncProperty(someActions, fc.boolean(), someEnding, async (actions, confirms, ending) => {
      const run = await Run.open(confirms);
      for (const action of actions) {
        await run.do(action);
        run.assertSound();
      }
      if (ending === "mend") await run.mend();
      await run.close();
    }),
    { seed: 5, numRuns: 200 },
  );
});
