/**
 * Whether to poll, as the option or the environment says.
 *
 * @module
 */

import { LONGEST_TIMER_MS } from "../option_checks.ts";
import type { CommandIo } from "./io.ts";
import { UsageError } from "./usage_error.ts";

/** Polling that was asked for. */
export interface Polling {
  /** Time between two looks, in milliseconds. */
  readonly ms: number;
  /** What asked for it. */
  readonly askedBy: "--poll" | "HOTCONF_POLL" | "--settings";
}

/** Time between two looks where none is named, in milliseconds. */
export const DEFAULT_POLL_MS = 500;

/**
 * The polling that `--poll` asks for or, without that option, the variable `HOTCONF_POLL`.
 *
 * @param texts What was typed after each `--poll`, empty where nothing was.
 * @throws {UsageError} When the value that counts is none.
 */
export function readPolling(
  texts: readonly string[] | undefined,
  { HOTCONF_POLL = "" }: CommandIo["environment"],
): Polling | undefined {
  if (texts !== undefined) {
    const ms = toMilliseconds("Option --poll must be", texts.findLast((text) => text !== ""), 1);
    return { ms: ms ?? DEFAULT_POLL_MS, askedBy: "--poll" };
  }
  const askedBy = "HOTCONF_POLL";
  if (/^(?:0|false)?$/iu.test(HOTCONF_POLL)) return undefined;
  if (/^(?:1|true)$/iu.test(HOTCONF_POLL)) return { ms: DEFAULT_POLL_MS, askedBy };
  const name = "Environment variable HOTCONF_POLL must be 1, true, 0, false or";
  return { ms: toMilliseconds(name, HOTCONF_POLL, 1)!, askedBy };
}

/**
 * A number of milliseconds; nothing when there is no text.
 *
 * @param rule The beginning of the message when it is none, as in `Option --poll must be`.
 * @throws {UsageError} When the text is no whole number, or out of range.
 */
export function toMilliseconds(
  rule: string,
  text: string | undefined,
  least: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/u.test(text) ? Number(text) : NaN;
  if (value >= least && value <= LONGEST_TIMER_MS) return value;
  throw new UsageError(
    `${rule} a whole number of milliseconds from ${least} to ` +
      `${LONGEST_TIMER_MS}, got ${JSON.stringify(text)}`,
  );
}
