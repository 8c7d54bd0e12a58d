import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import {
  directory,
  hotReloadOptions,
  type HotReloadSettings,
  hotReloadSettings,
  loadConfig as reallyLoadConfig,
  type LoadConfigOptions,
  type StandardSchemaResult,
  watchConfig as reallyWatchConfig,
  type WatchConfigOptions,
} from "../mod.ts";
import { createMemoryRuntime } from "../testing.ts";
import { knownEventTypes } from "./known_event_types.ts";

function validate(value: unknown): StandardSchemaResult<HotReloadSettings> {
  const result = hotReloadSettings["~standard"].validate(value);
  if (result instanceof Promise) return assert.fail("it needs no time");
  return result;
}

function accepted(value: unknown): HotReloadSettings {
  const { value: settings, issues } = validate(value) as { value: HotReloadSettings; issues?: [] };
  assert.equal(issues, undefined, JSON.stringify(issues));
  return settings;
}

describe("hotReloadSettings (S2.10)", () => {
  test("has a default for every setting", () => {
    assert.deepEqual(accepted({}), {
      enabled: true,
      sources: [],
      watcher: "auto",
      pollMs: 500,
      backstopMs: 1000,
      debounce: {
        strategy: "adaptive",
        minDelayMs: 10,
        baseDelayMs: 50,
        multiplier: 1.5,
        maxDelayMs: 1000,
      },
      exclude: [],
      notify: knownEventTypes(),
    });
  });

  test("takes every setting, and a strategy by its name", () => {
    const given: HotReloadSettings = {
      enabled: false,
      sources: ["a.yaml", "conf.d/"],
      watcher: "poll",
      pollMs: 1,
      backstopMs: 2,
      debounce: {
        strategy: "fixed",
        minDelayMs: 0,
        baseDelayMs: 5,
        multiplier: 2,
        maxDelayMs: 5,
      },
      exclude: ["*.local.yaml"],
      notify: ["reloadSucceeded"],
    };
    assert.deepEqual(accepted(given), given);
    assert.equal(accepted({ debounce: "aggressive" }).debounce.strategy, "aggressive");
    assert.equal(accepted({ debounce: { baseDelayMs: 300 } }).debounce.baseDelayMs, 300);
  });

  const refused: readonly [value: unknown, path: string, message: string][] = [
    [null, "", "must be an object (was null)"],
    [["a.yaml"], "", 'must be an object (was ["a.yaml"])'],
    [{ enabled: "no" }, "enabled", 'must be true or false (was "no")'],
    [{ sources: "a.yaml" }, "sources", 'must be a list (was "a.yaml")'],
    [{ sources: ["a", ""] }, "sources.1", 'must be a text that is not empty (was "")'],
    [{ watcher: "inotify" }, "watcher", 'must be one of auto, events, poll (was "inotify")'],
    [{ pollMs: 0 }, "pollMs", "must be a number of milliseconds from 1 to 2147483647 (was 0)"],
    [
      { backstopMs: "1s" },
      "backstopMs",
      'must be a number of milliseconds from 1 to 2147483647 (was "1s")',
    ],
    [{ debounce: 300 }, "debounce", "must be a strategy or an object of delays (was 300)"],
    [{ debounce: null }, "debounce", "must be an object (was null)"],
    [
      { debounce: "eager" },
      "debounce",
      'must be one of fixed, adaptive, aggressive, conservative (was "eager")',
    ],
    [
      { debounce: { baseDelayMs: -1 } },
      "debounce.baseDelayMs",
      "must be a number of milliseconds, 0 or more (was -1)",
    ],
    [
      { debounce: { baseDelayMs: 2000 } },
      "debounce.baseDelayMs",
      "must not exceed maxDelayMs (1000), was 2000",
    ],
    [{ debounce: { multiplier: 0 } }, "debounce.multiplier", "must be a number, 1 or more (was 0)"],
    [
      { debounce: { delay: 1 } },
      "debounce.delay",
      "is no setting: use strategy, minDelayMs, baseDelayMs, multiplier, maxDelayMs",
    ],
    [
      { validateFirst: false },
      "validateFirst",
      "is no setting: use enabled, sources, watcher, pollMs, backstopMs, debounce, exclude, notify",
    ],
    [{ exclude: [1] }, "exclude.0", "must be a text that is not empty (was 1)"],
    [{ notify: true }, "notify", "must be a list (was true)"],
    [
      { notify: ["reload"] },
      "notify.0",
      `must be one of ${knownEventTypes().join(", ")} (was "reload")`,
    ],
  ];
  for (const [value, path, message] of refused) {
    test(`refuses ${JSON.stringify(value)}`, () => {
      const issues = validate(value).issues ?? [];
      assert.deepEqual(
        issues.map((issue) => [issue.path?.join("."), issue.message]),
        [[path, message]],
      );
    });
  }

  test("tells of everything that is wrong", () => {
    assert.equal(validate({ a: 1, enabled: 1, pollMs: -1 }).issues?.length, 3);
  });

  test("is refused by file, line and column", async () => {
    const runtime = createMemoryRuntime();
    runtime.files.write("/hotconf.yaml", "enabled: true\ndebounce:\n  baseDelayMs: soon\n");
    await assert.rejects(
      reallyLoadConfig({ sources: ["/hotconf.yaml"], schema: hotReloadSettings, runtime }),
      /\/hotconf\.yaml:3:3: debounce\.baseDelayMs: must be a number of milliseconds, 0 or more/,
    );
  });
});

describe("hotReloadOptions() (S2.10)", () => {
  test("gives what watchConfig() takes, sources from where it is told", () => {
    const { sources, ...options } = hotReloadOptions(
      accepted({ sources: ["a.yaml", "conf.d/", "/etc/b.yaml"], watcher: "poll", pollMs: 7 }),
      "/srv",
    );
    const names = ["/srv/a.yaml", "/srv/conf.d", "/etc/b.yaml"];
    assert.deepEqual(
      sources.map((source) => (source as { name: string }).name),
      names.map((name) => resolve(name)),
    );
    const { debounce } = accepted({});
    assert.deepEqual(options, {
      watcher: "poll",
      pollMs: 7,
      backstopMs: 1000,
      debounce,
      exclude: [],
    });
    const [here] = hotReloadOptions(accepted({ sources: ["a.yaml"] })).sources;
    assert.equal((here as { name: string }).name, resolve("a.yaml"));
  });

  test("watches, waits and leaves out as the settings say", async () => {
    const runtime = createMemoryRuntime();
    const { files, clock } = runtime;
    files.write("/conf/a.yaml", "a: 1\n");
    const settings = accepted({
      sources: ["/conf/"],
      watcher: "poll",
      pollMs: 300,
      debounce: { strategy: "fixed", baseDelayMs: 100 },
      exclude: ["*.local.yaml"],
    });
    const options = hotReloadOptions(settings);
    assert.deepEqual(Object.keys(options.sources[0]!), Object.keys(directory("/conf")));
    await using config = await reallyWatchConfig({ ...options, runtime });
    assert.equal(files.watches, 0);
    files.write("/conf/a.local.yaml", "a: 3\n");
    files.write("/conf/a.yaml", "a: 2\n");
    await clock.advance(299);
    assert.deepEqual(config.current, { a: 1 });
    await clock.advance(300 + 100 + 1);
    assert.deepEqual(config.current, { a: 2 });
  });
});

test("the code of docs/command.md reads settings and heeds them (S2.10)", async () => {
  const runtime = createMemoryRuntime();
  const loadConfig = <T>(options: LoadConfigOptions<T>) =>
    reallyLoadConfig({ ...options, runtime });
  const watchConfig = <T>(options: WatchConfigOptions<T>) =>
    reallyWatchConfig({ ...options, runtime });
  const printed: string[] = [];
  const console = { log: (line: string) => printed.push(line) };
  const Settings = undefined;
  runtime.files.write(
    resolve("hotconf.yaml"),
    "enabled: false\nsources: [app.yaml]\nnotify: [reloadSucceeded]\n",
  );
  runtime.files.write(resolve("app.yaml"), "a: 1\n");
  // begin settings
  const { value: settings } = await loadConfig({
    sources: ["hotconf.yaml"],
    schema: hotReloadSettings,
  });
  await using config = await watchConfig({ ...hotReloadOptions(settings), schema: Settings });
  if (!settings.enabled) config.pause();
  for (const type of settings.notify) config.on(type, (event) => console.log(event.type));
  // end
  runtime.files.writeAtomically(resolve("app.yaml"), "a: 2\n");
  await runtime.clock.advance(3000);
  assert.deepEqual([config.current, printed], [{ a: 1 }, []]);
  const resumed = config.resume();
  await runtime.clock.advance(100);
  assert.equal((await resumed).status, "committed");
  assert.deepEqual([config.current, printed], [{ a: 2 }, ["reloadSucceeded"]]);

  const page = readFileSync("docs/command.md", "utf8");
  const [, shown] = /<!-- tested: settings -->\s*```ts\n([\s\S]*?)```/u.exec(page)!;
  const here = readFileSync("tests/hot_reload_settings_test.ts", "utf8");
  const [, code] = /\n {2}\/\/ begin settings\n([\s\S]*?) {2}\/\/ end\n/u.exec(here)!;
  assert.equal(shown, code!.replaceAll(/^ {2}/gmu, ""));
});
