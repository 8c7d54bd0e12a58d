import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import process from "node:process";
import { describe, test } from "node:test";
import { type LiveConfig, loadConfig, watchConfig, type WatchConfigOptions } from "../../mod.ts";
import { Folder, runtimeName, withDeadline } from "./cli_process.ts";
import { startConfig } from "./config_process.ts";

/** What takes the place of the file `name`, and what is said about it. */
interface Hostile {
  readonly name: string;
  /** Name of the file. @default {"app.yaml"} */
  readonly file?: string;
  /** Puts it there; the name is free. */
  put(folder: Folder, file: string): void;
  /** What follows the file's path in the message. */
  readonly says: RegExp;
  /** Whether the runtime's own watcher does not survive it. */
  readonly needsPolling?: boolean;
  /** Why it can't be tried here. */
  readonly skip?: string | false;
}

const GOOD: Readonly<Record<string, (n: number) => string>> = {
  yaml: (n) => `n: ${n}\n`,
  json: (n) => `{"n": ${n}}\n`,
  jsonc: (n) => `{"n": ${n}} // good\n`,
  toml: (n) => `n = ${n}\n`,
};

const DEPTH = 10_000;
const hasFifos = spawnSync("mkfifo", ["--version"]).status === 0;
const isPosix = process.platform !== "win32";

const HOSTILE: readonly Hostile[] = [
  { name: "nothing", put: () => {}, says: /^: there is no such file$/ },
  {
    name: "a directory",
    put: (folder, file) => mkdirSync(folder.at(file)),
    says: /^: it is a directory; name it with directory\(\)/,
  },
  {
    name: "invalid UTF-8",
    put: put(new Uint8Array([0x6e, 0x3a, 0x20, 0x31, 0x0a, 0x61, 0x3a, 0x20, 0xff, 0xfe])),
    says: /^:2:4: the file is not valid UTF-8$/,
  },
  {
    name: "UTF-16",
    put: put(new Uint8Array([0xff, 0xfe, 0x6e, 0])),
    says: /^:1:1: .* UTF-16; save/,
  },
  { name: "a binary file", put: put(new Uint8Array(64)), says: /^:1:1: .* NUL character/ },
  {
    name: "a file of 100 MB",
    put(folder, file) {
      folder.write(file, "n: 1\n");
      truncateSync(folder.at(file), 100 * 1024 * 1024);
    },
    says: /^: it has 104857600 bytes, more than limits\.maxBytes \(8388608\) allows$/,
  },
  {
    name: "YAML nested 10,000 levels",
    put: put(`n: ${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}\n`),
    says: /^:1:\d+: nested deeper than the limit of 100 levels/,
  },
  {
    name: "YAML nested 10,000 levels by dashes",
    put: put(`n:\n  ${"- ".repeat(DEPTH)}x\n`),
    says: /^:2:\d+: nested deeper than the limit of 100 levels/,
  },
  {
    name: "JSON nested 10,000 levels",
    file: "app.json",
    put: put(`${'{"a":'.repeat(DEPTH)}1${"}".repeat(DEPTH)}`),
    says: /^:1:\d+: nested deeper than the limit of 100 levels/,
  },
  {
    name: "JSONC nested 10,000 levels",
    file: "app.jsonc",
    put: put(`{"a": ${"[\n".repeat(DEPTH)}${"]".repeat(DEPTH)}}`),
    says: /^:\d+:\d+: nested deeper than the limit of 100 levels/,
  },
  {
    name: "TOML nested 10,000 levels",
    file: "app.toml",
    put: put(`n = ${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}\n`),
    says: /^:1:\d+: nested deeper than the limit of 100 levels/,
  },
  {
    name: "TOML tables nested 10,000 levels",
    file: "app.toml",
    put: put(`[${"a.".repeat(DEPTH)}b]\n`),
    says: /^:1:\d+: nested deeper than the limit of 100 levels/,
  },
  {
    name: "a billion laughs",
    put: put(laughs()),
    says: /^:\d+:\d+: holds more than the limit of 100000 values, aliases expanded/,
  },
  { name: "an alias of itself", put: put("a: &a [*a]\n"), says: /^:1:\d+: .+/ },
  {
    name: "a __proto__ key in YAML",
    put: put("n: 1\nx:\n  __proto__: {polluted: true}\n"),
    says: /^:3:3: the key "__proto__" is not allowed$/,
  },
  {
    name: "a __proto__ key by a YAML merge",
    put: put("n: &n\n  __proto__: {polluted: true}\nm:\n  <<: *n\n"),
    says: /^:2:3: the key "__proto__" is not allowed$/,
  },
  {
    name: "a __proto__ key in JSON",
    file: "app.json",
    put: put('{"n": 1,\n "__proto__": {"polluted": true}}'),
    says: /^:2:2: the key "__proto__" is not allowed$/,
  },
  {
    name: "a __proto__ key in JSONC",
    file: "app.jsonc",
    put: put('{"n": {"__proto__": {"polluted": true},},}'),
    says: /^:1:8: the key "__proto__" is not allowed$/,
  },
  {
    name: "a __proto__ key in TOML",
    file: "app.toml",
    put: put("n = 1\n[__proto__]\npolluted = true\n"),
    says: /^:2:\d+: the key "__proto__" is not allowed$/,
  },
  {
    name: "a FIFO that nobody writes",
    put: (folder, file) => void spawnSync("mkfifo", [folder.at(file)]),
    says: /^: it is not a regular file$/,
    // Deno's watcher opens each file that it reports, and waits for a writer, with a lock held that
    // the next Deno.watchFs() and the next close() wait for.
    needsPolling: runtimeName === "deno",
    skip: !hasFifos && "there is no mkfifo",
  },
  {
    name: "/dev/zero",
    put: (folder, file) => symlinkSync("/dev/zero", folder.at(file)),
    says: /^: it is not a regular file$/,
    skip: !isPosix && "there is no /dev/zero",
  },
  {
    name: "a loop of links",
    put(folder, file) {
      symlinkSync(folder.at("other"), folder.at(file));
      symlinkSync(folder.at(file), folder.at("other"));
    },
    says: /^: too many symbolic links$/,
    skip: !isPosix && "links need a privilege",
  },
];

/** Short waits: a file that is not whole, or missing, is doubted before it is refused. */
const QUICK = { baseDelayMs: 20, maxDelayMs: 200 };

for (const { name, file = "app.yaml", put, says, needsPolling, skip = false } of HOSTILE) {
  describe(`${name} in place of a configuration`, { skip }, () => {
    test("is refused at the start with one line that names the place (G12)", async () => {
      using folder = new Folder();
      put(folder, file);
      const path = folder.at(file);
      const options = { sources: [path] };
      const error = await loadConfig(options).then(() => assert.fail("accepted"), toError);
      assertSays(error, path, says);
      const watching = await watchConfig(options).then(() => assert.fail("accepted"), toError);
      assert.equal(watching.message, error.message);
    });

    test("keeps what runs, and the next good save is committed (G4, G12)", async () => {
      const good = GOOD[file.split(".")[1]!]!;
      using folder = new Folder({ [file]: good(1) });
      const path = folder.at(file);
      const watcher = needsPolling ? "poll" : "auto";
      await using config = await open({ sources: [path], debounce: QUICK, watcher, pollMs: 50 });
      const failed = nextEvent(config, "reloadFailed");
      rmSync(path);
      put(folder, file);
      const { error, revision } = await failed;
      assertSays(error, path, says);
      assert.equal(revision, 1);
      assert.deepEqual(config.current, { n: 1 });
      assert.equal(config.health().status, "degraded");

      const succeeded = nextEvent(config, "reloadSucceeded");
      if (name === "a directory") rmSync(path, { recursive: true });
      folder.save(file, good(2));
      assert.equal((await succeeded).revision, 2);
      assert.deepEqual(config.current, { n: 2 });
      assert.equal(config.health().status, "ok");
      assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    });
  });
}

describe("a file that may not be read", {
  skip: process.getuid === undefined && "there are no permissions of this kind",
}, () => {
  test("is refused at the start (G4)", async () => {
    using folder = sharedFolder("n: 1\n");
    chmodSync(folder.at("app.yaml"), 0);
    await using child = startConfig(folder.at("app.yaml"), folder.path, "unprivileged");
    const { type, message } = await child.json();
    assert.equal(type, "refused");
    assert.equal(message, `Cannot read ${folder.at("app.yaml")}: permission denied`);
  });

  test("keeps what runs, and is read again when it may be (G4, S2.8)", async () => {
    using folder = sharedFolder("n: 1\n");
    await using child = startConfig(folder.at("app.yaml"), folder.path, "unprivileged");
    assert.equal((await child.json()).type, "ready");
    chmodSync(folder.at("app.yaml"), 0);
    const failed = await child.json();
    assert.equal(failed.type, "reloadFailed");
    assert.equal(failed["message"], `Cannot read ${folder.at("app.yaml")}: permission denied`);
    chmodSync(folder.at("app.yaml"), 0o644);
    assert.equal((await child.json()).type, "recovered");
    folder.write("app.yaml", "n: 2\n");
    const succeeded = await child.json();
    assert.deepEqual([succeeded.type, succeeded["revision"]], ["reloadSucceeded", 2]);
  });
});

test("a validator that never settles is cut off, and the next good save is committed (G7, G12)", async () => {
  using folder = new Folder({ "app.yaml": "n: 1\n" });
  let hangs = false;
  await using config = await open({
    sources: [folder.at("app.yaml")],
    validators: [() => hangs ? new Promise<never>(() => {}) : undefined],
    validateTimeoutMs: 100,
  });
  hangs = true;
  const refused = nextEvent(config, "validationFailed");
  folder.save("app.yaml", "n: 2\n");
  const { issues, revision } = await refused;
  assert.equal(revision, 1);
  assert.match(issues[0]!.message, /^validation did not finish within 100 ms/);
  assert.equal(issues[0]!.file, folder.at("app.yaml"));
  hangs = false;
  const succeeded = nextEvent(config, "reloadSucceeded");
  folder.save("app.yaml", "n: 3\n");
  await succeeded;
  assert.deepEqual(config.current, { n: 3 });
});

test("an emptied file is refused, and the next good save is committed (G2, G4)", async () => {
  using folder = new Folder({ "app.yaml": "n: 1\n" });
  await using config = await open({ sources: [folder.at("app.yaml")], debounce: QUICK });
  const refused = nextEvent(config, "validationFailed");
  folder.write("app.yaml", "");
  assert.match((await refused).issues[0]!.message, /^the file is empty and was not before/);
  assert.deepEqual(config.current, { n: 1 });
  const succeeded = nextEvent(config, "reloadSucceeded");
  folder.write("app.yaml", "n: 2\n");
  await succeeded;
  assert.deepEqual(config.current, { n: 2 });
});

test("a directory that is taken away keeps what runs, and is found again (G4, G8)", async () => {
  using folder = new Folder({ "config/app.yaml": "n: 1\n" });
  const path = folder.at("config/app.yaml");
  await using config = await open({ sources: [path], debounce: QUICK, backstopMs: 100 });
  const failed = nextEvent(config, "reloadFailed");
  renameSync(folder.at("config"), folder.at("away"));
  assertSays((await failed).error, path, /^: there is no such file$/);
  assert.deepEqual(config.current, { n: 1 });
  const succeeded = nextEvent(config, "reloadSucceeded");
  folder.write("config/app.yaml", "n: 2\n");
  await succeeded;
  assert.deepEqual(config.current, { n: 2 });
});

function put(content: string | Uint8Array): Hostile["put"] {
  return (folder, file) => folder.write(file, content);
}

function laughs(): string {
  const lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"];
  for (let level = 1; level < 9; level++) {
    const last = `*a${level - 1}`;
    lines.push(`a${level}: &a${level} [${Array(9).fill(last).join(", ")}]`);
  }
  return `${lines.join("\n")}\n`;
}

/** A folder that any user may enter. */
function sharedFolder(text: string): Folder {
  const folder = new Folder({ "app.yaml": text });
  chmodSync(folder.path, 0o755);
  return folder;
}

function open(options: WatchConfigOptions<unknown>): Promise<LiveConfig<unknown>> {
  return watchConfig(options);
}

function nextEvent<Type extends "reloadFailed" | "validationFailed" | "reloadSucceeded">(
  config: LiveConfig<unknown>,
  type: Type,
) {
  const happened = new Promise<Parameters<Parameters<typeof config.on<Type>>[1]>[0]>((resolve) => {
    config.on(type, resolve, { once: true });
  });
  return withDeadline(happened, () => `no ${type}; ${JSON.stringify(config.recentEvents())}`);
}

function assertSays(error: Error, path: string, says: RegExp): void {
  assert.ok(!error.message.includes("\n"), `more than one line: ${error.message}`);
  const begin = [`Cannot read ${path}`, `Cannot parse ${path}`]
    .find((text) => error.message.startsWith(text));
  assert.ok(begin !== undefined, error.message);
  assert.match(error.message.slice(begin.length), says);
}

function toError(thrown: unknown): Error {
  assert.ok(thrown instanceof Error, String(thrown));
  return thrown;
}
