/**
 * How often a file that is saved slowly is handed over in half, on each runtime with its events.
 *
 * @module
 */

import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createRandom } from "../bench/random.ts";
import type { RuntimeName } from "./columns.ts";
import { SubjectProcess } from "./subject_process.ts";
import { lastHanded, type SlowSave, type TornCell, tornCellOf } from "./torn_cell.ts";
import type { Handed, TornEvent, TornPlan } from "./torn_events.ts";
import { chunksOf, cutsOf, textChecksum, TORN_DOCUMENTS, type TornDocument } from "./torn_texts.ts";

/** What is measured. */
export interface TornOptions {
  readonly runtimes: readonly RuntimeName[];
  /** Saves of each file, up to 10; there are two files for each cell. */
  readonly saves: number | undefined;
  /** Directory for the files. */
  readonly directory: string;
  /** The command that starts the subject. */
  subjectCommand(runtime: RuntimeName): readonly string[];
}

/** Pauses between the chunks of a save, in milliseconds. */
export const PAUSES_MS: readonly number[] = [10, 40, 100, 200, 400, 600, 900, 1_500];

const CHUNKS = 5;
const SAVES = 10;
const FILES = 2;
/** A file that is doubted again and again is waited for five seconds. */
const ARRIVES_WITHIN_MS = 8_000;
/** So long after a save has arrived the next one begins, and is another one for anybody. */
const [REST_LEAST_MS, REST_MOST_MS] = [400, 800];

/** A file that is saved over and over with the same pauses. */
interface Lane {
  readonly document: TornDocument;
  readonly pauseMs: number;
  readonly path: string;
  /** What the subject told of it. */
  readonly told: Handed[];
}

/** The files of one document, and the subject that watches them: a program watches a few files. */
interface Crew {
  readonly runtime: RuntimeName;
  readonly document: TornDocument;
  readonly lanes: readonly Lane[];
  readonly subject: SubjectProcess<TornEvent>;
}

/** All cells: each document with each pause on each runtime. */
export async function measureTorn(options: TornOptions): Promise<TornCell[]> {
  const { runtimes, saves = SAVES } = options;
  const crews: Crew[] = [];
  try {
    for (const document of TORN_DOCUMENTS) {
      const next = runtimes.map((runtime) => startCrew(runtime, document, options));
      crews.push(...next);
      await Promise.all(next.map(({ subject }) => subject.ready()));
    }
    const count = Math.min(saves, SAVES);
    const cells = await Promise.all(crews.map((crew) => playCrew(crew, count)));
    return cells.flat();
  } finally {
    await Promise.all(crews.map(({ subject }) => subject.close()));
  }
}

function startCrew(
  runtime: RuntimeName,
  document: TornDocument,
  { directory, subjectCommand }: TornOptions,
): Crew {
  const lanes = PAUSES_MS.flatMap((pauseMs) =>
    Array.from({ length: FILES }, (_, index) => {
      const place = join(directory, runtime, `${document.name}-${pauseMs}-${index}`);
      return { document, pauseMs, path: join(place, document.file), told: [] };
    })
  );
  for (const lane of lanes) prepare(lane);
  const plan: TornPlan = { paths: lanes.map(({ path }) => path) };
  const subject = new SubjectProcess<TornEvent>(subjectCommand(runtime), plan, directory);
  return { runtime, document, lanes, subject };
}

async function playCrew(
  { runtime, document, lanes, subject }: Crew,
  saves: number,
): Promise<TornCell[]> {
  const done = await Promise.all(
    lanes.map((lane) => playLane(lane, saves, subject, lanes)),
  );
  return PAUSES_MS.map((pauseMs) => {
    const all = lanes.flatMap((lane, index) => lane.pauseMs === pauseMs ? done[index]! : []);
    return tornCellOf(document, runtime, pauseMs, all);
  });
}

function prepare({ document, path }: Lane): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, document.textOf(0));
}

async function playLane(
  lane: Lane,
  saves: number,
  subject: SubjectProcess<TornEvent>,
  lanes: readonly Lane[],
): Promise<SlowSave[]> {
  const random = createRandom(seedOf(lane.path));
  // All at once would be a storm; the slowest begin now, and the others while those are at it.
  await pause(random(0, durationMs(PAUSES_MS.at(-1)!, saves) - durationMs(lane.pauseMs, saves)));
  const done: (Omit<SlowSave, "told"> & { readonly from: number })[] = [];
  for (let n = 1; n <= saves; n++) {
    await pause(random(REST_LEAST_MS, REST_MOST_MS));
    const [before, after] = [lane.document.textOf(n - 1), lane.document.textOf(n)];
    const start = lane.document.isAppended ? before.length : 0;
    const cuts = cutsOf(after.slice(start), CHUNKS, random, lane.document.isCutAtLines)
      .map((cut) => start + cut);
    distribute(subject, lanes);
    const from = lane.told.length;
    const longestPauseMs = await writeSlowly(lane, after, cuts, start);
    const final = textChecksum(after);
    await subject.until(() => {
      distribute(subject, lanes);
      return lastHanded(lane.told.slice(from)) === final;
    }, ARRIVES_WITHIN_MS);
    done.push({ before, after, cuts, longestPauseMs, from });
  }
  await pause(REST_MOST_MS);
  distribute(subject, lanes);
  return done.map(({ from, ...save }, index) => ({
    ...save,
    told: lane.told.slice(from, done[index + 1]?.from),
  }));
}

/** How long saves with such pauses take together, at least. */
function durationMs(pauseMs: number, saves: number): number {
  return saves * ((CHUNKS - 1) * pauseMs + REST_MOST_MS);
}

/** Answers the longest pause there was, in milliseconds. */
async function writeSlowly(
  { path, pauseMs, document }: Lane,
  text: string,
  cuts: readonly number[],
  start: number,
): Promise<number> {
  const descriptor = openSync(path, document.isAppended ? "a" : "w");
  const [first = "", ...more] = chunksOf(text, cuts);
  writeSync(descriptor, first.slice(start));
  let longestMs = 0;
  for (const chunk of more) {
    const paused = performance.now();
    await pause(pauseMs);
    longestMs = Math.max(longestMs, performance.now() - paused);
    writeSync(descriptor, chunk);
  }
  closeSync(descriptor);
  return longestMs;
}

/** Gives each lane what was told of it. */
function distribute({ events }: SubjectProcess<TornEvent>, lanes: readonly Lane[]): void {
  for (const { event } of events.splice(0)) {
    if (event.type !== "ready") lanes[event.file]?.told.push(event);
  }
}

/** The same cuts on each runtime. */
function seedOf(path: string): number {
  const name = basename(dirname(path));
  return [...name].reduce((seed, character) => Math.imul(seed, 31) + character.charCodeAt(0), 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
