/**
 * The command `hotconf` as a process of the runtime the test runs on, with files of its own.
 *
 * @module
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { currentRuntime, type RuntimeName } from "../../src/runtime/runtime.ts";

/** Name of the runtime. */
export const runtimeName: RuntimeName = currentRuntime().name;

const DEADLINE_MS = 30_000;

/** A folder that goes when it is disposed. */
export class Folder implements Disposable {
  /** Its absolute path, free of links. */
  readonly path: string = realpathSync(mkdtempSync(join(tmpdir(), "hotconf-cli-")));

  /** Creates it with files. */
  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  /** Absolute path of a file in it. */
  at(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file in place. */
  write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
  }

  /** Saves a file as editors do: moves a new one onto it. */
  save(name: string, content: string | Uint8Array): void {
    this.write(`${name}.tmp`, content);
    renameSync(this.at(`${name}.tmp`), this.at(name));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

// A bundle lies where its source does, under another root and with another ending.
const entry = fileURLToPath(
  new URL(runtimeName === "node" ? "../../cli.mjs" : "../../cli.ts", import.meta.url),
);

/** The words that start the command on this runtime, with `program` in its place if given. */
export function commandLine(program: string = entry): string[] {
  return [process.execPath, ...(runtimeName === "deno" ? ["run", "-A", program] : [program])];
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode CommandProcess}. */
export interface CommandProcessOptions {
  /** Working directory. */
  readonly cwd: string;
  /** Environment variables beside those of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another program than `cli.ts`. */
  readonly program?: string;
  /** Shell commands to run first, in namespaces for users and mounts of their own. */
  readonly namespace?: string;
}

/** Whether namespaces are missing here, with the reason for a skipped test. */
export function missingNamespaces(): string | false {
  const { status } = spawnSync("unshare", ["-Urm", "mount", "-t", "tmpfs", "none", tmpdir()]);
  return status === 0 ? false : "user and mount namespaces are not allowed here";
}

/** What can be sent to a command. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT";

/** A running command. */
export class CommandProcess implements AsyncDisposable {
  /** The process. */
  readonly child: ChildProcess;
  /** How it ended. */
  readonly ended: Promise<Ending>;
  #stdout = "";
  #stderr = "";
  #read = 0;
  #isOver = false;
  #onOutput = () => {};

  /** Starts it. */
  constructor(words: readonly string[], options: CommandProcessOptions) {
    const { cwd, env = {}, program, namespace } = options;
    const [runtime = "", ...fixed] = namespace === undefined
      ? commandLine(program)
      : ["unshare", "-Urm", "sh", "-ec", `${namespace}\nexec "$@"`, "sh", ...commandLine(program)];
    const {
      NO_COLOR: _noColor,
      FORCE_COLOR: _forceColor,
      HOTCONF_POLL: _poll,
      HOTCONF_ALERT_WEBHOOK: _webhook,
      ...inherited
    } = process.env;
    this.child = spawn(runtime, [...fixed, ...words], {
      cwd,
      env: { ...inherited, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      this.#onOutput();
    });
    this.child.stderr!.setEncoding("utf8").on("data", (text: string) => this.#stderr += text);
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject);
      this.child.on("close", (code, signal) => {
        this.#isOver = true;
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
        this.#onOutput();
      });
    });
  }

  /** The next line of standard output that was not read yet. */
  async line(): Promise<string> {
    const end = () => this.#stdout.indexOf("\n", this.#read);
    await this.#until(() => end() >= 0);
    const line = this.#stdout.slice(this.#read, end());
    this.#read = end() + 1;
    return line;
  }

  /** The next line as JSON. */
  async json(): Promise<JsonLine> {
    const line = await this.line();
    try {
      return JSON.parse(line);
    } catch {
      throw new Error(`Not a line of JSON: ${line}`);
    }
  }

  /** The next line of a type, as JSON; lines of other types before it are left out. */
  async jsonOf(type: string): Promise<JsonLine> {
    for (;;) {
      const line = await this.json();
      if (line.type === type) return line;
    }
  }

  /** Reads lines until one contains `text`. */
  async until(text: string): Promise<string> {
    const from = this.#read;
    while (!(await this.line()).includes(text));
    return this.#stdout.slice(from, this.#read);
  }

  /** Standard output that was not read yet. */
  get unread(): string {
    return this.#stdout.slice(this.#read);
  }

  /** Sends a signal. */
  kill(signal: Signal): void {
    // After child.kill(), Deno reports the signal as the ending, whatever the exit code was.
    if (this.#isOver) return;
    try {
      process.kill(this.child.pid!, signal);
    } catch (error) {
      // Gone already, its output not read to the end yet.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  /** Sends a signal and waits for the end. */
  async end(signal: Signal = "SIGINT"): Promise<Ending> {
    this.kill(signal);
    return await withDeadline(this.ended, () => this.#describe("did not end"));
  }

  async #until(isThere: () => boolean): Promise<void> {
    const arrived = new Promise<void>((resolve, reject) => {
      this.#onOutput = () => {
        if (isThere()) resolve();
        else if (this.#isOver) reject(new Error(this.#describe("ended")));
      };
      this.#onOutput();
    });
    await withDeadline(arrived, () => this.#describe("printed nothing more"));
  }

  #describe(what: string): string {
    return `The command ${what}\nstdout: ${this.#stdout}\nstderr: ${this.#stderr}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.ended;
  }
}

/** A line of the JSON contract. */
export interface JsonLine {
  readonly type: string;
  readonly at: string;
  // deno-lint-ignore no-explicit-any -- a test says what it expects by reading it
  readonly [member: string]: any;
}

/** Runs the command to its end. */
export async function runCommand(
  words: readonly string[],
  options: CommandProcessOptions,
): Promise<Ending> {
  await using command = new CommandProcess(words, options);
  return await withDeadline(command.ended, () => `hotconf ${words.join(" ")} did not end`);
}

/** The outcome of `work`, which must come within 30 s. */
export async function withDeadline<T>(work: Promise<T>, describe: () => string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(describe())), DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
