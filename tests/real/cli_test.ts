import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, statSync, truncateSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { checksumOf } from "../../src/checksum.ts";
import { version } from "../../src/version.ts";
import {
  commandLine,
  CommandProcess,
  Folder,
  type JsonLine,
  runCommand,
  runtimeName,
  withDeadline,
} from "./cli_process.ts";

const PORT_SCHEMA = `
  console.log("the schema says hello");
  setInterval(() => {}, 1000);
  export default ({ port }) => port > 9000 ? [{ path: "port", message: "is too large" }] : [];
`;

/** The line without its time, which must be one. */
function untimed({ at, ...members }: JsonLine): Record<string, unknown> {
  assert.equal(new Date(at).toISOString(), at);
  return members;
}

/** The line without time and durations, which must be there and in milliseconds. */
function undated(line: JsonLine): Record<string, unknown> {
  const { durationMs, latencyMs, ...members } = untimed(line) as Record<string, number>;
  assert.ok(durationMs! >= 0 && durationMs! < 30_000, `durationMs ${durationMs}`);
  assert.ok(latencyMs! >= durationMs! && latencyMs! < 30_000, `latencyMs ${latencyMs}`);
  return members;
}

// Signals end a process on Windows whatever it would like to do.
const onPosix = process.platform === "win32" ? test.skip : test;

describe("hotconf watch --json", () => {
  onPosix("keeps its contract line by line, from ready to closed", async () => {
    using folder = new Folder({ "config/app.yaml": "port: 8080\n", "schema.mjs": PORT_SCHEMA });
    const file = folder.at("config/app.yaml");
    await using command = new CommandProcess(
      ["watch", "config", "--json", "--schema", "schema.mjs"],
      { cwd: folder.path },
    );

    // A look may find a save before a busy process attends to its event, and knows less of it.
    const settlements: string[] = [];
    const next = async () => {
      const { settledBy, ...line } = await command.json();
      if (settledBy !== undefined) settlements.push(settledBy);
      return line as JsonLine;
    };

    const ready = await next();
    assert.deepEqual(untimed(ready), {
      type: "ready",
      revision: 1,
      checksum: checksumOf("port: 8080\n"),
      files: [file],
      runtime: runtimeName,
      watcher: runtimeName === "deno" ? "deno" : "node",
    });

    const second = "# edited\nport: 9000\nname: a\n";
    folder.save("config/app.yaml", second);
    assert.deepEqual(untimed(await next()), {
      type: "fileChanged",
      kind: "modified",
      path: file,
      checksum: checksumOf(second),
    });
    assert.deepEqual(undated(await next()), {
      type: "reloadSucceeded",
      revision: 2,
      checksum: checksumOf(second),
      changes: [
        { path: "port", kind: "changed", before: 8080, after: 9000, file, line: 2 },
        { path: "name", kind: "added", after: "a", file, line: 3 },
      ],
      files: [file],
      cause: "save",
    });

    folder.save("config/app.yaml", "port: 9001\n");
    assert.equal((await next()).type, "fileChanged");
    assert.deepEqual(untimed(await next()), {
      type: "validationFailed",
      revision: 2,
      issues: [{ path: "port", message: "is too large", file, line: 1, column: 1 }],
      cause: "save",
    });
    const { reasons, ...health } = untimed(await next());
    const degraded = { type: "healthChanged", status: "degraded", before: "ok", revision: 2 };
    assert.deepEqual(health, degraded);
    const [{ kind, message: reason }] = reasons as [Record<string, unknown>];
    assert.equal(kind, "refused");
    assert.match(String(reason), /app\.yaml:1:1: port: is too large$/);

    folder.save("config/app.yaml", "port: 1\nname: 'a\n");
    assert.equal((await next()).type, "fileChanged");
    const { error, ...failed } = untimed(await next());
    const about = { revision: 2, cause: "save" };
    assert.deepEqual(failed, { type: "reloadFailed", ...about });
    const { name, message, ...place } = error as Record<string, unknown>;
    assert.equal(name, "ParseError");
    assert.match(String(message), /^Cannot parse .*app\.yaml:\d+:\d+: ./);
    assert.deepEqual(Object.keys(place), ["file", "line", "column"]);
    assert.equal(place["file"], file);

    folder.save("config/app.yaml", second);
    assert.equal((await next()).type, "fileChanged");
    assert.deepEqual(untimed(await next()), {
      type: "recovered",
      revision: 2,
      files: [file],
    });
    const well = { status: "ok", before: "degraded", reasons: [], revision: 2 };
    assert.deepEqual(untimed(await next()), { type: "healthChanged", ...well });

    folder.save("config/b.json", `{"b": [1, 2]}`);
    const created = await next();
    assert.deepEqual([created.type, created.kind], ["fileChanged", "created"]);
    const added = await next();
    assert.deepEqual([added.revision, added.files], [3, [folder.at("config/b.json")]]);

    assert.deepEqual(settlements.filter((by) => by !== "rename" && by !== "quiet"), []);
    assert.ok(settlements.length >= 7 && settlements.includes("rename"), settlements.join());

    const { code, signal, stderr } = await command.end("SIGINT");
    assert.deepEqual([code, signal], [0, null]);
    assert.deepEqual(untimed(await next()), { type: "closed" });
    assert.equal(command.unread, "");
    assert.match(stderr, /^(?:the schema says hello\n)+$/);
  });

  onPosix("ends with a closed line and code 0 on SIGTERM", async () => {
    using folder = new Folder({ "config/app.yaml": "port: 1\n" });
    await using command = new CommandProcess(["watch", "--json"], { cwd: folder.path });
    assert.equal((await command.json()).type, "ready");
    const { code, stderr } = await command.end("SIGTERM");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(untimed(await command.json()), { type: "closed" });
    assert.equal(command.unread, "");
  });

  onPosix("sees a save made as soon as ready is printed, in any style (G1)", async () => {
    using folder = new Folder({ "app.yaml": "a: 0\n" });
    await using command = new CommandProcess(["watch", "app.yaml", "--json"], { cwd: folder.path });
    await command.jsonOf("ready");
    folder.write("app.yaml", "a: 1\n");
    assert.equal((await command.jsonOf("reloadSucceeded")).changes[0].after, 1);
    folder.save("app.yaml", "a: 2\n");
    assert.equal((await command.jsonOf("reloadSucceeded")).changes[0].after, 2);
    assert.equal((await command.end()).code, 0);
  });

  onPosix("polls with --poll", async () => {
    using folder = new Folder({ "app.yaml": "a: 0\n" });
    await using command = new CommandProcess(
      ["watch", "app.yaml", "--json", "--poll", "50"],
      { cwd: folder.path },
    );
    assert.equal((await command.json()).watcher, "poll");
    folder.save("app.yaml", "a: 1\n");
    assert.equal((await command.jsonOf("reloadSucceeded")).revision, 2);
    assert.equal((await command.end()).code, 0);
  });

  onPosix(
    "refuses hostile files with their name and goes on with the next good one (G12)",
    async () => {
      using folder = new Folder({ "app.yaml": "a: 0\n" });
      const file = folder.at("app.yaml");
      await using command = new CommandProcess(["watch", "app.yaml", "--json"], {
        cwd: folder.path,
      });
      await command.jsonOf("ready");
      const laughs = Array.from(
        { length: 20 },
        (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(", ")}]`,
      );
      const hostile: readonly [name: string, content: string | Uint8Array, reason: RegExp][] = [
        ["invalid UTF-8", new Uint8Array([0x61, 0x3a, 0x20, 0xff]), /UTF-8/],
        ["10,000 levels", "a: " + "[".repeat(10_000) + "]".repeat(10_000), /nest|deep|depth/i],
        ["a billion laughs", ["l0: &l0 [ha]", ...laughs].join("\n"), /nodes|values|alias/i],
      ];
      for (const [name, content, reason] of hostile) {
        folder.save("app.yaml", content);
        const { revision, error } = await command.jsonOf("reloadFailed");
        assert.deepEqual([revision, error.file], [1, file], name);
        assert.match(error.message, reason, name);
      }
      folder.write("large.tmp", "");
      truncateSync(folder.at("large.tmp"), 100_000_000);
      folder.save("app.yaml", "# so that the next save is another one\n");
      await command.jsonOf("validationFailed");
      truncateSync(file, 100_000_000);
      assert.match(
        (await command.jsonOf("reloadFailed")).error.message,
        /app\.yaml: it has 100000000/,
      );
      folder.save("app.yaml", "a: 1\n");
      const { revision, changes } = await command.jsonOf("reloadSucceeded");
      assert.equal(revision, 2);
      assert.deepEqual(changes[0], {
        path: "a",
        kind: "changed",
        before: 0,
        after: 1,
        file,
        line: 1,
      });
      assert.equal((await command.end()).code, 0);
    },
  );

  onPosix("ends quietly when its reader goes away", async () => {
    using folder = new Folder({ "app.yaml": "a: 0\n" });
    await using command = new CommandProcess(["watch", "app.yaml", "--json"], { cwd: folder.path });
    await command.jsonOf("ready");
    command.child.stdout!.destroy();
    folder.save("app.yaml", "a: 1\n");
    const { code, stderr } = await withDeadline(command.ended, () => "It did not end");
    assert.deepEqual([code, stderr], [0, ""]);
  });
});

describe("hotconf print", () => {
  onPosix("gives a slow reader all that it prints", () => {
    const config = Object.fromEntries(
      Array.from({ length: 9_000 }, (_, index) => [`key${index}`, "v".repeat(100)]),
    );
    using folder = new Folder({ "app.json": JSON.stringify(config) });
    const words = [...commandLine(), "print", "app.json", "--format", "json"];
    const { stdout } = spawnSync("sh", ["-c", '"$@" | (sleep 2; cat)', "sh", ...words], {
      cwd: folder.path,
      encoding: "utf8",
      maxBuffer: 10_000_000,
    });
    assert.deepEqual(JSON.parse(stdout), config);
  });

  onPosix("gives its result when nobody reads its standard error", async () => {
    using folder = new Folder({
      "app.json": `{"a": 1}`,
      "schema.mjs": `for (let line = 0; line < 10; line++) {
        console.log("the schema says hello");
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      export default () => [];`,
    });
    await using command = new CommandProcess(
      ["print", "app.json", "--schema", "schema.mjs"],
      { cwd: folder.path },
    );
    command.child.stderr!.destroy();
    const { code, stdout } = await withDeadline(command.ended, () => "It did not end");
    assert.deepEqual([code, stdout], [0, "a: 1\n"]);
  });
});

describe("hotconf watch", () => {
  onPosix("takes two signals at the same moment for one", async () => {
    using folder = new Folder({ "config/app.yaml": "a: 0\n" });
    await using command = new CommandProcess(["watch"], { cwd: folder.path });
    await command.until("Ctrl-C ends");
    command.kill("SIGSTOP");
    command.kill("SIGINT"); // two of a kind might be delivered as one
    command.kill("SIGTERM");
    assert.equal((await command.end("SIGCONT")).code, 0);
  });

  onPosix("takes a signal for the same one that it can't attend to in time", async () => {
    using folder = new Folder({
      "config/app.yaml": "a: 0\n",
      "schema.mjs": `const stay = () => {
        const end = performance.now() + 600;
        while (performance.now() < end);
      };
      process.on("SIGINT", stay).on("SIGTERM", stay);
      export default () => [];`,
    });
    await using command = new CommandProcess(["watch", "--schema", "schema.mjs"], {
      cwd: folder.path,
    });
    await command.until("Ctrl-C ends");
    command.kill("SIGSTOP");
    command.kill("SIGINT");
    command.kill("SIGTERM");
    assert.equal((await command.end("SIGCONT")).code, 0);
  });

  onPosix("is not killed by a signal that comes while it ends", async () => {
    using folder = new Folder({ "config/app.yaml": "a: 0\n" });
    await using command = new CommandProcess(["watch"], { cwd: folder.path });
    await command.until("Ctrl-C ends");
    const began = performance.now();
    command.kill("SIGINT");
    const repeating = setInterval(() => {
      if (performance.now() - began < 100) command.kill("SIGTERM"); // still the same Ctrl-C
    }, 1);
    try {
      const { code } = await withDeadline(command.ended, () => "It did not end");
      assert.equal(code, 0);
    } finally {
      clearInterval(repeating);
    }
  });

  onPosix("ends at once on a second Ctrl-C", async () => {
    using folder = new Folder({
      "config/app.yaml": "a: 0\n",
      "schema.mjs": `export default ({ a }) => {
        if (a === 0) return [];
        console.error("checking");
        return new Promise(() => {});
      };`,
    });
    await using command = new CommandProcess(["watch", "--schema", "schema.mjs"], {
      cwd: folder.path,
    });
    await command.until("Ctrl-C ends");
    const checking = new Promise((resolve) => command.child.stderr!.once("data", resolve));
    folder.save("config/app.yaml", "a: 1\n");
    await withDeadline(checking, () => "It did not check the save");
    // The first one waits for the check under way, which has 5 s.
    const pressing = setInterval(() => command.kill("SIGINT"), 100);
    try {
      const { code } = await withDeadline(command.ended, () => "It did not end");
      assert.equal(code, 130);
    } finally {
      clearInterval(pressing);
    }
  });

  onPosix("prints plain text in a pipe and colours with FORCE_COLOR", async () => {
    using folder = new Folder({ "config/app.yaml": "a: 0\n" });
    for (const [env, hasColours] of [[{}, false], [{ FORCE_COLOR: "1" }, true]] as const) {
      folder.save("config/app.yaml", "a: 0\n");
      await using command = new CommandProcess(["watch"], { cwd: folder.path, env });
      const table = await command.until("Ctrl-C ends");
      assert.ok(table.includes("config/app.yaml"));
      folder.save("config/app.yaml", "a: 1\n");
      const diff = await command.until("ms");
      assert.ok(diff.includes("config/app.yaml:1"));
      assert.equal(`${table}${diff}`.includes("\x1b["), hasColours);
      assert.equal((await command.end()).code, 0);
    }
  });

  test("tells what is wrong with an invalid first load and ends with 1", async () => {
    using folder = new Folder({ "app.toml": "a = \n" });
    const { code, stdout, stderr } = await runCommand(["watch", "app.toml"], { cwd: folder.path });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^not watching: invalid at the start\n {2}app\.toml:1:\d+ {2}\S/);
  });
});

describe("hotconf check", () => {
  test("ends with 0, 1 or 2, and puts JSON on standard output only", async () => {
    using folder = new Folder({
      "good.yaml": "port: 1\n",
      "bad.yaml": "port: 9999\n",
      "schema.mjs": PORT_SCHEMA,
    });
    const check = (...words: string[]) =>
      runCommand(["check", ...words, "--schema", "schema.mjs"], { cwd: folder.path });
    const good = await check("good.yaml", "--json");
    assert.equal(good.code, 0);
    assert.deepEqual(untimed(JSON.parse(good.stdout)), {
      type: "loaded",
      revision: 1,
      checksum: checksumOf("port: 1\n"),
      files: [folder.at("good.yaml")],
      runtime: runtimeName,
    });
    const bad = await check("bad.yaml", "--json");
    assert.equal(bad.code, 1);
    const file = folder.at("bad.yaml");
    assert.deepEqual(untimed(JSON.parse(bad.stdout)), {
      type: "validationFailed",
      revision: 0,
      issues: [{ path: "port", message: "is too large", file, line: 1, column: 1 }],
      cause: "start",
    });
    const missing = await check("missing.yaml", "--json");
    assert.deepEqual([missing.code, missing.stdout], [2, ""]);
    assert.match(missing.stderr, /^hotconf: Cannot check missing\.yaml: there is no such .*\n$/);
  });

  test("loads a schema in TypeScript, or says what to do where it can't", async () => {
    using folder = new Folder({ "app.yaml": "port: 1\n" });
    const schema = resolve("tests/cli/schemas/typed.ts");
    const { code, stderr } = await runCommand(
      ["check", "app.yaml", "--schema", schema],
      { cwd: folder.path },
    );
    if (stderr.startsWith("hotconf: ")) {
      assert.equal(runtimeName, "node");
      assert.equal(code, 2);
      assert.match(
        stderr,
        /: Node \S+ can't import it; use a \.js or \.mjs module, or run hotconf/,
      );
    } else {
      assert.equal(code, 1);
      assert.match(stderr, /^ {2}app\.yaml:1:1 {2}port {2}must not be 1$/m);
    }
  });

  test("prints help and version to a pipe", async () => {
    const cwd = process.cwd();
    const help = await runCommand(["check", "--help"], { cwd });
    assert.deepEqual([help.code, help.stderr], [0, ""]);
    assert.match(help.stdout, /^hotconf check: /);
    assert.equal((await runCommand(["--version"], { cwd })).stdout, `${version}\n`);
  });
});

describe("hotconf schema", () => {
  const SCHEMA = `
    console.log("the schema says hello");
    export default {
      "~standard": {
        version: 1,
        vendor: "hand",
        validate: (value) => ({ value }),
        jsonSchema: { input: ({ target }) => ({ title: target, type: "object" }) },
      },
    };
  `;
  const JSON_SCHEMA = '{\n  "title": "draft-2020-12",\n  "type": "object"\n}\n';

  test("prints nothing but the JSON Schema on standard output", async () => {
    using folder = new Folder({ "schema.mjs": SCHEMA });
    const { code, stdout, stderr } = await runCommand(["schema", "--schema", "schema.mjs"], {
      cwd: folder.path,
    });
    assert.deepEqual([code, stdout], [0, JSON_SCHEMA]);
    assert.match(stderr, /the schema says hello/u);
  });

  test("writes a file by moving a new one onto it, and not while nothing changed", async () => {
    using folder = new Folder({ "schema.mjs": SCHEMA });
    const words = ["schema", "--schema", "schema.mjs", "--out", "config.schema.json"];
    const run = () => runCommand(words, { cwd: folder.path });
    assert.equal((await run()).stdout, "config.schema.json written\n");
    assert.equal(readFileSync(folder.at("config.schema.json"), "utf8"), JSON_SCHEMA);
    const { ino, mtimeMs } = statSync(folder.at("config.schema.json"));
    assert.equal((await run()).stdout, "config.schema.json is current\n");
    const unchanged = statSync(folder.at("config.schema.json"));
    assert.deepEqual([unchanged.ino, unchanged.mtimeMs], [ino, mtimeMs]);

    using held = openHeld(folder.at("config.schema.json"));
    folder.write("schema.mjs", SCHEMA.replace("object", "array"));
    assert.equal((await run()).stdout, "config.schema.json written\n");
    assert.equal(held.text(), JSON_SCHEMA);
    assert.match(readFileSync(folder.at("config.schema.json"), "utf8"), /"type": "array"/u);
    assert.deepEqual(readdirSync(folder.path).sort(), ["config.schema.json", "schema.mjs"]);
  });

  const unwritable: [name: string, out: string][] = [
    ["a directory that is not there", "no/config.schema.json"],
    ["a directory", "taken"],
  ];
  for (const [name, out] of unwritable) {
    test(`says so when the file can't be written: ${name}`, async () => {
      using folder = new Folder({ "schema.mjs": SCHEMA, "taken/inside": "" });
      const words = ["schema", "--schema", "schema.mjs", "--out", out];
      const { code, stdout, stderr } = await runCommand(words, { cwd: folder.path });
      assert.deepEqual([code, stdout], [2, ""]);
      assert.ok(stderr.includes(`hotconf: Cannot write ${out}: `), stderr);
      assert.deepEqual(readdirSync(folder.path).sort(), ["schema.mjs", "taken"]);
    });
  }
});

/** What a program sees that has the file open. */
function openHeld(path: string): Disposable & { text(): string } {
  const descriptor = openSync(path, "r");
  return {
    text: () => readFileSync(descriptor, "utf8"),
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

const onDeno = runtimeName === "deno" ? onPosix : test.skip;

describe("deno task watch", () => {
  const program = resolve("tasks/watch.ts");

  onDeno("watches the example when no path is given", async () => {
    const cwd = process.cwd();
    await using command = new CommandProcess(["--json"], { cwd, program });
    const { files } = await command.jsonOf("ready");
    assert.deepEqual(
      files,
      ["agent_chains", "providers", "rate_limits"].map((name) =>
        resolve(`examples/agent_service/config/${name}.yaml`)
      ),
    );
    assert.equal((await command.end()).code, 0);
  });

  onDeno("watches a path meant from where it was typed", async () => {
    using folder = new Folder({ "mine/app.yaml": "a: 0\n" });
    await using command = new CommandProcess(
      ["mine", "--json"],
      { cwd: process.cwd(), program, env: { INIT_CWD: folder.path } },
    );
    assert.deepEqual((await command.jsonOf("ready")).files, [folder.at("mine/app.yaml")]);
    assert.equal((await command.end()).code, 0);
  });
});
