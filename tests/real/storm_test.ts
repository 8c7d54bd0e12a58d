import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { commandLine, runtimeName } from "./cli_process.ts";
import { pause } from "./watched.ts";

const skip = process.platform === "win32" && "there is no SIGSTOP on Windows";

const FILES = 1_000;

/** So many that the watching thread, too, is behind when the last is written. */
const MANY_FILES = 10_000;

/** More events than the kernel keeps for one that does not take them: 16,384. */
const REWRITES = 10;

/** The next look, what it finds, and a busy machine. */
const DEADLINE_MS = 30_000;

// A bundle lies where its source does, under another root and with another ending.
const child = fileURLToPath(
  new URL(runtimeName === "node" ? "./storm_child.mjs" : "./storm_child.ts", import.meta.url),
);

/** A process that watches a directory of its own, in memory where there is such a place. */
class Watcher implements AsyncDisposable {
  readonly directory: string = fs.mkdtempSync(
    join(fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "hotconf-storm-"),
  );
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    const [program = "", ...args] = commandLine(child);
    this.#process = spawn(program, [...args, this.directory], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  async next(): Promise<string> {
    return (await this.#lines.next()).value ?? "nothing";
  }

  /** Names and checksums, as it was told. */
  async believed(): Promise<Record<string, string>> {
    this.#process.stdin!.write("?\n");
    return JSON.parse(await this.next());
  }

  signal(name: NodeJS.Signals): void {
    // Deno's own kill() sends no second signal.
    process.kill(this.#process.pid!, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#process.on("exit", resolve));
    this.signal("SIGCONT");
    this.#process.stdin!.end();
    await ended;
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

function fileOf(directory: string, index: number): string {
  return join(directory, `file ${index}`);
}

function write(directory: string, text: string, files: number = FILES): void {
  for (let index = 0; index < files; index++) fs.writeFileSync(fileOf(directory, index), text);
}

/** Creates files, rewrites some in place and some by a rename, and deletes some. */
function storm(directory: string): void {
  write(directory, "first\n");
  for (let round = 0; round < REWRITES; round++) write(directory, `round ${round}\n`);
  for (let index = 0; index < FILES; index += 3) fs.rmSync(fileOf(directory, index));
  for (let index = 1; index < FILES; index += 3) {
    fs.writeFileSync(`${fileOf(directory, index)}.tmp`, `saved ${index}\n`);
    fs.renameSync(`${fileOf(directory, index)}.tmp`, fileOf(directory, index));
  }
  for (let index = 0; index < FILES; index += 9) {
    fs.writeFileSync(fileOf(directory, index), `back ${index}\n`);
  }
}

function checksums(directory: string): Record<string, string> {
  return Object.fromEntries(
    fs.readdirSync(directory).map((name) => {
      const bytes = fs.readFileSync(join(directory, name));
      return [name, createHash("sha256").update(bytes).digest("hex")];
    }),
  );
}

async function assertRight(watcher: Watcher): Promise<void> {
  const right = checksums(watcher.directory);
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const believed = await watcher.believed();
    const names = new Set([...Object.keys(right), ...Object.keys(believed)]);
    const wrong = [...names].filter((name) => right[name] !== believed[name]);
    if (wrong.length === 0) return;
    const examples = wrong.slice(0, 5).map((name) => `${name}: ${believed[name]}`).join(", ");
    assert.ok(Date.now() < deadline, `${wrong.length} of ${names.size} are wrong: ${examples}`);
    await pause(50);
  }
}

describe("after a storm of writes what is known of each file is right (G1),", { skip }, () => {
  test("when it was watched", async () => {
    await using watcher = new Watcher();
    assert.equal(await watcher.next(), "watching");
    storm(watcher.directory);
    await assertRight(watcher);
    storm(watcher.directory);
    await assertRight(watcher);
  });

  test("when it was 10,000 new files", async () => {
    await using watcher = new Watcher();
    assert.equal(await watcher.next(), "watching");
    write(watcher.directory, "first\n", MANY_FILES);
    await assertRight(watcher);
    write(watcher.directory, "again\n", MANY_FILES);
    await assertRight(watcher);
  });

  test("when the watching process was stopped and the system lost events", async () => {
    await using watcher = new Watcher();
    assert.equal(await watcher.next(), "watching");
    storm(watcher.directory);
    await assertRight(watcher);
    watcher.signal("SIGSTOP");
    storm(watcher.directory);
    // Nothing of what follows is told.
    write(watcher.directory, "lost\n");
    for (let index = 0; index < FILES; index += 7) {
      fs.rmSync(fileOf(watcher.directory, index));
      fs.writeFileSync(`${fileOf(watcher.directory, index)} new`, `${index}\n`);
    }
    watcher.signal("SIGCONT");
    await assertRight(watcher);
  });
});
