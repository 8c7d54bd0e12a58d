import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { basename, join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { RateLimiter } from "../../examples/agent_service/rate_limiter.ts";
import type { Settings } from "../../examples/agent_service/settings.ts";
import {
  type Alert,
  directory,
  ParseError,
  SourceError,
  watchConfig,
  watchFiles,
  webhook,
} from "../../mod.ts";
import { AgentService, bodyOf, inTime, loopback } from "./agent_service_fixture.ts";

const SECRET = "sk-test-0123456789abcdef";

/** A change of each file that the service accepts. */
const EDITS = {
  "rate_limits.yaml": (text: string) => text.replace("rpm: 60", "rpm: 61"),
  "agent_chains.yaml": (text: string) => text.replace("timeout_ms: 2000", "timeout_ms: 2100"),
  "providers.yaml": (text: string) => text.replace("latency_ms: 5", "latency_ms: 6"),
} as const;

describe("agent service: noticing", () => {
  for (const [name, edit] of Object.entries(EDITS)) {
    test(`a change of ${name} is detected within 1 s; path and kind are logged (S3.1)`, async () => {
      await using agent = await AgentService.start();
      for (const save of ["replace", "overwrite"] as const) {
        const change = save === "replace" ? edit : (text: string) => `${text}# saved in place\n`;
        const { path, kind, elapsedMs } = await agent.after("fileChanged", () => {
          agent[save](name, change);
        });
        assert.equal(path, agent.path(name));
        assert.equal(kind, "modified");
        assert.ok(elapsedMs < 1000, `${save}: ${elapsedMs} ms`);
        assert.match(agent.logged, new RegExp(`info .*${name} was modified`));
      }
    });
  }

  test("a change of .env is not detected (S3.2)", async () => {
    await using agent = await AgentService.start();
    await using whole = await watchConfig({ sources: [directory(agent.directory)] });
    const seen: string[] = [];
    whole.on("fileChanged", ({ path }) => void seen.push(basename(path)));
    writeFileSync(agent.path(".env"), "OPENAI_API_KEY=one\n");
    writeFileSync(agent.path(".env"), "OPENAI_API_KEY=two\n");
    await agent.after("reloadSucceeded", () => {
      agent.replace("providers.yaml", EDITS["providers.yaml"]);
    });
    assert.deepEqual(changedFiles(agent), ["providers.yaml"]);
    await untilEqual(() => seen.includes("providers.yaml"), true);
    assert.deepEqual(seen, ["providers.yaml"]);
  });

  test("x.tmp, .x.swp and x~ are ignored (S3.3)", async () => {
    await using agent = await AgentService.start();
    await using files = await watchFiles([agent.directory]);
    const seen: string[] = [];
    files.on("fileChanged", ({ path }) => void seen.push(basename(path)));
    for (const name of ["x.tmp", ".providers.yaml.swp", "providers.yaml~"]) {
      writeFileSync(agent.path(name), "providers: {}\n");
    }
    await agent.after("reloadSucceeded", () => {
      agent.overwrite("providers.yaml", EDITS["providers.yaml"]);
    });
    assert.deepEqual(changedFiles(agent), ["providers.yaml"]);
    await untilEqual(() => seen.includes("providers.yaml"), true);
    assert.deepEqual(seen, ["providers.yaml"]);
  });

  test("many rapid edits are one reload (S3.4)", async () => {
    await using agent = await AgentService.start({
      debounce: { strategy: "fixed", baseDelayMs: 300 },
    });
    const { changes } = await agent.after("reloadSucceeded", () => {
      for (let rpm = 200; rpm <= 220; rpm++) {
        agent.overwrite("rate_limits.yaml", (text) => text.replace(/rpm: \d+/u, `rpm: ${rpm}`));
      }
    });
    assert.deepEqual(changes.map(({ path, after }) => [path, after]), [
      ["rate_limits.default.rpm", 220],
    ]);
    await agent.after("reloadSucceeded", () => {
      agent.replace("providers.yaml", EDITS["providers.yaml"]);
    });
    assert.deepEqual(agent.outcomes, ["reloadSucceeded", "reloadSucceeded"]);
  });

  test("a file moved over a watched one is detected, again and again (S3.5)", async () => {
    await using agent = await AgentService.start();
    const elsewhere = agent.path("staging");
    mkdirSync(elsewhere);
    for (const rpm of [70, 80, 90]) {
      const { revision } = await agent.after("reloadSucceeded", () => {
        const text = readFileSync(agent.path("rate_limits.yaml"), "utf8");
        writeFileSync(join(elsewhere, "new.yaml"), text.replace(/rpm: \d+/u, `rpm: ${rpm}`));
        renameSync(join(elsewhere, "new.yaml"), agent.path("rate_limits.yaml"));
      });
      assert.equal(revision, agent.config.revision);
      assert.equal(agent.config.current.rate_limits.default.rpm, rpm);
    }
    assert.equal(agent.config.revision, 4);
  });
});

describe("agent service: accepting and refusing", () => {
  test("a valid change is validated and applied (S3.6)", async () => {
    const validated: number[] = [];
    await using agent = await AgentService.start({
      validators: [({ rate_limits }) => void validated.push(rate_limits.default.rpm)],
    });
    await agent.after("reloadSucceeded", () => {
      agent.replace("rate_limits.yaml", EDITS["rate_limits.yaml"]);
    });
    assert.deepEqual(validated, [60, 61]);
    const { body } = await agent.get("/config");
    assert.equal(body.revision, 2);
    assert.equal(body.checksum, agent.config.checksum);
    assert.equal(body.settings.rate_limits.default.rpm, 61);
  });

  const refused = [
    {
      what: "rpm: 0",
      name: "rate_limits.yaml",
      edit: (text: string) => text.replace("rpm: 120", "rpm: 0"),
      expected: /^rate_limits\.yaml:9:7: rate_limits\.chains\.support\.rpm: must be at least 1/,
    },
    {
      what: "an unknown provider in a chain",
      name: "agent_chains.yaml",
      edit: (text: string) => text.replace("provider: mock", "provider: nobody"),
      expected:
        /^agent_chains\.yaml:11:9: agent_chains\.support\.steps.1.*\.provider: no .*"nobody"/,
    },
    {
      what: "a missing API key for an enabled provider",
      name: "providers.yaml",
      edit: (text: string) => text.replace("enabled: false", "enabled: true"),
      expected:
        /^providers\.yaml:17:5: providers\.openai\.api_key_env: .*OPENAI_API_KEY is not set/,
    },
  ];
  for (const { what, name, edit, expected } of refused) {
    test(`${what} is rejected, the old configuration stays, file and place are named (S3.7)`, async () => {
      await using agent = await AgentService.start();
      const before = agent.config.current;
      const { issues, revision } = await agent.after("validationFailed", () => {
        agent.replace(name, edit);
      });
      assert.equal(issues.length, 1);
      const { file, line, column, path, message } = issues[0]!;
      const text = `${basename(file!)}:${line}:${column}: ${path}: ${message}`;
      assert.match(text, expected);
      assert.equal(revision, 1);
      assert.equal(agent.config.current, before);
      assert.equal((await agent.run("support")).body.revision, 1);
      assert.equal((await agent.get("/health")).body.status, "degraded");
    });
  }

  test("a YAML syntax error is rejected, file and place are named, and mending it recovers (S3.7)", async () => {
    await using agent = await AgentService.start();
    const { error, revision } = await agent.after("reloadFailed", () => {
      agent.replace("providers.yaml", (text) => text.replace("reply: Thank", 'reply: "Thank'));
    });
    assert.ok(error instanceof ParseError);
    assert.equal(error.file, agent.path("providers.yaml"));
    assert.ok(error.line! >= 10, `line ${error.line}`);
    assert.ok(error.column! >= 1, `column ${error.column}`);
    assert.equal(revision, 1);
    assert.equal((await agent.run("support")).body.output, "Thank you for asking.");

    await agent.after("reloadSucceeded", () => {
      agent.replace(
        "providers.yaml",
        (text) => text.replace('reply: "Thank', 'reply: "Thanks" # '),
      );
    });
    assert.equal((await agent.run("support")).body.output, "Thanks");
    assert.equal((await agent.get("/health")).body.status, "ok");
  });

  test("all files are validated together: a chain's provider is looked up in the other file (S3.8)", async () => {
    await using agent = await AgentService.start();
    const { issues } = await agent.after("validationFailed", () => {
      agent.replace("providers.yaml", (text) => text.replace("  mock:", "  canned:"));
    });
    assert.deepEqual(issues.map(({ path, file }) => [path, basename(file!)]), [
      ["agent_chains.support.steps.1.provider", "agent_chains.yaml"],
      ["agent_chains.summary.steps.0.provider", "agent_chains.yaml"],
    ]);
    const { revision } = await agent.after("reloadSucceeded", () => {
      agent.replace(
        "agent_chains.yaml",
        (text) => text.replaceAll("provider: mock", "provider: canned"),
      );
    });
    assert.equal(revision, 2);
    assert.equal((await agent.run("summary")).body.steps[0].provider, "canned");
  });

  test("a fallback must be another provider, and a limit must name a chain (S3.8)", async () => {
    await using agent = await AgentService.start();
    const { issues } = await agent.after("validationFailed", () => {
      agent.replace(
        "agent_chains.yaml",
        (text) => text.replace("fallback: echo", "fallback: mock").replace("  support:", "  help:"),
      );
    });
    assert.deepEqual(issues.map(({ path, message }) => `${path}: ${message}`), [
      "agent_chains.help.steps.1.fallback: must be another provider",
      'rate_limits.chains.support: no chain is called "support"',
    ]);
  });
});

describe("agent service: taking new values", () => {
  test("the running rate limiter takes new limits for the next request (S3.9)", async () => {
    await using agent = await AgentService.start();
    assert.equal((await agent.run("support")).body.remaining, 19);
    await agent.after("reloadSucceeded", () => {
      agent.replace(
        "rate_limits.yaml",
        (text) => text.replace("rpm: 120\n      burst: 20", "rpm: 1\n      burst: 2"),
      );
    });
    assert.equal((await agent.run("support")).body.remaining, 1);
    assert.equal((await agent.run("support")).body.remaining, 0);
    const refused = await agent.run("support");
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get("retry-after")) > 50);
    assert.equal((await agent.run("summary")).status, 200, "another chain has its own bucket");

    await agent.after("reloadSucceeded", () => {
      agent.replace("rate_limits.yaml", (text) => text.replace("rpm: 1\n", "rpm: 100000\n"));
    });
    await untilEqual(async () => (await agent.run("support")).status, 200);
  });

  test("a changed rate keeps the tokens at hand and counts past time at the old rate (S3.9)", () => {
    let now = 0;
    const limits = (rpm: number, burst: number) =>
      ({
        rate_limits: { default: { rpm, burst } },
        agent_chains: { a: {} },
      }) as unknown as Settings;
    const limiter = new RateLimiter(limits(60, 10), () => now);
    const take = () => {
      const admission = limiter.take("a");
      return admission.allowed ? admission.remaining : `wait ${Math.round(admission.retryAfterMs)}`;
    };
    for (let left = 9; left >= 0; left--) assert.equal(take(), left);
    assert.equal(take(), "wait 1000");

    now = 2000; // Two tokens at 60 a minute; at the new rate it would be twenty.
    limiter.apply(limits(600, 10));
    assert.equal(take(), 1);
    assert.equal(take(), 0);
    assert.equal(take(), "wait 100");

    limiter.apply(limits(600, 50)); // A larger burst is no present.
    assert.equal(take(), "wait 100");
    now = 7000; // Fifty tokens at 600 a minute.
    assert.equal(take(), 49);
    limiter.apply(limits(600, 5)); // A smaller one holds at once.
    assert.equal(take(), 4);

    limiter.apply({ ...limits(600, 5), agent_chains: {} });
    assert.equal(take(), "wait 1000");
  });

  test("the chain orchestrator takes new chains and steps for the next request (S3.9)", async () => {
    await using agent = await AgentService.start();
    assert.equal((await agent.run("shout")).status, 404);
    await agent.after("reloadSucceeded", () => {
      agent.replace(
        "agent_chains.yaml",
        (text) =>
          `${text}  shout:\n    description: Loud\n    timeout_ms: 1000\n` +
          `    steps: [{ name: shout, provider: echo, prompt: "{input}!" }]\n`,
      );
    });
    assert.deepEqual((await agent.run("shout", "hey $& you")).body, {
      revision: 2,
      chain: "shout",
      remaining: 9,
      output: "hey $& you!",
      steps: [{ name: "shout", provider: "echo", output: "hey $& you!" }],
    });
  });

  test("a running request ends with the settings it began with, the next has the new ones (S3.9)", async () => {
    await using remote = await slowProvider();
    await using agent = await AgentService.start({ env: { OPENAI_API_KEY: SECRET } }, (agent) => {
      askRemotely(agent, remote.url);
    });
    const early = agent.run("support");
    await inTime("the provider to be asked", remote.asked);
    await agent.after("reloadSucceeded", () => {
      agent.replace(
        "agent_chains.yaml",
        (text) => text.replace("provider: openai", "provider: mock"),
      );
      agent.replace(
        "providers.yaml",
        (text) => text.replace("enabled: true\n    base_url", "enabled: false\n    base_url"),
      );
    });
    const late = await agent.run("support");
    assert.deepEqual([late.body.revision, late.body.output], [2, "Thank you for asking."]);
    remote.answer();
    assert.deepEqual([(await early).body.revision, (await early).body.output], [1, "at last"]);
  });

  test("the provider factory takes a newly enabled provider with its key, and its fallback answers when it fails (S3.9)", async () => {
    const asked: unknown[] = [];
    let status = 200;
    await using remote = await loopback(async (request, response) => {
      asked.push([request.url, request.headers.authorization, (await bodyOf(request)).model]);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ choices: [{ message: { content: "from afar" } }] }));
    });
    await using agent = await AgentService.start({ env: { OPENAI_API_KEY: SECRET } });
    await agent.after("reloadSucceeded", () => {
      agent.replace("providers.yaml", (text) =>
        text.replace("enabled: false", "enabled: true")
          .replace("https://api.openai.com/v1", `${remote.url}/v1`));
      agent.replace(
        "agent_chains.yaml",
        (text) => text.replace("provider: mock", "provider: openai"),
      );
    });
    assert.equal((await agent.run("support")).body.output, "from afar");
    assert.deepEqual(asked, [["/v1/chat/completions", `Bearer ${SECRET}`, "gpt-4o-mini"]]);

    status = 500;
    const { body } = await agent.run("support", "why");
    assert.equal(body.steps[1].provider, "echo");
    assert.equal(body.output, "Answer politely: Topic of: why");
  });

  test("a request whose body is still on its way has the settings it began with (S3.10)", async () => {
    await using agent = await AgentService.start({}, (agent) => {
      agent.overwrite(
        "rate_limits.yaml",
        (text) => text.replace("rpm: 120", "rpm: 1").replace("burst: 20", "burst: 10000"),
      );
    });
    const socket = connect(Number(new URL(agent.url).port), "127.0.0.1");
    const body = '{"input":"slowly"}';
    socket.write(
      `POST /chains/support/run HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n` +
        `content-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    // Each request takes a token; when one more than ours is gone, the slow one has begun.
    let others = 0;
    await untilEqual(async () => {
      others += 1;
      return (await agent.run("support")).body.remaining;
    }, () => 10_000 - 1 - others);
    await agent.after("reloadSucceeded", () => {
      agent.replace("providers.yaml", (text) => text.replace("Thank you for asking.", "Welcome."));
    });
    let response = "";
    const ended = new Promise((resolve) => socket.once("close", resolve));
    socket.setEncoding("utf8").on("data", (text) => response += text);
    socket.write(body.slice(5));
    await inTime("the answer", ended);
    assert.match(response, /^HTTP\/1\.1 200 /);
    assert.match(response, /"revision":1,.*"output":"Thank you for asking\."/);
  });

  test("concurrent requests during reloads: no error, no mixed view (S3.10)", async () => {
    await using agent = await AgentService.start({}, (agent) => {
      agent.overwrite(
        "rate_limits.yaml",
        (text) => text.replace("rpm: 120", "rpm: 100000").replace("burst: 20", "burst: 10000"),
      );
      agent.overwrite(
        "agent_chains.yaml",
        (text) => text.replace('"Topic of: {input}"', '"chain 1"'),
      );
      agent.overwrite(
        "providers.yaml",
        (text) =>
          text.replace("Thank you for asking.", "provider 1").replace(
            "latency_ms: 5",
            "latency_ms: 3",
          ),
      );
    });
    const versionOf = new Map([[1, 1]]);
    agent.config.on(
      "reloadSucceeded",
      ({ revision }) => void versionOf.set(revision, versionOf.size + 1),
    );
    const answers: Awaited<ReturnType<typeof agent.run>>[] = [];
    let isOver = false;
    const client = async () => {
      while (!isOver) answers.push(await agent.run("support"));
    };
    const clients = Array.from({ length: 8 }, client);
    for (let version = 2; version <= 21; version++) {
      await agent.after("reloadSucceeded", () => {
        agent.replace(
          "agent_chains.yaml",
          (text) => text.replace(/chain \d+/u, `chain ${version}`),
        );
        agent.replace(
          "providers.yaml",
          (text) => text.replace(/provider \d+/u, `provider ${version}`),
        );
      });
    }
    isOver = true;
    await Promise.all(clients);
    for (const { status, text, body } of answers) {
      assert.equal(status, 200, text);
      const version = versionOf.get(body.revision);
      assert.deepEqual(
        body.steps.map(({ output }: { output: string }) => output),
        [`chain ${version}`, `provider ${version}`],
      );
    }
    const revisions = new Set(answers.map(({ body }) => body.revision));
    assert.ok(revisions.size > 10, `the requests saw only ${revisions.size} revisions`);
    assert.equal(agent.config.revision, 21);
  });

  test("several files changed at once are one reload (S3.11)", async () => {
    await using agent = await AgentService.start();
    for (const save of ["replace", "overwrite"] as const) {
      const { files, changes } = await agent.after("reloadSucceeded", () => {
        const n = save === "replace" ? 1 : 2;
        agent[save]("rate_limits.yaml", (text) => text.replace(/rpm: 6\d/u, `rpm: 6${n}`));
        agent[save](
          "agent_chains.yaml",
          (text) => text.replace(/timeout_ms: 20\d0/u, `timeout_ms: 20${n}0`),
        );
        agent[save](
          "providers.yaml",
          (text) => text.replace(/latency_ms: \d/u, `latency_ms: ${n}`),
        );
      });
      assert.deepEqual(files.map((path) => basename(path)).sort(), Object.keys(EDITS).sort());
      assert.deepEqual(changes.map(({ path }) => path).sort(), [
        "agent_chains.summary.timeout_ms",
        "providers.mock.latency_ms",
        "rate_limits.default.rpm",
      ]);
    }
    assert.deepEqual(agent.outcomes, ["reloadSucceeded", "reloadSucceeded"]);
    assert.equal(agent.config.revision, 3);
  });
});

describe("agent service: bad requests", () => {
  test("what can't be answered is answered with a status and a reason", async () => {
    await using agent = await AgentService.start({}, (agent) => {
      agent.overwrite(
        "agent_chains.yaml",
        (text) => text.replace("timeout_ms: 2000", "timeout_ms: 1"),
      );
      agent.overwrite(
        "providers.yaml",
        (text) => text.replace("latency_ms: 5", "latency_ms: 60000"),
      );
    });
    const post = (chain: string, body: string) => agent.post(`/chains/${chain}/run`, body);
    const cases = [
      [404, "There is no GET /", await agent.get("/")],
      [404, "There is no GET /chains/:name/run", await agent.get("/chains/support/run")],
      [404, 'No chain is called "constructor"', await post("constructor", "{}")],
      [400, "The chain's name is not well encoded", await post("%E0%A4%A", "{}")],
      [400, "The body must be JSON", await post("support", "input=hello")],
      [400, 'The body must be { "input": "…" }', await post("support", "null")],
      [413, "The body is over 65536 bytes", await post("support", "x".repeat(700_000))],
      [504, "The chain took too long", await post("summary", '{"input":"x"}')],
    ] as const;
    for (const [status, error, answer] of cases) {
      assert.deepEqual([answer.status, answer.body], [status, { error }]);
    }
  });
});

describe("agent service: telling", () => {
  test("old and new values are logged, the key never (S3.12)", async () => {
    await using remote = await loopback((_request, response) => {
      response.writeHead(401);
      response.end(`wrong key ${SECRET}`);
    });
    await using agent = await AgentService.start({ env: { OPENAI_API_KEY: SECRET } });
    await agent.after("reloadSucceeded", () => {
      agent.replace("providers.yaml", (text) =>
        text.replace("enabled: false", "enabled: true")
          .replace("https://api.openai.com/v1", remote.url));
    });
    assert.match(agent.logged, /providers\.openai\.enabled: false → true \(.*providers\.yaml:14\)/);
    assert.match(
      agent.logged,
      /providers\.openai\.base_url: "https:\/\/api\.openai\.com\/v1" → "http:/,
    );

    await agent.after("reloadSucceeded", () => {
      agent.replace(
        "agent_chains.yaml",
        (text) =>
          text.replace("provider: mock", "provider: openai").replace(
            "        fallback: echo",
            "        #",
          ),
      );
    });
    const failed = await agent.run("support");
    assert.equal(failed.status, 502);
    assert.equal(failed.body.error, 'Provider "openai" answered with status 401');
    const pages = await Promise.all(
      ["/config", "/health", "/metrics"].map((path) => agent.get(path)),
    );
    assert.deepEqual(pages[0]!.body.keys, { OPENAI_API_KEY: "set", ANTHROPIC_API_KEY: "not set" });
    for (const { text } of [failed, ...pages]) assert.ok(!text.includes(SECRET), text);
    assert.ok(!agent.logged.includes(SECRET), agent.logged);
  });

  const pasted = [
    ["as the variable's name", "api_key_env: OPENAI_API_KEY", `api_key_env: ${SECRET}`],
    ["as a field of its own", "api_key_env: OPENAI", `api_key: ${SECRET}\n    api_key_env: OPENAI`],
    ["in the address", "https://api.openai.com", `https://me:${SECRET}@api.openai.com`],
  ] as const;
  for (const [where, from, to] of pasted) {
    test(`a key pasted into the file ${where} is refused and not repeated (S3.12)`, async () => {
      const alerts: string[] = [];
      const send = (alert: Alert) => void alerts.push(JSON.stringify(alert));
      await using agent = await AgentService.start({ alerts: [{ name: "remembered", send }] });
      const { issues } = await agent.after("validationFailed", () => {
        agent.replace("providers.yaml", (text) => text.replace(from, to));
      });
      assert.match(issues[0]!.path, /^providers\.openai\.(api_key|api_key_env|base_url)$/);
      await untilEqual(() => alerts.length, 1);
      const { text } = await agent.get("/health");
      assert.ok(![JSON.stringify(issues), agent.logged, alerts[0]!, text].join().includes(SECRET));
    });
  }

  test("read, parse and validation errors and a reload that takes too long are logged with type, path and stack; the old configuration stays (S3.13)", async () => {
    let isSlow = false;
    await using agent = await AgentService.start({
      validateTimeoutMs: 150,
      validators: [() => isSlow ? new Promise<never>(() => {}) : undefined],
    });
    const before = agent.config.current;

    const parse = await agent.after("reloadFailed", () => {
      agent.replace("rate_limits.yaml", (text) => text.replace("default:", "default: ]"));
    });
    assert.ok(parse.error instanceof ParseError);
    assert.match(
      agent.logged,
      /error revision 1 stays, ParseError: .*rate_limits\.yaml:\d+:\d+.*\n.*\n?\s+at /,
    );

    await agent.after("validationFailed", () => {
      agent.replace(
        "rate_limits.yaml",
        (text) => text.replace("default: ]", "default:").replace("rpm: 60", "rpm: 6.5"),
      );
    });
    assert.match(
      agent.logged,
      /warn revision 1 stays, ValidationError: .*rate_limits\.yaml:5:5: .*rpm: /,
    );

    isSlow = true;
    const { issues } = await agent.after("validationFailed", () => {
      agent.replace("rate_limits.yaml", (text) => text.replace("rpm: 6.5", "rpm: 66"));
    });
    assert.match(issues[0]!.message, /did not finish within 150 ms/);
    assert.match(agent.logged, /warn .*ValidationError: .*did not finish within 150 ms/);
    isSlow = false;

    const read = await agent.after("reloadFailed", () => rmSync(agent.path("rate_limits.yaml")));
    assert.ok(read.error instanceof SourceError);
    assert.match(
      agent.logged,
      /error revision 1 stays, SourceError: Cannot read .*rate_limits\.yaml: .*\n.*\n?\s+at /,
    );
    assert.equal(agent.config.current, before);
    assert.equal((await agent.run("support")).body.revision, 1);
  });

  test("a file that is missing for a moment is read again; nothing is reported but the change (S3.14)", async () => {
    // However long the requests take.
    await using agent = await AgentService.start({ debounce: { maxDelayMs: 30_000 } });
    const text = readFileSync(agent.path("providers.yaml"), "utf8");
    await agent.after("reloadSucceeded", async () => {
      rmSync(agent.path("providers.yaml"));
      // Long enough for the hint to arrive and the file to be looked for.
      for (let turn = 0; turn < 3; turn++) assert.equal((await agent.run("support")).status, 200);
      writeFileSync(agent.path("providers.yaml"), EDITS["providers.yaml"](text));
    });
    assert.deepEqual(agent.outcomes, ["reloadSucceeded"]);
    assert.equal(agent.config.current.providers.mock!.kind, "mock");
  });

  test("a file that stays missing is reported, and taken again when it is back (S3.14)", async () => {
    await using agent = await AgentService.start();
    const text = readFileSync(agent.path("providers.yaml"), "utf8");
    const { error } = await agent.after("reloadFailed", () => rmSync(agent.path("providers.yaml")));
    assert.ok(error instanceof SourceError);
    assert.equal(error.code, "ENOENT");
    assert.equal((await agent.run("support")).status, 200);
    await agent.after("recovered", () => writeFileSync(agent.path("providers.yaml"), text));
    await agent.after("reloadSucceeded", () => {
      agent.replace("providers.yaml", EDITS["providers.yaml"]);
    });
    assert.equal(agent.config.revision, 2);
  });

  test("a file that is locked is reported, and taken when it is readable again (S3.14)", {
    skip: (process.platform === "win32" || process.getuid?.() === 0) && "root reads everything",
  }, async () => {
    await using agent = await AgentService.start();
    const { error } = await agent.after("reloadFailed", () => {
      agent.replace("providers.yaml", EDITS["providers.yaml"]);
      chmodSync(agent.path("providers.yaml"), 0o000);
    });
    assert.ok(error instanceof SourceError);
    assert.equal(error.code, "EACCES");
    await agent.after("reloadSucceeded", () => chmodSync(agent.path("providers.yaml"), 0o600));
    assert.equal(agent.config.revision, 2);
  });

  test("a refused configuration is posted to the webhook (S3.15)", async () => {
    const posted: { text: string }[] = [];
    await using channel = await loopback(async (request, response) => {
      posted.push(await bodyOf(request));
      response.end("ok");
    });
    const alerts = [webhook(`${channel.url}/T0/B0`, { from: "agents" })];
    await using agent = await AgentService.start({ alerts });
    await agent.after("validationFailed", () => {
      agent.replace("rate_limits.yaml", (text) => text.replace("rpm: 120", "rpm: 0"));
    });
    await untilEqual(() => posted.length, 1);
    assert.match(
      posted[0]!.text,
      /^\*agents: Configuration refused, revision 1 stays\* \(warning\)\n```\n.*rate_limits\.yaml:9:7: /,
    );
    await agent.after("reloadFailed", () => {
      agent.replace("rate_limits.yaml", (text) => text.replace("default:", "default: ["));
    });
    await untilEqual(() => posted.length, 2);
    assert.match(posted[1]!.text, /Cannot parse .*rate_limits\.yaml:\d+:\d+: /);
  });

  test("an alert that is lost is logged without the address of the webhook (S3.15, G11)", async () => {
    await using channel = await loopback((_request, response) => {
      response.writeHead(404);
      response.end();
    });
    const alerts = [webhook(`${channel.url}/T0/hook-secret`)];
    await using agent = await AgentService.start({ alerts });
    await agent.after("alertFailed", () => {
      agent.replace("rate_limits.yaml", (text) => text.replace("rpm: 120", "rpm: 0"));
    });
    assert.match(agent.logged, /error an alert was lost: .*http:\/\/127\.0\.0\.1:\d+: status 404/);
    assert.ok(!agent.logged.includes("hook-secret"), agent.logged);
  });

  test("GET /metrics counts reloads by outcome, changed files and errors, with their times (S3.16)", async () => {
    await using agent = await AgentService.start();
    await agent.after("reloadSucceeded", () => {
      agent.replace("providers.yaml", EDITS["providers.yaml"]);
    });
    await agent.after("validationFailed", () => {
      agent.replace("rate_limits.yaml", (text) => text.replace("rpm: 120", "rpm: 0"));
    });
    await agent.after("reloadFailed", () => {
      agent.replace("rate_limits.yaml", (text) => text.replace("default:", "default: ["));
    });
    await agent.config.rollback();
    const { text, headers } = await agent.get("/metrics");
    assert.match(headers.get("content-type")!, /^text\/plain/);
    const value = (name: string) => {
      const line = text.split("\n").find((line) => line.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length + 1));
    };
    assert.equal(value('hotconf_reloads_total{outcome="succeeded"}'), 1);
    assert.equal(value('hotconf_reloads_total{outcome="invalid"}'), 1);
    assert.equal(value('hotconf_reloads_total{outcome="unreadable"}'), 1);
    assert.equal(value("hotconf_rollbacks_total"), 1);
    assert.equal(value("hotconf_revision"), 3);
    assert.ok(value('hotconf_reload_duration_seconds{quantile="0.5"}')! > 0);
    assert.ok(value('hotconf_reload_latency_seconds{quantile="0.5"}')! > 0);
    const source = JSON.stringify(agent.path("providers.yaml"));
    assert.equal(value(`hotconf_source_files_changed_total{source=${source}}`), 1);
  });

  test("reload() reads at once, rollback() goes back, and the log has the difference (S3.17)", async () => {
    await using agent = await AgentService.start();
    agent.replace("providers.yaml", (text) => text.replace("Thank you for asking.", "Welcome."));
    const reloaded = await agent.config.reload();
    assert.equal(reloaded.status, "committed");
    assert.equal((await agent.run("support")).body.output, "Welcome.");

    const { to } = await agent.after("rolledBack", async () => void await agent.config.rollback());
    assert.equal(to, 1);
    const { body } = await agent.run("support");
    assert.deepEqual([body.revision, body.output], [3, "Thank you for asking."]);
    assert.match(agent.logged, /providers\.mock\.reply: "Thank you for asking\." → "Welcome\."/);
    assert.match(
      agent.logged,
      /revision 3: went back from revision 2 to the settings of revision 1/,
    );
    assert.match(agent.logged, /providers\.mock\.reply: "Welcome\." → "Thank you for asking\."/);

    await agent.after("reloadSucceeded", () => {
      agent.replace("providers.yaml", (text) => text.replace("Welcome.", "Good day."));
    });
    assert.equal((await agent.run("support")).body.output, "Good day.");
  });
});

describe("agent service: ending", () => {
  test("close() answers what is under way, then nothing is heard any more (S3.18)", async () => {
    await using remote = await slowProvider();
    const agent = await AgentService.start({ env: { OPENAI_API_KEY: SECRET } }, (agent) => {
      askRemotely(agent, remote.url);
    });
    const underWay = agent.run("support");
    await inTime("the provider to be asked", remote.asked);
    const closed = agent.close();
    remote.answer();
    assert.equal((await underWay).status, 200);
    await inTime("the service to close", closed);
    await agent.close();
    const before = agent.log.length;
    agent.replace("rate_limits.yaml", EDITS["rate_limits.yaml"]);
    // Another watcher has reported it, so the closed one would have too.
    await using files = await watchFiles([agent.directory]);
    const seen = new Promise((resolve) => files.on("fileChanged", resolve, { once: true }));
    agent.replace("rate_limits.yaml", (text) => text.replace("rpm: 61", "rpm: 62"));
    await inTime("the change to be reported", seen);
    assert.equal(agent.log.length, before);
    assert.equal(agent.config.current.rate_limits.default.rpm, 60);
    assert.equal(agent.config.isRunning, false);
    await assert.rejects(agent.get("/health"));
    rmSync(agent.directory, { recursive: true });
  });

  test("a process that opened and closed the service 20 times ends by itself and has no watch left (S3.18)", async () => {
    const { code, output } = await runChild();
    assert.equal(code, 0, output);
    const { whileOpen, left, platform } = JSON.parse(output.split("\n")[0]!);
    if (platform === "linux") assert.ok(whileOpen > 0, "the watches are not counted");
    assert.equal(left, 0);
  });
});

function changedFiles(agent: AgentService): string[] {
  return agent.events.flatMap((event) =>
    event.type === "fileChanged" ? [basename(event.path)] : []
  );
}

/** Asks until the answer is right, or a deadline has passed. */
async function untilEqual<V>(ask: () => V | Promise<V>, expected: V | (() => V)): Promise<void> {
  const givenUpAt = performance.now() + 30_000;
  const right = () => typeof expected === "function" ? (expected as () => V)() : expected;
  let answer = await ask();
  while (answer !== right() && performance.now() < givenUpAt) {
    await new Promise((resolve) => setImmediate(resolve));
    answer = await ask();
  }
  assert.equal(answer, right());
}

function oneSignal(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((onResolved) => resolve = onResolved);
  return { promise, resolve };
}

/** A provider that answers when it is told to. */
async function slowProvider(): Promise<
  AsyncDisposable & { url: string; asked: Promise<void>; answer: () => void }
> {
  const asked = oneSignal();
  const told = oneSignal();
  const server = await loopback(async (_request, response) => {
    asked.resolve();
    await told.promise;
    response.end(JSON.stringify({ choices: [{ message: { content: "at last" } }] }));
  });
  return {
    url: server.url,
    asked: asked.promise,
    answer: told.resolve,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Makes the chain `support` ask the provider `openai` at `url`. */
function askRemotely(agent: AgentService, url: string): void {
  agent.replace(
    "agent_chains.yaml",
    (text) =>
      text.replace("provider: mock", "provider: openai")
        // It is answered after what may take its time.
        .replace("timeout_ms: 5000", "timeout_ms: 60000"),
  );
  agent.replace(
    "providers.yaml",
    (text) =>
      text.replace("enabled: false", "enabled: true").replace("https://api.openai.com/v1", url),
  );
}

function runChild(): Promise<{ code: number | null; output: string }> {
  const isDeno = "deno" in process.versions;
  const file = isDeno || "bun" in process.versions
    ? "tests/real/agent_service_child.ts"
    : ".cache/node-tests/tests/real/agent_service_child.mjs";
  const child = spawn(process.execPath, isDeno ? ["run", "-A", file] : [file], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
    killSignal: "SIGKILL",
  });
  let output = "";
  child.stdout.on("data", (text) => output += text);
  child.stderr.on("data", (text) => output += text);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}
