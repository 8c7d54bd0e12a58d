/**
 * From what a subject told to what a cell says: pure functions.
 *
 * @module
 */

import { checksumOf } from "../src/checksum.ts";
import { type Digest, holds, holdsMix, type State } from "./digest.ts";
import { tale } from "./tale.ts";
import type { ExpectedChange } from "./situation.ts";
import type { ChangeEvent, Observed, SubjectEvent } from "./subject_events.ts";

/** What is right in a round. */
export interface RoundRule {
  /** Every configuration handed over so far that was right, the last one running. */
  readonly before: readonly State[];
  /** What may be handed over, the last one finally; or the changes to be reported. */
  readonly expected: readonly State[] | { readonly changes: readonly ExpectedChange[] };
  /** How many values a whole part holds. */
  readonly values: number;
  readonly reloads?: { readonly least: number; readonly most: number };
  readonly rejects?: "never" | "may" | "must";
  /** Whether parts may be of different saves. */
  readonly mayMix?: boolean;
  /** What is known to be wrong. */
  readonly faults?: readonly string[];
}

/** What became of a round. */
export interface Round {
  /** Whether the final content is what was handed over last. */
  readonly committed: boolean;
  /** Configurations handed over; of file events, 1 when they were exactly those expected. */
  readonly reloads: number;
  /** Whether it was handed over as often as is right. */
  readonly exact: boolean;
  /** Configurations handed over that nobody saved. */
  readonly torn: number;
  /** Whether something is wrong that must never be, unlike one reload too many now and then. */
  readonly isFaulty: boolean;
  /** From the end of the save, in milliseconds; absent when nothing had to arrive or nothing did. */
  readonly latencyMs?: number;
  /** What is wrong, for people. */
  readonly problem?: string;
}

/** Whether the subject has all it is to get in a round. */
export function isDone(rule: RoundRule, events: readonly Observed[]): boolean {
  return arrival(rule, events) !== undefined;
}

/** Whether nothing is to be handed over in a round. */
export function isNothing({ before, expected, reloads }: RoundRule): boolean {
  if (!isStates(expected)) return expected.changes.length === 0;
  return reloads === undefined ? sameState(before.at(-1), expected.at(-1)) : reloads.most === 0;
}

/** Judges a round by what the subject told from its start to the start of the next. */
export function judgeRound(rule: RoundRule, events: readonly Observed[], savedAt: number): Round {
  const { expected } = rule;
  const arrivedAt = arrival(rule, events);
  const latencyMs = isNothing(rule) || arrivedAt === undefined
    ? undefined
    : Math.max(0, arrivedAt - savedAt);
  const told = events.map(({ event }) => event);
  const found = isStates(expected)
    ? judgeCommits(rule, expected, told)
    : judgeChanges(expected.changes, told);
  const faults = faultsOf(rule, found, told);
  const problems = found.exact ? faults : [...faults, "not handed over as often as is right"];
  return {
    ...found,
    isFaulty: faults.length > 0,
    ...(latencyMs !== undefined && { latencyMs }),
    ...(problems.length > 0 && { problem: `${problems.join(", ")}: ${tale(told)}` }),
  };
}

/** More than this is never right, unless the situation says so. */
const MOST_RELOADS = 2;

type Found = Pick<Round, "committed" | "reloads" | "exact" | "torn">;

function judgeCommits(
  rule: RoundRule,
  states: readonly State[],
  told: readonly SubjectEvent[],
): Found {
  const commits = told.flatMap((event) => event.type === "commit" ? [event.digest] : []);
  const known = [...rule.before, ...states];
  const isWhole = rule.mayMix
    ? (digest: Digest) => holdsMix(digest, known, rule.values)
    : (digest: Digest) => known.some((state) => holds(digest, state, rule.values));
  const last = commits.at(-1);
  const final = states.at(-1)!;
  const committed = last === undefined
    ? sameState(rule.before.at(-1), final)
    : holds(last, final, rule.values);
  const once = isNothing(rule) ? 0 : 1;
  const { least, most } = rule.reloads ??
    { least: once, most: Math.max(once, once * states.length) };
  const reloads = commits.length;
  return {
    committed,
    reloads,
    exact: reloads >= least && reloads <= most,
    torn: commits.filter((digest) => !isWhole(digest)).length,
  };
}

function judgeChanges(expected: readonly ExpectedChange[], told: readonly SubjectEvent[]): Found {
  const changes = told.filter((event) => event.type === "change");
  const wanted = expected.map(keyOfExpected);
  const committed = wanted.every((key) => changes.some((change) => keyOf(change) === key));
  const checksums = new Set(expected.map(checksumOfExpected));
  const isTorn = ({ checksum }: ChangeEvent) => checksum !== undefined && !checksums.has(checksum);
  const exact = committed && changes.length === wanted.length;
  return {
    committed,
    reloads: exact && wanted.length > 0 ? 1 : changes.length,
    exact,
    torn: changes.filter(isTorn).length,
  };
}

function arrival(rule: RoundRule, events: readonly Observed[]): number | undefined {
  const { expected, before, values } = rule;
  if (!isStates(expected)) {
    const seen = events.flatMap(({ at, event }) =>
      event.type === "change" ? [{ at, key: keyOf(event) }] : []
    );
    const times = expected.changes.map((change) =>
      seen.find(({ key }) => key === keyOfExpected(change))?.at
    );
    return times.includes(undefined) ? undefined : Math.max(0, ...times as number[]);
  }
  const final = expected.at(-1)!;
  const last = events.findLast(({ event }) => event.type === "commit");
  if (last === undefined) return sameState(before.at(-1), final) ? 0 : undefined;
  const isFinal = last.event.type === "commit" && holds(last.event.digest, final, values);
  return isFinal ? last.at : undefined;
}

function faultsOf(
  { rejects = "never", reloads: allowed, faults = [] }: RoundRule,
  { committed, reloads, torn }: Found,
  told: readonly SubjectEvent[],
): string[] {
  const rejected = told.some(({ type }) => type === "rejected");
  return [
    ...(committed ? [] : ["the final content did not arrive"]),
    ...(torn > 0 ? ["handed over what nobody saved"] : []),
    ...(reloads > Math.max(MOST_RELOADS, allowed?.most ?? 0)
      ? ["handed over again and again"]
      : []),
    ...(rejects === "never" && rejected ? ["refused what was right"] : []),
    ...(rejects === "must" && !rejected ? ["refused nothing"] : []),
    ...(told.some(({ type }) => type === "failed") ? ["failed inside"] : []),
    ...faults,
  ];
}

function isStates(expected: RoundRule["expected"]): expected is readonly State[] {
  return Array.isArray(expected);
}

function sameState(one: State | undefined, other: State | undefined): boolean {
  return keyOfState(one) === keyOfState(other);
}

function keyOfState(state: State = {}): string {
  return JSON.stringify(Object.entries(state).sort(([a], [b]) => a < b ? -1 : 1));
}

function keyOf({ kind, path, oldPath, checksum }: ChangeEvent): string {
  return JSON.stringify([checksum, kind, path, oldPath]);
}

function keyOfExpected({ kind, path, oldPath, text }: ExpectedChange): string {
  return JSON.stringify([checksumOfExpected({ text }), kind, path, oldPath]);
}

function checksumOfExpected({ text }: Pick<ExpectedChange, "text">): string | undefined {
  return text === undefined ? undefined : checksumOf(text);
}
