/**
 * The command run inside a test: files in memory, a clock that stands still, output kept.
 *
 * @module
 */

import { main } from "../../src/cli/main.ts";
import type { System } from "../../src/cli/system.ts";
import { createMemoryRuntime, type MemoryRuntime } from "../../testing.ts";

const DEADLINE_MS = 30_000;

/** What a session may be given instead of an ordinary machine. */
export interface SessionOptions {
  readonly runtime?: MemoryRuntime;
  readonly system?: Partial<System>;
}

/** A command that runs, or has run. */
export class Session {
  readonly runtime: MemoryRuntime;
  readonly #system: System;
  readonly #interrupting = new AbortController();
  #stdout = "";
  #stderr = "";
  #code: Promise<number> | undefined;

  /** Prepares files; paths are relative to the working directory, `/work`. */
  constructor(
    files: Readonly<Record<string, string>> = {},
    { runtime = createMemoryRuntime(), system }: SessionOptions = {},
  ) {
    this.runtime = runtime;
    this.#system = { ...memorySystem(runtime), ...system };
    this.runtime.files.mkdir("/work");
    for (const [path, content] of Object.entries(files)) this.save(path, content);
  }

  /** Starts the command. `cwd` is real where a schema module is loaded. */
  start(line: string, environment: Readonly<Record<string, string>> = {}): this {
    this.#code = main(line.split(" ").filter(Boolean), {
      stdout: { isTerminal: false, write: (text) => void (this.#stdout += text) },
      stderr: { isTerminal: false, write: (text) => void (this.#stderr += text) },
      environment,
      cwd: "/work",
      interrupted: this.#interrupting.signal,
      runtime: this.runtime,
      system: this.#system,
    });
    return this;
  }

  /** Runs the command to its end. */
  async run(line: string, environment: Readonly<Record<string, string>> = {}): Promise<number> {
    return await this.start(line, environment).ended();
  }

  /** Saves a file as editors do. */
  save(path: string, content: string): void {
    this.runtime.files.writeAtomically(`/work/${path}`, content);
  }

  /** What Ctrl-C does. */
  interrupt(): void {
    this.#interrupting.abort(new Error("interrupted"));
  }

  /** The exit code, once there is one; time passes meanwhile. */
  async ended(): Promise<number> {
    let code: number | undefined;
    void this.#code?.then((ended) => code = ended, () => code = NaN);
    await this.#passTimeUntil(() => code !== undefined, "end");
    return await this.#code!;
  }

  /** Lets time pass until standard output contains `text`, and gives what came since the last time. */
  async until(text: string): Promise<string> {
    await this.#passTimeUntil(() => this.#stdout.includes(text), `print ${text}`);
    await this.runtime.clock.settle();
    return this.takeStdout();
  }

  /** Standard output since the last time. */
  takeStdout(): string {
    const taken = this.#stdout;
    this.#stdout = "";
    return taken;
  }

  /** Standard output as JSON lines, without their times. */
  takeJson(): Record<string, unknown>[] {
    return this.takeStdout().split("\n").filter(Boolean).map((line) => {
      const { at: _at, ...members } = JSON.parse(line);
      return members;
    });
  }

  /** All of standard error. */
  get stderr(): string {
    return this.#stderr;
  }

  async #passTimeUntil(isDone: () => boolean, goal: string): Promise<void> {
    // A schema module is loaded in real time, however fast the clock runs.
    const deadline = performance.now() + DEADLINE_MS;
    while (!isDone() && performance.now() < deadline) await this.runtime.clock.advance(50);
    if (isDone()) return;
    throw new Error(`It did not ${goal}, but printed: ${this.#stdout}${this.#stderr}`);
  }
}

/** A machine whose system files are in memory, too. */
function memorySystem({ files }: MemoryRuntime): System {
  return {
    platform: "linux",
    runtimeVersion: "20.20.2",
    processId: 7,
    readText(path) {
      const opened = files.fileSystem.open(path);
      return new TextDecoder().decode(opened.read(Infinity) as Uint8Array);
    },
    specialKind: () => undefined,
    createFile(path) {
      const stat = files.fileSystem.lstat(path);
      if (stat !== undefined) throw Object.assign(new Error("EEXIST"), { code: "EEXIST" });
      files.write(path, "");
    },
    writeText: (path, text) => files.write(path, text),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
  };
}
