/**
 * The program a driver talks with: it is asked by lines on its standard input, and answers by lines
 * on its standard output, the first of them `ready`.
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";

/** Says a line to the driver, at once. */
export function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** Takes the driver's lines; the process ends when there will be no more. */
export function listen(onLine: (line: string) => void): void {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", onLine).on("close", () => process.exit(0));
}
