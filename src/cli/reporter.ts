/**
 * The reporter that was asked for, connected to the process.
 *
 * @module
 */

import { checksumOf } from "../checksum.ts";
import type { CheckArguments, WatchArguments } from "./arguments.ts";
import type { CommandIo, Output } from "./io.ts";
import { createJsonReporter } from "./json.ts";
import type { View } from "./render.ts";
import type { Reporter } from "./report.ts";
import { createStyle } from "./style.ts";
import { createTextReporter } from "./text.ts";

/** JSON lines with `--json`, otherwise text. */
export function createReporter(
  { command, json }: Pick<CheckArguments | WatchArguments, "command" | "json">,
  { stdout, stderr, environment, cwd, runtime }: CommandIo,
): Reporter {
  if (json) return createJsonReporter((line) => stdout.write(line));
  const viewOf = (output: Output): View => ({
    style: createStyle(output, environment),
    // A window may be made wider while it is watched in.
    get width() {
      return output.columns;
    },
    cwd,
  });
  return createTextReporter({
    print: (lines) => printLines(stdout, lines),
    printError: (lines) => printLines(stderr, lines),
    view: viewOf(stdout),
    errorView: viewOf(stderr),
    isWatching: command === "watch",
    describeFile: (path) => describeFile(path, runtime),
  });
}

function printLines(output: Output, lines: readonly string[]): void {
  output.write(lines.map((line) => `${line}\n`).join(""));
}

function describeFile(
  path: string,
  { fileSystem }: CommandIo["runtime"],
): { bytes?: number; checksum?: string } {
  try {
    const { size } = fileSystem.stat(path) ?? { size: 0 };
    const opened = fileSystem.open(path);
    try {
      const content = opened.read(size);
      // Large files are read asynchronously; their checksum is not worth waiting for.
      return content instanceof Promise
        ? { bytes: size }
        : { bytes: size, checksum: checksumOf(content) };
    } finally {
      opened[Symbol.dispose]();
    }
  } catch {
    return {}; // gone since it was loaded; the watch will say so
  }
}
