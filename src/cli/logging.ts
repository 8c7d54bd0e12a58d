/**
 * The log of the command: what `--log-level` asks for, on standard error.
 *
 * @module
 */

import type { LogRecord } from "@logtape/logtape";
import type { WatchArguments } from "./arguments.ts";
import type { CommandIo } from "./io.ts";
import { isColoured, printable } from "./style.ts";

/**
 * Logs from now on, if it was asked for: lines of text, or of JSON with `--json`.
 *
 * @returns Ends it.
 */
export async function startLogging(
  { logLevel, json }: Pick<WatchArguments, "logLevel" | "json">,
  { stderr, environment }: Pick<CommandIo, "stderr" | "environment">,
): Promise<Disposable> {
  if (logLevel === undefined) return { [Symbol.dispose]: () => {} };
  const logtape = await import("@logtape/logtape");
  const format = json
    ? logtape.jsonLinesFormatter
    : textFormatter(logtape, stderr.isTerminal, isColoured(stderr, environment));
  logtape.configureSync({
    // A schema module may have configured a log of its own; here it is the command's.
    reset: true,
    sinks: { stderr: (record) => stderr.write(format(record)) },
    loggers: [
      { category: "hotconf", sinks: ["stderr"], lowestLevel: logLevel },
      { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "warning" },
    ],
  });
  return { [Symbol.dispose]: () => logtape.resetSync() };
}

function textFormatter(
  { getAnsiColorFormatter, getTextFormatter }: typeof import("@logtape/logtape"),
  isTerminal: boolean,
  isColoured: boolean,
): (record: LogRecord) => string {
  const options = {
    timestamp: isTerminal ? "time" : "rfc3339",
    timeZone: isTerminal ? null : "UTC",
    value: showValue,
  } as const;
  return isColoured ? getAnsiColorFormatter(options) : getTextFormatter(options);
}

function showValue(value: unknown): string {
  return printable(Array.isArray(value) ? value.join(", ") : String(value));
}
