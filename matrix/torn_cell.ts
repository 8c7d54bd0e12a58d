/**
 * From what was handed over during slow saves to what a cell says: pure functions.
 *
 * @module
 */

import type { RuntimeName } from "./columns.ts";
import type { Handed } from "./torn_events.ts";
import { chunksOf, textChecksum, TORN_DOCUMENTS, type TornDocument } from "./torn_texts.ts";

/** A slow save, and what the subject told from its start to the start of the next. */
export interface SlowSave {
  /** The whole text before. */
  readonly before: string;
  /** The whole text after. */
  readonly after: string;
  /** Where it was cut; what comes before the first cut may be what was there already. */
  readonly cuts: readonly number[];
  /** The longest pause there was, in milliseconds. */
  readonly longestPauseMs: number;
  readonly told: readonly Handed[];
}

/** What slow saves came to. */
export interface TornCell {
  /** Name of the document. */
  readonly document: string;
  readonly runtime: RuntimeName;
  /** Pause between two chunks, in milliseconds. */
  readonly pauseMs: number;
  readonly saves: number;
  /** Saves of which something was handed over that nobody saved. */
  readonly torn: number;
  /** Saves whose final content was not handed over last. */
  readonly lost: number;
  /** Configurations handed over, in all saves. */
  readonly reloads: number;
  /** Saves on the way of which something was refused, although nothing is wrong with them. */
  readonly refused: number;
  /** The ends of the first parts that were handed over as if they were the whole. */
  readonly ends: readonly string[];
}

const MOST_ENDS = 5;
const END_LENGTH = 40;

/** So long a pause may be over the default `maxDelayMs`, which shorter ones are not meant to be. */
const NEARLY_MAX_DELAY_MS = 950;

/** A save with a longer pause than this is not counted: the machine has stretched it. */
function mostMs(pauseMs: number): number {
  const most = pauseMs + Math.max(20, pauseMs / 4);
  return pauseMs < NEARLY_MAX_DELAY_MS ? Math.min(most, NEARLY_MAX_DELAY_MS) : most;
}

/** The cell of some saves. */
export function tornCellOf(
  { name }: TornDocument,
  runtime: RuntimeName,
  pauseMs: number,
  all: readonly SlowSave[],
): TornCell {
  const saves = all.filter(({ longestPauseMs }) => longestPauseMs < mostMs(pauseMs));
  const torn = saves.filter((save) => tornOf(save).length > 0);
  return {
    document: name,
    runtime,
    pauseMs,
    saves: saves.length,
    torn: torn.length,
    lost: saves.filter(({ told, after }) => lastHanded(told) !== textChecksum(after)).length,
    reloads: saves.reduce((sum, { told }) => sum + handed(told).length, 0),
    refused: saves.filter(({ told }) => told.some(({ type }) => type === "rejected")).length,
    ends: torn.flatMap(endsOf).slice(0, MOST_ENDS),
  };
}

/**
 * Whether a cell does not reach what it must: nothing lost, and no part of what gives itself away
 * handed over while the writer pauses for less than `maxDelayMs`.
 */
export function hasTornFailed({ document, pauseMs, torn, lost }: TornCell): boolean {
  const isAmbiguous = TORN_DOCUMENTS.find(({ name }) => name === document)?.isAmbiguous ?? false;
  return lost > 0 || (torn > 0 && !isAmbiguous && pauseMs < NEARLY_MAX_DELAY_MS);
}

/** The checksum of what was handed over last, if anything was. */
export function lastHanded(told: readonly Handed[]): string | undefined {
  return handed(told).at(-1);
}

/** The checksums that were handed over and are of no save. */
function tornOf({ before, after, told }: SlowSave): string[] {
  const whole = [before, after].map(textChecksum);
  return handed(told).filter((checksum) => !whole.includes(checksum));
}

function handed(told: readonly Handed[]): string[] {
  return told.flatMap(({ checksum }) => checksum ?? []);
}

function endsOf(save: SlowSave): string[] {
  const { after, cuts } = save;
  const parts = chunksOf(after, cuts).map((_, index, chunks) =>
    chunks.slice(0, index + 1).join("")
  );
  return tornOf(save).map((checksum) => {
    const part = parts.find((text) => textChecksum(text) === checksum);
    return part === undefined ? "of no part" : part.slice(-END_LENGTH);
  });
}
