import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseArguments } from "../../src/cli/arguments.ts";
import { helpText } from "../../src/cli/help.ts";
import { CHECK_OPTION_NAMES, OPTION_NAMES } from "../../src/cli/tokens.ts";
import { UsageError } from "../../src/cli/usage_error.ts";

const nothing = { paths: [], schema: undefined, json: false, exclude: [] };
const watchNothing = {
  command: "watch",
  ...nothing,
  once: false,
  strategy: undefined,
  baseDelayMs: undefined,
  maxDelayMs: undefined,
  poll: false,
  pollMs: undefined,
};

function parse(line: string) {
  return parseArguments(line.split(" ").filter(Boolean));
}

describe("parseArguments()", () => {
  test("reads a bare command", () => {
    assert.deepEqual(parse("watch"), watchNothing);
    assert.deepEqual(parse("check"), { command: "check", ...nothing });
  });

  test("reads every option of hotconf watch", () => {
    const line = "watch a.yaml --schema s.js#X --json b.toml --once --debounce fixed " +
      "--debounce-ms 20 --max-delay-ms=300 --poll 250 --exclude *.local.* --exclude=x";
    assert.deepEqual(parse(line), {
      command: "watch",
      paths: ["a.yaml", "b.toml"],
      schema: "s.js#X",
      json: true,
      exclude: ["*.local.*", "x"],
      once: true,
      strategy: "fixed",
      baseDelayMs: 20,
      maxDelayMs: 300,
      poll: true,
      pollMs: 250,
    });
  });

  const accepted: readonly [line: string, expected: object][] = [
    ["--json watch a", { paths: ["a"], json: true }],
    ["watch --poll", { poll: true, pollMs: undefined, paths: [] }],
    ["watch --poll 500 500", { poll: true, pollMs: 500, paths: ["500"] }],
    ["watch --poll=70 80", { poll: true, pollMs: 70, paths: ["80"] }],
    ["watch --poll config", { poll: true, pollMs: undefined, paths: ["config"] }],
    ["watch --poll -- 500", { poll: true, pollMs: undefined, paths: ["500"] }],
    ["watch -- --json -x", { json: false, paths: ["--json", "-x"] }],
    ["watch --debounce-ms 1 --debounce-ms 2", { baseDelayMs: 2 }],
    ["watch --debounce-ms 0", { baseDelayMs: 0 }],
    ["watch --debounce-ms 5000 --max-delay-ms 6000", { baseDelayMs: 5000, maxDelayMs: 6000 }],
    ["watch --exclude=-x", { exclude: ["-x"] }],
    ["watch --exclude *", { exclude: ["*"] }],
  ];
  for (const [line, expected] of accepted) {
    test(`reads hotconf ${line}`, () => {
      assert.deepEqual(parse(line), { ...watchNothing, ...expected });
    });
  }

  const helps: readonly [line: string, expected: object][] = [
    ["--help", { command: "help", topic: undefined }],
    ["-h", { command: "help", topic: undefined }],
    ["help", { command: "help", topic: undefined }],
    ["help check", { command: "help", topic: "check" }],
    ["watch --help", { command: "help", topic: "watch" }],
    ["check x -h --json", { command: "help", topic: "check" }],
    ["--version", { command: "version" }],
    ["watch --version", { command: "version" }],
  ];
  for (const [line, expected] of helps) {
    test(`reads hotconf ${line}`, () => assert.deepEqual(parse(line), expected));
  }

  const refused: readonly [line: string, message: RegExp][] = [
    ["", /^A command is missing: hotconf watch, hotconf check or hotconf --help$/],
    ["wacth", /^Unknown command "wacth"; did you mean watch\?$/],
    ["deploy", /^Unknown command "deploy": use hotconf watch or hotconf check$/],
    ["watch --jsno", /^Unknown option --jsno; did you mean --json\?$/],
    ["watch --debounc=fixed", /^Unknown option --debounc; did you mean --debounce\?$/],
    ["watch --colour", /^Unknown option --colour$/],
    ["watch -x", /^Unknown option -x$/],
    ["watch --no-json", /^Unknown option --no-json$/],
    ["watch --schema", /^Option --schema needs a value$/],
    ["watch --schema --json", /^Option --schema needs a value$/],
    ["watch --exclude=", /^Option --exclude needs a value$/],
    ["watch --json=yes", /^Option --json takes no value, got "yes"$/],
    ["watch --debounce fixd", /one of fixed, .*, got "fixd"; did you mean fixed\?$/],
    ["watch --debounce-ms soon", /--debounce-ms must be a whole number .* from 0 .*, got "soon"$/],
    ["watch --debounce-ms -5", /whole number of milliseconds from 0 to 2147483647, got "-5"$/],
    ["watch --debounce-ms 1.5", /got "1\.5"$/],
    ["watch --debounce-ms 1e3", /got "1e3"$/],
    ["watch --max-delay-ms 0", /--max-delay-ms must be a whole number .* from 1 .*, got "0"$/],
    ["watch --max-delay-ms 2147483648", /got "2147483648"$/],
    ["watch --debounce-ms 2000", /^Option --debounce-ms \(2000\) must not exceed --max-delay-ms/],
    ["watch --max-delay-ms 20", /\(50\) must not exceed --max-delay-ms \(20\)$/],
    ["watch --poll=often", /^Option --poll must be a whole number .*, got "often"$/],
    ["watch --poll 0", /^Option --poll must be a whole number .*, got "0"$/],
    ["check --poll", /^Option --poll belongs to hotconf watch, not to hotconf check$/],
  ];
  for (const [line, message] of refused) {
    test(`refuses hotconf ${line}`, () => {
      assert.throws(() => parse(line), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
    });
  }

  test("refuses an empty path, which a shell makes of an unset variable", () => {
    assert.throws(() => parseArguments(["check", ""]), /A PATH is empty/);
  });
});

describe("helpText()", () => {
  test("names every option of a command, and none of another", () => {
    for (const name of OPTION_NAMES.filter((name) => name !== "version")) {
      assert.match(helpText("watch"), new RegExp(`^  (?:-h, )?--${name}\\b`, "m"));
      const isOfCheck = CHECK_OPTION_NAMES.includes(name);
      assert.equal(helpText("check").includes(`--${name}`), isOfCheck, name);
    }
    assert.match(helpText(), /--version/);
  });

  test("shows examples that hotconf understands, in at most 100 columns", () => {
    for (const text of [helpText(), helpText("watch"), helpText("check")]) {
      assert.ok(text.split("\n").every((line) => line.length <= 100));
      const examples = text.slice(text.indexOf("Examples\n")).matchAll(/^ {2}hotconf (.*)$/gm);
      let count = 0;
      for (const [, line = ""] of examples) {
        parse(line.replace(/ {2,}.*| [|&].*/, "").replaceAll("'", ""));
        count++;
      }
      assert.ok(count >= 2);
    }
  });
});
