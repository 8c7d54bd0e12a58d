/**
 * What the library tells of its work, through LogTape: silent until the application configures it.
 *
 * @module
 */

import type { Logger } from "@logtape/logtape";
import { formatIssue, type Issue } from "./issue.ts";

/** Everything a record holds beside its message; never a value of the configuration as it is. */
export type LogProperties = Readonly<Record<string, unknown>>;

/** Writes a record; `{name}` in the message stands for a property. */
export type WriteRecord = (message: string, properties: LogProperties) => void;

/**
 * Writes records about one topic. A level that nobody listens to is `undefined`, so that with
 * `log.watch.debug?.("…", { … })` nothing is made for nobody.
 */
export interface TopicLog {
  /** Each hint, each piece of evidence, each decision. */
  readonly debug: WriteRecord | undefined;
  /** What changed. */
  readonly info: WriteRecord | undefined;
  /** What was refused, or is not as it should be. */
  readonly warning: WriteRecord | undefined;
  /** What failed and was not expected to. */
  readonly error: WriteRecord | undefined;
}

/** Records of one handle, by what they are about: each is a category below `hotconf`. */
export interface Log {
  /** Hints, watchers and polling. */
  readonly watch: TopicLog;
  /** When hints are released. */
  readonly debounce: TopicLog;
  /** Whether a file is whole. */
  readonly settle: TopicLog;
  /** Sources and their files. */
  readonly read: TopicLog;
  /** Texts, and what is wrong with them. */
  readonly parse: TopicLog;
  /** What guards say. */
  readonly guard: TopicLog;
  /** What the schema and the validators say. */
  readonly validate: TopicLog;
  /** What components do. */
  readonly apply: TopicLog;
  /** Revisions that come, and those that do not. */
  readonly commit: TopicLog;
  /** Revisions on probation. */
  readonly confirm: TopicLog;
  /** Handlers and alerts. */
  readonly notify: TopicLog;
  /** How the handle is. */
  readonly health: TopicLog;
  /** What is kept on disk. */
  readonly state: TopicLog;
  /** One record for each revision, with what it changed. */
  readonly audit: TopicLog;
}

/** So many files, or issues, are named in a record; of more the number is told. */
export const MOST_NAMED = 20;

/** Files as properties: their names, as far as they are few, and their number. */
export function firstFiles(
  paths: readonly string[],
): { readonly files: readonly string[]; readonly fileCount: number } {
  return { files: paths.slice(0, MOST_NAMED), fileCount: paths.length };
}

/** Issues as properties, in the same way. */
export function firstIssues(
  issues: readonly Issue[],
): { readonly issues: readonly string[]; readonly issueCount: number } {
  return { issues: issues.slice(0, MOST_NAMED).map(formatIssue), issueCount: issues.length };
}

type Level = keyof TopicLog;

/** Sources are named in each record, but no more than that. */
const MOST_SOURCES = 5;

/**
 * Opens the log of a handle on `runtime`, whose records carry its number and its sources.
 *
 * @param sources Names of the sources it begins with.
 */
export async function openLog(
  runtime: { nextHandle?(): number },
  sources: readonly string[],
): Promise<Log> {
  const handle = runtime.nextHandle?.() ?? 1;
  const about = { handle, sources: Object.freeze(sources.slice(0, MOST_SOURCES)) };
  const library = new LogTape();
  if (library.isPresent) await library.load();
  const open = (topic: keyof Log) => new LogTapeTopic(topic, library, about);
  return {
    watch: open("watch"),
    debounce: open("debounce"),
    settle: open("settle"),
    read: open("read"),
    parse: open("parse"),
    guard: open("guard"),
    validate: open("validate"),
    apply: open("apply"),
    commit: open("commit"),
    confirm: open("confirm"),
    notify: open("notify"),
    health: open("health"),
    state: open("state"),
    audit: open("audit"),
  };
}

/** Under this name every copy of LogTape finds the loggers of the process. */
const LOGGERS = Symbol.for("logtape.rootLogger");

/** LogTape, as soon as somebody else in the process has loaded it: nobody listens before. */
class LogTape {
  #getLogger: ((category: readonly string[]) => Logger) | undefined;
  #loading: Promise<void> | undefined;

  /** Whether the application loaded it. It takes 30 ms on Node, which is too much for silence. */
  get isPresent(): boolean {
    return LOGGERS in globalThis;
  }

  /** Loads it, which takes no time where it is present. */
  load(): Promise<void> {
    this.#loading ??= import("@logtape/logtape").then(
      ({ getLogger }) => void (this.#getLogger = getLogger),
      () => {}, // not to be had: it stays silent
    );
    return this.#loading;
  }

  /** The logger of a topic; `undefined` until it is loaded. */
  loggerOf(topic: keyof Log): Logger | undefined {
    if (this.#getLogger === undefined && this.isPresent) void this.load();
    return this.#getLogger?.(["hotconf", topic]);
  }
}

class LogTapeTopic implements TopicLog {
  readonly #topic: keyof Log;
  readonly #library: LogTape;
  readonly #about: LogProperties;
  #logger: Logger | undefined;

  constructor(topic: keyof Log, library: LogTape, about: LogProperties) {
    this.#topic = topic;
    this.#library = library;
    this.#about = about;
  }

  get debug(): WriteRecord | undefined {
    return this.#at("debug");
  }

  get info(): WriteRecord | undefined {
    return this.#at("info");
  }

  get warning(): WriteRecord | undefined {
    return this.#at("warning");
  }

  get error(): WriteRecord | undefined {
    return this.#at("error");
  }

  #at(level: Level): WriteRecord | undefined {
    const logger = this.#logger ??= this.#library.loggerOf(this.#topic);
    if (logger === undefined || !isHeard(logger, level)) return undefined;
    return (message, properties) => {
      try {
        logger[level](message, { ...this.#about, ...properties });
      } catch {
        // LogTape contains what sinks throw, but not what filters do.
      }
    };
  }
}

function isHeard(logger: Logger, level: Level): boolean {
  try {
    return logger.isEnabledFor(level);
  } catch {
    return false; // the first copy of LogTape in the process is an old one, and it counts
  }
}
