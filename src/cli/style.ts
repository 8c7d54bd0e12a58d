/**
 * Colours, and text that is safe to print.
 *
 * @module
 */

import { styleText } from "node:util";
import type { CommandIo, Output } from "./io.ts";

export { displayPath, printable } from "../printable.ts";

/** What a piece of text is, which decides its colour. */
export type Role = "added" | "removed" | "changed" | "good" | "bad" | "quiet" | "strong";

/** Gives text the colour of its role, or leaves it as it is. */
export type Style = (role: Role, text: string) => string;

const COLOURS = {
  added: "green",
  removed: "red",
  changed: "yellow",
  good: "green",
  bad: "red",
  quiet: "gray",
  strong: "bold",
} as const satisfies Readonly<Record<Role, string>>;

/**
 * Whether an output is coloured: a terminal unless `NO_COLOR` is set (https://no-color.org), and
 * anything when `FORCE_COLOR` is.
 */
export function isColoured(
  { isTerminal }: Pick<Output, "isTerminal">,
  { NO_COLOR = "", FORCE_COLOR = "", TERM }: CommandIo["environment"],
): boolean {
  const isForced = FORCE_COLOR !== "" && FORCE_COLOR !== "0";
  return NO_COLOR === "" && (isForced || (isTerminal && TERM !== "dumb"));
}

/** The style for an output, with colours where {@linkcode isColoured} says so. */
export function createStyle(
  output: Pick<Output, "isTerminal">,
  environment: CommandIo["environment"],
): Style {
  if (!isColoured(output, environment)) return (_role, text) => text;
  // With its own check, styleText() reads the environment, which Deno may not permit.
  return (role, text) => styleText(COLOURS[role], text, { validateStream: false });
}
