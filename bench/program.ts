/**
 * A program that talks in lines, as its driver sees it.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A program that was started; it is killed when it is disposed. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #unread: string[] = [];
  #take: ((line: string | undefined) => void) | undefined;
  #hasEnded = false;
  #complaints = "";

  /** Starts it; `command` is the program and its arguments. */
  constructor(command: readonly string[]) {
    const [program = "", ...rest] = command;
    this.#child = spawn(program, rest, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr!.on("data", (chunk) => this.#complaints += chunk);
    createInterface({ input: this.#child.stdout! }).on("line", (line) => this.#note(line));
    this.#ended = new Promise((resolve) => {
      const end = () => {
        this.#hasEnded = true;
        this.#take?.(undefined);
        resolve();
      };
      this.#child.once("exit", end).once("error", (error) => {
        this.#complaints += error.message;
        end();
      });
    });
  }

  /** Number of its process. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends it a line. */
  tell(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  /**
   * The next line it says; `undefined` when none comes within `withinMs`.
   *
   * @throws {Error} When it has ended, with what it wrote on standard error.
   */
  async next(withinMs: number): Promise<string | undefined> {
    const unread = this.#unread.shift();
    if (unread !== undefined) return unread;
    if (!this.#hasEnded) {
      let timer;
      const line = await new Promise<string | undefined>((resolve) => {
        this.#take = resolve;
        timer = setTimeout(() => resolve(undefined), withinMs);
      });
      clearTimeout(timer);
      this.#take = undefined;
      if (line !== undefined || !this.#hasEnded) return line;
    }
    throw new Error(`A program has ended: ${this.#complaints.trim().slice(0, 2000)}`);
  }

  /**
   * The next line it says, as the value it stands for.
   *
   * @throws {Error} When none comes within `withinMs`, or it has ended.
   */
  async answer<Answer>(withinMs: number): Promise<Answer> {
    const line = await this.next(withinMs);
    if (line === undefined) {
      throw new Error(`A program said nothing within ${withinMs} ms`);
    }
    return JSON.parse(line) as Answer;
  }

  /** Whether it ends by itself before the time is over. */
  async endsWithin(withinMs: number): Promise<boolean> {
    let timer;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, withinMs));
    await Promise.race([this.#ended, late]);
    clearTimeout(timer);
    return this.#hasEnded;
  }

  /** Kills it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
    await this.#ended;
  }

  #note(line: string): void {
    if (this.#take === undefined) this.#unread.push(line);
    else this.#take(line);
    this.#take = undefined;
  }
}
