/**
 * A start without the sources: on what was accepted last, as it is on disk.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { StateError } from "./errors.ts";
import type { Evaluation, Evaluator } from "./evaluation.ts";
import { formatIssue } from "./issue.ts";
import { formatAge } from "./printable.ts";
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
import { toError } from "./to_error.ts";

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
  /** Newer entries that are not to be trusted, or can't be used. */
  readonly skipped: readonly Skipped[];
  /** Why what was not stored could not be completed, by the text of its path. */
  readonly missing: ReadonlyMap<string, string>;
}

/**
 * Longest time that a start waits for the disk, which is all it has, and that it looks for an entry
 * that can be used, in milliseconds.
 */
const DEADLINE_MS = 10_000;

const START = "start on the last known good configuration in";

/**
 * The last known good configuration: the newest entry that can be used.
 *
 * @param readings What the sources hold that can be read: secrets are taken from there.
 * @param refusal Why they give no configuration.
 * @throws {StateError} When there are entries, and none can be used; its cause is `refusal`.
 * @throws {Error} `refusal`, when there is none at all.
 */
export async function openLastKnownGood<T>(
  options: LastKnownGoodOptions<T>,
  readings: readonly SourceReading[],
  refusal: Error,
): Promise<LastKnownGood<T>> {
  const { clock, environment, evaluator, folder } = options;
  const refuse = (path: string, reason: string, remedy?: string) =>
    new StateError({
      attempt: START,
      path,
      reason: `${reason}. ${refusal.message}`,
      remedy,
      cause: refusal,
    });
  const completedBy = { environment, ...await evaluator.readable(readings) };
  const endAt = clock.now() + DEADLINE_MS;
  for (let passed: readonly Skipped[] = [];;) {
    const { found, skipped } = await newestIn(options, passed, refuse);
    // A schema that hangs is not asked about all of them.
    const isLate = passed.length > 0 && clock.now() >= endAt;
    if (found === undefined || isLate) {
      const [only, ...others] = skipped;
      if (only === undefined) throw refusal;
      if (others.length === 0) throw refuse(only.path, only.reason);
      throw refuse(folder, `no entry can be used: ${describePassed(skipped)}`);
    }
    const { entry, path } = found;
    const used = await use(entry, completedBy, options);
    if (typeof used !== "string") return { ...used, entry, skipped };
    passed = [...skipped, { path, reason: used }];
  }
}

async function newestIn(
  { clock, journal, folder }: Pick<LastKnownGoodOptions<unknown>, "clock" | "journal" | "folder">,
  passed: readonly Skipped[],
  refuse: (path: string, reason: string, remedy?: string) => StateError,
): Promise<Newest> {
  const reading = journal.newest(passed);
  try {
    if (await isInTime(reading, DEADLINE_MS, clock)) return await reading;
  } catch (error) {
    const { path, reason, remedy } = error as StateError;
    throw refuse(path, reason, remedy);
  }
  throw refuse(folder, noAnswer(DEADLINE_MS));
}

/** The configuration in the entry, or why it can't be used. */
async function use<T>(
  { configuration, checksum, goodAt }: NumberedEntry,
  completedBy: CompletedBy,
  { clock, evaluator, maxAgeMs }: LastKnownGoodOptions<T>,
): Promise<Pick<LastKnownGood<T>, "evaluation" | "missing"> | string> {
  const ageMs = Math.max(0, clock.wallTime() - Date.parse(goodAt));
  if (!(ageMs <= maxAgeMs)) {
    return `it is ${formatAge(ageMs)} old, and ${formatAge(maxAgeMs)} are allowed`;
  }
  let restored: RestoredLayer;
  try {
    restored = restoreLayer(configuration, checksum, completedBy);
  } catch (error) {
    // It is whole, but may come from another version of the library.
    return toError(error).message;
  }
  const { layer, missing } = restored;
  const evaluation = await evaluator.evaluateLayers([layer]);
  if (evaluation.status === "accepted") return { evaluation, missing };
  return evaluation.status === "failed"
    ? evaluation.error.message
    : explainMissing(evaluation.issues, missing).map(formatIssue).join("; ");
}

/** More entries that were passed over are counted. */
const MOST_TOLD = 3;

/** The entries that were passed over, for people. */
function describePassed(passed: readonly Skipped[]): string {
  const left = passed.length - MOST_TOLD;
  const told = passed.slice(0, MOST_TOLD).map(({ path, reason }) => `${path}: ${reason}`).join(
    "; ",
  );
  return left > 0 ? `${told}; and ${left} more` : told;
}
