/**
 * Runs one situation in several columns at once.
 *
 * @module
 */

import { join } from "node:path";
import { type Cell, cellOf, emptyCell } from "./cell.ts";
import type { Column, RuntimeName } from "./columns.ts";
import type { State } from "./digest.ts";
import { isDone, isNothing, judgeRound, type Round, type RoundRule } from "./judge.ts";
import { Place } from "./place.ts";
import { type Situation, statesOf } from "./situation.ts";
import type { Observed, SubjectPlan } from "./subject_events.ts";
import { SubjectProcess } from "./subject_process.ts";
import { describe } from "./tale.ts";
import { configText } from "./text.ts";

/** How a situation is run. */
export interface RunOptions {
  readonly columns: readonly Column[];
  /** Rounds, instead of the situation's own. */
  readonly rounds: number | undefined;
  /** Directory for the places. */
  readonly directory: string;
  /** The command that starts the subject. */
  subjectCommand(runtime: RuntimeName): readonly string[];
}

const POLL_MS = 50;
const ROUNDS = 10;
/** Far longer than anything takes: what comes late is not missing. */
const TIMEOUT_MS = 30_000;
const [PAUSE_LEAST_MS, PAUSE_MOST_MS] = [80, 250];
/** Longer than the backstop takes to find what was missed: nothing comes after that. */
const STRAGGLERS_MS = 1_300;
/** How long a file that is missing is waited for, when nothing else is said. */
const MAX_DELAY_MS = 1_000;
/** What failed so often will fail again. */
const MOST_FAILED_ROUNDS = 2;

/** The cells of a situation, one for each column. */
export function runSituation(situation: Situation, options: RunOptions): Promise<Cell[]> {
  return Promise.all(options.columns.map((column) => runCell(situation, column, options)));
}

async function runCell(
  situation: Situation,
  column: Column,
  { rounds = situation.rounds ?? ROUNDS, directory, subjectCommand }: RunOptions,
): Promise<Cell> {
  const impossible = situation.impossible?.(column);
  if (impossible !== undefined) return emptyCell(situation, column, { impossible });
  const place = new Place(join(directory, `${column.runtime}-${column.backend}`), column, rounds);
  let subject: SubjectProcess | undefined;
  const done: Round[] = [];
  try {
    if (situation.prepare === undefined) place.write("config.yaml", configText(0));
    else await situation.prepare(place);
    const usual = subjectCommand(column.runtime);
    const command = situation.command?.(usual, place) ?? usual;
    const plan: SubjectPlan = {
      watch: situation.watch ?? {},
      options: { watcher: column.backend === "native" ? "auto" : "poll", pollMs: POLL_MS },
    };
    subject = place.subject = new SubjectProcess(command, plan, place.directory);
    await subject.ready();
    for await (const round of playRounds(situation, place, subject)) done.push(round);
    return cellOf(situation, column, done);
  } catch (error) {
    const fault = `could not be run: ${error instanceof Error ? error.message : error}`;
    return cellOf(situation, column, done, [fault]);
  } finally {
    await subject?.close();
    place.closeNow();
  }
}

async function* playRounds(
  situation: Situation,
  place: Place,
  subject: SubjectProcess,
): AsyncGenerator<Round> {
  const { timeoutMs = TIMEOUT_MS, reloads, rejects, mayMix } = situation;
  const ready = subject.events[0]!.event;
  const [, , values = 0] = ready.type === "ready" ? Object.values(ready.digest)[0] ?? [] : [];
  const before: State[] = [...statesOf(situation, 0)];
  let failures = 0;
  for (let n = 1; n <= place.rounds && failures < MOST_FAILED_ROUNDS; n++) {
    const from = subject.events.length;
    const changes = situation.changes?.(place, n);
    const told = () => subject.events.slice(from);
    const begunAt = performance.now();
    await situation.save(place, n);
    const savedAt = performance.now();
    const stoodStill = situation.isBrief === true && savedAt - begunAt > MAX_DELAY_MS;
    const states = statesOf(situation, n, place);
    const expected = changes === undefined ? states : { changes };
    const rule: RoundRule = { before: [...before], expected, values, reloads, rejects, mayMix };
    if (!isNothing(rule)) await subject.until(() => isDone(rule, told()), timeoutMs);
    const isLast = n === place.rounds;
    await place.pause(isLast || isNothing(rule) ? STRAGGLERS_MS : pauseAfter(situation));
    if (subject.hasEnded) throw new Error(endOf(subject));
    const faults = situation.faults?.(told().map(({ event }) => event), place, n) ?? [];
    const round = judgeRound(
      { ...rule, faults },
      stoodStill ? withoutPassing(told()) : told(),
      savedAt,
    );
    if (!round.committed) failures += 1;
    before.push(...states);
    yield shortened(round, place);
  }
}

/** What was told, but of the configurations that were handed over only the last. */
function withoutPassing(told: readonly Observed[]): Observed[] {
  const last = told.findLast(({ event }) => event.type === "commit");
  return told.filter((one) => one === last || one.event.type !== "commit");
}

/** Nobody wants to read where the place was. */
function shortened(round: Round, { directory }: Place): Round {
  const problem = round.problem?.replaceAll(`${directory}/`, "");
  return { ...round, ...(problem !== undefined && { problem }) };
}

function pauseAfter({ pauseMs }: Situation): number {
  return pauseMs ?? PAUSE_LEAST_MS + Math.random() * (PAUSE_MOST_MS - PAUSE_LEAST_MS);
}

function endOf({ complaints, events }: SubjectProcess): string {
  const last = events.at(-1);
  const said = complaints.slice(0, 300) || (last && describe(last.event));
  return `the subject ended: ${said}`;
}
