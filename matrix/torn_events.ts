/**
 * What the driver tells the subject that watches many files, and what that tells the driver.
 *
 * @module
 */

/** All the subject is told. */
export interface TornPlan {
  /** Paths of the files, each a configuration of its own. */
  readonly paths: readonly string[];
}

/** One line of the subject's. */
export type TornEvent = { readonly type: "ready" } | Handed;

/** Something about one of the files. */
export interface Handed {
  /** `commit`: it was handed over; `rejected`: something was refused. */
  readonly type: "commit" | "rejected";
  /** Number of the file in the plan. */
  readonly file: number;
  /** {@linkcode valueChecksum} of what was handed over. */
  readonly checksum?: string;
}
