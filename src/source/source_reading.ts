/**
 * What sources hold, and reading them again where that is due.
 *
 * @module
 */

import * as nodePath from "node:path";
import { SourceError, toError } from "../errors.ts";
import type { FileSystem } from "../runtime/file_system.ts";
import { listFiles } from "../watch/watched_directory.ts";
import { answerInTime, type Patience } from "./answer_in_time.ts";
import type { FileIdentity } from "./file_change.ts";
import { Pace } from "./pace.ts";
import { readStable } from "./read_stable.ts";
import type { ReadContext, Source, SourceDocument } from "./source.ts";

/** What one source holds. */
export interface SourceReading {
  readonly source: Source;
  /** Its documents; after an error those that were read last. */
  readonly documents: readonly SourceDocument[];
  /** Why it can't be read. */
  readonly error?: Error;
}

/** What reading needs. */
export interface ReadOptions extends Pick<ReadContext, "isIgnored" | "hasFormat">, Patience {
  readonly fileSystem: FileSystem;
  /** Largest file, in bytes. */
  readonly maxBytes: number;
}

/** Reads the files that are due; of all others the last reading stays, whole as it was. */
export async function readSources(
  readings: readonly SourceReading[],
  isDue: (source: Source, path: string) => boolean,
  options: ReadOptions,
): Promise<readonly SourceReading[]> {
  const pace = new Pace(options.clock);
  const next: Promise<SourceReading>[] = [];
  for (const reading of readings) {
    if (pace.isOver) await pace.rest();
    next.push(readSource(reading, isDue, pace, options));
  }
  return await Promise.all(next);
}

async function readSource(
  { source, documents, error: lastError }: SourceReading,
  isDue: (source: Source, path: string) => boolean,
  pace: Pace,
  options: ReadOptions,
): Promise<SourceReading> {
  // What was read beside the file that failed was dropped.
  const isDueHere = (path: string) => lastError !== undefined || isDue(source, path);
  try {
    const read = await answerInTime(
      source,
      options,
      async (step) => await source.read(readContext(documents, isDueHere, pace, step, options)),
    );
    if (Array.isArray(read)) return { source, documents: read };
    throw new TypeError(`Cannot read the source ${source.name}: it gives no list of documents`);
  } catch (thrown) {
    const error = toError(thrown);
    return { source, documents: documents.filter(({ path }) => !isGone(path, error)), error };
  }
}

function readContext(
  documents: readonly SourceDocument[],
  isDue: (path: string) => boolean,
  pace: Pace,
  step: () => void,
  { fileSystem, maxBytes, isIgnored, hasFormat }: ReadOptions,
): ReadContext {
  const known = new Map(documents.map((document) => [document.path, document]));
  const read = (path: string) => {
    step();
    return (isDue(path) ? undefined : known.get(path)) ?? readStable(fileSystem, path, maxBytes);
  };
  return {
    isIgnored,
    hasFormat,
    readDocument: async (path) => await read(path),
    readDocuments: async (paths) => {
      const documents: SourceDocument[] = [];
      for (const path of paths) {
        if (pace.isOver) await pace.rest();
        const document = read(path);
        documents.push(document instanceof Promise ? await document : document);
      }
      return documents;
    },
    listFiles: (directory) => {
      const listed = listFiles(fileSystem, directory).filter((path) =>
        isDue(path) || known.has(path)
      );
      // A file that is missing without a hint is being replaced just now.
      const unseen = [...known.keys()].filter((path) => !isDue(path));
      return [...new Set([...listed, ...unseen])].sort();
    },
  };
}

/** Whether `error` says that the file, or a directory it is in, is not there. */
function isGone(path: string, error: Error): boolean {
  return error instanceof SourceError && error.code === "ENOENT" &&
    (error.file === path || path.startsWith(error.file + nodePath.sep));
}

/** All documents of all sources. */
export function documentsByPath(readings: readonly SourceReading[]): Map<string, SourceDocument> {
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
  return new Set(
    readings.flatMap(({ error }) =>
      error instanceof SourceError && PASSING.includes(error.code ?? "") ? [error.file] : []
    ),
  );
}
