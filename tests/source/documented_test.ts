import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import {
  directory,
  dotenv,
  env,
  type EnvChanges,
  file,
  http,
  loadConfig,
  memory,
  type Source,
  valueDocument,
  watchEnv,
} from "../../mod.ts";
import { createMemoryRuntime, type MemoryRuntime } from "../../testing.ts";
import { openLive, typesOf } from "../live.ts";

/** Code of pages stands between two of these comments, so that it is run here. */
const HERE = "tests/source/documented_test.ts";

/** The pages, and the code in them that is checked. */
const PAGES = ["docs/sources.md", "docs/components.md", "CONTRIBUTING.md"];

for (const page of PAGES) {
  test(`the code of ${page} is run by the tests`, () => {
    const shown = readFileSync(page, "utf8").matchAll(
      /<!-- tested: (\w+) -->\s*```ts\n([\s\S]*?)```/gu,
    );
    let count = 0;
    for (const [, name, code] of shown) {
      assert.equal(code, regionOf(name!), `example ${name} of ${page}`);
      count++;
    }
    assert.ok(count > 0);
  });
}

function regionOf(name: string): string {
  const text = readFileSync(HERE, "utf8");
  const found = new RegExp(`^( *)// begin ${name}\\n([\\s\\S]*?)^ *// end\\n`, "mu").exec(text);
  assert.ok(found, `there is no region ${name} in ${HERE}`);
  return found[2]!.replaceAll(new RegExp(`^${found[1]}`, "gmu"), "");
}

async function load(
  sources: readonly (string | Source)[],
  files: Record<string, string>,
  prepare: (runtime: MemoryRuntime) => void = () => {},
): Promise<unknown> {
  const runtime = createMemoryRuntime();
  for (const [path, text] of Object.entries(files)) runtime.files.write(resolve(path), text);
  prepare(runtime);
  return (await loadConfig({ sources, runtime })).value;
}

describe("the examples of docs/sources.md", () => {
  test("files", async () => {
    // begin file
    const sources = [
      "config/app.yaml", // must be there
      file("config/local.yaml", { optional: true }),
      file("/etc/app/limits.json", { onMissing: "keep", debounce: "conservative" }),
    ];
    // end
    const files = { "config/app.yaml": "a: 1\n", "/etc/app/limits.json": '{"b": 2}' };
    assert.deepEqual(await load(sources, files), { a: 1, b: 2 });
  });

  test("directories", async () => {
    // begin directory
    const sources = [
      directory("config", { recursive: true, exclude: ["*.example.yaml"] }),
      directory("/run/secrets", { keyBy: "filename", optional: true }),
    ];
    // end
    const files = {
      "config/a.yaml": "a: 1\n",
      "config/b/b.toml": "b = 1\n",
      "config/c.example.yaml": "c: 1\n",
      "/run/secrets/password": "hush\n",
    };
    assert.deepEqual(await load(sources, files), { a: 1, b: 1, password: "hush" });
  });

  test("files of variables", async () => {
    // begin dotenv
    const sources = [
      "config/app.yaml",
      dotenv(".env", { prefix: "APP_", optional: true }),
    ];
    // end
    const files = {
      "config/app.yaml": "a: 1\n",
      ".env": "export NAME=value          # c\nAPP_A=\"two\\nlines\"\nAPP_B='${NAME}'\n" +
        'APP_C=`it\'s "raw"`           # no\nAPP_OTHER=${NAME}/${PORT:-80}  # a variable\n',
    };
    assert.deepEqual(await load(sources, files), {
      a: "two\nlines",
      b: "${NAME}",
      c: 'it\'s "raw"',
      other: "value/80",
    });
  });

  test("the environment", async () => {
    // begin env
    const sources = [
      "config/app.yaml",
      env({
        prefix: "APP_", // APP_SERVER__PORT gives server.port
        map: {
          PORT: "server.port",
          ADMINS: { path: "admins", default: [], parse: (text) => text.split(",") },
        },
      }),
    ];
    // end
    const value = await load(sources, { "config/app.yaml": "a: 1\n" }, ({ environment }) => {
      environment.set("APP_SERVER__HOST", "h");
      environment.set("PORT", "80");
      environment.set("ADMINS", "a,b");
    });
    assert.deepEqual(value, { a: 1, server: { host: "h", port: "80" }, admins: ["a", "b"] });
  });

  test("watching variables", async () => {
    const runtime = createMemoryRuntime();
    const seen: EnvChanges[] = [];
    const apply = (changes: EnvChanges) => seen.push(changes);
    // begin watchEnv
    using watch = watchEnv(["LOG_LEVEL", "TZ"], (changes) => {
      apply(changes); // { LOG_LEVEL: ["info", "debug"] }
    });
    // end
    watch.close();
    using _watch = watchEnv(["LOG_LEVEL", "TZ"], apply, { runtime });
    runtime.environment.set("LOG_LEVEL", "debug");
    await runtime.clock.advance(5000);
    assert.deepEqual(seen, [{ LOG_LEVEL: [undefined, "debug"] }]);
  });

  test("values", async () => {
    // begin memory
    const overrides = memory({ log: { level: "info" } });
    const sources = ["config/app.yaml", overrides];
    overrides.set({ log: { level: "debug" } }); // every configuration that uses it reloads
    // end
    const files = { "config/app.yaml": "log: { level: warn }\n" };
    assert.deepEqual(await load(sources, files), { log: { level: "debug" } });
  });

  test("URLs", async () => {
    const token = "hush";
    const fetch = () => Promise.resolve(new Response("a: 1\n"));
    // begin http
    const source = http("https://config.example/app.yaml", {
      headers: { authorization: `Bearer ${token}` },
      intervalMs: 30_000,
      optional: true,
    });
    // end
    assert.equal(source.name, "https://config.example/app.yaml");
    assert.deepEqual(await load([http("https://h/app.yaml", { fetch })], {}), { a: 1 });
  });

  test("a clock", async () => {
    // begin clock
    const clock: Source = {
      name: "clock",
      read: () => Promise.resolve([valueDocument("clock", { hour: new Date().getUTCHours() })]),
      watch({ schedule, changed }) {
        const tick = () => {
          changed();
          schedule(60_000, tick);
        };
        schedule(60_000, tick);
      },
    };
    // end
    await using live = await openLive({}, { sources: [clock] });
    await live.clock.advance(180_000);
    assert.equal(typeof (live.config.current as { hour: unknown }).hour, "number");
  });

  test("a store that pushes revisions", async () => {
    // begin store
    type StoreEvent =
      | { type: "snapshot"; epoch: string; revision: number; value: object }
      | { type: "absent" } // the key was deleted, or the store was wiped
      | { type: "stale"; error: Error }
      | { type: "live" };

    interface Store {
      load(signal: AbortSignal): Promise<Extract<StoreEvent, { type: "snapshot" }>>;
      subscribe(listener: (event: StoreEvent) => void, signal: AbortSignal): void;
    }

    function fromStore(name: string, store: Store): Source {
      let head: Extract<StoreEvent, { type: "snapshot" }> | undefined;
      let problem: Error | undefined;
      const take = (event: StoreEvent) => {
        if (event.type === "absent") problem = new Error("there is no such key any more");
        else if (event.type === "stale") problem = event.error;
        else problem = undefined;
        if (event.type !== "snapshot") return;
        const isOld = head?.epoch === event.epoch && event.revision <= head.revision;
        if (!isOld) head = event;
      };
      return {
        name,
        async read({ signal, stale }) {
          if (head === undefined) take(await store.load(signal));
          if (problem !== undefined) stale(problem);
          return [valueDocument(name, head!.value)];
        },
        watch({ changed, signal }) {
          store.subscribe((event) => {
            take(event);
            changed();
          }, signal);
        },
      };
    }
    // end
    let push: (event: StoreEvent) => void = () => {};
    let ended: AbortSignal | undefined;
    const snapshot = (epoch: string, revision: number, a: number) =>
      ({ type: "snapshot", epoch, revision, value: { a } }) as const;
    const source = fromStore("store", {
      load: () => Promise.resolve(snapshot("e1", 5, 1)),
      subscribe(listener, signal) {
        [push, ended] = [listener, signal];
      },
    });
    await using live = await openLive({ "/b.yaml": "b: 1\n" }, { sources: ["/b.yaml", source] });
    const told = async (event: StoreEvent) => {
      push(event);
      await live.clock.advance(100);
      return (live.config.current as { a: number }).a;
    };
    assert.equal(await told(snapshot("e1", 4, 9)), 1);
    assert.equal(await told(snapshot("e1", 6, 2)), 2);
    assert.equal(await told({ type: "stale", error: new Error("connection lost") }), 2);
    assert.equal(await told({ type: "live" }), 2);
    assert.equal(await told({ type: "absent" }), 2);
    assert.equal(await told(snapshot("e2", 1, 3)), 3);
    assert.deepEqual(typesOf(live.events), [
      "reloadSucceeded",
      "sourceStale",
      "sourceRestored",
      "sourceStale",
      "sourceRestored",
      "reloadSucceeded",
    ]);
    await live.config.close();
    assert.equal(ended?.aborted, true);
  });
});

test("docs/components.md: pinned work reads one configuration (G6)", async () => {
  await using live = await openLive<{ limits: object }>({ "/app.yaml": "limits: { rpm: 1 }" });
  const { config } = live;
  const answer = async (_: unknown) => await live.save("/app.yaml", "limits: { rpm: 2 }");
  const isSame = await pinned();
  assert.equal(isSame, true);
  assert.deepEqual(config.current, { limits: { rpm: 2 } });

  async function pinned(): Promise<boolean> {
    // begin pin
    return await config.pin(async () => {
      const { limits } = config.current;
      await answer(limits);
      return config.current.limits === limits; // true, whatever was committed meanwhile
    });
    // end
  }
});
