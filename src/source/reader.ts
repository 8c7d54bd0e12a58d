/**
 * What a source reads with, and what becomes of the documents it gives.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { SourceError } from "../errors.ts";
import type { FileStat, FileSystem } from "../runtime/file_system.ts";
import { isGone, toError } from "../to_error.ts";
import type { Found } from "../watch/listing.ts";
import { listFiles, type WatchedDirectory } from "../watch/watched_directory.ts";
import type { Pace } from "./pace.ts";
import { type ReadDocument, toReadDocument } from "./read_document.ts";
import { readStable } from "./read_stable.ts";
import type { ReadContext, SourceDocument } from "./source.ts";

/** What watching knows of files, so that reading need not ask again. */
export interface SeenFiles {
  /** What was known of a file when it was hinted at, or looked at, the last time. */
  statOf(path: string): FileStat | undefined;
  /** What was found in a directory that is watched; absent or `undefined`: it has to be listed. */
  foundIn?(directory: WatchedDirectory): Found | undefined;
}

/** How to read. */
export interface ReaderOptions
  extends Pick<ReadContext, "isIgnored" | "hasFormat" | "environment" | "maxBytes"> {
  readonly fileSystem: FileSystem;
  /** Whether the bytes of documents are kept: somebody parses them. */
  readonly keepsContent: boolean;
  /** Whether one of many files that can't be read leaves the others alone, or fails its source. */
  readonly failsApart: boolean;
  /** What watching knows of files; absent: they are asked for. */
  readonly seen?: SeenFiles | undefined;
}

/** What a source gave. */
export interface Given {
  readonly documents: readonly ReadDocument[];
  /** Why single files of it can't be read. */
  readonly failures: readonly SourceError[];
  /** Why what it gave may be out of date. */
  readonly stale?: Error | undefined;
  /** Whether it ever gave a document. */
  readonly hasGiven?: boolean | undefined;
}

/** Parts of a {@linkcode Reader}. */
export interface ReaderParts extends ReaderOptions {
  /** What the source gave the last time; what is not due stays. */
  readonly last: Given;
  isDue(path: string): boolean;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** Is called before each file. */
  onStep(): void;
}

/** Reads for one source, once. */
export class Reader {
  readonly #parts: ReaderParts;
  readonly #known: ReadonlyMap<string, ReadDocument>;
  readonly #finished: Set<SourceDocument>;
  readonly #failures: SourceError[];
  #stale: Error | undefined;

  /** Creates a reader. */
  constructor(parts: ReaderParts) {
    const { documents, failures } = parts.last;
    this.#parts = parts;
    this.#known = new Map(documents.map((document) => [document.path, document]));
    this.#finished = new Set(documents);
    this.#failures = failures.filter(({ file }) => !parts.isDue(file));
  }

  /** What the source is given. */
  get context(): ReadContext {
    const { isIgnored, hasFormat, environment, clock, maxBytes, signal, last } = this.#parts;
    return {
      schedule: (delayMs, callback, options) => clock.schedule(delayMs, callback, options),
      isIgnored,
      hasFormat,
      environment,
      maxBytes,
      signal,
      last: last.documents,
      isNew: last.hasGiven !== true,
      stale: (error) => void (this.#stale = toError(error)),
      readDocument: async (path) => await this.#read(path),
      readDocuments: (paths) => this.#readMany(paths),
      listFiles: (directory) => this.#list(directory),
    };
  }

  /** What the source gave, with what is asked of it later. */
  finish(documents: readonly SourceDocument[]): Given {
    return {
      documents: documents.map((document) => this.#finish(document)),
      failures: this.#failures,
      hasGiven: this.#parts.last.hasGiven || documents.length > 0,
      ...(this.#stale !== undefined && { stale: this.#stale }),
    };
  }

  #finish(document: SourceDocument): ReadDocument {
    // Any other object was made by the source, whatever it made it of.
    if (this.#finished.has(document)) return document as ReadDocument;
    const last = this.#known.get(document.path);
    const finished = toReadDocument(document, last, this.#parts.keepsContent);
    this.#finished.add(finished);
    return finished;
  }

  #read(path: string): ReadDocument | Promise<ReadDocument> {
    const { isDue, onStep, fileSystem, maxBytes, seen } = this.#parts;
    onStep();
    const last = isDue(path) ? undefined : this.#known.get(path);
    if (last !== undefined) {
      // It is not looked at, so nothing is known of it that was not known before.
      if (isGone(path, this.#parts.last.stale)) this.#stale ??= this.#parts.last.stale;
      return last;
    }
    const document = readStable({ fileSystem, path, maxBytes, seen: seen?.statOf(path) });
    return document instanceof Promise
      ? document.then((late) => this.#finish(late))
      : this.#finish(document);
  }

  async #readMany(paths: readonly string[]): Promise<ReadDocument[]> {
    const { pace } = this.#parts;
    const documents: ReadDocument[] = [];
    for (const path of paths) {
      if (pace.isOver) await pace.rest();
      const read = this.#readOneOfMany(path);
      const document = read instanceof Promise ? await read : read;
      if (document !== undefined) documents.push(document);
    }
    return documents;
  }

  #readOneOfMany(path: string): ReadDocument | undefined | Promise<ReadDocument | undefined> {
    try {
      const document = this.#read(path);
      return document instanceof Promise
        ? document.catch((error) => this.#leftOf(path, error))
        : document;
    } catch (error) {
      return this.#leftOf(path, error);
    }
  }

  /** What there is of a file that can't be read. Throws where that fails the source. */
  #leftOf(path: string, error: unknown): ReadDocument | undefined {
    if (!(error instanceof SourceError)) throw error;
    // It vanished since it was listed, or its name is not the one that is listed.
    if (error.code === "ENOENT" && error.file === path) return undefined;
    if (!this.#parts.failsApart) throw error;
    this.#failures.push(error);
    return this.#known.get(path);
  }

  #list(directory: WatchedDirectory): readonly string[] {
    const { isDue } = this.#parts;
    const listed = this.#found(directory) ?? this.#listAnew(directory);
    // A file that is missing without a hint is being replaced just now.
    const unseen = [...this.#known.keys()].filter((path) => !isDue(path));
    return [...new Set([...unseen, ...listed])].sort();
  }

  #listAnew(directory: WatchedDirectory): string[] {
    const { isDue, fileSystem } = this.#parts;
    return listFiles(fileSystem, directory)
      .filter((path) => isDue(path) || this.#known.has(path));
  }

  /** The same of those that are due, without asking; not known while a directory itself is due. */
  #found(directory: WatchedDirectory): string[] | undefined {
    const { isDue, seen } = this.#parts;
    const found = seen?.foundIn?.(directory);
    if (found === undefined || (this.#known.size > 0 && found.directories.some(isDue))) {
      return undefined;
    }
    return found.files
      .filter((path) => isDue(path) && (this.#known.has(path) || directory.accepts(path)));
  }
}
