import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { diff } from "../src/diff.ts";
import { freezeShared } from "../src/freeze.ts";
import { formatPath } from "../src/key_path.ts";
import { PathIndex } from "../src/path_index.ts";
import type { Commit } from "../src/revisions.ts";
import type { Snapshot } from "../src/revision_store.ts";
import { Subscriptions } from "../src/subscription.ts";
import { countedSignal } from "./counted_signal.ts";
import { anyKey, anyValue } from "./documents.ts";
import { matchSubscription } from "./each_subscription.ts";

describe("a subscription", () => {
  const before = {
    server: { host: "a", port: 1 },
    services: { web: { timeout: 1, name: "w" }, db: { timeout: 2, name: "d" } },
    hosts: [{ name: "x" }, { name: "y" }],
    box: { length: 1 },
    "a.b": 1,
  };
  const cases: [
    name: string,
    path: string,
    after: unknown,
    matches: [path: string, before: unknown, after: unknown][],
  ][] = [
    ["to one key is told of that key (S2.5)", "server.port", {
      ...before,
      server: { host: "b", port: 2 },
    }, [["server.port", 1, 2]]],
    ["to one key is not told of another one", "server.port", {
      ...before,
      server: { host: "b", port: 1 },
    }, []],
    ["to an object is told of what is below it", "server", {
      ...before,
      server: { host: "a", port: 2 },
    }, [["server", { host: "a", port: 1 }, { host: "a", port: 2 }]]],
    ["is told when an ancestor is removed (S2.5)", "server.port", { services: {} }, [
      ["server.port", 1, undefined],
    ]],
    ["is told when an ancestor becomes a scalar", "server.port", { ...before, server: 5 }, [
      ["server.port", 1, undefined],
    ]],
    ["is told when the value appears", "server.tls.key", {
      ...before,
      server: { host: "a", port: 1, tls: { key: "k" } },
    }, [["server.tls.key", undefined, "k"]]],
    ["is not told of a value that was missing and is", "nothing.here", { ...before, x: 1 }, []],
    ["with a star is told of each match that changed", "services.*.timeout", {
      ...before,
      services: { ...before.services, web: { timeout: 9, name: "w" }, db: { timeout: 2 } },
    }, [["services.web.timeout", 1, 9]]],
    ["with a star is told of what appears and what vanishes", "services.*", {
      ...before,
      services: { web: before.services.web, mail: { timeout: 3 } },
    }, [
      ["services.db", before.services.db, undefined],
      ["services.mail", undefined, { timeout: 3 }],
    ]],
    ["with a star goes through arrays", "hosts.*.name", {
      ...before,
      hosts: [{ name: "x" }, { name: "z" }, { name: "new" }],
    }, [["hosts.1.name", "y", "z"], ["hosts.2.name", undefined, "new"]]],
    ["with two stars", "*.*", { ...before, server: { host: "a", port: 2 } }, [
      ["server.port", 1, 2],
    ]],
    ["to an index", "hosts.0.name", { ...before, hosts: [{ name: "new" }] }, [
      ["hosts.0.name", "x", "new"],
    ]],
    ["to a quoted key", '["a.b"]', { ...before, "a.b": 2 }, [['["a.b"]', 1, 2]]],
    [
      "to a star that is quoted is told of the key of that name",
      's["*"]',
      { s: { "*": 1, a: 2 } },
      [
        ['s["*"]', undefined, 1],
      ],
    ],
    ["to the length of an array is told when items came", "hosts.length", {
      ...before,
      hosts: [{ name: "x" }, { name: "y" }, { name: "z" }],
    }, [["hosts.length", 2, 3]]],
    ["to everything is told of each value that changed (S2.5)", "*", {
      ...before,
      server: { host: "b", port: 2 },
      "a.b": 3,
    }, [["server.host", "a", "b"], ["server.port", 1, 2], ['["a.b"]', 1, 3]]],
    ["to everything is told of what was removed", "*", { ...before, server: { host: "a" } }, [
      ["server.port", 1, undefined],
    ]],
    ["to a key called length is told once", "box.length", { ...before, box: { length: 2 } }, [
      ["box.length", 1, 2],
    ]],
    ["to everything is not told of a key that came without a value", "*", {
      ...before,
      none: undefined,
    }, []],
    ["is not told of anything when nothing changed", "*", structuredClone(before), []],
    ["does not look at prototypes (G12)", "server.constructor", { server: { host: "b" } }, []],
  ];
  for (const [name, path, after, matches] of cases) {
    test(name, () => assert.deepEqual(tellAll([path], before, after)[0], matches));
  }

  test("to everything is told of a configuration that is a single value", () => {
    assert.deepEqual(tellAll(["*"], 1, 2)[0], [["", 1, 2]]);
  });

  test("is told when the whole configuration is replaced by another kind of value", () => {
    assert.deepEqual(tellAll(["a.*"], [1], { a: { b: 1 } })[0], [["a.b", undefined, 1]]);
  });

  test("refuses what is no path", () => {
    const { subscriptions } = createList();
    assert.throws(() => subscriptions.add("server..port", () => {}), RangeError);
    assert.throws(() => subscriptions.add("", () => {}), RangeError);
  });

  test("is as deep as it likes (G12)", () => {
    const nested = (depth: number, innermost: unknown) => {
      let value = innermost;
      for (let level = 0; level < depth; level++) value = { a: value };
      return value;
    };
    const path = Array(5000).fill("a").join(".");
    const told = createList();
    told.subscriptions.add(path, (after) => told.calls.push(String(after)));
    told.publish(nested(5000, 1), nested(5000, 2), [[]]);
    assert.deepEqual(told.calls, ["2"]);
  });
});

describe("subscriptions", () => {
  test("are told of exactly what asking each of them would find, in their order (S2.5)", () => {
    const key = fc.oneof({ weight: 3, arbitrary: fc.constant("*") }, {
      weight: 4,
      arbitrary: anyKey.map((key) => formatPath([key])),
    }, { weight: 1, arbitrary: fc.constant("length") });
    const anyPattern = fc.array(key, { minLength: 1, maxLength: 4 })
      .map((keys) => keys.join(".").replaceAll(".[", "["));
    const anyCommit = fc.oneof(
      fc.tuple(anyValue, anyValue),
      // Most of it stays, as in a configuration that is edited.
      fc.tuple(anyValue, anyValue, anyValue).map(([a, b, c]) => [{ a, b, 0: [a, b] }, {
        0: [a, c],
        server: c,
        a,
      }]),
    );
    fc.assert(
      fc.property(fc.array(anyPattern, { maxLength: 12 }), anyCommit, (patterns, commit) => {
        const [before, after] = share(commit[0], commit[1]);
        const changedPaths = changedBetween(before, after);
        const expected = patterns.flatMap((pattern, index) =>
          matchSubscription(pattern, before, after, changedPaths).map((match) => ({
            index,
            ...match,
          }))
        );
        const { subscriptions, publish } = createList();
        const told: unknown[] = [];
        for (const [index, pattern] of patterns.entries()) {
          subscriptions.add(pattern, (after, before, { path }) => {
            told.push({ index, path, before, after });
          });
        }
        publish(before, after, changedPaths);
        assert.deepEqual(told, expected);
      }),
      { numRuns: 2000 },
    );
  });

  test("are called in the order they were added, whatever their paths", () => {
    const { subscriptions, calls, publish } = createList();
    for (const path of ["a.b", "*", "a.*", "a", "*.b", "a.b"]) {
      subscriptions.add(path, (_after, _before, info) => calls.push(`${path} ${info.path}`));
    }
    publish({ a: { b: 1 } }, { a: { b: 2 } });
    assert.deepEqual(calls, ["a.b a.b", "* a.b", "a.* a.b", "a a", "*.b a.b", "a.b a.b"]);
  });

  test("are not called once an earlier one has removed them, disposed or aborted", () => {
    const { subscriptions, calls, publish } = createList();
    const { signal, abort } = countedSignal();
    subscriptions.add("*", () => {
      disposed[Symbol.dispose]();
      abort();
    });
    const disposed = subscriptions.add("a", () => calls.push("disposed"));
    subscriptions.add("a", () => calls.push("aborted"), { signal });
    subscriptions.add("a", () => calls.push("stays"));
    publish({ a: 1 }, { a: 2 });
    assert.deepEqual(calls, ["stays"]);
  });

  test("that remove themselves are not called for the other values of the commit", () => {
    const { subscriptions, calls, publish } = createList();
    const itself = subscriptions.add("*", (_after, _before, { path }) => {
      calls.push(path);
      itself[Symbol.dispose]();
    });
    publish({ a: 1, b: 1 }, { a: 2, b: 2 });
    assert.deepEqual(calls, ["a"]);
  });

  test("that are added during a commit are called from the next one on", () => {
    const { subscriptions, calls, publish } = createList();
    subscriptions.add("a", () => {
      subscriptions.add("a", (after) => calls.push(`added ${after}`));
    }, { once: true });
    publish({ a: 1 }, { a: 2 });
    publish({ a: 2 }, { a: 3 });
    assert.deepEqual(calls, ["added 3"]);
  });

  test("with `once` are removed before they are called", () => {
    const { subscriptions, calls, publish } = createList();
    subscriptions.add("a", (after) => {
      calls.push(`${after}`);
      publish({ a: 2 }, { a: 3 });
    }, { once: true });
    publish({ a: 1 }, { a: 2 });
    assert.deepEqual(calls, ["2"]);
  });

  test("all end when the list is closed inside one of them, and none is taken after (G9)", () => {
    const { subscriptions, calls, publish } = createList();
    const { signal, listeners } = countedSignal();
    subscriptions.add("a", () => subscriptions.close(), { signal });
    subscriptions.add("a", () => calls.push("after"), { signal });
    publish({ a: 1 }, { a: 2 });
    subscriptions.add("a", () => calls.push("late"), { signal })[Symbol.dispose]();
    publish({ a: 2 }, { a: 3 });
    assert.deepEqual(calls, []);
    assert.equal(listeners(), 0);
  });

  test("take no subscriber whose signal is aborted already", () => {
    const { subscriptions, calls, publish } = createList();
    subscriptions.add("a", () => calls.push("a"), { signal: AbortSignal.abort() });
    publish({ a: 1 }, { a: 2 });
    assert.deepEqual(calls, []);
  });

  test("still reach the others when a value can't be read (G7)", () => {
    const { subscriptions, calls, failures, publish } = createList();
    const broken = (message: string) =>
      Object.defineProperty(new (class Custom {})(), "value", {
        get: () => {
          throw new Error(message);
        },
      });
    subscriptions.add("custom.value.deep", () => calls.push("deep"));
    subscriptions.add("custom", () => calls.push("custom"));
    subscriptions.add("custom.*", () => calls.push("star"));
    publish({ custom: broken("one") }, { custom: broken("two") });
    assert.deepEqual(calls, ["custom"]);
    assert.deepEqual(failures, ["subscribe custom.value.deep: one"]);
  });

  test("tell of one that throws or rejects, and the others are called (G7)", async () => {
    const { subscriptions, calls, failures, publish } = createList();
    subscriptions.add("a", () => {
      throw new Error("now");
    });
    subscriptions.add("a", () => Promise.reject(new Error("later")));
    subscriptions.add("a", () => calls.push("called"));
    publish({ a: 1 }, { a: 2 });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(calls, ["called"]);
    assert.deepEqual(failures, ["subscribe a: now", "subscribe a: later"]);
  });
});

describe("a PathIndex", () => {
  test("keeps nothing of what was removed (G10)", () => {
    const index = new PathIndex<string>();
    index.add(["a", null, "b"], "one");
    index.add(["a", null], "two");
    index.remove(["a", null, "b"], "one");
    index.remove(["x"], "never added");
    const before = counted({ a: { b: 1 } });
    const find = () =>
      index.find(before.value, { a: { b: 2 } }, [["a", "b"]]).map(({ entry }) => entry);
    assert.deepEqual(find(), ["two"]);
    assert.equal(before.reads(), 1);
    index.remove(["a", null], "two");
    assert.deepEqual(find(), []);
    assert.equal(before.reads(), 1, "nobody is left who wants to know");
  });

  test("asks only those whom the changed paths concern", () => {
    const index = new PathIndex<number>();
    const services: Record<string, { timeout: number }> = {};
    for (let n = 0; n < 1000; n++) {
      services[`s${n}`] = { timeout: n };
      index.add(["services", `s${n}`, "timeout"], n);
    }
    const before = counted(services);
    const after = { services: { ...services, s7: { timeout: -1 } } };
    const found = index.find({ services: before.value }, after, [["services", "s7", "timeout"]]);
    assert.deepEqual(found.map(({ entry }) => entry), [7]);
    assert.equal(before.reads(), 1);
  });
});

/** An object that counts how often one of its keys is asked for. */
function counted(value: object) {
  let reads = 0;
  const proxy = new Proxy(value, {
    getOwnPropertyDescriptor(target, key) {
      reads += 1;
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
  return { value: proxy, reads: () => reads };
}

/** What each subscription is told of by a commit. */
function tellAll(paths: readonly string[], before: unknown, after: unknown) {
  const { subscriptions, publish } = createList();
  const told = paths.map((path) => {
    const calls: [path: string, before: unknown, after: unknown][] = [];
    subscriptions.add(path, (after, before, info) => calls.push([info.path, before, after]));
    return calls;
  });
  publish(before, after);
  return told;
}

function createList() {
  const calls: string[] = [];
  const failures: string[] = [];
  const subscriptions = new Subscriptions((name, { message }) => {
    failures.push(`${name}: ${message}`);
  });
  const publish = (
    before: unknown,
    after: unknown,
    changedPaths = changedBetween(before, after),
  ) => {
    const [old, now] = changedPaths[0]?.length === 0 ? [before, after] : share(before, after);
    subscriptions.publish(commitOf(old, now, changedPaths));
  };
  return { subscriptions, calls, failures, publish };
}

function share(before: unknown, after: unknown): [before: unknown, after: unknown] {
  const old = freezeShared(undefined, before);
  return [old, freezeShared(old, after)];
}

function changedBetween(before: unknown, after: unknown) {
  return diff(before, after).map(({ path }) => path);
}

function commitOf(before: unknown, after: unknown, changedPaths: Commit<unknown>["changedPaths"]) {
  const snapshot = (revision: number, value: unknown): Snapshot<unknown> => ({
    revision,
    value,
    checksum: "",
    at: "2025-01-01T00:00:00.000Z",
    files: [],
    cause: "save",
  });
  return { before: snapshot(1, before), after: snapshot(2, after), changes: [], changedPaths };
}
