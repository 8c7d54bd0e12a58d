import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { Session } from "./session.ts";

const schemas = resolve("tests/cli/schemas");
const CANARY = "hunter2-canary";

/** Configurations with a secret in them: good ones, refused ones, and some that do not parse. */
const TEXTS = [
  `port: 1\ndb:\n  password: ${CANARY}\n`,
  `port: 9001\ndb:\n  password: ${CANARY}\n`,
  `port: x\ndb: {password: ${CANARY}, url: "pg://\${DB_PASSWORD}@h"}\n`,
  `port: 1\ndb:\n  password: "${CANARY}\n`,
  `port: 1\ndb:\n  password: ${CANARY}: x\n`,
  `port: 1\ndb:\n  password: ${CANARY}\n  password: ${CANARY}\n`,
  `port: 1\ncredentials:\n  - ${CANARY}\n  - [${CANARY}\n`,
  `port: 1\ndb:\n  password: |\n    ${CANARY}\n   ${CANARY}\n`,
  `port: 1\ndb:\n  password: \${NOWHERE}${CANARY}\n`,
  `port: 1\npin: ${CANARY}\n`,
];

describe("no output of the command shows a planted secret (G11)", () => {
  const options = `--schema ${schemas}/port.mjs --secret pin --env APP_`;
  const commands = [
    "check a.yaml",
    "check a.yaml --json",
    "print a.yaml",
    "print a.yaml --format json",
    "print a.yaml --format toml",
    "print a.yaml --provenance",
    "print a.yaml --provenance --format json",
    "explain db a.yaml",
    "explain db.password a.yaml --json",
    "explain pin a.yaml",
  ];
  for (const command of commands) {
    test(`hotconf ${command}`, async () => {
      let shown = "";
      for (const text of TEXTS) {
        const session = open({ "a.yaml": text });
        await session.run(`${command} ${options}`);
        shown += session.takeStdout() + session.stderr;
      }
      assert.ok(shown.length > 200);
      assert.ok(!shown.includes(CANARY), shown);
    });
  }

  for (const json of ["", " --json"]) {
    test(`hotconf watch a.yaml${json} --log-level debug`, async () => {
      const session = open({ "a.yaml": "port: 1\n" });
      session.start(`watch a.yaml${json} --log-level debug ${options}`);
      await session.until(json === "" ? "Ctrl-C ends" : "ready");
      let shown = "";
      for (const [index, text] of TEXTS.entries()) {
        session.save("a.yaml", text);
        await session.runtime.clock.advance(3000);
        session.save("a.yaml", `port: ${index + 2}\ndb:\n  password: ${CANARY}${index}\n`);
        shown += await session.until(json === "" ? "revision" : "reloadSucceeded");
      }
      session.interrupt();
      await session.ended();
      shown += session.takeStdout() + session.stderr;
      assert.ok(shown.length > 1_000);
      assert.match(shown, /rejected|validationFailed/);
      assert.match(session.stderr, /hotconf.audit/);
      assert.ok(!shown.includes(CANARY), shown);
    });
  }
});

function open(files: Readonly<Record<string, string>>): Session {
  const session = new Session(files);
  session.runtime.environment.set("DB_PASSWORD", `env-${CANARY}`);
  session.runtime.environment.set("APP_TOKEN", `env-${CANARY}`);
  return session;
}
