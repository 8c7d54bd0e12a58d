/**
 * Where one column of a situation happens: an own directory, and the tools that save in it.
 *
 * @module
 */

import { mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../tasks/run.ts";
import type { Column } from "./columns.ts";
import type { SubjectProcess } from "./subject_process.ts";

const TOOL_MS = 120_000;

const open = new Set<Place>();

/** Ends what situations have left open, mounts above all; for the end of the driver. */
export function closePlaces(): void {
  for (const place of open) place.closeNow();
}

/** An own directory for one column of a situation. */
export class Place {
  /** Absolute path, without links. */
  readonly directory: string;
  readonly column: Column;
  /** How many rounds there will be. */
  readonly rounds: number;
  /** Set once the subject runs; not yet in `prepare()`. */
  subject: SubjectProcess | undefined;
  readonly #endings: (() => void)[] = [];

  /** Makes the directory. */
  constructor(directory: string, column: Column, rounds: number) {
    mkdirSync(directory, { recursive: true });
    this.directory = realpathSync(directory);
    this.column = column;
    this.rounds = rounds;
    open.add(this);
  }

  /** The absolute path of something in the directory. */
  path(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  /** Writes a file in place, and the directories it lies in. Answers its absolute path. */
  write(name: string, text: string): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Runs a program in the directory. @throws {Error} When it fails. */
  async run(program: string, ...args: readonly string[]): Promise<void> {
    const { code, output } = await run(program, args, { cwd: this.directory, timeoutMs: TOOL_MS });
    if (code !== 0) throw new Error(`${program} failed with ${code}: ${output.trim()}`);
  }

  /** Runs a shell script in the directory; `$1` and so on are `args`. @throws {Error} When it fails. */
  async shell(script: string, ...args: readonly string[]): Promise<void> {
    await this.run("sh", "-ec", script, "sh", ...args);
  }

  /** Waits. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Has something done when the situation ends, however it ends; the last one first. */
  onEnd(task: () => void): void {
    this.#endings.push(task);
  }

  /** Undoes what was done outside the directory and removes it; the subject has to have ended. */
  closeNow(): void {
    open.delete(this);
    for (const task of this.#endings.splice(0).reverse()) attempt(task);
    attempt(() => rmSync(this.directory, { recursive: true, force: true }));
  }
}

/** One ending that fails must not keep the others from being tried. */
function attempt(task: () => void): void {
  try {
    task();
  } catch (error) {
    console.error(`Cannot clean up: ${error instanceof Error ? error.message : error}`);
  }
}
