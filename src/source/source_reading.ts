/**
 * What sources hold, and reading them again where that is due.
 *
 * @module
 */

import { SourceError } from "../errors.ts";
import { isGone, toError } from "../to_error.ts";
import { Deadlines, type Patience } from "./deadlines.ts";
import type { FileIdentity } from "./file_change.ts";
import { Pace } from "./pace.ts";
import type { ReadDocument } from "./read_document.ts";
import { Reader, type ReaderOptions } from "./reader.ts";
import type { Source } from "./source.ts";

/** What one source holds. */
export interface SourceReading {
  readonly source: Source;
  /** Its documents; after an error those that were read last. */
  readonly documents: readonly ReadDocument[];
  /** Why it can't be read. */
  readonly error?: Error;
  /** Why single files of it can't be read, where those fail apart; their last reading stays. */
  readonly failures?: readonly SourceError[];
  /** Why its documents may be out of date: it can't be reached, but goes on with what it gave. */
  readonly stale?: Error | undefined;
  /** Whether it ever gave a document. */
  readonly hasGiven?: boolean | undefined;
}

/** What reading needs. */
export interface ReadOptions extends ReaderOptions, Patience {
  /** Whether a source is to be read at all. @default {every source} */
  isAsked?(source: Source): boolean;
}

/** Reads the files that are due; of all others the last reading stays, whole as it was. */
export async function readSources(
  readings: readonly SourceReading[],
  isDue: (source: Source, path: string) => boolean,
  options: ReadOptions,
): Promise<readonly SourceReading[]> {
  const pace = new Pace(options.clock);
  const deadlines = new Deadlines(options);
  const next: Promise<SourceReading>[] = [];
  for (const reading of readings) {
    if (pace.isOver) await pace.rest();
    const isAsked = options.isAsked?.(reading.source) ?? true;
    next.push(
      isAsked
        ? readSource(reading, isDue, { ...options, pace, deadlines })
        : Promise.resolve(reading),
    );
  }
  return await Promise.all(next);
}

async function readSource(
  last: SourceReading,
  isDue: (source: Source, path: string) => boolean,
  options: ReadOptions & { readonly pace: Pace; readonly deadlines: Deadlines },
): Promise<SourceReading> {
  const { source, documents, failures = [], stale, hasGiven, error: lastError } = last;
  // What was read beside the file that failed was dropped.
  const isDueHere = (path: string) => lastError !== undefined || isDue(source, path);
  const waiting = new AbortController();
  try {
    const given = await options.deadlines.answerInTime(source, async (onStep) => {
      const reader = new Reader({
        ...options,
        last: { documents, failures, stale, hasGiven },
        isDue: isDueHere,
        onStep,
        signal: waiting.signal,
      });
      const read: unknown = await source.read(reader.context);
      if (Array.isArray(read) && read.every(isDocument)) return reader.finish(read);
      throw new TypeError(`Cannot read the source ${source.name}: it gives no list of documents`);
    });
    return { source, ...given };
  } catch (thrown) {
    const error = toError(thrown);
    const left = documents.filter(({ path }) => !isGone(path, error));
    return { source, documents: left, hasGiven, error };
  } finally {
    waiting.abort();
  }
}

function isDocument(given: unknown): boolean {
  const { path, checksum, bytes } = Object(given) as Partial<ReadDocument>;
  return typeof path === "string" && typeof checksum === "string" && bytes instanceof Uint8Array;
}

/** All documents of all sources. */
export function documentsByPath(readings: readonly SourceReading[]): Map<string, ReadDocument> {
  const found = new Map<string, ReadDocument>();
  // A list of pairs would take three times as long, and this is asked several times for each save.
  for (const { documents } of readings) {
    for (const document of documents) found.set(document.path, document);
  }
  return found;
}

/** What to compare of all files. */
export function identities(readings: readonly SourceReading[]): Map<string, FileIdentity> {
  const files = new Map<string, FileIdentity>();
  for (const { source, documents } of readings) {
    for (const { path, checksum, inode } of documents) {
      if (inode !== undefined) files.set(path, { checksum, inode, source: source.name });
    }
  }
  return files;
}

/** Names of the sources that hold something else than before, in order; those that went come last. */
export function changedSources(
  before: readonly SourceReading[],
  after: readonly SourceReading[],
): readonly string[] {
  const left = new Map(before.map((reading) => [reading.source.name, reading]));
  const changed = after.filter((reading) => {
    const { name } = reading.source;
    const last = left.get(name);
    left.delete(name);
    return last === undefined ||
      !isSameContent(last.documents, reading.documents);
  });
  return [...changed.map(({ source }) => source.name), ...left.keys()];
}

function isSameContent(one: readonly ReadDocument[], other: readonly ReadDocument[]): boolean {
  if (one === other) return true;
  return one.length === other.length &&
    one.every(({ path, checksum }, index) =>
      path === other[index]!.path && checksum === other[index]!.checksum
    );
}

/** Errors that pass by themselves, for example while a file is being replaced. */
const PASSING = [
  ...["EBUSY", "EACCES", "EPERM", "EMFILE", "ENFILE", "EAGAIN"],
  // Of disks and file servers, which come back without any hint.
  ...["EIO", "ESTALE", "ETIMEDOUT", "ENOTCONN"],
];

/** The files and directories that can't be read for a reason that may pass by itself. */
export function busyPaths(readings: readonly SourceReading[]): ReadonlySet<string> {
  const busy = [...errorsOf(readings).values()].flatMap((error) =>
    error instanceof SourceError && PASSING.includes(error.code ?? "") ? [error.file] : []
  );
  return new Set(busy);
}

/** Whether a file is missing, and what it held last is used. */
export function isKept(path: string, readings: readonly SourceReading[]): boolean {
  return readings.some(({ documents, stale }) =>
    isGone(path, stale) && documents.some((document) => document.path === path)
  );
}

/** Why sources and single files of them can't be read, by message. */
export function errorsOf(readings: readonly SourceReading[]): ReadonlyMap<string, Error> {
  const errors = readings.flatMap(({ error, stale, failures = [] }) =>
    [error, stale, ...failures].filter((one) => one !== undefined)
  );
  return new Map(errors.map((error) => [error.message, error]));
}
