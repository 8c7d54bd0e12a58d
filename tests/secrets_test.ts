import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { type } from "arktype";
import * as valibot from "valibot";
import * as zod from "zod";
import {
  env,
  loadConfig,
  memory,
  type Source,
  type StandardSchema,
  type Validator,
  valueDocument,
  type WatchConfigOptions,
} from "../mod.ts";
import { withoutValue } from "../src/redact_text.ts";
import { isSecretName, secretTextsIn } from "../src/secret_names.ts";
import { Secrets } from "../src/secrets.ts";
import { createMemoryRuntime } from "../testing.ts";
import { openLive } from "./live.ts";

const CANARY = "hunter2-canary";

describe("a name is secret (G11)", () => {
  const secret = [
    "password",
    "dbPassword",
    "DB_PASSWORD",
    "passwd",
    "client-secret",
    "secrets",
    "accessToken",
    "apiKey",
    "api_key",
    "APIKEY",
    "privateKey",
    "credentials",
    "token2",
    "PGPASSWORD",
    "DBPassword",
    "jwtSecret",
    "JWTSecret",
    "authtoken",
    "passwords",
    "apiKeys",
    "pass",
    "SMTP_PASS",
    "db_pw",
  ];
  for (const name of secret) test(`as ${name} is`, () => assert.ok(isSecretName(name)));
  const open = [
    "maxTokens",
    "tokens_per_minute",
    "key",
    "publicKey",
    "secretary",
    "passwordPolicy",
    "bypass",
    "passThrough",
    "",
  ];
  for (const name of open) {
    test(`and ${name || "no name"} is not`, () => assert.ok(!isSecretName(name)));
  }
});

describe("secrets are hidden (G11)", () => {
  const secrets = new Secrets(["services.*.dsn", "**.pin", "!auth.token"]);

  test("by pattern and by name, with everything below them, and nothing else", () => {
    const value = {
      services: [{ dsn: "x", name: "a" }],
      auth: { token: "shown", pin: 1 },
      credentials: { user: "root", deep: [1] },
      plain: { port: 1 },
    };
    assert.deepEqual(secrets.redact(value, []), {
      services: [{ dsn: "[secret]", name: "a" }],
      auth: { token: "shown", pin: "[secret]" },
      credentials: "[secret]",
      plain: { port: 1 },
    });
    assert.equal(secrets.redact(value.plain, ["plain"]), value.plain);
  });

  test("in what schema libraries quote", () => {
    assert.equal(withoutValue("must be a number (was abc)"), "must be a number (was [secret])");
    assert.equal(
      withoutValue("must be a number (was a string)"),
      "must be a number (was a string)",
    );
    assert.equal(
      withoutValue('Invalid type: Expected number but received "abc"'),
      "Invalid type: Expected number but received [secret]",
    );
  });

  test("in texts that are not well-formed", () => {
    assert.deepEqual(secretTextsIn(`a: 1\npassword: "${CANARY}"\n{x: 1, token: 'abcd'}`), [
      CANARY,
      "abcd",
    ]);
    assert.deepEqual(secretTextsIn(`DB_PASSWORD=${CANARY}`), [CANARY]);
  });
});

test("a planted secret is in no event, error, explanation or health of a configuration (G11)", async () => {
  const Settings = type({ db: { password: "string > 3", port: "number" } });
  const good = (password: string, port: number) =>
    `db:\n  password: ${password}\n  port: ${port}\n`;
  const overrides = memory({});
  await using live = await openLive(
    { "/app.yaml": good("first-" + CANARY, 1) },
    {
      schema: Settings,
      sources: ["/app.yaml", overrides, env({ map: { DB_PASSWORD: "db.password" } })],
      guards: { protectedPaths: ["db.port"] },
    },
  );
  const { config } = live;
  config.on("handlerFailed", () => {});
  const saves = [
    good("second-" + CANARY, 1),
    good("second-" + CANARY, 2),
    `db:\n  password: [${CANARY}]\n  port: 1\n`,
    `db:\n  password: {x: ${CANARY}}\n  port: 1\n`,
    `db:\n  password: "${CANARY}\n  port: 1\n`,
    `db: ${CANARY}\n`,
    `db:\n  password: !x ${CANARY}\n`,
    `db:\n  password: ${CANARY}\n  password: ${CANARY}\n`,
    `db:\n  password: \${${"NOWHERE"}}${CANARY}\n`,
    `db: {password: "x${CANARY}", port: none}\n`,
    `db:\n  - password: ${CANARY}\n`,
  ];
  for (const text of saves) await live.save("/app.yaml", text);
  live.runtime.environment.set("DB_PASSWORD", "env-" + CANARY);
  await live.save("/app.yaml", good("third-" + CANARY, 1));
  await live.reload({ force: true });
  overrides.set({ db: { password: { nested: CANARY } } });
  await live.clock.advance(1000);
  await config.rollback({ to: "initial" });
  const outputs = [
    live.events,
    config.recentEvents(),
    config.health(),
    config.statistics(),
    config.explain("db.password"),
    config.explain("db"),
    config.provenance(),
  ];
  assert.ok(live.events.length > 15);
  for (const output of outputs) {
    for (const item of Array.isArray(output) ? output : [output]) {
      const text = inspect(item, { depth: 20, showHidden: false });
      assert.ok(!text.includes(CANARY), text);
      assert.ok(!JSON.stringify(item).includes(CANARY), text);
    }
  }
});

describe("no error of a first load quotes a secret (G11)", () => {
  const schemas: readonly (readonly [string, StandardSchema<unknown>])[] = [
    ["arktype", type({ password: "number", list: "string[]" })],
    ["arktype with a parent", type({ "[string]": "number" })],
    ["zod", zod.object({ password: zod.number(), list: zod.enum(["a"]) })],
    ["valibot", valibot.object({ password: valibot.number(), list: valibot.picklist(["a"]) })],
  ];
  for (const [name, schema] of schemas) {
    test(`validated with ${name}`, async () => {
      const runtime = createMemoryRuntime();
      runtime.files.write("/app.yaml", `password: ${CANARY}\nlist: ${CANARY}\n`);
      await assert.rejects(loadConfig({ sources: ["/app.yaml"], schema, runtime }), (error) => {
        assert.ok(!inspect(error, { depth: 20 }).includes(CANARY), inspect(error));
        return true;
      });
    });
  }

  const broken: Readonly<Record<string, string>> = {
    "/a.yaml": `password: "${CANARY}\n`,
    "/b.yaml": `password: ${CANARY}: x: y\n`,
    "/c.json": `{"password": "${CANARY}" "x": 1}`,
    "/d.json": `{"password": ${CANARY}}`,
    "/e.toml": `password = "${CANARY}\n`,
    "/f.toml": `password = ${CANARY}\n`,
    "/g.yaml": `password: *${CANARY}\n`,
    "/h.jsonc": `{"password": "${CANARY}\\q"}`,
  };
  for (const [path, text] of Object.entries(broken)) {
    test(`parsed from ${path}: ${text.replace(CANARY, "…").trim()}`, async () => {
      const runtime = createMemoryRuntime();
      runtime.files.write(path, text);
      await assert.rejects(loadConfig({ sources: [path], runtime }), (error) => {
        assert.ok(!inspect(error, { depth: 20 }).includes(CANARY), inspect(error));
        return true;
      });
    });
  }
});

describe("secrets in what a schema makes are hidden (G11)", () => {
  class Database {
    readonly host = "db";
    readonly password = CANARY;
    readonly self = this;
  }
  const secrets = new Secrets();

  test("in fields of classes, in Maps and in Sets", () => {
    const value = {
      db: new Database(),
      map: new Map([["token", CANARY], ["name", "a"]]),
      set: new Set([{ password: CANARY }]),
    };
    const shown = inspect(secrets.redact(value, []), { depth: 10 });
    assert.ok(!shown.includes(CANARY), shown);
    assert.match(shown, /host: 'db'/);
    assert.match(shown, /'name' => 'a'/);
  });

  test("and what holds none stays the same object", () => {
    const value = {
      at: new Date(0),
      bytes: new Uint8Array(9),
      map: new Map([["a", { b: 1 }]]),
      set: new Set([1, "x"]),
      url: new URL("http://localhost/"),
    };
    assert.equal(secrets.redact(value, []), value);
  });
});

describe("a secret that a variable gave (G11)", () => {
  test("is hidden when a rollback brings it back and no source gives it any more", async () => {
    const runtime = { "/app.yaml": "database: {url: plain}\n" };
    const holder = env({ map: { PG_TOKEN: "database.url" } });
    await using live = await openLive(runtime);
    live.runtime.environment.set("PG_TOKEN", CANARY);
    await live.config.addSource(holder);
    await live.config.removeSource(holder.name);
    const outcome = await live.config.rollback({ to: 2 });
    assert.deepEqual(live.config.current, { database: { url: CANARY } });
    const shown = inspect([
      outcome,
      live.events,
      live.config.explain("database.url"),
      live.config.provenance(),
    ], { depth: 20 });
    assert.ok(!shown.includes(CANARY), shown);
  });
});

describe("a secret that is an object, as a variable gave it (G11)", () => {
  const text = (code: string) => JSON.stringify({ user: "app", code });
  const given: readonly (readonly [string, WatchConfigOptions<unknown>])[] = [
    ["by a parser", {
      sources: [env({ map: { DB_TOKEN: { path: "database", parse: JSON.parse } } })],
    }],
    ["by the schema", {
      sources: [env({ map: { DB_TOKEN: "database" } })],
      schema: type({ database: "string.json.parse" }),
    }],
    ["by the schema, of a placeholder", {
      sources: ["/app.yaml"],
      schema: type({ database: "string.json.parse" }),
    }],
  ];
  for (const [made, options] of given) {
    test(`${made}, is hidden in all that it holds`, async () => {
      const runtime = createMemoryRuntime();
      runtime.environment.set("DB_TOKEN", text(CANARY));
      const validators: Validator<unknown>[] = [(candidate) => {
        const { code } = (candidate as { database: { code: string } }).database;
        const path = "database.code";
        if (code === "x") return [{ path, message: "x is no code" }];
        return code.endsWith("bad") ? [{ path, message: `${code} is bad` }, { message: code }] : [];
      }];
      const files = { "/app.yaml": "database: ${DB_TOKEN}\n" };
      await using live = await openLive(files, { ...options, validators, runtime });
      runtime.environment.set("DB_TOKEN", text(`${CANARY}-2`));
      const { revision } = await live.reload() as { revision: number };
      for (const wrong of ["x", `${CANARY}-bad`]) {
        runtime.environment.set("DB_TOKEN", text(wrong));
        assert.equal((await live.reload()).status, "rejected");
      }
      const { config } = live;
      assert.deepEqual(config.current, { database: { user: "app", code: `${CANARY}-2` } });
      const shown = inspect([
        live.events,
        config.explain("database.code"),
        config.provenance(),
        config.diffRevisions(1, revision),
        config.health(),
      ], { depth: 20 });
      assert.ok(!shown.includes(CANARY) && !shown.includes("x is no code"), shown);
      assert.match(shown, /database\.code/u);
    });
  }

  test("is open where a pattern says so", async () => {
    const runtime = createMemoryRuntime();
    runtime.environment.set("DB_TOKEN", text(CANARY));
    const options = { ...given[0]![1], secrets: ["!database.user"], runtime };
    await using live = await openLive({}, options);
    const shown = ["database.user", "database.code"].map((path) => live.config.explain(path).value);
    assert.deepEqual(shown, ["app", "[secret]"]);
  });
});

test("what a secret variable put into a value is hidden by itself, too (G7, G11)", async () => {
  const runtime = createMemoryRuntime();
  runtime.environment.set("PG_PASSWORD", CANARY);
  const text = (port: number) => `url: pg://app:\${PG_PASSWORD}@db\nport: ${port}\n`;
  const validators: Validator<{ url: string; port: number }>[] = [
    ({ url, port }) =>
      port === 0 ? [{ path: "port", message: `no port for ${new URL(url).password}` }] : [],
  ];
  const files = { "/app.yaml": text(1) };
  await using live = await openLive(files, { validators, runtime, stateDir: "/state" });
  live.config.on("reloadSucceeded", () => {
    throw new Error(`no login of app with ${new URL(live.config.current.url).password}`);
  });
  await live.save("/app.yaml", text(0));
  await live.save("/app.yaml", `${text(2)}login: app:${CANARY}\n`);
  const shown = inspect([live.events, live.config.health()], { depth: 9 });
  assert.match(shown, /no port for \[secret\]/u);
  assert.match(shown, /no login of app with \[secret\]/u);
  const { stateFiles } = live.runtime;
  assert.ok(!stateFiles.paths.some((path) => stateFiles.textOf(path).includes(CANARY)));
});

describe("a message about a configuration quotes no secret (G11)", () => {
  test("trimmed, in a URL, or shorter than what is hidden everywhere", async () => {
    await assert.rejects(
      openLive<{ password: string }>({ "/a.yaml": 'password: " hunter2 canary "\npin: 12\n' }, {
        secrets: ["pin"],
        validators: [({ password }) => [
          { path: "password", message: `${password.trim()} is weak` },
          { path: "pin", message: "12 is no pin, and 120 is none" },
          { message: `can't use pg://${encodeURIComponent(password)}@db` },
        ]],
      }),
      (error: Error) => {
        assert.ok(!/canary/u.test(error.message), error.message);
        assert.match(error.message, /\[secret\] is weak.*\[secret\] is no pin, and 120 is none/u);
        return true;
      },
    );
  });

  test("however many dates stand in front of it", async () => {
    const days = Array.from({ length: 10_001 }, (_, day) => new Date(day));
    await assert.rejects(
      loadConfig({
        sources: [memory({ days, database: { password: CANARY } })],
        validators: [() => [{ message: `${CANARY} is weak` }]],
      }),
      /: \[secret\] is weak$/u,
    );
  });

  test("nor a part of one that is secret by a pattern, where the text can't be parsed", async () => {
    const options = {
      secrets: ["database.url"],
      formats: { ".cfg": { parse: (json: string) => JSON.parse(json) } },
    };
    await assert.rejects(
      openLive({ "/a.cfg": `{"database": {"url": ${CANARY} }}` }, options),
      (error: Error) => {
        assert.ok(!/hunt|canary/u.test(inspect(error)), inspect(error));
        return true;
      },
    );
  });

  test("nor a part of one that a parser cut", async () => {
    const text = `{"host": "localhost", "password": ${CANARY}-and-so-on, "b": 1}`;
    await assert.rejects(
      openLive({ "/a.cfg": text }, { formats: { ".cfg": { parse: (json) => JSON.parse(json) } } }),
      (error: Error) => {
        assert.ok(!/hunt|canary|so-on/u.test(inspect(error)), inspect(error));
        return true;
      },
    );
  });
});

test("a handler that quotes a secret when it fails is told of without it (G7, G11)", async () => {
  await using live = await openLive<{ password: string; n: number }>({
    "/a.yaml": `password: ${CANARY}\nn: 1\n`,
  });
  live.config.on("reloadSucceeded", () => {
    throw new TypeError(`no login with ${CANARY}`, { cause: live.config.current });
  });
  live.config.subscribe("n", () => Promise.reject(new Error("nothing of note")));
  await live.save("/a.yaml", `password: ${CANARY}\nn: 2\n`);
  const shown = inspect(live.events, { depth: 10 });
  assert.ok(!shown.includes(CANARY), shown);
  assert.match(shown, /TypeError.*no login with \[secret\]/u);
  assert.match(shown, /nothing of note/u);
});

test("a source of one's own that quotes a secret when it fails is told of without it", async () => {
  const state = { fails: "", tell: () => {} };
  const own: Source = {
    name: "own",
    read({ stale }) {
      if (state.fails === "error") throw new RangeError(`401 for ${CANARY}`);
      if (state.fails === "stale") stale(new Error(`503 for ${CANARY}`));
      return Promise.resolve([valueDocument("own", { fails: state.fails })]);
    },
    watch: ({ changed }) => void (state.tell = changed),
  };
  const sources = ["/a.yaml", own];
  await using live = await openLive({ "/a.yaml": `password: ${CANARY}\n` }, { sources });
  for (const fails of ["error", "stale"]) {
    state.fails = fails;
    state.tell();
    await live.clock.advance(3000);
    const shown = inspect([live.events, live.config.health()], { depth: 10 });
    assert.ok(!shown.includes(CANARY), shown);
    assert.match(shown, fails === "error" ? /RangeError.*401 for \[sec/u : /503 for \[secret\]/u);
  }
});

test("an issue stands where a member of what the schema gave throws (G4)", async () => {
  const Settings = type({ password: "string" }).pipe(() => ({
    get password(): string {
      throw new Error(CANARY);
    },
  }));
  const validators: Validator<unknown>[] = [() => [{ path: "password", message: "is weak" }]];
  await assert.rejects(
    openLive({ "/a.yaml": "password: abc\n" }, { schema: Settings, validators }),
    { name: "ValidationError", message: /\/a\.yaml:1:1: password: is weak/u },
  );
});

test("a parse of a variable that quotes it is told of without it (G11)", async () => {
  const parse = (text: string) => {
    if (text.length < 4) throw new RangeError(`${text} is too short`);
    return JSON.parse(text);
  };
  const secret = {
    PG_TOKEN: { path: "database", parse },
    PG: { path: "database.password", parse },
  };
  for (const [name, mapping] of Object.entries(secret)) {
    for (const text of [`${CANARY}-and-so-on-and-on`, "xyz"]) {
      const runtime = createMemoryRuntime();
      runtime.environment.set(name, text);
      const sources = [env({ map: { [name]: mapping } })];
      await assert.rejects(loadConfig({ sources, runtime }), (error: Error) => {
        const shown = inspect(error, { depth: 10 });
        assert.ok(!/hunt|canary|so-on|xyz/u.test(shown), shown);
        assert.match(error.message, new RegExp(`the variable ${name} can't be parsed: `, "u"));
        return true;
      });
    }
  }
  const runtime = createMemoryRuntime();
  runtime.environment.set("PORT", "80x");
  const sources = [env({ map: { PORT: { path: "port", parse } } })];
  await assert.rejects(loadConfig({ sources, runtime }), /PORT can't be parsed: 80x is too short/u);
});
