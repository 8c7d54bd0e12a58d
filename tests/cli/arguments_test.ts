import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseArguments } from "../../src/cli/arguments.ts";
import { helpText } from "../../src/cli/help.ts";
import { COMMAND_NAMES, commandsWith, OPTION_NAMES } from "../../src/cli/tokens.ts";
import { UsageError } from "../../src/cli/usage_error.ts";

const nothing = { paths: [], json: false, exclude: [] };
const loadNothing = {
  ...nothing,
  schema: undefined,
  env: [],
  secrets: [],
  interpolate: true,
};
const watchNothing = {
  command: "watch",
  ...loadNothing,
  once: false,
  strategy: undefined,
  baseDelayMs: undefined,
  maxDelayMs: undefined,
  polling: undefined,
  settings: undefined,
  logLevel: undefined,
};
const doctorNothing = { command: "doctor", ...nothing, polling: undefined, selfTest: undefined };

function parse(line: string, environment: Record<string, string> = {}) {
  return parseArguments(line.split(" ").filter(Boolean), environment);
}

function polling(ms: number, askedBy: "--poll" | "HOTCONF_POLL" = "--poll") {
  return { polling: { ms, askedBy } };
}

describe("parseArguments()", () => {
  test("reads a bare command", () => {
    assert.deepEqual(parse("watch"), watchNothing);
    assert.deepEqual(parse("check"), { command: "check", ...loadNothing });
    assert.deepEqual(parse("doctor"), doctorNothing);
  });

  test("reads every option of hotconf watch", () => {
    const line = "watch a.yaml --schema s.js#X --json b.toml --once --debounce fixed " +
      "--debounce-ms 20 --max-delay-ms=300 --poll 250 --exclude *.local.* --exclude=x " +
      "--settings hotconf.yaml --log-level debug";
    assert.deepEqual(parse(line), {
      ...watchNothing,
      paths: ["a.yaml", "b.toml"],
      schema: "s.js#X",
      json: true,
      exclude: ["*.local.*", "x"],
      once: true,
      strategy: "fixed",
      baseDelayMs: 20,
      maxDelayMs: 300,
      ...polling(250),
      settings: "hotconf.yaml",
      logLevel: "debug",
    });
  });

  test("reads every option of hotconf print and hotconf explain", () => {
    const loading = "--env APP_ --env=B_ --secret a.b --no-interpolate --show-secrets";
    const loaded = { env: ["APP_", "B_"], secrets: ["a.b"], interpolate: false, showSecrets: true };
    assert.deepEqual(parse(`print a.yaml ${loading} --format toml --provenance`), {
      command: "print",
      ...loadNothing,
      ...loaded,
      paths: ["a.yaml"],
      format: "toml",
      provenance: true,
    });
    assert.deepEqual(parse(`explain a.b c.yaml ${loading}`), {
      command: "explain",
      ...loadNothing,
      ...loaded,
      key: "a.b",
      paths: ["c.yaml"],
    });
  });

  test("reads every option of hotconf doctor", () => {
    assert.deepEqual(parse("doctor a.yaml --json --poll 70 --exclude x --self-test=tmp"), {
      ...doctorNothing,
      paths: ["a.yaml"],
      json: true,
      exclude: ["x"],
      ...polling(70),
      selfTest: { directory: "tmp" },
    });
    assert.deepEqual(parse("doctor --self-test config"), {
      ...doctorNothing,
      paths: ["config"],
      selfTest: {},
    });
  });

  test("reads every option of hotconf schema", () => {
    assert.deepEqual(parse("schema --schema s.js#X --out config.schema.json"), {
      command: "schema",
      schema: "s.js#X",
      out: "config.schema.json",
    });
    assert.deepEqual(parse("schema --schema=s.js"), {
      command: "schema",
      schema: "s.js",
      out: undefined,
    });
  });

  const accepted: readonly [line: string, expected: object][] = [
    ["--json watch a", { paths: ["a"], json: true }],
    ["watch --poll", { ...polling(500), paths: [] }],
    ["watch --poll 500 500", { ...polling(500), paths: ["500"] }],
    ["watch --poll=70 80", { ...polling(70), paths: ["80"] }],
    ["watch --poll config", { ...polling(500), paths: ["config"] }],
    ["watch --poll -- 500", { ...polling(500), paths: ["500"] }],
    ["watch -- --json -x", { json: false, paths: ["--json", "-x"] }],
    ["watch --debounce-ms 1 --debounce-ms 2", { baseDelayMs: 2 }],
    ["watch --debounce-ms 0", { baseDelayMs: 0 }],
    ["watch --debounce-ms 5000 --max-delay-ms 6000", { baseDelayMs: 5000, maxDelayMs: 6000 }],
    ["watch --debounce-ms 5000 --settings x", { baseDelayMs: 5000, settings: "x" }],
    ["watch --exclude=-x", { exclude: ["-x"] }],
    ["watch --exclude *", { exclude: ["*"] }],
  ];
  for (const [line, expected] of accepted) {
    test(`reads hotconf ${line}`, () => {
      assert.deepEqual(parse(line), { ...watchNothing, ...expected });
    });
  }

  const variables: readonly [value: string, expected: object][] = [
    ["", {}],
    ["0", {}],
    ["false", {}],
    ["1", polling(500, "HOTCONF_POLL")],
    ["true", polling(500, "HOTCONF_POLL")],
    ["TRUE", polling(500, "HOTCONF_POLL")],
    ["2", polling(2, "HOTCONF_POLL")],
    ["2000", polling(2000, "HOTCONF_POLL")],
  ];
  for (const [value, expected] of variables) {
    test(`reads HOTCONF_POLL=${value}`, () => {
      const environment = { HOTCONF_POLL: value };
      assert.deepEqual(parse("watch", environment), { ...watchNothing, ...expected });
      assert.deepEqual(parse("doctor", environment), { ...doctorNothing, ...expected });
    });
  }

  test("lets --poll win over HOTCONF_POLL, even over a wrong one", () => {
    for (const value of ["0", "2000", "often"]) {
      const environment = { HOTCONF_POLL: value };
      assert.deepEqual(parse("watch --poll", environment), { ...watchNothing, ...polling(500) });
      assert.deepEqual(parse("watch --poll 70", environment), { ...watchNothing, ...polling(70) });
    }
  });

  for (const value of ["often", "yes", "-1", "1.5", "2147483648", " 1"]) {
    test(`refuses HOTCONF_POLL=${value} by its name, where it would count`, () => {
      assert.throws(() => parse("watch", { HOTCONF_POLL: value }), {
        name: "UsageError",
        message: "Environment variable HOTCONF_POLL must be 1, true, 0, false or a whole number " +
          `of milliseconds from 1 to 2147483647, got ${JSON.stringify(value)}`,
      });
      assert.equal(parse("check", { HOTCONF_POLL: value }).command, "check");
    });
  }

  const helps: readonly [line: string, expected: object][] = [
    ["--help", { command: "help", topic: undefined }],
    ["-h", { command: "help", topic: undefined }],
    ["help", { command: "help", topic: undefined }],
    ["help check", { command: "help", topic: "check" }],
    ["help doctor", { command: "help", topic: "doctor" }],
    ["watch --help", { command: "help", topic: "watch" }],
    ["check x -h --json", { command: "help", topic: "check" }],
    ["--version", { command: "version" }],
    ["watch --version", { command: "version" }],
  ];
  for (const [line, expected] of helps) {
    test(`reads hotconf ${line}`, () => assert.deepEqual(parse(line), expected));
  }

  const refused: readonly [line: string, message: RegExp][] = [
    ["", /^A command is missing: hotconf watch, .*, hotconf schema, or hotconf --help$/],
    ["wacth", /^Unknown command "wacth"; did you mean watch\?$/],
    ["docter", /^Unknown command "docter"; did you mean doctor\?$/],
    [
      "deploy",
      /^Unknown command "deploy": use hotconf watch, hotconf check, hotconf print, hotconf explain, hotconf doctor, hotconf schema$/,
    ],
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
    ["watch --log-level loud", /^Option --log-level must be one of debug, info, warning, error, /],
    ["check --log-level info", /^Option --log-level belongs to hotconf watch, not to /],
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
    ["check --poll", /^Option --poll belongs to hotconf watch and hotconf doctor, not to /],
    ["watch --self-test", /^Option --self-test belongs to hotconf doctor, not to hotconf watch$/],
    [
      "doctor --schema x",
      /^Option --schema belongs to hotconf watch and .*, not to hotconf doctor$/,
    ],
    ["doctor --selftest", /^Unknown option --selftest; did you mean --self-test\?$/],
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
      for (const command of COMMAND_NAMES) {
        const isNamed = new RegExp(`^  (?:-h, )?--${name}(?![\\w-])`, "m").test(helpText(command));
        assert.equal(isNamed, commandsWith(name).includes(command), `${command} --${name}`);
      }
    }
    assert.match(helpText(), /--version/);
  });

  test("names the variable HOTCONF_POLL where it counts", () => {
    for (const command of COMMAND_NAMES) {
      const hasPoll = commandsWith("poll").includes(command);
      assert.equal(helpText(command).includes("HOTCONF_POLL"), hasPoll, command);
    }
  });

  test("shows examples that hotconf understands, in at most 100 columns", () => {
    for (const text of [helpText(), ...COMMAND_NAMES.map(helpText)]) {
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
