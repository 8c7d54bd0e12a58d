/** Components that do all a component can do wrong, and what must hold of them afterwards. */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import type { Clock } from "../src/clock.ts";
import type { Component } from "../src/component.ts";
import type { ComponentError } from "../src/errors.ts";
import { Components } from "../src/transaction.ts";

/** How a component's steps end in one transaction. */
export interface Behaviour {
  readonly prepare: typeof PREPARES[number];
  readonly commit: typeof COMMITS[number];
  readonly undo: typeof UNDOS[number];
}

export const PREPARES = ["is done", "is done later", "throws", "rejects", "hangs"] as const;
export const COMMITS = [
  "is done",
  "is done later",
  "throws",
  "rejects",
  "throws half done",
  "rejects half done",
  "hangs",
  "hangs half done",
  "is done late",
  "is half done late",
  "obeys half done",
] as const;
export const UNDOS = [
  "is done",
  "is done later",
  "throws",
  "rejects",
  "hangs",
  "is done late",
  "absent",
  "absent, prepares late",
  "absent, commits late",
] as const;

/** When what is late comes to its end. */
export const LATENESSES = ["before the next change", "within it", "after it"] as const;

/** All of the behaviours, by number. */
export const BEHAVIOURS: readonly Behaviour[] = PREPARES.flatMap((prepare) =>
  COMMITS.flatMap((commit) => UNDOS.map((undo) => ({ prepare, commit, undo })))
);

const DEADLINE_MS = 100;
type Step = "prepare" | "commit" | "undo";

/** What a component runs on: the configuration of a number, or something between two. */
type State = number | "half";

interface Config {
  readonly n: number;
}

/** A call of a step. */
interface Call {
  readonly name: string;
  readonly step: Step;
  readonly n: number;
  readonly signal: AbortSignal;
  readonly wasAborted: boolean;
}

class ModelClock implements Clock {
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#now;
  }

  get timers(): number {
    return this.#timers.size;
  }

  schedule(delayMs: number, callback: () => void): Disposable {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  /** Goes on to the next timer, which there must be: or something waits for ever. */
  async passTo<R>(promise: Promise<R>): Promise<R> {
    let isOver = false;
    const result = promise.finally(() => isOver = true);
    result.catch(() => {});
    for (;;) {
      await rest();
      if (isOver) return await result;
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
      assert.ok(next !== undefined, "it waits for ever");
      this.#timers.delete(next);
      this.#now = next.at;
      next.callback();
    }
  }
}

/** Lets happen what waits for no timer. */
function rest(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** A component with a state of its own. */
class Machine {
  readonly name: string;
  readonly #model: Model;
  #behaviour: Behaviour | undefined;
  state: State = 0;

  constructor(name: string, model: Model) {
    this.name = name;
    this.#model = model;
  }

  /** The component as it is attached, which takes everything. */
  component(undo: Behaviour["undo"]): Component<Config, unknown, unknown> {
    const component: Component<Config, number, unknown> = {
      name: this.name,
      deadlineMs: DEADLINE_MS,
      select: ({ n }) => n,
      prepare: (n, { signal, before }) => this.#prepare(n, signal, n < (before ?? 0)),
      commit: (n, { signal, prepared, before }) => {
        assert.equal(prepared, n, "what was prepared is for what is committed");
        return this.#commit(n, signal, n < (before ?? 0));
      },
      ...(!undo.startsWith("absent") && {
        undo: (n: number, { signal }: { signal: AbortSignal }) => this.#undo(n, signal),
      }),
    };
    return component as Component<Config, unknown, unknown>;
  }

  begin(behaviour: Behaviour | undefined): void {
    this.#behaviour = behaviour;
  }

  #prepare(n: number, signal: AbortSignal, isBack: boolean): unknown {
    this.#model.note({ name: this.name, step: isBack ? "undo" : "prepare", n, signal });
    if (isBack) {
      return this.#behaviour?.undo === "absent, prepares late" ? this.#late(() => n) : n;
    }
    switch (this.#behaviour?.prepare) {
      case "is done later":
        return Promise.resolve(n);
      case "throws":
        throw new Error("prepare");
      case "rejects":
        return Promise.reject(new Error("prepare"));
      case "hangs":
        return this.#late(() => n);
      default:
        return n;
    }
  }

  #commit(n: number, signal: AbortSignal, isBack: boolean): unknown {
    const to = (state: State) => this.state = state;
    if (isBack) {
      if (this.#behaviour?.undo === "absent, commits late") return this.#late(() => to(n));
      return to(n);
    }
    this.#model.note({ name: this.name, step: "commit", n, signal });
    const commit = this.#behaviour?.commit ?? "is done";
    if (commit.endsWith("half done")) to("half");
    if (commit.startsWith("throws")) throw new Error("commit");
    if (commit.startsWith("rejects")) return Promise.reject(new Error("commit"));
    switch (commit) {
      case "is done later":
        return Promise.resolve().then(() => to(n));
      case "is done late":
        return this.#late(() => to(n));
      case "is half done late":
        return this.#late(() => {
          to("half");
          throw new Error("commit");
        });
      case "obeys half done":
        return new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason))
        );
      case "hangs":
      case "hangs half done":
        return new Promise(() => {});
      default:
        return to(n);
    }
  }

  #undo(n: number, signal: AbortSignal): unknown {
    this.#model.note({ name: this.name, step: "undo", n, signal });
    const back = () => this.state = n;
    switch (this.#behaviour?.undo) {
      case "throws":
        throw new Error("undo");
      case "rejects":
        return Promise.reject(new Error("undo"));
      case "hangs":
        return new Promise(() => {});
      case "is done late":
        return this.#late(back);
      case "is done later":
        return Promise.resolve().then(back);
      default:
        return back();
    }
  }

  /** Does something, and ends, when the model says so. */
  #late(act: () => unknown): Promise<unknown> {
    return new Promise<void>((resolve) => this.#model.late.push(resolve)).then(act);
  }
}

/** A transaction of components that behave as they are told, and the two that follow it. */
export class Model {
  readonly clock: ModelClock = new ModelClock();
  /** Ends what is late. */
  readonly late: (() => void)[] = [];
  readonly #behaviours: readonly Behaviour[];
  readonly #machines: readonly Machine[];
  readonly #components: Components<Config>;
  readonly #told: ComponentError[] = [];
  #calls: Call[] = [];
  /** What `current` would be. */
  #current: Config = { n: 1 };
  /** Names of those of which nobody can know what they run on. */
  readonly #uncertain = new Set<string>();

  constructor(behaviours: readonly Behaviour[]) {
    this.#behaviours = behaviours;
    this.#machines = behaviours.map((_, index) => new Machine("abcd"[index]!, this));
    this.#components = new Components<Config>({
      keepAlive: true,
      clock: this.clock,
      onFailed: (error) => void this.#told.push(error),
      withoutSecrets: (error) => error,
    });
  }

  note(call: Omit<Call, "wasAborted">): void {
    this.#calls.push({ ...call, wasAborted: call.signal.aborted });
  }

  /** Runs it, and asserts after each transaction what must hold. */
  async run(lateness: typeof LATENESSES[number]): Promise<void> {
    for (const [index, machine] of this.#machines.entries()) {
      const component = machine.component(this.#behaviours[index]!.undo);
      await this.clock.passTo(this.#components.add(component, this.#current));
    }
    this.#assertAll(1);
    this.#calls = [];
    for (const [index, machine] of this.#machines.entries()) machine.begin(this.#behaviours[index]);
    await this.#takeMisbehaving();
    for (const machine of this.#machines) machine.begin(undefined);
    if (lateness === "before the next change") await this.#endLate();
    this.#assertKnown();
    await this.#takeWell({ n: 3 }, lateness === "within it" ? () => this.#endLate() : undefined);
    await this.#endLate();
    this.#assertKnown();
    await this.#takeWell({ n: 4 });
    assert.deepEqual(this.#components.doubts, []);
    this.#assertAll(4);
    assert.equal(this.clock.timers, 0);
  }

  async #takeMisbehaving(): Promise<void> {
    const before = this.#current;
    const error = await this.#take({ n: 2 });
    const expected = this.#expectFailure();
    if (expected === undefined) {
      assert.equal(error, undefined);
      this.#assertAll(2);
      return;
    }
    assert.ok(error !== undefined);
    assert.equal(error.step, expected.step);
    assert.ok(expected.names.includes(error.component), error.message);
    assert.equal(this.#told[0], error);
    assert.equal(this.#current, before, "what is refused is never current");
    this.#assertCalls(expected);
    this.#assertKnown();
  }

  /** Which step fails, and of whom, by what they are told to do. */
  #expectFailure(): { step: "prepare" | "commit"; names: string[] } | undefined {
    const nameOf = (index: number) => this.#machines[index]!.name;
    const unprepared = this.#behaviours.flatMap(({ prepare }, index) =>
      prepare.startsWith("is done") ? [] : nameOf(index)
    );
    if (unprepared.length > 0) return { step: "prepare", names: unprepared };
    const index = this.#behaviours.findIndex(({ commit }) =>
      commit !== "is done" && commit !== "is done later"
    );
    return index === -1 ? undefined : { step: "commit", names: [nameOf(index)] };
  }

  #assertCalls({ step, names }: { step: "prepare" | "commit"; names: string[] }): void {
    const called = (step: Step) =>
      this.#calls.filter((call) => call.step === step).map(({ name }) => name);
    const all = this.#machines.map(({ name }) => name);
    assert.equal(new Set(called("prepare")).size, called("prepare").length, "prepared once");
    assert.ok(!this.#calls.some(({ wasAborted }) => wasAborted), "nothing begins that is given up");
    const committed = step === "prepare" ? [] : all.slice(0, all.indexOf(names[0]!) + 1);
    assert.deepEqual(called("commit"), committed);
    assert.deepEqual(called("undo"), committed.toReversed());
    for (const { step, signal } of this.#calls) {
      if (step !== "undo") assert.equal(signal.aborted, true, "it is told that it is given up");
    }
    if (step === "commit") assert.deepEqual(called("prepare"), all);
    const hanging = this.#behaviours.filter(({ undo }) => /hangs|late/.test(undo)).length;
    const longest = DEADLINE_MS * (1 + hanging);
    assert.ok(this.clock.now() <= longest, `${this.clock.now()} ms`);
    for (const name of committed) this.#noteUncertain(this.#behaviours[all.indexOf(name)]!, name);
  }

  #noteUncertain({ commit, undo }: Behaviour, name: string): void {
    if (/throws|rejects|hangs|late/.test(undo) || commit.endsWith("late")) {
      this.#uncertain.add(name);
    }
  }

  /** Whoever is not on what is current is named, and nobody is who can't be on something else. */
  #assertKnown(): void {
    const named = this.#components.doubts.map(({ component }) => component);
    for (const { name, state } of this.#machines) {
      if (state === this.#current.n) continue;
      assert.ok(named.includes(name), `${name} is on ${state}, and nobody knows`);
    }
    for (const doubt of this.#components.doubts) {
      assert.ok(this.#uncertain.has(doubt.component), doubt.message);
      assert.ok(this.#told.includes(doubt), "it is told");
    }
  }

  /** All are well again and take it. */
  async #takeWell(next: Config, meanwhile?: () => Promise<void>): Promise<void> {
    this.#calls = [];
    const taking = this.#take(next);
    await meanwhile?.();
    assert.equal(await taking, undefined);
    for (const { signal } of this.#calls) {
      if (signal.aborted) assert.fail("what is committed is not given up");
    }
    this.#assertKnown();
  }

  async #take(next: Config): Promise<ComponentError | undefined> {
    let accepted = 0;
    const taking = this.#components.take(next, "save", () => {
      accepted++;
      this.#current = next;
    });
    const error = await this.clock.passTo(taking);
    assert.equal(accepted, error === undefined ? 1 : 0);
    return error;
  }

  async #endLate(): Promise<void> {
    for (const end of this.late.splice(0)) end();
    await rest();
  }

  #assertAll(n: number): void {
    for (const { name, state } of this.#machines) assert.equal(state, n, name);
  }
}

/** The behaviours with a number, of all lists of `count` behaviours. */
export function behavioursAt(index: number, count: number): Behaviour[] {
  const chosen: Behaviour[] = [];
  for (let rest = index; chosen.length < count; rest = Math.floor(rest / BEHAVIOURS.length)) {
    chosen.push(BEHAVIOURS[rest % BEHAVIOURS.length]!);
  }
  return chosen;
}

const COARSE = {
  prepare: [["is done", "is done later"], ["throws", "rejects"], ["hangs"]],
  commit: [
    ["is done", "is done later"],
    ["throws", "rejects", "throws half done", "rejects half done"],
    ["hangs", "hangs half done", "is done late", "is half done late", "obeys half done"],
  ],
  undo: [
    ["is done", "is done later", "absent"],
    ["throws", "rejects"],
    ["hangs", "is done late", "absent, prepares late", "absent, commits late"],
  ],
} as const satisfies { [S in Step]: readonly (readonly Behaviour[S][])[] };

/** Number of outcomes of a component: done, failed or hanging, at each of three steps. */
export const OUTCOMES = 27;

/** One case of each combination of outcomes, the ways to come to them in turn. */
export function outcomesAt(index: number, count: number): Behaviour[] {
  // A prime larger than any list: neighbours differ in all of their ways.
  let way = (index * 7919 + 13) >>> 0;
  let rest = index;
  const pick = <S extends Step>(step: S): Behaviour[S] => {
    const ways = COARSE[step][rest % 3]! as readonly Behaviour[S][];
    rest = Math.floor(rest / 3);
    way = (Math.imul(way, 1103515245) + 12345) >>> 0;
    return ways[(way >>> 8) % ways.length]!;
  };
  return Array.from({ length: count }, () => ({
    prepare: pick("prepare"),
    commit: pick("commit"),
    undo: pick("undo"),
  }));
}
