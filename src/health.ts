/**
 * Whether a handle watches, and whether what runs is what the sources say.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { HealthStatus } from "./events.ts";
import type { HealthReason } from "./health_reason.ts";
import type { Intake } from "./intake.ts";
import { formatIssue, type Issue } from "./issue.ts";
import type { LastKnownGood } from "./last_known_good.ts";
import type { Pipeline } from "./pipeline.ts";
import { count, formatAge } from "./printable.ts";
import type { Pending } from "./probation.ts";
import type { StateOnDisk } from "./state_on_disk.ts";
import { describeWatching, type WatchingHealth } from "./watching_health.ts";

/** State of a handle. */
export interface Health extends WatchingHealth {
  /** `degraded`: an older configuration runs because a newer one was refused, or files are polled. */
  readonly status: HealthStatus;
  /** Why it is not `ok`; what is refused comes first. */
  readonly reasons: readonly HealthReason[];
  /** Number of the snapshot that runs. */
  readonly revision: number;
  /** Set while that snapshot waits to be confirmed. */
  readonly pending?: Pending;
}

/** What the state of a handle depends on. */
export interface HealthParts {
  readonly clock: Clock;
  readonly intake: Intake;
  readonly pipeline: Pick<
    Pipeline<unknown>,
    "refusal" | "lastKnownGood" | "pending" | "revisions" | "staleSources"
  >;
  /** Where accepted revisions are kept; absent: nowhere. */
  readonly state?: Pick<StateOnDisk<unknown>, "failure"> | undefined;
  readonly isClosed: boolean;
}

/** The state of a handle. */
export function describeHealth(
  { clock, intake, pipeline, state, isClosed }: HealthParts,
): Health {
  const { pending, revisions } = pipeline;
  const { revision } = revisions.current;
  const watching = describeWatching(intake, clock);
  const reasons = [
    ...refusalReasons(pipeline, clock),
    ...watching.reasons,
    ...componentReasons(revisions),
  ];
  if (state?.failure !== undefined) {
    const message = `State on disk is not as it should be: ${state.failure.message}`;
    reasons.push({ kind: "state", message });
  }
  reasons.push(...sourceReasons(intake, pipeline), ...unwatchedReasons(intake, pipeline));
  if (intake.isPaused) {
    reasons.push({ kind: "paused", message: "Changes are not applied: it is paused" });
  }
  if (isClosed) reasons.push({ kind: "closed", message: "Nothing is watched: it is closed" });
  return {
    ...watching,
    status: !watching.isWatching ? "failing" : reasons.length > 0 ? "degraded" : "ok",
    reasons,
    revision,
    ...(pending !== undefined && { pending }),
  };
}

type PipelineHealth = HealthParts["pipeline"];

function refusalReasons(
  { refusal, lastKnownGood, revisions }: PipelineHealth,
  clock: Clock,
): HealthReason[] {
  if (refusal === undefined) return [];
  const { revision } = revisions.current;
  const why = refusal.error?.message ?? describeIssues(refusal.issues!);
  if (lastKnownGood === undefined) {
    const message = `The last change was refused, revision ${revision} stays: ${why}`;
    return [{ kind: "refused", message }];
  }
  const message = "It runs on the last known good configuration: " +
    `${describe(lastKnownGood, clock)}; ${why}`;
  return [{ kind: "lastKnownGood", goodAt: lastKnownGood.entry.goodAt, message }];
}

function componentReasons({ components, current }: PipelineHealth["revisions"]): HealthReason[] {
  return components.doubts.map(({ component, message }) => ({
    kind: "component",
    component,
    message: `Component ${component} may not run on revision ${current.revision}: ${message}`,
  }));
}

function sourceReasons(
  { sources }: HealthParts["intake"],
  { staleSources }: PipelineHealth,
): HealthReason[] {
  return sources.flatMap(({ source: { name: source }, documents, stale }): HealthReason[] => {
    if (stale === undefined) return [];
    const { message: why } = staleSources.reason(stale);
    return documents.length === 0
      ? [{ kind: "sourceEmpty", source, message: `${source} gives nothing yet: ${why}` }]
      : [{ kind: "sourceStale", source, message: `What ${source} gave last is used: ${why}` }];
  });
}

function unwatchedReasons(
  { unwatched }: HealthParts["intake"],
  { staleSources }: PipelineHealth,
): HealthReason[] {
  return [...unwatched].map(([{ name: source }, error]) => {
    const { message: why } = staleSources.reason(error);
    const message = `${source} can't be watched, and is read from time to time: ${why}`;
    return { kind: "sourceUnwatched", source, message };
  });
}

/** There may be as many as values, and health is looked at each second. */
const MOST_ISSUES = 20;

function describeIssues(issues: readonly Issue[]): string {
  const shown = issues.slice(0, MOST_ISSUES).map(formatIssue);
  const left = issues.length - MOST_ISSUES;
  return [...shown, ...(left > 0 ? [count(left, "more issue")] : [])].join("; ");
}

/** What was passed over, or could not be completed, is named, as far as it is little. */
const MOST_NAMED = 5;

function describe({ entry, skipped, missing }: LastKnownGood<unknown>, clock: Clock): string {
  // The clock may have gone back since.
  const age = formatAge(Math.max(0, clock.wallTime() - Date.parse(entry.goodAt)));
  const passed = skipped.map(({ path, reason }) => `passed over ${path}, as ${reason}`);
  const without = [...missing].map(([path, reason]) => `without ${path}, as ${reason}`);
  return [
    `the sources gave it ${age} ago, at ${entry.goodAt}`,
    ...firstOf(passed, "passed over", "more file"),
    ...firstOf(without, "without", "more value"),
  ].join("; ");
}

function firstOf(named: readonly string[], verb: string, thing: string): string[] {
  const left = named.length - MOST_NAMED;
  return [...named.slice(0, MOST_NAMED), ...(left > 0 ? [`${verb} ${count(left, thing)}`] : [])];
}
