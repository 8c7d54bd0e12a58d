/**
 * A start without the sources: on what was accepted last, as it is on disk.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { formatIssue, StateError, toError } from "./errors.ts";
import type { Evaluation, Evaluator } from "./evaluation.ts";
import type { Environment } from "./runtime/environment.ts";
import type { SourceReading } from "./source/source_reading.ts";
import { isInTime, noAnswer } from "./state/disk_answer.ts";
import type { NumberedEntry } from "./state/entry.ts";
import type { Journal, Newest, Skipped } from "./state/journal.ts";
import {
  type CompletedBy,
  explainMissing,
  type RestoredLayer,
  restoreLayer,
} from "./state/restore.ts";

/** Where the last known good configuration is, and what it may be. */
export interface LastKnownGoodOptions<T> {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly evaluator: Evaluator<T>;
  readonly journal: Pick<Journal, "newest">;
  readonly folder: string;
  /** Older ones are not started from, in milliseconds. */
  readonly maxAgeMs: number;
}

/** A configuration to start on. */
export interface LastKnownGood<T> {
  readonly evaluation: Extract<Evaluation<T>, { status: "accepted" }>;
  readonly entry: NumberedEntry;
  /** Newer entries that are not to be trusted. */
  readonly skipped: readonly Skipped[];
  /** Why what was not stored could not be completed, by the text of its path. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Longest time that a start waits for the disk, which is all it has, in milliseconds. */
const DEADLINE_MS = 10_000;

const START = "start on the last known good configuration in";

/**
 * The last known good configuration.
 *
 * @param readings What the sources hold that can be read: secrets are taken from there.
 * @param refusal Why they give no configuration.
 * @throws {StateError} When there is one that can't be used; its cause is `refusal`.
 * @throws {Error} `refusal`, when there is none at all.
 */
export async function openLastKnownGood<T>(
  { clock, environment, evaluator, journal, folder, maxAgeMs }: LastKnownGoodOptions<T>,
  readings: readonly SourceReading[],
  refusal: Error,
): Promise<LastKnownGood<T>> {
  const refuse = (path: string, reason: string, remedy?: string) =>
    new StateError({
      attempt: START,
      path,
      reason: `${reason}. ${refusal.message}`,
      remedy,
      cause: refusal,
    });
  const { found, skipped } = await newestIn({ clock, journal, folder }, refuse);
  if (found === undefined) {
    if (skipped.length === 0) throw refusal;
    throw refuse(folder, `no entry is whole: ${skipped.map(describeSkipped).join("; ")}`);
  }
  const { entry, path } = found;
  const ageMs = Math.max(0, clock.wallTime() - Date.parse(entry.goodAt));
  if (!(ageMs <= maxAgeMs)) {
    throw refuse(path, `it is ${formatAge(ageMs)} old, and ${formatAge(maxAgeMs)} are allowed`);
  }
  const completedBy = { environment, ...await evaluator.readable(readings) };
  const { layer, missing } = restore(entry, completedBy, (why) => refuse(path, why));
  const evaluation = await evaluator.evaluateLayers([layer]);
  if (evaluation.status === "accepted") return { evaluation, entry, skipped, missing };
  const why = evaluation.status === "failed"
    ? evaluation.error.message
    : explainMissing(evaluation.issues, missing).map(formatIssue).join("; ");
  throw refuse(path, why);
}

async function newestIn(
  { clock, journal, folder }: Pick<LastKnownGoodOptions<unknown>, "clock" | "journal" | "folder">,
  refuse: (path: string, reason: string, remedy?: string) => StateError,
): Promise<Newest> {
  const reading = journal.newest();
  try {
    if (await isInTime(reading, DEADLINE_MS, clock)) return await reading;
  } catch (error) {
    const { path, reason, remedy } = error as StateError;
    throw refuse(path, reason, remedy);
  }
  throw refuse(folder, noAnswer(DEADLINE_MS));
}

/** What is in the entry; it is whole, but may come from another version of the library. */
function restore(
  { configuration, checksum }: NumberedEntry,
  completedBy: CompletedBy,
  refuse: (why: string) => StateError,
): RestoredLayer {
  try {
    return restoreLayer(configuration, checksum, completedBy);
  } catch (error) {
    throw refuse(toError(error).message);
  }
}

/** An entry that was passed over, for people. */
export function describeSkipped({ path, reason }: Skipped): string {
  return `${path}: ${reason}`;
}

/** A time for people: `3 hours`. */
export function formatAge(ms: number): string {
  const units = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]] as const;
  const [unit, size] = units.find(([, least]) => ms >= 2 * least) ?? ["second", 1_000] as const;
  const count = Math.round(ms / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
