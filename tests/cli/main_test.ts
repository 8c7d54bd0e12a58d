import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { version } from "../../src/version.ts";
import { Session } from "./session.ts";

const schemas = resolve("tests/cli/schemas");

describe("hotconf watch", () => {
  test("shows files, runtime, debounce and schema, then a diff after each save", async () => {
    const session = new Session({ "config/a.yaml": "port: 1\n", "config/b.toml": "x = 1\n" });
    session.start(`watch --debounce fixed --debounce-ms 20 --schema ${schemas}/port.mjs`);
    const table = await session.until("Ctrl-C ends");
    assert.match(table, new RegExp(`^hotconf ${version} watches 2 files\n`));
    assert.match(table, /^ {2}config\/a\.yaml {2}8 B {2}[0-9a-f]{12}\n {2}config\/b\.toml/m);
    assert.match(table, /^ {2}watcher {3}memory events$/m);
    assert.match(table, /^ {2}debounce {2}fixed, 20 ms of quiet, at most 1000 ms$/m);
    assert.match(table, /^ {2}schema {4}\S*port\.mjs, hand, validators: 1$/m);
    assert.match(table, /^revision 1 is valid/m);

    session.save("config/a.yaml", "port: 2\n");
    const saved = await session.until("revision 2");
    assert.match(saved, /^\d\d:\d\d:\d\d modified config\/a\.yaml$/m);
    assert.match(saved, /^ {2}~ {2}port {2}1 → 2 {2}config\/a\.yaml:1$/m);
    assert.match(saved, /^ {2}revision 2, 1 change, \d+(?:\.\d)? ms, settled by rename$/m);

    session.save("config/a.yaml", "# none\nport: 9001\n");
    const rejected = await session.until("kept revision");
    assert.match(rejected, /^ {2}config\/a\.yaml:2:\d+ {2}port {2}must be at most 9000$/m);
    assert.match(rejected, /^ {2}rejected, kept revision 2$/m);

    session.interrupt();
    assert.equal(await session.ended(), 0);
    assert.match(session.takeStdout(), /stopped watching\n$/);
    assert.equal(session.stderr, "");
  });

  test("leaves no timer and no watch behind when it is interrupted (G9)", async () => {
    const session = new Session({ "config/a.yaml": "port: 1\n" });
    session.start("watch --json");
    await session.until("ready");
    assert.ok(session.runtime.files.watches > 0);
    session.interrupt();
    await session.ended();
    session.save("config/a.yaml", "port: 2\n");
    await session.runtime.clock.advance(5000);
    assert.deepEqual(session.takeJson(), [{ type: "closed" }]);
    assert.equal(session.runtime.files.watches, 0);
    assert.equal(session.runtime.clock.timers, 0);
  });

  test("ends with 1 when the first load is refused, and says that nothing is watched", async () => {
    const session = new Session({ "config/a.yaml": "port: x\n" });
    assert.equal(await session.run(`watch --schema ${schemas}/port.mjs`), 1);
    assert.equal(session.takeStdout(), "");
    assert.match(session.stderr, /^not watching: invalid at the start\n/);
    assert.match(session.stderr, /^ {2}config\/a\.yaml:1:\d+ {2}port {2}must be a number$/m);
    assert.match(session.stderr, /then start hotconf watch again\n$/);
  });

  test("gives revision 0 in JSON when the first load is refused", async () => {
    const file = resolve("/work/config/a.yaml");
    const invalid = new Session({ "config/a.yaml": "port: x\n" });
    assert.equal(await invalid.run(`watch --json --schema ${schemas}/port.mjs`), 1);
    assert.deepEqual(invalid.takeJson(), [{
      type: "validationFailed",
      revision: 0,
      issues: [{ path: "port", message: "must be a number", file, line: 1, column: 1 }],
      cause: "start",
    }]);
    const broken = new Session({ "config/a.yaml": "port: [\n" });
    assert.equal(await broken.run("watch --json"), 1);
    const [{ type, revision, error }, ...others] = broken.takeJson() as [
      { type: string; revision: number; error: Record<string, unknown> },
    ];
    assert.deepEqual([type, revision, others], ["reloadFailed", 0, []]);
    assert.deepEqual([error["name"], error["file"], error["line"]], ["ParseError", file, 2]);
    assert.equal(broken.stderr, "");
  });

  test("ends with 0 when it is interrupted before it is ready", async () => {
    const session = new Session({ "config/a.yaml": "port: 1\n" });
    session.start(`watch --json --schema ${schemas}/never_settles.mjs`);
    session.interrupt();
    assert.equal(await session.ended(), 0);
    assert.deepEqual(session.takeJson(), [{ type: "closed" }]);
  });

  test("prints closed last, after the reload under way when it is interrupted", async () => {
    const session = new Session({ "config/a.yaml": "port: 1\n" });
    session.start(`watch --json --schema ${schemas}/slow.mjs`);
    await session.until("ready");
    session.save("config/a.yaml", "port: 2\n");
    await session.until("fileChanged");
    session.interrupt();
    await session.runtime.clock.advance(100);
    assert.deepEqual(session.takeJson(), []);
    assert.equal(await session.ended(), 0);
    const types = session.takeJson().map(({ type }) => type);
    assert.equal(types.at(-1), "closed");
    assert.equal(types.filter((type) => type === "closed").length, 1);
  });

  test("waits as long as --debounce and --debounce-ms say", async () => {
    const session = new Session({ "config/a.yaml": "port: 1\n" });
    session.start("watch --json --debounce fixed --debounce-ms 300");
    await session.until("ready");
    session.runtime.files.write("/work/config/a.yaml", "port: 2\n");
    await session.runtime.clock.advance(290);
    assert.deepEqual(session.takeJson(), []);
    await session.runtime.clock.advance(20);
    assert.deepEqual(session.takeJson().map(({ type }) => type), [
      "fileChanged",
      "reloadSucceeded",
    ]);
    session.interrupt();
    await session.ended();
  });

  test("gives up on a validator that never settles (G7)", async () => {
    const session = new Session({ "config/a.yaml": "port: 1\n" });
    assert.equal(await session.run(`watch --schema ${schemas}/never_settles.mjs`), 1);
    assert.match(session.stderr, /validation did not finish within 5000 ms/);
  });

  test("polls when asked to and says how often", async () => {
    const session = new Session({ "config/a.yaml": "port: 1\n" });
    session.start("watch --poll 250");
    assert.match(await session.until("Ctrl-C"), /^ {2}watcher {3}polling every 250 ms$/m);
    assert.equal(session.runtime.files.watches, 0);
    session.save("config/a.yaml", "port: 2\n");
    await session.until("revision 2");
    session.interrupt();
    assert.equal(await session.ended(), 0);
  });

  test("refuses a HOTCONF_ALERT_WEBHOOK that is no URL, without repeating it (G11)", async () => {
    for (const url of ["hook-secret", "ftp://a.example/hook-secret"]) {
      const session = new Session({ "config/a.yaml": "port: 1\n" });
      assert.equal(await session.run("watch", { HOTCONF_ALERT_WEBHOOK: url }), 2);
      assert.equal(
        session.stderr,
        "hotconf: Environment variable HOTCONF_ALERT_WEBHOOK must be an https:// or http:// URL\n",
      );
    }
    const session = new Session({ "config/a.yaml": "port: 1\n" });
    assert.equal(await session.run("watch --once", { HOTCONF_ALERT_WEBHOOK: "" }), 0);
  });

  test("polls when HOTCONF_POLL asks for it, and says that it did", async () => {
    const session = new Session({ "config/a.yaml": "port: 1\n" });
    session.start("watch", { HOTCONF_POLL: "250" });
    const table = await session.until("Ctrl-C");
    assert.match(table, /^ {2}watcher {3}polling every 250 ms, as HOTCONF_POLL says$/m);
    assert.equal(session.runtime.files.watches, 0);
    session.interrupt();
    assert.equal(await session.ended(), 0);
    const refused = new Session({ "config/a.yaml": "port: 1\n" });
    assert.equal(await refused.run("watch", { HOTCONF_POLL: "often" }), 2);
    assert.match(
      refused.stderr,
      /^hotconf: Environment variable HOTCONF_POLL must be .*"often"\n$/,
    );
  });

  test("tells of a directory that can't be watched from the start, and what to do (G8)", async () => {
    const session = new Session({ "config/a.yaml": "port: 1\n" });
    session.runtime.files.fail("/work/config", "ENOSPC");
    session.start("watch config/a.yaml");
    const table = await session.until("sysctl");
    assert.match(table, /^ {2}watcher {3}polling$/m);
    assert.match(table, /Ctrl-C ends\n\d\d:\d\d:\d\d config is now polled: ENOSPC/);
    session.runtime.files.mend("/work/config");
    assert.match(
      await session.until("anew"),
      /config is watched anew by events: the directory can/,
    );
    session.interrupt();
    assert.equal(await session.ended(), 0);
    assert.doesNotMatch(session.takeStdout(), /polled|anew/);
  });

  test("leaves out what --exclude names", async () => {
    const session = new Session({ "config/a.yaml": "a: 1\n", "config/b.local.yaml": "a: 2\n" });
    session.start("watch --json --exclude *.local.yaml");
    await session.until("ready");
    session.save("config/b.local.yaml", "a: 3\n");
    session.save("config/a.yaml", "a: 4\n");
    const lines = (await session.until("reloadSucceeded")).split("\n");
    assert.ok(lines.every((line) => !line.includes("local")), lines.join("\n"));
    session.interrupt();
    await session.ended();
  });

  test("--once loads, prints and ends with 0 or 1", async () => {
    const session = new Session({ "config/a.yaml": "port: 1\n" });
    assert.equal(await session.run("watch --once"), 0);
    assert.match(session.takeStdout(), /^valid: 1 file, no schema, [0-9a-f]{12}\n {2}config\/a/);
    session.save("config/a.yaml", "port: [\n");
    assert.equal(await session.run("watch --once"), 1);
    assert.match(session.stderr, /^invalid\n {2}config\/a\.yaml:2:1 /);
  });
});

describe("hotconf check", () => {
  test("ends with 0 and says what is valid", async () => {
    const session = new Session({ "a.yaml": "port: 8000\n", "b.json": `{"port": 8002}` });
    assert.equal(await session.run(`check a.yaml b.json --schema ${schemas}/port.mjs`), 0);
    const text = session.takeStdout();
    assert.match(text, /^valid: 2 files, schema \S*port\.mjs, hand, validators: 1, [0-9a-f]{12}$/m);
    assert.equal(session.stderr, "");
  });

  test("prints one JSON object", async () => {
    const session = new Session({ "a.yaml": "port: 8000\n" });
    assert.equal(await session.run("check a.yaml --json"), 0);
    const [loaded, ...others] = session.takeJson();
    assert.deepEqual(others, []);
    const { checksum, ...members } = loaded!;
    assert.match(String(checksum), /^[0-9a-f]{64}$/);
    const files = [resolve("/work/a.yaml")];
    assert.deepEqual(members, { type: "loaded", revision: 1, files, runtime: "node" });
  });

  test("ends with 1 and every issue with its place", async () => {
    const session = new Session({ "a.yaml": "x: 1\nport: 9001\n" });
    assert.equal(await session.run(`check a.yaml --schema ${schemas}/port.mjs#evenPort`), 1);
    const text = session.stderr;
    assert.match(text, /^invalid\n/);
    assert.match(text, /^ {2}a\.yaml:2:\d {2}port {2}must be even$/m);
    assert.match(text, /^ {2}a\.yaml:2:\d {2}port {2}must be at most 9000$/m);
  });

  test("ends with 1 for a file that can't be read, and says why", async () => {
    const session = new Session({ "a.yaml": "x: 1\n" });
    session.runtime.files.fail("/work/a.yaml", "EACCES");
    assert.equal(await session.run("check a.yaml"), 1);
    assert.equal(session.stderr, "invalid\n  a.yaml  permission denied\n");
  });

  test("ends with 1 and without a word when it is interrupted before it knows", async () => {
    const session = new Session({ "a.yaml": "port: 2\n" });
    session.start(`check a.yaml --schema ${schemas}/slow.mjs`);
    await session.runtime.clock.settle();
    session.interrupt();
    assert.equal(await session.ended(), 1);
    assert.equal(session.takeStdout() + session.stderr, "");
  });

  test("ends with 1 for a directory without configuration", async () => {
    const session = new Session({ "empty/notes.txt": "a: 1\n" });
    assert.equal(await session.run("check empty"), 1);
    assert.match(session.stderr, /^invalid\n {2}empty {2}there is no configuration file in it/);
  });

  const misuses: readonly [line: string, message: RegExp][] = [
    ["check nope.yaml", /^hotconf: Cannot check nope\.yaml: there is no such file or directory\n$/],
    ["watch nope", /^hotconf: Cannot watch nope: there is no such file or directory\n$/],
    ["check notes.txt", /^hotconf: Cannot check notes\.txt: its extension is of no known format/],
    ["check", /^hotconf: Nothing to check: name a PATH, as there is no directory \.\/config\n$/],
    ["check a.yaml --secret a[", /^hotconf: .*a\[/],
    ["check a.yaml ./a.yaml", /^hotconf: Cannot use the source ".*a\.yaml" twice\n$/],
    ["check a.yaml --jsn", /^hotconf: Unknown option --jsn; did you mean --json\?\n$/],
    ["check a.yaml --schema SCHEMAS", /: it is not a file but a directory\n$/],
    ["check a.yaml --schema nope.js", /Cannot load the schema nope\.js: there is no such file\n$/],
    ["check a.yaml --schema SCHEMAS/port.mjs#", /must be FILE or FILE#export/],
    ["check a.yaml --schema SCHEMAS/throws.mjs", /Cannot load .*throws\.mjs: no database\n$/],
    [
      "check a.yaml --schema SCHEMAS/without_default.mjs",
      /it has no default export; it exports Settings \(choose with \S*#Settings\)\n$/,
    ],
    [
      "check a.yaml --schema SCHEMAS/port.mjs#Prot",
      /it has no export "Prot"; it exports evenPort, notASchema, validators\n$/,
    ],
    [
      "check a.yaml --schema SCHEMAS/port.mjs#notASchema",
      /Cannot use the export "notASchema" of \S*port\.mjs as a schema: it is neither/,
    ],
    [
      "check a.yaml --schema SCHEMAS/wrong_validators.mjs",
      /Cannot use the export "validators" of \S*: it must be an array of functions\n$/,
    ],
  ];
  for (const [line, message] of misuses) {
    test(`refuses hotconf ${line} with one line and code 2`, async () => {
      const session = new Session({ "a.yaml": "a: 1\n", "notes.txt": "a: 1\n" });
      assert.equal(await session.run(line.replace("SCHEMAS", schemas)), 2);
      assert.match(session.stderr, message);
      assert.equal(session.stderr.indexOf("\n"), session.stderr.length - 1);
      assert.equal(session.takeStdout(), "");
    });
  }
});

describe("hotconf", () => {
  test("prints help and version", async () => {
    const session = new Session();
    assert.equal(await session.run("--help"), 0);
    assert.match(session.takeStdout(), /^hotconf: configuration that reloads itself\n/);
    assert.equal(await session.run("--version"), 0);
    assert.equal(session.takeStdout(), `${version}\n`);
  });
});
