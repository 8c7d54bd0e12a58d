/** What the library logs while a test runs. */

import { configureSync, type LogRecord, resetSync } from "@logtape/logtape";

/** A record as tests look at it. */
export interface Recorded {
  /** What it is about: the category below `hotconf`. */
  readonly topic: string;
  readonly level: string;
  /** The message with its properties filled in. */
  readonly text: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Records of the library, in order, until it is disposed. */
export interface RecordedLog extends Disposable {
  readonly records: Recorded[];
  /** `topic level text` of each record. */
  readonly lines: string[];
}

/** Listens to what the library logs at `lowestLevel` and above. */
export function recordLog(
  lowestLevel: "trace" | "debug" | "info" | "warning" | "error" = "trace",
  onRecord: (record: LogRecord) => void = () => {},
): RecordedLog {
  const records: Recorded[] = [];
  const sink = (record: LogRecord) => {
    records.push({
      topic: record.category.slice(1).join("."),
      level: record.level,
      text: record.message.map((part) => typeof part === "string" ? part : shown(part)).join(""),
      properties: record.properties,
    });
    onRecord(record);
  };
  configureSync({
    reset: true,
    sinks: { sink, nowhere: () => {} },
    loggers: [
      { category: "hotconf", sinks: ["sink"], lowestLevel },
      { category: ["logtape", "meta"], sinks: ["nowhere"] },
    ],
  });
  return {
    records,
    get lines() {
      return records.map(({ topic, level, text }) => `${topic} ${level} ${text}`);
    },
    [Symbol.dispose]: () => resetSync(),
  };
}

function shown(part: unknown): string {
  return Array.isArray(part) ? part.join(", ") : String(part);
}
