/**
 * Reloads a server while it is asked by many, and judges its answers.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The configuration of the server. */
export interface HammerSettings {
  readonly n: number;
  /** The step that fails of it. */
  readonly trouble?: string;
}

/** What a request saw. */
export interface HammerAnswer {
  readonly revision: number;
  /** The configuration's number, each time it was looked at. */
  readonly seen: readonly number[];
  /** The numbers of what components made of it. */
  readonly components: readonly number[];
}

/** How a reload ended. */
interface Outcome {
  readonly type: string;
  readonly revision: number;
  readonly n: number;
}

/** What the requests came to. */
export interface HammerResult {
  readonly requests: number;
  /** Those without a good answer. */
  readonly failed: readonly string[];
  /** Those that saw two revisions, or one that was refused. */
  readonly mixed: readonly string[];
  /** How long each took, in milliseconds. */
  readonly latenciesMs: readonly number[];
}

/** What `hammer_clients_child.ts` writes. */
export interface HammerReport extends Omit<HammerResult, "latenciesMs"> {
  /** How many reloads were refused. */
  readonly refused: number;
}

/** What is wrong with each of ten saves; the others are accepted. */
const TROUBLES: readonly (string | undefined)[] = [
  undefined,
  "n is text",
  undefined,
  "router prepares",
  undefined,
  "router commits",
  undefined,
  "limits commit",
  "pool commits",
  undefined,
];

/** Each of these hangs until its deadline. */
const HANGING_EVERY = 35;

const DEADLINE_MS = 30_000;

/** The server, and those who ask it. */
export class Hammer implements AsyncDisposable {
  readonly #folder: string = mkdtempSync(join(tmpdir(), "hotconf-hammer-"));
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  /** The accepted numbers, by revision. */
  readonly #accepted = new Map([[1, 0]]);
  #n = 0;
  #url = "";

  private constructor(command: readonly string[]) {
    this.#save("n: 0\n");
    const [program = "", ...args] = command;
    this.#child = spawn(program, [...args, this.#path], { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Starts the server; `command` is a program and its arguments, without the file. */
  static async start(command: readonly string[]): Promise<Hammer> {
    const hammer = new Hammer(command);
    hammer.#url = (await hammer.#next<{ url: string }>()).url;
    return hammer;
  }

  /**
   * Saves what is accepted and what is refused, each when the one before is done with.
   *
   * @returns How many were refused.
   */
  async reload(times: number): Promise<number> {
    let refused = 0;
    for (let index = 0; index < times; index++) {
      this.#n += 1;
      const isHanging = this.#n % HANGING_EVERY === 0;
      const trouble = isHanging ? "gate hangs" : TROUBLES[this.#n % TROUBLES.length];
      const n = trouble === "n is text" ? "text" : this.#n;
      this.#save(`n: ${n}\n${trouble === undefined ? "" : `trouble: ${trouble}\n`}`);
      const { type, revision, n: current } = await this.#next<Outcome>();
      if ((type === "reloadSucceeded") !== (trouble === undefined)) {
        throw new Error(`Save ${this.#n} with trouble ${trouble}: ${type}`);
      }
      if (trouble === undefined) this.#accepted.set(revision, current);
      else refused += 1;
    }
    return refused;
  }

  /** Lets `clients` ask one request after the other, `pauseMs` apart, until `until` has ended. */
  async ask(clients: number, until: Promise<unknown>, pauseMs: number = 0): Promise<HammerResult> {
    let isOver = false;
    const ending = until.finally(() => isOver = true);
    const answers: HammerAnswer[] = [];
    const failed: string[] = [];
    const latenciesMs: number[] = [];
    const client = async (index: number) => {
      await pause(pauseMs * index / clients);
      while (!isOver) {
        const startedAt = performance.now();
        try {
          answers.push(await this.#request());
        } catch (error) {
          failed.push(String(error));
        }
        const tookMs = performance.now() - startedAt;
        latenciesMs.push(tookMs);
        if (pauseMs > 0) await pause(pauseMs - tookMs);
      }
    };
    await Promise.all([ending, ...Array.from({ length: clients }, (_, index) => client(index))]);
    const mixed = answers.filter((answer) => !this.#isOfOne(answer)).map((one) =>
      JSON.stringify(one)
    );
    return { requests: latenciesMs.length, failed, mixed, latenciesMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.stdin!.end();
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #path(): string {
    return join(this.#folder, "app.yaml");
  }

  #save(text: string): void {
    writeFileSync(`${this.#path}.tmp`, text);
    renameSync(`${this.#path}.tmp`, this.#path);
  }

  #isOfOne({ revision, seen, components }: HammerAnswer): boolean {
    const n = this.#accepted.get(revision);
    return n !== undefined && [...seen, ...components].every((other) => other === n);
  }

  async #request(): Promise<HammerAnswer> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const response = await fetch(this.#url, { method: "POST", body: "a body", signal });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
    return JSON.parse(text);
  }

  async #next<Line>(): Promise<Line> {
    const late = new AbortController();
    const line = await Promise.race([this.#lines.next(), pause(DEADLINE_MS, late.signal)]);
    late.abort();
    if (line === undefined || line.done) throw new Error("The server says nothing");
    return JSON.parse(line.value);
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), Math.max(0, ms));
    signal?.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}
