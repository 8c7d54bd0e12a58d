import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import process from "node:process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CommandProcess, Folder } from "./cli_process.ts";

// A bundle lies where its source does, under another root and with another ending.
const [source, bundle] = ["./silence_child.ts", "./silence_child.mjs"].map((name) =>
  fileURLToPath(new URL(name, import.meta.url))
) as [string, string];

const onPosix = process.platform === "win32" ? test.skip : test;

describe("a program that configures no log", () => {
  test("prints nothing, whatever fails, and does not load LogTape (S1.12)", async () => {
    using folder = new Folder();
    const program = existsSync(bundle) ? bundle : source;
    await using child = new CommandProcess([], { cwd: folder.path, program });
    const { code, stdout, stderr } = await child.ended;
    assert.deepEqual([code, stdout, stderr], [0, "revision 3, LogTape not loaded\n", ""]);
  });
});

describe("hotconf watch --log-level", () => {
  onPosix("logs a save on standard error, from the hint to the audit line (S1.12)", async () => {
    using folder = new Folder({ "app.yaml": "port: 1\npassword: hunter22\n" });
    await using command = new CommandProcess(
      ["watch", "app.yaml", "--json", "--log-level", "debug"],
      { cwd: folder.path },
    );
    await command.jsonOf("ready");
    folder.save("app.yaml", "port: 2\npassword: hunter33\n");
    await command.jsonOf("reloadSucceeded");
    const { code, stderr } = await command.end();
    assert.equal(code, 0);
    const records = stderr.trimEnd().split("\n").map((line) => JSON.parse(line));
    const isOf = (topic: string) => ({ logger }: { logger: string }) =>
      logger === `hotconf.${topic}`;
    const found = ["watch", "debounce", "settle", "read", "parse", "validate", "commit", "audit"]
      .map((topic) => records.findLastIndex(isOf(topic)));
    assert.ok(found.every((index) => index >= 0), stderr);
    const audit = records.find((record) =>
      isOf("audit")(record) && record.properties.revision === 2
    );
    assert.deepEqual(
      audit.properties.changes.map(({ path, before, after }: Record<string, string>) =>
        `${path}: ${before} → ${after}`
      ),
      ["port: 1 → 2", "password: [secret] → [secret]"],
    );
    assert.ok(!stderr.includes("hunter"), stderr);
  });
});
