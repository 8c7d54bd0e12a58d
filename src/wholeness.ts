/**
 * What speaks against the files of a reading being whole, and what spoke for them.
 *
 * @module
 */

import { type Doubt, doubt, type ReadingFacts } from "./debounce/settle.ts";
import type { Burst } from "./debounce/strategy.ts";
import type { SettledBy } from "./events.ts";
import type { ReadDocument } from "./source/read_document.ts";
import type { SourceDocument } from "./source/source.ts";
import {
  busyPaths,
  documentsByPath,
  errorsOf,
  isKept,
  type SourceReading,
} from "./source/source_reading.ts";
import { isGone } from "./to_error.ts";

/** What a document parses to, as evidence. */
export type Inspect = (document: SourceDocument) => Promise<NonNullable<ReadingFacts["parsed"]>>;

/** Why a file is not taken to be whole. */
export type WhyNotWhole =
  | Doubt
  /** Somebody has it open for writing, or wrote to it while it was read. */
  | "being written"
  /** It can't be read just now. */
  | "busy";

/**
 * The files that something speaks against in the reading `next`, with what that is.
 *
 * @param bursts What was said about each file since its last release; no other is asked for.
 */
export async function doubtedFiles(
  bursts: ReadonlyMap<string, Burst>,
  before: readonly SourceReading[],
  next: readonly SourceReading[],
  inspect?: Inspect,
): Promise<Map<string, WhyNotWhole>> {
  const old = documentsByPath(before);
  const now = documentsByPath(next);
  const busy = busyPaths(next);
  const wasBusy = busyPaths(before);
  // Most batches move nothing, and of many files finding these takes long.
  let oldByInode: ReadonlyMap<string, ReadDocument> | undefined;
  let nowByInode: ReadonlyMap<string, ReadDocument> | undefined;
  const doubted = new Map<string, WhyNotWhole>();
  for (const [path, { evidence, wasDropped }] of bursts) {
    const document = now.get(path);
    // What came here from another name is compared with what it was there.
    const previous = old.get(path) ??
      (document?.inode === undefined
        ? undefined
        : (oldByInode ??= byInode(old)).get(document.inode));
    // What is here under another name is not coming back under this one.
    const isMoved = document === undefined && previous?.inode !== undefined &&
      (nowByInode ??= byInode(now)).has(previous.inode);
    if (busy.has(path) && !wasBusy.has(path)) doubted.set(path, "busy");
    // It may come back, before anybody is told that it went.
    else if (isKept(path, next) && !isKept(path, before)) doubted.set(path, "missing");
    // It was removed from a volume, which is exchanged as a whole: nothing brings it back.
    else if (wasDropped && document === undefined && !isMissed(path, next)) continue;
    else if (!isMoved) {
      const found = await doubtOf(previous, document, evidence, inspect);
      if (found !== undefined) doubted.set(path, found);
    }
  }
  return doubted;
}

/** Whether a source can't do without a file that is gone. */
function isMissed(path: string, readings: readonly SourceReading[]): boolean {
  return [...errorsOf(readings).values()].some((error) => isGone(path, error));
}

function byInode(documents: ReadonlyMap<string, ReadDocument>): Map<string, ReadDocument> {
  const found = new Map<string, ReadDocument>();
  for (const document of documents.values()) {
    if (document.inode !== undefined) found.set(document.inode, document);
  }
  return found;
}

/** Why a file was taken to be whole, given what was said about it and whether it had to be. */
export function settledBy(burst: Burst | undefined, isForced: boolean): SettledBy {
  return burst?.evidence ?? (isForced ? "maxDelay" : "quiet");
}

const FROM_STRONG_TO_WEAK: readonly SettledBy[] = ["rename", "close", "quiet", "maxDelay"];

/** The weakest of several reasons: what a batch was waiting for. */
export function weakest(reasons: readonly SettledBy[]): SettledBy | undefined {
  return FROM_STRONG_TO_WEAK.findLast((reason) => reasons.includes(reason));
}

async function doubtOf(
  previous: ReadDocument | undefined,
  document: ReadDocument | undefined,
  evidence: Burst["evidence"],
  inspect: Inspect | undefined,
): Promise<Doubt | undefined> {
  if (previous === undefined && document === undefined) return undefined;
  if (previous?.checksum === document?.checksum) return undefined;
  // With evidence nobody asks what there was before.
  const known = evidence === undefined ? inspect : undefined;
  const before = await factsOf(previous, known);
  return doubt(before, await factsOf(document, inspect), evidence);
}

async function factsOf(
  document: ReadDocument | undefined,
  inspect: Inspect | undefined,
): Promise<ReadingFacts> {
  if (document === undefined) return { size: undefined };
  const { size, endsLine } = document;
  const parsed = await inspect?.(document);
  return { size, endsLine, ...(parsed !== undefined && { parsed }) };
}
