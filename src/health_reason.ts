/**
 * Why a handle is not well.
 *
 * @module
 */

/** What a reason is about; the kinds are all there are. */
export type HealthReasonKind = HealthReason["kind"];

/**
 * One thing that is not as it should be, told apart by `kind`; `message` is a sentence for people.
 *
 * - `refused`: the last change was refused, and an older configuration runs
 * - `lastKnownGood`: what was started on is from the disk, as the sources give no configuration
 * - `component`: a component may run on something else
 * - `state`: what was accepted is not on disk
 * - `sourceStale`: a source can't be reached, and what it gave last is used
 * - `sourceEmpty`: a source can't be reached, and gave nothing yet
 * - `sourceUnwatched`: a source can't be watched, and is read from time to time
 * - `polled`: a directory is polled, as it can't be watched
 * - `notLooked`: files are not looked at, so that changes may not be noticed
 * - `paused`: changes are not applied, as somebody asked for
 * - `closed`: nothing is watched
 */
export type HealthReason =
  & { readonly message: string }
  & (
    | { readonly kind: "refused" | "state" | "notLooked" | "paused" | "closed" }
    | {
      readonly kind: "lastKnownGood";
      /** When the sources last gave it, as ISO 8601 in UTC. */
      readonly goodAt: string;
    }
    | { readonly kind: "component"; readonly component: string }
    | {
      readonly kind: "sourceStale" | "sourceEmpty" | "sourceUnwatched";
      readonly source: string;
    }
    | { readonly kind: "polled"; readonly directory: string }
  );

/** Every kind. */
export const HEALTH_REASON_KINDS: readonly HealthReasonKind[] = Object.keys(
  {
    refused: true,
    lastKnownGood: true,
    component: true,
    state: true,
    sourceStale: true,
    sourceEmpty: true,
    sourceUnwatched: true,
    polled: true,
    notLooked: true,
    paused: true,
    closed: true,
  } satisfies Record<HealthReasonKind, true>,
) as HealthReasonKind[];

/** What reasons are about: the same for those about the same, whatever their details. */
export function subjectsOf(reasons: readonly HealthReason[]): string {
  return [...new Set(reasons.map(subjectOf))].sort().join("\n");
}

function subjectOf(reason: HealthReason): string {
  switch (reason.kind) {
    case "component":
      return `component ${reason.component}`;
    case "sourceStale":
    case "sourceEmpty":
    case "sourceUnwatched":
      return `${reason.kind} ${reason.source}`;
    case "polled":
      return `polled ${reason.directory}`;
    default:
      return reason.kind;
  }
}
