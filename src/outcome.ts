/**
 * How reloads end.
 *
 * @module
 */

import type { ComponentError } from "./errors.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Change, ReloadCause } from "./events.ts";
import type { Issue } from "./issue.ts";
import type { ReloadResult } from "./statistics/figures.ts";

/** A reload that was refused. */
export interface Rejected {
  /** How it ended. */
  readonly status: "rejected";
  /** The revision that stays. */
  readonly revision: number;
  /** What the schema, a validator or a guard found wrong. */
  readonly issues?: readonly Issue[];
  /** Why a source could not be read or parsed, a component could not take it, or it did not stay. */
  readonly error?: Error;
}

/** How a reload ended. */
export type ReloadOutcome =
  | { readonly status: "committed"; readonly revision: number; readonly changes: readonly Change[] }
  | { readonly status: "unchanged"; readonly revision: number }
  | Rejected;

/** A candidate that does not become the current snapshot: why, and who says so. */
export type Refused =
  | Exclude<Evaluation<unknown>, { status: "accepted" }>
  | { readonly status: "refused"; readonly error: ComponentError };

/** What a refusal is counted as. */
export const RESULT_OF: Readonly<Record<Refused["status"], ReloadResult>> = {
  invalid: "invalid",
  failed: "unreadable",
  refused: "unapplied",
};

/**
 * Whether a refusal says something about what the sources hold, so that health tells it from now on.
 * Sources that are refused go again, and a rollback that is refused leaves all as it was: it was the
 * call that failed, and its caller knows.
 */
export function isLasting(cause: ReloadCause): boolean {
  return cause !== "sources" && cause !== "rollback";
}
