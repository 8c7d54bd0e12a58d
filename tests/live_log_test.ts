import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { type } from "arktype";
import { type ConfigEvent, env, memory, type Source } from "../mod.ts";
import { openLive } from "./live.ts";
import { recordLog } from "./recorded_log.ts";

describe("the log of watchConfig()", () => {
  test("tells of a save from the hint to the commit, in order (S1.12)", async () => {
    using recorded = recordLog();
    await using live = await openLive({ "/app.yaml": "port: 1\n" });
    await live.config.attach({ name: "server", prepare: () => {}, commit: () => {} });
    recorded.records.length = 0;
    live.files.writeAtomically("/app.yaml", "port: 2\n");
    await live.clock.advance(10);
    const { checksum } = live.config;
    assert.deepEqual(recorded.lines, [
      "watch debug Looks at everything in /",
      "watch debug Hint of a watcher: /app.yaml renamed",
      "debounce debug /app.yaml is released in 0 ms (hint 1)",
      "debounce debug Released 0 ms after the first hint: /app.yaml",
      "settle debug /app.yaml is taken to be whole: rename",
      "read debug /app.yaml was modified",
      "parse debug Parsed /app.yaml",
      "validate debug Nothing is wrong with it",
      "apply debug server: prepare",
      "apply debug server: commit",
      "commit info Revision 2 runs (save)",
      `audit info Revision 1 → 2 (save): port: 1 → 2; checksum ${checksum}`,
    ]);
  });

  test("says nothing more than what changed at level info", async () => {
    using recorded = recordLog("info");
    await using live = await openLive({ "/app.yaml": "port: 1\n" });
    await live.save("/app.yaml", "port: 2\n");
    assert.deepEqual(recorded.records.map(({ topic, level }) => `${topic} ${level}`), [
      "commit info",
      "audit info",
      "commit info",
      "audit info",
    ]);
  });

  test("tells two handles of a process apart", async () => {
    using recorded = recordLog("info");
    await using one = await openLive({ "/one.yaml": "port: 1\n" });
    await using other = await openLive({ "/other.yaml": "port: 1\n" }, {
      sources: ["/other.yaml"],
    });
    await one.save("/one.yaml", "port: 2\n");
    await other.save("/other.yaml", "port: 2\n");
    const sources = recorded.records.filter(({ topic }) => topic === "audit")
      .map(({ properties }) => properties.sources);
    assert.deepEqual(sources, [["/one.yaml"], ["/other.yaml"], ["/one.yaml"], ["/other.yaml"]]);
  });

  test("tells of refusals as warnings, with type, place and stack (S3.13)", async () => {
    using recorded = recordLog("warning");
    const schema = type({ port: "number" });
    await using live = await openLive({ "/app.yaml": "port: 1\n" }, { schema });
    const lastOf = (topic: string) =>
      recorded.records.findLast((record) => record.topic === topic)!;

    await live.save("/app.yaml", "port: [\n");
    const parsing = lastOf("parse");
    assert.match(
      parsing.text,
      /^Refused \(save\), revision 1 stays: Cannot parse \/app\.yaml:2:1: /,
    );
    assert.equal(parsing.level, "warning");
    const { type: name, cause, file, line, stack } = parsing.properties;
    assert.deepEqual([name, cause, file, line], ["ParseError", "save", "/app.yaml", 2]);
    assert.match(String(stack), /ParseError/);

    await live.save("/app.yaml", "port: x\n");
    const validating = lastOf("validate");
    assert.match(validating.text, /stays: \/app\.yaml:1:1: port: must be a number/);
    assert.equal(validating.properties.issueCount, 1);
    assert.equal(validating.properties.type, "ValidationError");

    live.files.fail("/app.yaml", "EACCES");
    live.files.touch("/app.yaml");
    await live.clock.advance(5000);
    const reading = lastOf("read");
    assert.match(reading.text, /stays: Cannot read \/app\.yaml: permission denied$/);
    const { type: readName, file: readFile, code } = reading.properties;
    assert.deepEqual([readName, readFile, code], ["SourceError", "/app.yaml", "EACCES"]);
    assert.deepEqual(recorded.records.filter(({ level }) => level === "error"), []);
  });

  test("tells of a validator that hangs, when its time is over (S3.13)", async () => {
    using recorded = recordLog("warning");
    let hangs = false;
    const validators = [() => hangs ? new Promise<never>(() => {}) : []];
    await using live = await openLive({ "/app.yaml": "port: 1\n" }, { validators });
    hangs = true;
    live.files.writeAtomically("/app.yaml", "port: 2\n");
    await live.clock.advance(10_000);
    const texts = recorded.records.filter(({ topic }) => topic === "validate");
    assert.match(texts[0]!.text, /validation did not finish within 5000 ms/);
  });

  test("tells of a component's failure as an error, and when it is tried again", async () => {
    using recorded = recordLog("warning");
    await using live = await openLive({ "/app.yaml": "port: 1\n" });
    await live.config.attach({
      name: "server",
      commit: (value) => {
        if ((value as { port: number }).port === 2) throw new TypeError("port 2 is taken");
      },
    });
    live.files.writeAtomically("/app.yaml", "port: 2\n");
    await live.clock.advance(10);
    const [failure, refusal] = recorded.records;
    assert.equal(failure!.level, "error");
    assert.match(failure!.text, /^Cannot commit the configuration in component server: port 2 is /);
    assert.match(String(failure!.properties.stack), /ComponentError/);
    assert.equal(refusal!.level, "warning");
    assert.match(refusal!.text, /port 2 is taken; tried again in \d+ ms$/);
    assert.equal(refusal!.properties.attempt, 1);
  });

  test("tells of probation: asked, confirmed, or taken back", async () => {
    using recorded = recordLog();
    let isWell = true;
    const confirm = { withinMs: 1000, intervalMs: 500, health: () => isWell };
    await using live = await openLive({ "/app.yaml": "port: 1\n" }, { confirm });
    await live.save("/app.yaml", "port: 2\n");
    isWell = false;
    recorded.records.length = 0;
    await live.save("/app.yaml", "port: 3\n");
    const topics = ["confirm", "commit", "audit"];
    const lines = recorded.records.filter(({ topic }) => topics.includes(topic))
      .map(({ topic, level, text }) => `${topic} ${level} ${text}`);
    const no = "its health check said no";
    assert.deepEqual(lines.map((line) => line.replace(/; checksum .*/, "")), [
      "commit info Revision 3 runs (save)",
      "audit info Revision 2 → 3 (save): port: 2 → 3",
      `confirm debug Revision 3 is not well yet: ${no}`,
      `confirm debug Revision 3 is not well yet: ${no}`,
      "commit warning Revision 4 runs: back from 3 to 2, as Cannot keep revision 3: " +
      `it was not confirmed within 1000 ms: ${no}`,
      "audit info Revision 3 → 4 (confirm-failed, back to 2): port: 3 → 2",
    ]);
  });

  test("a sink and a filter that throw at every record do not hurt a reload (G7)", async () => {
    using _recorded = recordLog("trace", () => {
      throw new Error("full");
    });
    await using live = await openLive({ "/app.yaml": "port: 1\n" });
    await live.save("/app.yaml", "port: [\n");
    await live.save("/app.yaml", "port: 2\n");
    assert.deepEqual(live.config.current, { port: 2 });
    assert.ok(live.events.every(({ type }) => type !== "handlerFailed"));
  });

  test("a sink that asks the handle for more than it may wait for is answered (G7)", async () => {
    const closing: Promise<void>[] = [];
    const handles: { close(): Promise<void> }[] = [];
    using _recorded = recordLog("info", () => {
      for (const handle of handles) closing.push(handle.close());
    });
    await using live = await openLive({ "/app.yaml": "port: 1\n" });
    handles.push(live.config);
    await live.save("/app.yaml", "port: 2\n");
    await Promise.all(closing);
    assert.ok(closing.length > 0);
    assert.equal(live.config.isClosed, true);
  });
});

describe("the audit line", () => {
  test("names revisions, cause, files, each change and the checksum (S3.12)", async () => {
    using recorded = recordLog("info");
    const before = "server: { host: a, port: 1 }\nold: true\ndb: { password: hunter22 }\n";
    const after = "server: { host: a, port: 2 }\nnew: '{x}'\ndb: { password: hunter33 }\n";
    await using live = await openLive({ "/app.yaml": before });
    await live.save("/app.yaml", after);
    const { text, properties } = recorded.records.findLast(({ topic }) => topic === "audit")!;
    assert.equal(
      text,
      'Revision 1 → 2 (save): server.port: 1 → 2; new: added "{x}"; db.password: [secret] → ' +
        `[secret]; old: removed true; checksum ${live.config.checksum}`,
    );
    const { handle: _handle, sources: _sources, ...record } = properties;
    assert.deepEqual(record, {
      revision: 2,
      before: 1,
      cause: "save",
      files: ["/app.yaml"],
      fileCount: 1,
      changes: [
        {
          path: "server.port",
          kind: "changed",
          before: "1",
          after: "2",
          file: "/app.yaml",
          line: 1,
        },
        { path: "new", kind: "added", after: '"{x}"', file: "/app.yaml", line: 2 },
        {
          path: "db.password",
          kind: "changed",
          before: "[secret]",
          after: "[secret]",
          file: "/app.yaml",
          line: 3,
        },
        { path: "old", kind: "removed", before: "true", file: "/app.yaml", line: 2 },
      ],
      leftOut: 0,
      checksum: live.config.checksum,
    });
  });

  test("has nothing in a key that moves or hides what is around it (G12)", async () => {
    using recorded = recordLog("info");
    await using live = await openLive({ "/app.json": "{}" }, { guards: { empty: false } });
    await live.save("/app.json", JSON.stringify({ "a\u202e\u2028b\n": "\u202ec" }));
    const { text } = recorded.records.findLast(({ topic }) => topic === "audit")!;
    assert.match(text, /: \["a\\u202e\\u2028b\\n"\]: added "\\u202ec"; checksum/);
  });

  test("is written for the start and for a rollback as well (S3.12)", async () => {
    using recorded = recordLog("info");
    await using live = await openLive({ "/app.yaml": "port: 1\n" });
    await live.save("/app.yaml", "port: 2\n");
    await live.config.rollback();
    const lines = recorded.records.filter(({ topic }) => topic === "audit")
      .map(({ text }) => text.replace(/; checksum [0-9a-f]{64}$/, "."));
    assert.deepEqual(lines, [
      "Revision 1 (start).",
      "Revision 1 → 2 (save): port: 1 → 2.",
      "Revision 2 → 3 (rollback, back to 1): port: 2 → 1.",
    ]);
  });

  test("is bounded in number and length, and says how many changes it leaves out (G10)", async () => {
    using recorded = recordLog("info");
    const filled = (text: string) =>
      JSON.stringify(Object.fromEntries(
        Array.from({ length: 1000 }, (_, index) => [`${"k".repeat(500)}${index}`, text]),
      ));
    await using live = await openLive({ "/app.json": filled("a".repeat(1000)) });
    await live.save("/app.json", filled("b".repeat(1000)));
    const { text, properties } = recorded.records.findLast(({ topic }) => topic === "audit")!;
    assert.match(text, /; … and 950 more changes; checksum /);
    assert.ok(text.length < 20_000, `${text.length}`);
    assert.equal(properties.leftOut, 950);
    assert.equal((properties.changes as unknown[]).length, 50);
  });

  test("is not made when nobody listens: what changed is found when it is asked for", async () => {
    using recorded = recordLog("warning");
    let asked = 0;
    await using live = await openLive({ "/app.yaml": "port: 1\n" });
    live.config.on("reloadSucceeded", (event: ConfigEvent) => {
      const { get } = Object.getOwnPropertyDescriptor(event, "changes")!;
      if (get !== undefined) asked += 1;
    });
    await live.save("/app.yaml", "port: 2\n");
    assert.equal(asked, 1);
    assert.deepEqual(recorded.records, []);
  });
});

describe("no record at any level holds a planted secret (G11)", () => {
  const CANARY = "hunter2-canary";
  const TEXTS = [
    `port: 1\ndb:\n  password: ${CANARY}\n`,
    `port: x\ndb: { password: ${CANARY}, url: "pg://\${DB_PASSWORD}@h" }\n`,
    `port: 1\ndb:\n  password: "${CANARY}\n`,
    `port: 1\ndb:\n  password: ${CANARY}\n  password: ${CANARY}\n`,
    `port: 1\ncredentials:\n  - ${CANARY}\n  - [${CANARY}\n`,
    `port: 1\ndb:\n  password: \${NOWHERE}${CANARY}\n`,
    `port: 1\npin: ${CANARY}\ndb: { password: { deep: [${CANARY}] } }\n`,
    `port: 2\npin: 2\ndb: { password: ${CANARY}2 }\n`,
    `port: 3\n`,
    "",
  ];

  /** All of a value, also what printing it would leave out. */
  function allOf(value: unknown, depth = 0): string {
    if (typeof value !== "object" || value === null || depth > 8) return String(value);
    const keys = Reflect.ownKeys(value);
    const members = keys.map((key) =>
      `${String(key)} ${allOf(Reflect.get(value, key), depth + 1)}`
    );
    return [inspect(value, { depth: 8, showHidden: true }), ...members].join("\n");
  }

  test("whatever the files, the schema, a component, a handler or a source say", async () => {
    let logged = "";
    using recorded = recordLog("trace", (record) => {
      logged += allOf({ ...record, message: record.message, properties: record.properties });
    });
    let isAway = false;
    let password = CANARY;
    const away: Source = {
      name: "away",
      read: ({ last, stale }) => {
        if (isAway) stale(Object.assign(new Error(`no ${password}`), { password: CANARY }));
        return Promise.resolve(last);
      },
      watch: () => {},
    };
    const pushed = memory({ token: CANARY }, { name: "pushed" });
    await using live = await openLive({ "/app.yaml": `port: 1\ndb: { password: ${CANARY} }\n` }, {
      sources: ["/app.yaml", away, env({ prefix: "APP_" }), pushed],
      secrets: ["pin"],
      schema: type({ port: "number", "db?": "unknown", "pin?": "unknown", "+": "ignore" }),
      validators: [(value) => {
        const { db } = value as { db?: { password?: unknown } };
        if (db?.password === `${CANARY}2`) throw new Error(`login with ${CANARY}2 failed`);
        return [];
      }],
    });
    const fail = () => {
      const { db } = live.config.current as { db?: { password?: unknown } };
      const quoted = `${password} ${password = String(db?.password ?? "nobody")}`;
      throw Object.assign(new Error(`login with ${quoted} failed`, { cause: new Error(quoted) }), {
        config: { password: CANARY },
      });
    };
    live.config.on("*", fail);
    live.config.on("*", () => {
      throw Object.assign(new Error("login failed"), { config: { password: CANARY } });
    });
    live.config.subscribe("*", fail);
    for (const [index, text] of TEXTS.entries()) {
      isAway = index % 2 === 0;
      await live.save("/app.yaml", text);
      live.runtime.environment.set("APP_DB__PASSWORD", `${CANARY}${index}`);
      await live.reload();
      pushed.set({ token: `${CANARY}${index}` });
      await live.clock.advance(100);
    }
    await live.config.attach({
      name: "database",
      commit: (value) => {
        if ((value as { port: number }).port === 7) fail();
      },
    });
    await live.save("/app.yaml", `port: 7\ndb: { password: ${CANARY} }\n`);
    await live.save("/app.yaml", `port: 8\ndb: { password: ${CANARY} }\n`);
    await live.config.rollback();
    const topics = new Set(recorded.records.map(({ topic }) => topic));
    for (const topic of ["read", "parse", "validate", "guard", "apply", "notify", "audit"]) {
      assert.ok(topics.has(topic), `nothing was logged about ${topic}`);
    }
    const found = logged.indexOf(CANARY);
    assert.equal(found, -1, logged.slice(Math.max(0, found - 500), found + 100));
  });
});
