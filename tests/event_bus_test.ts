import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EventBus } from "../src/event_bus.ts";
import { countedSignal } from "./counted_signal.ts";

describe("an EventBus", () => {
  test("calls handlers in the order they were added", () => {
    const { bus, calls } = createBus();
    bus.add("first", (event) => calls.push(`first ${event.n}`));
    bus.add("second", (event) => calls.push(`second ${event.n}`));
    bus.emit({ type: "tick", n: 1 });
    bus.emit({ type: "tick", n: 2 });
    assert.deepEqual(calls, ["first 1", "second 1", "first 2", "second 2"]);
  });

  test("tells all of one event before any of the next, also of one that a handler emits", () => {
    const { bus, calls } = createBus();
    bus.add("first", ({ n }) => {
      calls.push(`first ${n}`);
      if (n < 3) bus.emit({ type: "tick", n: n + 1 });
    });
    bus.add("second", ({ n }) => calls.push(`second ${n}`));
    bus.emit({ type: "tick", n: 1 });
    assert.deepEqual(calls, ["first 1", "second 1", "first 2", "second 2", "first 3", "second 3"]);
  });

  test("calls the others when one throws, and tells who, why and at what (S1.10, G7)", () => {
    const { bus, calls, failures } = createBus();
    const event = { type: "tick", n: 1 };
    const error = new Error("broken");
    bus.add("bad", () => {
      throw error;
    });
    bus.add("good", () => calls.push("good"));
    bus.emit(event);
    assert.deepEqual(calls, ["good"]);
    assert.deepEqual(failures, [["bad", error, event]]);
  });

  test("tells of a handler that rejects later (S2.7, G7)", async () => {
    const { bus, failures } = createBus();
    bus.add("bad", async () => {
      await Promise.resolve();
      throw new Error("later");
    });
    bus.emit({ type: "tick", n: 1 });
    assert.equal(failures.length, 0);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(failures.map(([name, { message }]) => [name, message]), [["bad", "later"]]);
  });

  test("makes an Error of whatever is thrown", () => {
    const { bus, failures } = createBus();
    bus.add("bad", () => {
      throw "a text";
    });
    bus.emit({ type: "tick", n: 1 });
    assert.ok(failures[0]![1] instanceof Error);
    assert.equal(failures[0]![1].message, "a text");
  });

  test("waits for no handler, not even for one that never ends (G7)", () => {
    const { bus, calls } = createBus();
    bus.add("hanging", () => new Promise(() => {}));
    bus.add("next", () => calls.push("next"));
    bus.emit({ type: "tick", n: 1 });
    assert.deepEqual(calls, ["next"]);
  });

  test("calls a handler no more once it is removed, and removing twice is removing once", () => {
    const { bus, calls } = createBus();
    const listener = bus.add("gone", () => calls.push("gone"));
    bus.add("stays", () => calls.push("stays"));
    listener[Symbol.dispose]();
    listener[Symbol.dispose]();
    bus.emit({ type: "tick", n: 1 });
    assert.deepEqual(calls, ["stays"]);
  });

  test("does not call a handler that an earlier one removed in the same event", () => {
    const { bus, calls } = createBus();
    bus.add("remover", () => removed[Symbol.dispose]());
    const removed = bus.add("removed", () => calls.push("removed"));
    bus.emit({ type: "tick", n: 1 });
    assert.deepEqual(calls, []);
  });

  test("calls a handler that was added during an event from the next event on", () => {
    const { bus, calls } = createBus();
    bus.add("adder", ({ n }) => n === 1 && bus.add("added", (event) => calls.push(`${event.n}`)));
    bus.emit({ type: "tick", n: 1 });
    bus.emit({ type: "tick", n: 2 });
    assert.deepEqual(calls, ["2"]);
  });

  test("takes the same function twice", () => {
    const { bus, calls } = createBus();
    const handler = () => calls.push("called");
    bus.add("a", handler);
    const second = bus.add("b", handler);
    bus.emit({ type: "tick", n: 1 });
    second[Symbol.dispose]();
    bus.emit({ type: "tick", n: 2 });
    assert.equal(calls.length, 3);
  });

  test("goes on after whoever is told of failures fails", () => {
    const calls: number[] = [];
    const bus = new EventBus<{ n: number }>(() => assert.fail("so does it"));
    bus.add("counter", ({ n }) => calls.push(n));
    bus.add("bad", ({ n }) => assert.ok(n > 1));
    assert.throws(() => bus.emit({ n: 1 }), /so does it/);
    bus.emit({ n: 2 });
    assert.deepEqual(calls, [1, 2]);
  });

  test("removes a handler when its signal is aborted, and lets go of the signal", () => {
    const { bus, calls } = createBus();
    const { signal, listeners, abort } = countedSignal();
    bus.add("a", () => calls.push("a"), { signal });
    const disposed = bus.add("b", () => calls.push("b"), { signal });
    assert.equal(listeners(), 2);
    disposed[Symbol.dispose]();
    assert.equal(listeners(), 1);
    abort();
    bus.emit({ type: "tick", n: 1 });
    assert.deepEqual(calls, []);
    assert.equal(listeners(), 0);
  });

  test("takes no handler whose signal is aborted already", () => {
    const { bus, calls } = createBus();
    bus.add("a", () => calls.push("a"), { signal: AbortSignal.abort() })[Symbol.dispose]();
    bus.emit({ type: "tick", n: 1 });
    assert.deepEqual(calls, []);
  });

  test("lets go of every handler and signal when closed (G9)", () => {
    const { bus, calls } = createBus();
    const { signal, listeners } = countedSignal();
    bus.add("a", () => calls.push("a"), { signal });
    bus.add("b", () => calls.push("b"));
    bus.close();
    bus.emit({ type: "tick", n: 1 });
    assert.deepEqual(calls, []);
    assert.equal(listeners(), 0);
  });
});

describe("EventBus.addFor()", () => {
  test("calls with the events of its type only (S1.5)", () => {
    const { bus, calls } = createBus();
    bus.addFor("tick", ({ n }) => calls.push(`tick ${n}`));
    bus.addFor("tock", ({ n }) => calls.push(`tock ${n}`));
    bus.emit({ type: "tick", n: 1 });
    bus.emit({ type: "tock", n: 2 });
    assert.deepEqual(calls, ["tick 1", "tock 2"]);
  });

  test('calls with every event for "*" (S1.5)', () => {
    const { bus, calls } = createBus();
    bus.addFor("*", ({ type }) => calls.push(type));
    bus.emit({ type: "tick", n: 1 });
    bus.emit({ type: "tock", n: 2 });
    assert.deepEqual(calls, ["tick", "tock"]);
  });

  test("calls once with `once`, and other types don't count", () => {
    const { bus, calls } = createBus();
    bus.addFor("tick", ({ n }) => calls.push(`${n}`), { once: true });
    bus.emit({ type: "tock", n: 1 });
    bus.emit({ type: "tick", n: 2 });
    bus.emit({ type: "tick", n: 3 });
    assert.deepEqual(calls, ["2"]);
  });

  test("calls once with `once` even when the handler emits the same event", () => {
    const { bus, calls } = createBus();
    bus.addFor("tick", ({ n }) => {
      calls.push(`${n}`);
      bus.emit({ type: "tick", n: n + 1 });
    }, { once: true });
    bus.emit({ type: "tick", n: 1 });
    assert.deepEqual(calls, ["1"]);
  });

  test("tells of a failure under the type it listens to", async () => {
    const { bus, failures } = createBus();
    bus.addFor("tick", () => Promise.reject(new Error("async")));
    bus.addFor("*", () => {
      throw new Error("sync");
    });
    bus.emit({ type: "tick", n: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      failures.map(([name, { message }]) => [name, message]),
      [["*", "sync"], ["tick", "async"]],
    );
  });
});

interface Tick {
  readonly type: string;
  readonly n: number;
}

function createBus() {
  const calls: string[] = [];
  const failures: [name: string, error: Error, event: Tick][] = [];
  const bus = new EventBus<Tick>((...failure) => failures.push(failure));
  return { bus, calls, failures };
}
