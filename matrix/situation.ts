/**
 * What a row of the matrix is: data, and a few functions that lay out files and save.
 *
 * @module
 */

import type { Column } from "./columns.ts";
import type { State } from "./digest.ts";
import type { Place } from "./place.ts";
import type { SubjectEvent, WatchPlan } from "./subject_events.ts";

/** The tables of the page. */
export type Group = "save" | "structure" | "stress";

/**
 * A situation, run in every column at once, each with a directory and a subject of its own:
 * `prepare`, start of the subject, then for each round `save`, waiting until the subject has what
 * `states` or `changes` says, and a pause.
 */
export interface Situation {
  /** Short name for `--only`: lower-case words joined by hyphens. */
  readonly name: string;
  readonly group: Group;
  /** What the row is called. */
  readonly title: string;
  /** How many times it is done. @default {10} */
  readonly rounds?: number;
  /** Whether `--quick` leaves it out. @default {false} */
  readonly isSlow?: boolean;
  /**
   * What the machine must have, see `needs.ts`: programs, and `root`, `mount`, `overlay`. Where one
   * is missing the row is skipped.
   */
  readonly needs?: readonly string[];
  /** What the subject watches. @default {the file config.yaml as configuration} */
  readonly watch?: WatchPlan;
  /** Lays out the files before the subject starts. @default {config.yaml with configText(0)} */
  prepare?(place: Place): void | Promise<void>;
  /** The command that starts the subject, made of the usual one; for limits that it runs under. */
  command?(command: readonly string[], place: Place): readonly string[];
  /**
   * Does round `n`, from 1; resolves at the end of the save, from where the latency counts.
   * Whoever leaves something running or mounted says so with `place.onEnd()`.
   */
  save(place: Place, n: number): void | Promise<void>;
  /**
   * The configurations that may be handed over in round `n`, the last one finally; `""` is a
   * configuration in one part. The same as in the round before: nothing may be handed over.
   * Asked for after `save`, then with the place.
   *
   * @default {save n, and no other}
   */
  states?(n: number, place?: Place): readonly State[];
  /**
   * Whether a save is over in far less than `maxDelayMs`, for which a file that is missing is waited
   * for. A round in which the machine made it longer than that is judged by its end. @default {false}
   */
  readonly isBrief?: boolean;
  /** Whether parts of a configuration may be of different saves. @default {false} */
  readonly mayMix?: boolean;
  /** With `watch.files`: what round `n` must report, in any order, and nothing else. */
  changes?(place: Place, n: number): readonly ExpectedChange[];
  /** How often a round may be handed over. @default {once; never, where nothing changes} */
  readonly reloads?: { readonly least: number; readonly most: number };
  /** Whether the subject may, must or must not refuse something on the way. @default {"never"} */
  readonly rejects?: "never" | "may" | "must";
  /** What must never be and was, beside what is judged of every situation; `told` in the round. */
  faults?(told: readonly SubjectEvent[], place: Place, n: number): readonly string[];
  /** Why a column can't do it; its cell is not run. */
  impossible?(column: Column): string | undefined;
  /** Something a reader has to know about the row. */
  readonly note?: string;
  /** How long a save may take to arrive, in milliseconds. @default {30000} */
  readonly timeoutMs?: number;
  /** Pause after a round, in milliseconds. @default {80 to 250, at random} */
  readonly pauseMs?: number;
}

/** A change that `watchFiles()` must report. */
export interface ExpectedChange {
  readonly kind: "created" | "modified" | "deleted" | "moved";
  /** Absolute path. */
  readonly path: string;
  /** For `moved`: where it was. */
  readonly oldPath?: string;
  /** The whole text of the file; absent when deleted. */
  readonly text?: string;
}

/** What a situation without `states` may hand over in round `n`. */
export function statesOf(
  { states }: Pick<Situation, "states">,
  n: number,
  place?: Place,
): readonly State[] {
  return states?.(n, place) ?? [{ "": n }];
}
