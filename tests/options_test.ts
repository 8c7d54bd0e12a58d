import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkNumber } from "../src/option_checks.ts";
import { resolveLoadOptions, resolveWatchOptions, toSource } from "../src/options.ts";
import { file } from "../src/source/file.ts";

describe("watching options", () => {
  test("have the documented defaults", () => {
    const { runtime, debounce, ...rest } = resolveWatchOptions({});
    assert.ok(["deno", "bun", "node"].includes(runtime.name));
    assert.deepEqual(debounce, {
      strategy: "adaptive",
      minDelayMs: 10,
      baseDelayMs: 50,
      multiplier: 1.5,
      maxDelayMs: 1000,
    });
    assert.deepEqual(rest, {
      usePolling: false,
      trustsMounts: false,
      pollMs: 500,
      backstopMs: 1000,
      exclude: [],
      recentEventsSize: 100,
      unref: false,
      signal: undefined,
    });
  });

  test("take the name of a strategy or its options", () => {
    assert.equal(resolveWatchOptions({ debounce: "fixed" }).debounce.strategy, "fixed");
    assert.equal(resolveWatchOptions({ debounce: { baseDelayMs: 7 } }).debounce.baseDelayMs, 7);
  });

  const refused: [options: unknown, message: RegExp][] = [
    [
      { watcher: "inotify" },
      /^Cannot watch with watcher "inotify": use "auto", "events" or "poll"$/,
    ],
    [{ pollMs: 0 }, /^Cannot use pollMs, it must be between 1 and 2147483647: current value is 0$/],
    [{ pollMs: 2 ** 31 }, /pollMs/],
    [{ backstopMs: NaN }, /^Cannot use backstopMs, .*: current value is NaN$/],
    [{ backstopMs: "5" }, /^Cannot use backstopMs, .*: current value is "5"$/],
    [{ recentEventsSize: -1 }, /^Cannot use recentEventsSize, it must be 0 or more/],
    [{ recentEventsSize: Infinity }, /recentEventsSize/],
    [{ debounce: "slow" }, /^Cannot debounce with strategy "slow": use "fixed",/],
    [{ debounce: { baseDelayMs: -1 } }, /^Cannot debounce as baseDelayMs must be 0 or more/],
    [{ debounce: { baseDelayMs: 2000 } }, /baseDelayMs must not exceed maxDelayMs \(1000\)/],
    [{ debounce: { multiplier: 0.5 } }, /multiplier must be 1 or more/],
  ];
  for (const [options, message] of refused) {
    test(`refuse ${JSON.stringify(options)}`, () => {
      assert.throws(
        () => resolveWatchOptions(options as object),
        { name: "RangeError", message },
      );
    });
  }
});

test("what is no flag and no object is refused by name", () => {
  const refused: [options: unknown, message: RegExp][] = [
    [{ unref: "no" }, /^Cannot use unref, it must be true or false: current value is "no"$/],
    [{ unref: null }, /^Cannot use unref/],
    [{ signal: 5 }, /^Cannot use signal, it must be an object/],
    [{ runtime: "deno" }, /^Cannot use runtime, it must be an object: current value is "deno"$/],
  ];
  for (const [options, message] of refused) {
    assert.throws(() => resolveWatchOptions(options as object), { name: "TypeError", message });
  }
});

test("globs are an array of texts", () => {
  for (const exclude of ["*.local", [5], null, 5]) {
    assert.throws(() => resolveWatchOptions({ exclude } as object), {
      name: "TypeError",
      message: "Cannot use exclude, it must be an array of texts",
    });
  }
});

describe("loading options", () => {
  test("have the documented defaults", () => {
    const { sources, secrets: _secrets, ...rest } = resolveLoadOptions({ sources: ["app.yaml"] });
    assert.deepEqual(sources.map(({ name }) => name), ["app.yaml"]);
    assert.deepEqual(rest, {
      rules: { schema: undefined, validators: [], timeoutMs: 5000 },
      readTimeoutMs: 10_000,
      formats: undefined,
      limits: { maxBytes: 8 * 1024 * 1024, maxDepth: 100, maxNodes: 100_000 },
    });
  });

  test("keep the defaults of limits that are not given", () => {
    const { limits } = resolveLoadOptions({ sources: ["a"], limits: { maxDepth: 5 } });
    assert.deepEqual(limits, { maxBytes: 8 * 1024 * 1024, maxDepth: 5, maxNodes: 100_000 });
  });

  const refused: [options: unknown, name: string, message: RegExp][] = [
    [{}, "TypeError", /^Cannot load a configuration without sources: name at least one file$/],
    [{ sources: [] }, "TypeError", /without sources/],
    [{ sources: "app.yaml" }, "TypeError", /without sources/],
    [{ sources: [undefined] }, "TypeError", /^Cannot use undefined as a source: name a file, or/],
    [{ sources: [""] }, "TypeError", /^Cannot use "" as a source/],
    [{ sources: [{ name: "x" }] }, "TypeError", /^Cannot use {"name":"x"} as a source/],
    [{ sources: ["a", "a"] }, "RangeError", /^Cannot use the source "a" twice$/],
    [{ sources: ["a"], schema: {} }, "TypeError", /^Cannot use schema, it must be a Standard Sc/],
    [{ sources: ["a"], schema: null }, "TypeError", /^Cannot use schema/],
    [{ sources: ["a"], validators: () => [] }, "TypeError", /^Cannot use validators, it must be/],
    [{ sources: ["a"], validators: ["x"] }, "TypeError", /^Cannot use validators/],
    [{ sources: ["a"], validateTimeoutMs: 0 }, "RangeError", /^Cannot use validateTimeoutMs/],
    [{ sources: ["a"], validateTimeoutMs: 1e12 }, "RangeError", /^Cannot use validateTimeoutMs/],
    [{ sources: ["a"], readTimeoutMs: 0 }, "RangeError", /^Cannot use readTimeoutMs/],
    [
      { sources: ["a"], secrets: "pin" },
      "TypeError",
      /^Cannot use secrets, it must be an array of/,
    ],
    [{ sources: ["a"], secrets: [5] }, "TypeError", /^Cannot use secrets/],
    [
      { sources: ["a"], interpolate: "no" },
      "TypeError",
      /^Cannot use interpolate, it must be true/,
    ],
    [
      { sources: ["a"], formats: 5 },
      "TypeError",
      /^Cannot use formats, it must be an object: .* 5$/,
    ],
    [{ sources: ["a"], limits: null }, "TypeError", /^Cannot use limits, it must be an object/],
    [{ sources: ["a"], limits: { maxBytes: Infinity } }, "RangeError", /must be finite, 1 or more/],
    [{ sources: ["a"], limits: { maxBytes: 0 } }, "RangeError", /^Cannot use limits.maxBytes/],
    [{ sources: ["a"], limits: { maxDepth: -1 } }, "RangeError", /^Cannot use limits.maxDepth/],
    [{ sources: ["a"], limits: { maxNodes: NaN } }, "RangeError", /^Cannot use limits.maxNodes/],
  ];
  for (const [options, name, message] of refused) {
    test(`refuse ${JSON.stringify(options)} with a ${name}`, () => {
      assert.throws(() => resolveLoadOptions(options as { sources: [] }), { name, message });
    });
  }
});

test("toSource() takes a text as a file and a source as it is (S5.1)", () => {
  assert.equal(toSource("config/app.yaml").name, "config/app.yaml");
  const source = file("a.yaml");
  assert.equal(toSource(source), source);
});

test("checkNumber() takes both ends of a range", () => {
  checkNumber("n", 1, 1, 5);
  checkNumber("n", 5, 1, 5);
  assert.throws(() => checkNumber("n", 5.1, 1, 5), RangeError);
  assert.throws(() => checkNumber("n", 0.9, 1, 5), RangeError);
});
