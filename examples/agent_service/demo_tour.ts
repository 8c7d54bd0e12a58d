/**
 * The steps of the tour: an edit, the wait for what it causes, and a readable account of it.
 *
 * @module
 */

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { ConfigEvent, HistoryEntry, LiveConfig } from "../../mod.ts";
import { describeEvent } from "./log.ts";
import type { Settings } from "./settings.ts";

const DEADLINE_MS = 10_000;

/** Options of {@linkcode createTour}. */
export interface TourOptions {
  /** Ends the tour. */
  readonly signal: AbortSignal;
  /** Gives the reader time before each step. */
  pause(): Promise<void>;
}

/** Changes the text of a file. */
export type Edit = (text: string) => string;

/** What the tour is made with. */
export interface Tour {
  /**
   * Says what is done, does it, and shows the event it causes.
   *
   * @throws {Error} When nothing of type `expected` is reported in time.
   */
  step(
    title: string,
    expected: ConfigEvent["type"],
    act: () => void | Promise<void>,
  ): Promise<void>;
  /** The text of a file. */
  read(name: string): string;
  /** Saves as most editors do: a new file moved onto the old one. */
  replace(name: string, edit: Edit): void;
  /** Saves as the shell does: emptied, then written. */
  overwrite(name: string, edit: Edit): void;
  /** Writes a file. */
  write(name: string, text: string): void;
  /** Deletes a file. */
  remove(name: string): void;
  /** Says what follows, and shows it. */
  show(title: string, lines: () => readonly string[]): Promise<void>;
  /** Goes back to the revision before. */
  rollback(): Promise<void>;
  /** A line for each revision that is kept. */
  history(): readonly string[];
}

/** A tour through `directory`, which `config` watches. */
export function createTour(
  config: LiveConfig<Settings>,
  directory: string,
  { signal, pause }: TourOptions,
): Tour {
  const at = (name: string) => join(directory, name);
  const read = (name: string) => readFileSync(at(name), "utf8");
  return {
    read,
    replace(name, edit) {
      writeFileSync(at(`${name}.tmp`), edit(read(name)));
      renameSync(at(`${name}.tmp`), at(name));
    },
    overwrite: (name, edit) => writeFileSync(at(name), edit(read(name))),
    write: (name, text) => writeFileSync(at(name), text),
    remove: (name) => rmSync(at(name)),
    rollback: async () => void await config.rollback(),
    history: () => config.history().map(describeRevision),
    async show(title, lines) {
      await pause();
      console.log(`\n${paint("1", `▸ ${title}`)}`);
      for (const line of lines()) console.log(`  ${line.replaceAll(`${directory}/`, "")}`);
    },
    async step(title, expected, act) {
      await pause();
      console.log(`\n${paint("1", `▸ ${title}`)}`);
      const startedAt = performance.now();
      const event = await reportedBy(config, expected, act, signal);
      const ms = (performance.now() - startedAt).toFixed(1);
      for (const { level, message } of describeEvent(event)) {
        const text = message.replaceAll(`${directory}/`, "");
        console.log(`  ${paint(level === "info" ? "32" : "31", text)}`);
      }
      console.log(`  ${ms} ms from the start of the edit; revision ${config.revision} runs`);
    },
  };
}

function describeRevision({ revision, cause, rolledBackTo, changes }: HistoryEntry): string {
  const what = rolledBackTo === undefined ? cause : `${cause}, to ${rolledBackTo}`;
  const { added, changed, removed } = changes;
  return `${String(revision).padStart(2)}  ${what.padEnd(20)}  +${added} ~${changed} -${removed}`;
}

/** The first event of type `expected` that is reported once `act` runs. */
async function reportedBy(
  config: LiveConfig<Settings>,
  expected: ConfigEvent["type"],
  act: () => void | Promise<void>,
  signal: AbortSignal,
): Promise<ConfigEvent> {
  signal.throwIfAborted();
  const over = new AbortController();
  const reported = new Promise<ConfigEvent>((resolve, reject) => {
    config.on(expected, resolve, { once: true, signal: over.signal });
    signal.addEventListener("abort", () => reject(signal.reason), { signal: over.signal });
    const late = setTimeout(
      () => reject(new Error(`No ${expected} was reported within ${DEADLINE_MS} ms`)),
      DEADLINE_MS,
    );
    over.signal.addEventListener("abort", () => clearTimeout(late), { once: true });
  });
  try {
    const [event] = await Promise.all([reported, act()]);
    return event;
  } finally {
    over.abort();
  }
}

function paint(code: string, text: string): string {
  const isPlain = !process.stdout.isTTY || Boolean(process.env.NO_COLOR);
  return isPlain ? text : `\x1b[${code}m${text}\x1b[0m`;
}
