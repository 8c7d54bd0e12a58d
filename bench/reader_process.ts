/**
 * A reader as the writer sees it: its lines, with the instant each arrived on the pipe.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";

const READY_WITHIN_MS = 30_000;

/** What a reader did so far. */
export class ReaderProcess {
  /** Configurations handed over since the reader was ready. */
  accepted = 0;
  /** Those whose last key was missing or of another save. */
  torn = 0;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (arrivedAt: bigint) => void>();
  #complaints = "";

  /** Starts the reader; `command` is the program and its arguments. */
  constructor(command: readonly string[]) {
    const [program = "", ...rest] = command;
    this.#child = spawn(program, rest, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr?.on(
      "data",
      (chunk) => this.#complaints = `${this.#complaints}${chunk}`,
    );
  }

  /** Settles when the reader watches. */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) =>
        reject(
          new Error(
            `A reader ${why}: ${this.#complaints.trim().slice(0, 2000)}`,
          ),
        );
      const deadline = setTimeout(
        () => fail("was not ready in time"),
        READY_WITHIN_MS,
      );
      this.#child.once(
        "error",
        (error) => fail(`did not start (${error.message})`),
      );
      this.#child.once("exit", (code) => fail(`ended with ${code}`));
      const lines = createInterface({ input: this.#child.stdout! });
      lines.on("line", (line) => {
        const arrivedAt = process.hrtime.bigint();
        if (line !== "ready") return this.#note(line, arrivedAt);
        clearTimeout(deadline);
        this.accepted = this.torn = 0;
        resolve();
      });
    });
  }

  /** When the complete configuration `seq` arrives; call it before the save. */
  arrival(seq: number): Promise<bigint> {
    return new Promise((resolve) => this.#waiting.set(seq, resolve));
  }

  /** Ends the process. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        return resolve();
      }
      this.#child.once("exit", () => resolve());
      this.#child.kill("SIGKILL");
    });
  }

  #note(line: string, arrivedAt: bigint): void {
    const [seq, end] = line.split(" ");
    this.accepted += 1;
    if (seq !== end) {
      this.torn += 1;
      return;
    }
    this.#waiting.get(Number(seq))?.(arrivedAt);
    this.#waiting.delete(Number(seq));
  }
}
