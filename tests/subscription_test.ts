import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { diff } from "../src/diff.ts";
import { freezeShared } from "../src/freeze.ts";
import { matchSubscription, parseSubscription } from "../src/subscription.ts";

describe("a subscription", () => {
  const before = {
    server: { host: "a", port: 1 },
    services: { web: { timeout: 1, name: "w" }, db: { timeout: 2, name: "d" } },
    hosts: [{ name: "x" }, { name: "y" }],
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
    ["to everything is told of each value that changed (S2.5)", "*", {
      ...before,
      server: { host: "b", port: 2 },
      "a.b": 3,
    }, [["server.host", "a", "b"], ["server.port", 1, 2], ['["a.b"]', 1, 3]]],
    ["to everything is told of what was removed", "*", { ...before, server: { host: "a" } }, [
      ["server.port", 1, undefined],
    ]],
    ["is not told of anything when nothing changed", "*", structuredClone(before), []],
    ["does not look at prototypes (G12)", "server.constructor", { server: { host: "b" } }, []],
  ];
  for (const [name, path, after, matches] of cases) {
    test(name, () => assert.deepEqual(match(path, before, after), matches));
  }

  test("to everything is told of a configuration that is a single value", () => {
    assert.deepEqual(match("*", 1, 2), [["", 1, 2]]);
  });

  test("refuses what is no path", () => {
    assert.throws(() => parseSubscription("server..port"), RangeError);
    assert.throws(() => parseSubscription(""), RangeError);
  });
});

function match(path: string, before: unknown, after: unknown) {
  const old = freezeShared(undefined, before);
  const now = freezeShared(old, after);
  const changedPaths = diff(old, now).map((difference) => difference.path);
  return matchSubscription(parseSubscription(path), old, now, changedPaths)
    .map((found) => [found.path, found.before, found.after]);
}
