/**
 * A subject as the driver sees it: its lines, each with the instant the driver had read it.
 *
 * @module
 */

import process from "node:process";
import type { Observed, SubjectEvent } from "./subject_events.ts";

const READY_WITHIN_MS = 120_000;

const running = new Set<Deno.ChildProcess>();

/** Kills every subject at once; for the end of the driver. */
export function killSubjects(): void {
  for (const child of running) kill(child);
}

/** A running subject, which tells `E`. */
export class SubjectProcess<E = SubjectEvent> {
  /** Everything it told, oldest first. */
  readonly events: Observed<E>[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Set<() => void>();
  #complaints = "";
  #hasEnded = false;

  /** Starts a subject in a directory; `command` is the program and its first arguments. */
  constructor(command: readonly string[], plan: object, directory: string) {
    const [program = "", ...args] = command;
    this.#child = new Deno.Command(program, {
      args: [...args, JSON.stringify(plan)],
      cwd: directory,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    running.add(this.#child);
    void this.#readLines();
    void this.#readComplaints();
    void this.#child.status.then(() => {
      running.delete(this.#child);
      this.#hasEnded = true;
      this.#wake();
    });
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Whether it ended, by itself or not. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What it wrote to its standard error. */
  get complaints(): string {
    return this.#complaints.trim();
  }

  /** Settles when it watches. @throws {Error} When it ends or takes too long before that. */
  async ready(): Promise<void> {
    const isReady = await this.until(() => this.events.length > 0, READY_WITHIN_MS);
    if (isReady) return;
    throw new Error(`The subject did not start: ${this.complaints.slice(0, 500) || "no answer"}`);
  }

  /**
   * Waits until `isTrue`, looking whenever it tells something.
   *
   * @returns Whether it became true in time, and before the subject ended.
   */
  until(isTrue: () => boolean, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (answer: boolean) => {
        clearTimeout(deadline);
        this.#waiting.delete(look);
        resolve(answer);
      };
      const look = () => {
        if (isTrue()) finish(true);
        else if (this.#hasEnded) finish(false);
      };
      const deadline = setTimeout(() => finish(isTrue()), withinMs);
      this.#waiting.add(look);
      look();
    });
  }

  /** Tells it something, one line; see `subject.ts` for what it obeys. */
  async say(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Ends the process. */
  async close(): Promise<void> {
    kill(this.#child);
    await this.#child.status;
  }

  async #readLines(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const at = performance.now();
      const lines = `${rest}${text}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.events.push({ at, event: JSON.parse(line) as E });
      this.#wake();
    }
  }

  async #readComplaints(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#complaints += text;
    }
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    process.kill(child.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
