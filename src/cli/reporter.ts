/**
 * The reporter that was asked for, connected to the process.
 *
 * @module
 */

import { checksumOf } from "../checksum.ts";
import type { CheckArguments, WatchArguments } from "./arguments.ts";
import type { FileText } from "./frame.ts";
import type { CommandIo, Output } from "./io.ts";
import { createJsonReporter } from "./json.ts";
import type { View } from "./render.ts";
import type { Reporter } from "./report.ts";
import { createStyle } from "./style.ts";
import { createTextReporter } from "./text.ts";

/** JSON lines with `--json`, otherwise text. */
export function createReporter(
  { command, json, secrets }: Pick<
    CheckArguments | WatchArguments,
    "command" | "json" | "secrets"
  >,
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
    readText: (path) => readText(path, runtime),
    secrets,
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
  runtime: CommandIo["runtime"],
): { bytes?: number; checksum?: string } {
  const { size, content } = readNow(path, runtime);
  return {
    ...(size !== undefined && { bytes: size }),
    ...(content !== undefined && { checksum: checksumOf(content) }),
  };
}

function readText(path: string, runtime: CommandIo["runtime"]): FileText | undefined {
  const { content } = readNow(path, runtime);
  return content && { text: new TextDecoder().decode(content), checksum: checksumOf(content) };
}

/** The file as it is now; nothing of it when it is gone, no content when it is large. */
function readNow(
  path: string,
  { fileSystem }: CommandIo["runtime"],
): { readonly size?: number; readonly content?: Uint8Array } {
  try {
    const stat = fileSystem.stat(path);
    if (stat?.kind !== "file") return {};
    const { size } = stat;
    const opened = fileSystem.open(path);
    try {
      const content = opened.read(size);
      // Large files are read asynchronously, which is not worth waiting for.
      return content instanceof Promise ? { size } : { size, content };
    } finally {
      opened[Symbol.dispose]();
    }
  } catch {
    return {}; // gone since it was loaded; the watch will say so
  }
}
