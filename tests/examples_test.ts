import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";

const DEADLINE_MS = 120_000;
const BUNDLES = ".cache/examples";
const isNode = !("deno" in process.versions) && !("bun" in process.versions);

/** What each example prints; one that is not listed here fails the first test. */
const OUTPUT: Record<string, readonly RegExp[]> = {
  alerts: [
    /^terminal: Configuration refused, revision 1 stays$/,
    /^terminal: .*app\.yaml:1:1: port: must be a number from 1$/,
    /^channel: \*shop on web-3: Configuration refused, revision 1 stays\* \(warning\)$/,
    /^terminal: Configuration accepted again, revision 2 runs$/,
    /^terminal: It had been refused once, since \d{4}-.*Z$/,
    /^channel: \*shop on web-3: Configuration accepted again, revision 2 runs\* \(info\)$/,
  ],
  basic: [
    /^revision 1: port 8080$/,
    /^revision 1 stays: .*app\.yaml:3:3: server\.port: must be at least 1 \(was 0\)$/,
    /^port is still 8080$/,
    /^port 8080 → 9090$/,
    /^revision 2: server\.port changed$/,
  ],
  environment: [
    /^db\.local:9090$/,
    /^server\.host is APP_SERVER__HOST$/,
    /^server\.port is APP_SERVER__PORT$/,
    /^\{"LOG_LEVEL":\[null,"debug"\]\}$/,
    /^logLevel is debug$/,
  ],
  metrics: [
    /^hotconf_reloads_total\{config="app",outcome="succeeded"\} 1$/,
    /^hotconf_reloads_total\{config="app",outcome="unchanged"\} 0$/,
    /^hotconf_reloads_total\{config="app",outcome="invalid"\} 0$/,
    /^hotconf_reloads_total\{config="app",outcome="unreadable"\} 0$/,
    /^hotconf_reloads_total\{config="app",outcome="unapplied"\} 0$/,
    /^hotconf_reload_duration_seconds_count\{config="app"\} 1$/,
    /^hotconf_health\{config="app",status="ok"\} 1$/,
    /^hotconf_health\{config="app",status="degraded"\} 0$/,
    /^hotconf_health\{config="app",status="failing"\} 0$/,
    /^1 succeeded; parsing took \d+(\.\d+)? ms$/,
    /^counted since: 0$/,
  ],
  components: [
    /^revision 1 stays: Cannot prepare the configuration in component server: .*in use/,
    /^rpm is 10$/,
    /^rpm is 30$/,
  ],
  confirm: [
    /^revision 2 stays$/,
    /^revision 3 went: Cannot keep revision 3: .* within 1000 ms: the database does not answer$/,
    /^db-2$/,
    /^1 start$/,
    /^2 save$/,
    /^3 save$/,
    /^4 confirm-failed$/,
  ],
  last_known_good: [
    /^hello, from start$/,
    /^hello, from last-known-good$/,
    /^It runs on the last known good configuration: the sources gave it \d+ seconds? ago/,
    /^Cannot parse .*app\.yaml:2:1: /,
    /^welcome, ok$/,
  ],
  readme: [/^8080$/],
  testing: [
    /in component pool: there is no room for 1000 connections$/,
    /in component pool: it did not finish within 2000 ms \(deadlineMs\)$/,
    /^the pool has 10 connections$/,
  ],
  logging: [
    /^\[INF\] hotconf·commit: Revision 1 runs \(start\)$/,
    /^\[INF\] hotconf·audit: Revision 1 \(start\); checksum [0-9a-f]{64}$/,
    /^\[INF\] hotconf·commit: Revision 2 runs \(save\)$/,
    /^\[INF\] hotconf·audit: Revision 1 → 2 \(save\): port: 8080 → 9090; db\.password: \[secret\] → \[secret\]; checksum [0-9a-f]{64}$/,
    /^\[INF\] hotconf·commit: Revision 3 runs: back from 2 to 1$/,
    /^\[INF\] hotconf·audit: Revision 2 → 3 \(rollback, back to 1\): port: 9090 → 8080; db\.password: \[secret\] → \[secret\]; checksum [0-9a-f]{64}$/,
  ],
  layers: [
    /^7070 from environment variable LAYERS_SERVER__PORT, not 9090 of .local\.yaml, 8080 of .base\.yaml$/,
    /^debug is true, given by flags$/,
    /^host is localhost$/,
  ],
  secrets: [
    /^db\.url: \[secret\] → \[secret\]$/,
    /^db\.password: \[secret\] → \[secret\]$/,
    /^true$/,
    /^\[secret\]$/,
    /^app\.yaml:3:3: db\.password: must be at least length 6 \(was \[secret\]\)$/,
  ],
  subscribe: [
    /^one value: 8080 → 9090$/,
    /^a part: \{"host":"localhost","port":9090\}$/,
    /^a pattern: services\.mail\.timeoutMs is 250$/,
    /^everything: server\.port$/,
    /^everything: services\.mail\.timeoutMs$/,
    /^one value: 9090 → 7070$/,
    /^a part: \{"host":"localhost","port":7070\}$/,
  ],
  typed_paths: [
    /^port 9090$/,
    /^key 6$/,
    /^mail 250 ms$/,
    /^services\["eu\.mail"\]\.timeoutMs 250$/,
    /^bucket DATA$/,
    /^in the cloud$/,
  ],
  watch_files: [
    /^created first\.txt [0-9a-f]{8}$/,
    /^modified first\.txt [0-9a-f]{8}$/,
    /^moved second\.txt from first\.txt [0-9a-f]{8}$/,
    /^deleted second\.txt$/,
    /^newest first: fileChanged, fileChanged$/,
  ],
  rollback: [
    /^revision 1: red$/,
    /^revision 2: green$/,
    /^revision 3: blue$/,
    /^revision 4 is 2 again$/,
    /^revision 4: green$/,
    /^revision 5 is 1 again$/,
    /^revision 5: red$/,
    /^revision 6 is 3 again$/,
    /^revision 6: blue$/,
    /^revision 7: white$/,
  ],
  validation: [
    /^retries: 2$/,
    /^rejected .*chains\.yaml:2:14: chains\.support\.provider: no provider is called "mistral"$/,
    /^rejected .*chains\.yaml:3:1: chans: must be removed$/,
    /^committed$/,
    /^rejected .*providers\.yaml:2:34: providers\.mock\.login: must be at least length 8$/,
  ],
  custom_format: [
    /^host is localhost$/,
    /^kept localhost: Cannot parse .*app\.properties: entry 1 has no "="$/,
    /^host is example\.org$/,
  ],
  http_server: [/^http:\/\/localhost:\d+ answers; edit .*app\.yaml, Ctrl-C ends$/],
};

let folder = "";
const running = new Set<ChildProcess>();

describe("examples", () => {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "hotconf-examples-"));
    mkdirSync(join(folder, "config"));
    writeFileSync(join(folder, "config/app.yaml"), "server: { host: localhost, port: 8080 }\n");
    await bundleForNode();
  });
  after(() => {
    running.forEach((child) => child.kill("SIGKILL"));
    rmSync(folder, { recursive: true });
  });

  test("every example is run here", () => {
    const names = readdirSync("examples").filter((name) => name.endsWith(".ts"));
    assert.deepEqual(names.sort(), Object.keys(OUTPUT).map((name) => `${name}.ts`).sort());
  });

  for (const [name, expected] of Object.entries(OUTPUT)) {
    if (name === "http_server") continue;
    test(`examples/${name}.ts prints what it says and ends by itself`, async () => {
      const example = start(name);
      const { code, lines, errors } = await example.ended;
      assert.equal(code, 0, errors);
      assert.equal(errors, "");
      assertLines(lines, expected);
    });
  }

  test("examples/http_server.ts answers with what the file says and ends on Ctrl-C (S5.16)", {
    skip: process.platform === "win32" && "a signal can't be sent there",
  }, async () => {
    const example = start("http_server");
    const ready = await example.firstLine;
    assertLines([ready], OUTPUT.http_server!);
    const [, url, path] = /^(\S+) answers; edit (.*), Ctrl-C/.exec(ready)!;
    assert.equal(await ask(url!), "Hello, this is revision 1\n");

    writeFileSync(path!, "greeting: Good morning\n");
    const givenUpAt = performance.now() + 30_000;
    let answer = "";
    while (!answer.includes("revision 2") && performance.now() < givenUpAt) {
      answer = await ask(url!);
    }
    assert.equal(answer, "Good morning, this is revision 2\n");

    interrupt(example.child);
    const { code, errors } = await example.ended;
    assert.equal(code, 0, errors);
    assert.equal(existsSync(path!), false);
  });

  test("examples/agent_service/main.ts answers until it is told to end", {
    skip: process.platform === "win32" && "a signal can't be sent there",
  }, async () => {
    const service = start("agent_service/main", "examples/agent_service/config", "0");
    const url = /(http:\S+) answers, settings from /.exec(await service.firstLine)![1];
    assert.equal((await fetch(`${url}/health`)).status, 200);
    process.kill(service.child.pid!, "SIGTERM");
    const { code, errors } = await service.ended;
    assert.equal(code, 0, errors);
  });

  test("examples/agent_service/main.ts says what is wrong and ends with code 1", async () => {
    const { code, errors } = await start("agent_service/main", folder).ended;
    assert.equal(code, 1);
    assert.match(errors, /^Cannot read .*rate_limits\.yaml: there is no such file$/m);
  });

  test("deno task demo shows every feature and ends by itself with code 0 (S2.11)", async () => {
    const demo = start("agent_service/demo", "--fast");
    const { code, lines, errors } = await demo.ended;
    assert.equal(code, 0, errors);
    const output = lines.join("\n");
    const inOrder = [
      /rate_limits\.chains\.support\.rpm: 120 → 90 \(rate_limits\.yaml:9\)/,
      /providers\.mock\.reply: "Thank you for asking\." → "Welcome back\."/,
      /revision 3 stays, ParseError: Cannot parse agent_chains\.yaml:\d+:\d+: /,
      /rate_limits\.yaml:9:7: rate_limits\.chains\.support\.rpm: must be at least 1 \(was 0\)/,
      /agent_chains\.yaml:11:9: .*no provider is called "mistral"/,
      /providers\.yaml:17:5: .*environment variable OPENAI_API_KEY is not set/,
      /revision 5: .*\n.*burst: 20 → 40.*\n.*timeout_ms: 5000 → 3000.*\n.*latency_ms: 5 → 8/,
      /SourceError: Cannot read rate_limits\.yaml/,
      /revision 6 stays, ComponentError: .* component connection pool: there are no 500 /,
      /revision 9: went back from revision 8 to .* revision 7: .*answers take too long/,
      /revision 10: went back from revision 9 to the settings of revision 6/,
      /\n +1 {2}start .*\n(?:.*\n){7} +9 {2}confirm-failed, to 7 .*\n +10 {2}rollback, to 6 /,
      /In all: 7 reloads, \d+ refused, 2 taken back; /,
      /revision 1 runs, from last-known-good\n.*Cannot parse agent_chains\.yaml:\d+:\d+: /,
      /revision 2: took new settings in .*\n.*burst: 10 → 50/,
    ];
    let from = 0;
    for (const expected of inOrder) {
      const found = expected.exec(output.slice(from));
      assert.ok(found, `${expected} is not shown (any more) in\n${output.slice(from)}`);
      from += found.index + found[0].length;
    }
  });

  test("deno task demo ends on Ctrl-C with code 0", {
    skip: process.platform === "win32" && "a signal can't be sent there",
  }, async () => {
    const demo = start("agent_service/demo");
    await demo.firstLine;
    interrupt(demo.child);
    const { code, lines, errors } = await demo.ended;
    assert.equal(code, 0, errors);
    assert.equal(lines.at(-1), "Stopped.");
    const copy = /\S+hotconf-demo-\w+/.exec(lines[1]!)![0];
    assert.equal(existsSync(copy), false, `${copy} was left behind`);
  });
});

interface Run {
  readonly child: ChildProcess;
  readonly firstLine: Promise<string>;
  readonly ended: Promise<{ code: number | null; lines: string[]; errors: string }>;
}

/** Starts an example on the runtime of this test. */
function start(name: string, ...args: string[]): Run {
  const file = resolve(isNode ? `${BUNDLES}/${name}.mjs` : `examples/${name}.ts`);
  const command = "deno" in process.versions ? ["run", "-A", file] : [file];
  const child = spawn(process.execPath, [...command, ...args], {
    cwd: name === "readme" ? folder : process.cwd(),
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
    timeout: DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  running.add(child);
  let output = "";
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors += text);
  const firstLine = new Promise<string>((onLine, onEnd) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes("\n")) onLine(output.slice(0, output.indexOf("\n")));
    });
    child.once("close", () => onEnd(new Error(`${file} ended without a line: ${errors}`)));
  });
  firstLine.catch(() => {});
  const ended = new Promise<{ code: number | null; lines: string[]; errors: string }>((onEnd) => {
    child.once("close", (code) => {
      running.delete(child);
      onEnd({ code, lines: output.trimEnd().split("\n"), errors });
    });
  });
  return { child, firstLine, ended };
}

/** Presses Ctrl-C. After `child.kill()` Deno reports the signal and not how the child ended. */
function interrupt(child: ChildProcess): void {
  process.kill(child.pid!, "SIGINT");
}

async function ask(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

function assertLines(lines: readonly string[], expected: readonly RegExp[]): void {
  assert.equal(lines.length, expected.length, lines.join("\n"));
  for (const [index, pattern] of expected.entries()) assert.match(lines[index]!, pattern);
}

/** Node 20 runs no TypeScript, so the examples are bundled for it as a user would. */
async function bundleForNode(): Promise<void> {
  if (!isNode) return;
  mkdirSync(BUNDLES, { recursive: true });
  const { build } = await import("esbuild");
  await build({
    entryPoints: [
      ...Object.keys(OUTPUT).map((name) => `examples/${name}.ts`),
      "examples/agent_service/demo.ts",
      "examples/agent_service/main.ts",
    ],
    outbase: "examples",
    outdir: BUNDLES,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
  });
}
