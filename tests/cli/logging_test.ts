import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startLogging } from "../../src/cli/logging.ts";
import { openLog } from "../../src/log.ts";
import { Session } from "./session.ts";

async function watchOneSave(options: string): Promise<{ session: Session; stdout: string }> {
  const session = new Session({ "config/a.yaml": "port: 1\n" });
  session.start(`watch ${options}`);
  let stdout = await session.until(options.includes("--json") ? "ready" : "Ctrl-C ends");
  session.save("config/a.yaml", "port: 2\n");
  stdout += await session.until(options.includes("--json") ? "reloadSucceeded" : "revision 2");
  session.interrupt();
  assert.equal(await session.ended(), 0);
  return { session, stdout: stdout + session.takeStdout() };
}

describe("hotconf watch --log-level (S1.12)", () => {
  test("debug shows on standard error what was heard, judged and done", async () => {
    const { session, stdout } = await watchOneSave("--log-level debug");
    const inOrder = [
      /^\S+ \[DBG\] hotconf·watch: Hint of a watcher: \/work\/config\/a\.yaml renamed$/m,
      /^\S+ \[DBG\] hotconf·settle: \/work\/config\/a\.yaml is taken to be whole: rename$/m,
      /^\S+ \[INF\] hotconf·commit: Revision 2 runs \(save\)$/m,
      /^\S+ \[INF\] hotconf·audit: Revision 1 → 2 \(save\): port: 1 → 2; checksum [0-9a-f]{64}$/m,
    ];
    let from = 0;
    for (const expected of inOrder) {
      const found = expected.exec(session.stderr.slice(from));
      assert.ok(found, `${expected} is not in\n${session.stderr.slice(from)}`);
      from += found.index + found[0].length;
    }
    assert.ok(!stdout.includes("hotconf·"), stdout);
  });

  test("info leaves out how it came to that", async () => {
    const { session } = await watchOneSave("--log-level info");
    assert.match(session.stderr, /\[INF\] hotconf·commit: Revision 2/);
    assert.doesNotMatch(session.stderr, /DBG/);
  });

  test("without it nothing is logged, and nothing is afterwards", async () => {
    assert.equal((await watchOneSave("")).session.stderr, "");
    await watchOneSave("--log-level debug");
    assert.equal((await watchOneSave("")).session.stderr, "");
  });

  test("with --json each line of standard error is an object, and standard output the contract", async () => {
    const { session, stdout } = await watchOneSave("--json --log-level info");
    const records = session.stderr.trimEnd().split("\n").map((line) => JSON.parse(line));
    const audit = records.find(({ logger, properties }) =>
      logger === "hotconf.audit" && properties.revision === 2
    );
    assert.equal(audit.level, "INFO");
    assert.deepEqual(audit.properties.changes[0].after, "2");
    const types = stdout.trimEnd().split("\n").map((line) => JSON.parse(line).type);
    assert.deepEqual(types, ["ready", "fileChanged", "reloadSucceeded", "closed"]);
  });

  test("is coloured at a terminal only, and a path can't drive the terminal", async () => {
    for (const isTerminal of [true, false]) {
      let text = "";
      const stderr = { isTerminal, write: (line: string) => void (text += line) };
      const args = { logLevel: "info", json: false } as const;
      using _logging = await startLogging(args, { stderr, environment: {} });
      const log = await openLog({}, []);
      log.read.info?.("{files} and {path}", { files: ["a", "b"], path: "\x1b[2Jc" });
      assert.equal(text.includes("\x1b[0m"), isTerminal, text);
      assert.match(text, /a, b/);
      assert.ok(text.includes("\\u001b[2Jc"), text);
    }
  });
});
