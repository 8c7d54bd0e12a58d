import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { Session } from "./session.ts";

const schemas = resolve("tests/cli/schemas");
const FILES = {
  "base.yaml": "server:\n  port: 1\n  host: ${HOST:-local}\n",
  "local.toml": '[server]\nport = 2\n[db]\npassword = "hunter2"\n',
};

describe("hotconf print", () => {
  test("prints the merged configuration, without its secrets (G11)", async () => {
    const session = new Session(FILES);
    assert.equal(await session.run("print base.yaml local.toml"), 0);
    assert.equal(
      session.takeStdout(),
      "server:\n  port: 2\n  host: local\ndb:\n  password: '[secret]'\n",
    );
  });

  test("as JSON and as TOML, and with secrets where they are asked for", async () => {
    const session = new Session(FILES);
    assert.equal(await session.run("print base.yaml local.toml --format json --show-secrets"), 0);
    assert.deepEqual(JSON.parse(session.takeStdout()), {
      server: { port: 2, host: "local" },
      db: { password: "hunter2" },
    });
    assert.equal(await session.run("print base.yaml --format toml --no-interpolate"), 0);
    assert.match(session.takeStdout(), /^\[server\]\nport = 1\nhost = "\$\{HOST:-local\}"\n/);
  });

  test("says where each value came from (S4.6)", async () => {
    const session = new Session(FILES);
    session.runtime.environment.set("APP_SERVER__PORT", "7");
    assert.equal(await session.run("print base.yaml local.toml --env APP_ --provenance"), 0);
    assert.deepEqual(session.takeStdout().split("\n"), [
      'server.port  "7"       environment variable APP_SERVER__PORT',
      'server.host  "local"   base.yaml:3:3',
      "db.password  [secret]  local.toml:4:1",
      "",
    ]);
    assert.equal(await session.run("print base.yaml --provenance --format json"), 0);
    const [port] = JSON.parse(session.takeStdout());
    assert.deepEqual(port.origin, {
      file: "/work/base.yaml",
      line: 2,
      column: 3,
      source: "/work/base.yaml",
      value: 1,
    });
  });

  test("hides what --secret names (G11)", async () => {
    const session = new Session(FILES);
    assert.equal(await session.run("print base.yaml --secret server.host --format json"), 0);
    assert.deepEqual(JSON.parse(session.takeStdout()), { server: { port: 1, host: "[secret]" } });
  });

  test("hides what the schema marks, also in a line that can't be parsed (G11)", async () => {
    const session = new Session({ "a.yaml": "pin: 6000: x\n" });
    for (const command of ["print", "check", "watch"]) {
      assert.equal(await session.run(`${command} a.yaml --schema ${schemas}/marked.mjs`), 1);
      assert.doesNotMatch(session.takeStdout() + session.stderr, /6000/);
      assert.match(session.stderr, /1 \| pin: \[secret\]/);
    }
    session.save("a.yaml", "pin: 6000\n");
    assert.equal(await session.run(`print a.yaml --schema ${schemas}/marked.mjs`), 0);
    assert.equal(session.takeStdout(), "pin: '[secret]'\n");
  });

  test("ends with 1 and the issues when it is not valid, each with its line", async () => {
    const session = new Session({ "a.yaml": "# none\nport: 9001\n" });
    assert.equal(await session.run(`print a.yaml --schema ${schemas}/port.mjs`), 1);
    assert.equal(session.takeStdout(), "");
    assert.equal(
      session.stderr,
      "invalid\n  a.yaml:2:1  port  must be at most 9000\n    2 | port: 9001\n      | ^\n",
    );
  });

  test("shows no line of a file that was saved since it was judged (G11)", async () => {
    const session = new Session({ "a.yaml": "# none\nport: 9001\n" });
    const { fileSystem } = session.runtime;
    const open = fileSystem.open.bind(fileSystem);
    fileSystem.open = (path) => {
      queueMicrotask(() => session.save("a.yaml", "password: |\n  hunter2\n"));
      return open(path);
    };
    assert.equal(await session.run(`print a.yaml --schema ${schemas}/port.mjs`), 1);
    assert.equal(
      session.stderr,
      "invalid\n  a.yaml:2:1  port  must be at most 9000\n    the file has changed since\n",
    );
  });

  test("writes NaN and infinities as YAML and TOML have them, and for JSON as text", async () => {
    const session = new Session({ "a.yaml": "a: .nan\nb: [-.inf, .inf]\n" });
    assert.equal(await session.run("print a.yaml"), 0);
    assert.equal(session.takeStdout(), "a: .nan\nb:\n  - -.inf\n  - .inf\n");
    assert.equal(await session.run("print a.yaml --format toml"), 0);
    assert.equal(session.takeStdout(), "a = nan\nb = [ -inf, inf ]\n");
    assert.equal(await session.run("print a.yaml --format json"), 0);
    assert.deepEqual(JSON.parse(session.takeStdout()), { a: "NaN", b: ["-Infinity", "Infinity"] });
  });

  test("hides what --secret names in the line that is not well-formed, too (G11)", async () => {
    for (const command of ["print", "check", "explain db.url"]) {
      const session = new Session({ "a.yaml": "db:\n  url: hunter2: x\n" });
      assert.equal(await session.run(`${command} a.yaml --secret db.url`), 1);
      assert.match(session.stderr, /a\.yaml:2/);
      assert.doesNotMatch(session.stderr, /hunter2/);
    }
  });

  test("refuses a format it does not know, and values that TOML has not", async () => {
    const session = new Session({ "a.yaml": "a: [1, null]\n" });
    assert.equal(await session.run("print a.yaml --format yml"), 2);
    assert.match(session.stderr, /--format must be one of yaml, json, toml, got "yml"/);
    assert.equal(await session.run("print a.yaml --format toml"), 2);
    assert.match(session.stderr, /Cannot print it as TOML: a\.1 is null/);
  });

  test("refuses a null in TOML instead of leaving it out", async () => {
    const session = new Session({ "a.yaml": "a: {b: ~, c: 1}\n" });
    assert.equal(await session.run("print a.yaml --format toml"), 2);
    assert.equal(session.takeStdout(), "");
    assert.match(session.stderr, /Cannot print it as TOML: a\.b is null/);
  });
});

describe("hotconf explain", () => {
  test("names the source that gave a value, and those it won over (S4.6)", async () => {
    const session = new Session(FILES);
    assert.equal(await session.run("explain server.port base.yaml local.toml"), 0);
    assert.deepEqual(session.takeStdout().split("\n"), [
      "server.port = 2",
      "  from  2  local.toml:2:1",
      "  over  1  base.yaml:2:3",
      "",
    ]);
  });

  test("gives it as JSON, without secrets (G11)", async () => {
    const session = new Session(FILES);
    assert.equal(await session.run("explain db.password base.yaml local.toml --json"), 0);
    const { at, ...explanation } = JSON.parse(session.takeStdout());
    assert.match(at, /^\d{4}-.*Z$/);
    assert.deepEqual(explanation, {
      type: "explanation",
      path: "db.password",
      value: "[secret]",
      origin: {
        file: "/work/local.toml",
        line: 4,
        column: 1,
        source: "/work/local.toml",
        value: "[secret]",
      },
      shadowed: [],
    });
    assert.equal(await session.run("explain db.password local.toml --show-secrets"), 0);
    assert.match(session.takeStdout(), /hunter2/);
  });

  test("says what may be meant when there is no such value, and ends with 1", async () => {
    const session = new Session(FILES);
    assert.equal(await session.run("explain server.prt base.yaml"), 1);
    assert.match(session.stderr, /no value at server\.prt; did you mean server\.port\?/);
    assert.equal(await session.run("explain x.y base.yaml"), 1);
  });

  test("refuses to go without a key, or with one that is no path", async () => {
    const session = new Session(FILES);
    assert.equal(await session.run("explain"), 2);
    assert.match(session.stderr, /A KEY is missing/);
    assert.equal(await session.run("explain a..b base.yaml"), 2);
  });
});
