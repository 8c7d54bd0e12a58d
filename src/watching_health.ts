/**
 * Whether a handle still watches, and how.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { HealthReason } from "./health_reason.ts";
import type { Intake } from "./intake.ts";

/** How files are being watched. */
export interface WatchingHealth {
  /** Whether changes are noticed, one way or the other. */
  readonly isWatching: boolean;
  /** Whether some directory, or all, are watched by polling. */
  readonly isPolling: boolean;
  /** Directories watched by the runtime's events. */
  readonly watchedDirectories: number;
  /** Time since the files were last looked at beside the events, in milliseconds. */
  readonly lastLookMs?: number;
  /** What is not as it should be. */
  readonly reasons: readonly HealthReason[];
}

/** So many looks that did not take place mean that none will. */
const MISSED_LOOKS = 5;

/** The state of watching of an intake. */
export function describeWatching(intake: Intake, clock: Clock): WatchingHealth {
  const { isPolling, failures, watchedDirectories, lastTick, intervalMs } = intake.watch;
  const lastLookMs = lastTick === undefined ? undefined : clock.now() - lastTick;
  const isLate = lastLookMs !== undefined && lastLookMs > MISSED_LOOKS * intervalMs;
  const reasons: HealthReason[] = [...failures].map(([directory, error]) => ({
    kind: "polled",
    directory,
    message: `${directory} is polled because it can't be watched: ${error.message}`,
  }));
  if (isLate) {
    const message = `The files were not looked at for ${Math.round(lastLookMs)} ms`;
    reasons.push({ kind: "notLooked", message });
  }
  return {
    isWatching: intake.isOpen && !isLate,
    isPolling,
    watchedDirectories,
    ...(lastLookMs !== undefined && { lastLookMs }),
    reasons,
  };
}
