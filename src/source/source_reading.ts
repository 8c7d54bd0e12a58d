/**
 * What sources hold, and reading them again where that is due.
 *
 * @module
 */

import * as nodePath from "node:path";
import { SourceError, toError } from "../errors.ts";
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
}

/** What reading needs. */
export interface ReadOptions extends ReaderOptions, Patience {}

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
    next.push(readSource(reading, isDue, { ...options, pace, deadlines }));
  }
  return await Promise.all(next);
}

async function readSource(
  last: SourceReading,
  isDue: (source: Source, path: string) => boolean,
  options: ReadOptions & { readonly pace: Pace; readonly deadlines: Deadlines },
): Promise<SourceReading> {
  const { source, documents, failures = [], error: lastError } = last;
  // What was read beside the file that failed was dropped.
  const isDueHere = (path: string) => lastError !== undefined || isDue(source, path);
  try {
    const given = await options.deadlines.answerInTime(source, async (onStep) => {
      const parts = { last: { documents, failures }, isDue: isDueHere, onStep };
      const reader = new Reader({ ...options, ...parts });
      const read: unknown = await source.read(reader.context);
      if (Array.isArray(read)) return reader.finish(read);
      throw new TypeError(`Cannot read the source ${source.name}: it gives no list of documents`);
    });
    return { source, ...given };
  } catch (thrown) {
    const error = toError(thrown);
    return { source, documents: documents.filter(({ path }) => !isGone(path, error)), error };
  }
}

/** Whether `error` says that the file, or a directory it is in, is not there. */
function isGone(path: string, error: Error): boolean {
  return error instanceof SourceError && error.code === "ENOENT" &&
    (error.file === path || path.startsWith(error.file + nodePath.sep));
}

/** All documents of all sources. */
export function documentsByPath(readings: readonly SourceReading[]): Map<string, ReadDocument> {
  return new Map(readings.flatMap(({ documents }) => documents.map((item) => [item.path, item])));
}

/** What to compare of all documents. */
export function identities(readings: readonly SourceReading[]): Map<string, FileIdentity> {
  return new Map(
    readings.flatMap(({ source, documents }) =>
      documents.map(({ path, checksum, inode }) => [path, { checksum, inode, source: source.name }])
    ),
  );
}

/** Errors that pass by themselves, for example while a file is being replaced. */
const PASSING = ["EBUSY", "EACCES", "EPERM", "EMFILE", "ENFILE"];

/** The files and directories that can't be read for a reason that may pass by itself. */
export function busyPaths(readings: readonly SourceReading[]): ReadonlySet<string> {
  const busy = [...errorsOf(readings).values()].flatMap((error) =>
    error instanceof SourceError && PASSING.includes(error.code ?? "") ? [error.file] : []
  );
  return new Set(busy);
}

/** Why sources and single files of them can't be read, by message. */
export function errorsOf(readings: readonly SourceReading[]): ReadonlyMap<string, Error> {
  const errors = readings.flatMap(({ error, failures = [] }): readonly Error[] =>
    error === undefined ? failures : [error, ...failures]
  );
  return new Map(errors.map((error) => [error.message, error]));
}
