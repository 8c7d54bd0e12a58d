/**
 * What a source reads with, and what becomes of the documents it gives.
 *
 * @module
 */

import type { FileSystem } from "../runtime/file_system.ts";
import { listFiles } from "../watch/watched_directory.ts";
import type { Pace } from "./pace.ts";
import { type ReadDocument, toReadDocument } from "./read_document.ts";
import { readStable } from "./read_stable.ts";
import type { ReadContext, SourceDocument } from "./source.ts";

/** Options of {@linkcode createReader}. */
export interface ReaderOptions extends Pick<ReadContext, "isIgnored" | "hasFormat"> {
  readonly fileSystem: FileSystem;
  /** Largest file, in bytes. */
  readonly maxBytes: number;
  /** Whether the bytes of documents are kept: somebody parses them. */
  readonly keepsContent: boolean;
}

/** Reads for one source, once. */
export interface Reader {
  /** What the source is given. */
  readonly context: ReadContext;
  /** A document that the source gave, with what is asked of it later. */
  finish(document: SourceDocument): ReadDocument;
}

/**
 * Creates a reader.
 *
 * @param last What the source gave the last time; what is not due stays.
 * @param onStep Is called before each file.
 */
export function createReader(
  last: readonly ReadDocument[],
  isDue: (path: string) => boolean,
  pace: Pace,
  onStep: () => void,
  { fileSystem, maxBytes, keepsContent, isIgnored, hasFormat }: ReaderOptions,
): Reader {
  const known = new Map(last.map((document) => [document.path, document]));
  const finished = new Set<SourceDocument>(last);
  const finish = (document: SourceDocument): ReadDocument => {
    // Any other object was made by the source, whatever it made it of.
    if (finished.has(document)) return document as ReadDocument;
    const made = toReadDocument(document, known.get(document.path), keepsContent);
    finished.add(made);
    return made;
  };
  const read = (path: string): ReadDocument | Promise<ReadDocument> => {
    onStep();
    const document = isDue(path) ? undefined : known.get(path);
    if (document !== undefined) return document;
    const fresh = readStable(fileSystem, path, maxBytes);
    return fresh instanceof Promise ? fresh.then(finish) : finish(fresh);
  };
  const context: ReadContext = {
    isIgnored,
    hasFormat,
    readDocument: async (path) => await read(path),
    readDocuments: async (paths) => {
      const documents: ReadDocument[] = [];
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
  return { context, finish };
}
