/** A writer that saves one file in chunks, and when the debouncer releases what it wrote. */

import { Debouncer } from "../../src/debounce/debouncer.ts";
import { type DebounceOptions, resolveDebounce } from "../../src/debounce/strategy.ts";

/** One save: a chunk at once, and one after each pause. */
export interface Save {
  /** When it begins, in milliseconds. */
  readonly at: number;
  /** The pauses in it, in milliseconds. */
  readonly pausesMs: readonly number[];
}

/** What was released, and when. */
export interface Release {
  /** When. */
  readonly at: number;
  /** Number of the save that was read, from 0. */
  readonly save: number;
  /** Whether all of it was there. */
  readonly isWhole: boolean;
  /** Time from the first hint to the release, in milliseconds. */
  readonly delayMs: number;
  /** Time from the last hint to the release, in milliseconds. */
  readonly quietMs: number;
}

const PATH = "/app.yaml";

/**
 * Lets a writer save, and nothing but time tell whether it is done: no rename, no close, and what is
 * there looks whole at any time.
 */
export function simulate(
  saves: readonly Save[],
  options: DebounceOptions = {},
): Release[] {
  const debouncer = new Debouncer({ ...resolveDebounce(options), reportsClose: false });
  const releases: Release[] = [];
  let content = { save: -1, chunk: 0 };
  let released = content;
  const releaseUntil = (now: number) => {
    for (;;) {
      const at = debouncer.deadline();
      if (at === undefined || at > now) return;
      const burst = debouncer.take(at)!.bursts.get(PATH)!;
      // Each chunk adds to what is there; the first one of a save replaces it.
      const wasPart = released.save === content.save;
      debouncer.learn(PATH, burst, wasPart, at);
      released = content;
      const { save, chunk } = content;
      releases.push({
        at,
        save,
        isWhole: chunk === saves[save]!.pausesMs.length,
        delayMs: at - burst.firstAt,
        quietMs: at - burst.lastAt,
      });
    }
  };
  for (const [save, { at, pausesMs }] of saves.entries()) {
    let now = at;
    for (const [chunk, pauseMs] of [0, ...pausesMs].entries()) {
      now += pauseMs;
      releaseUntil(now);
      content = { save, chunk };
      debouncer.hint(PATH, "modified", now);
    }
  }
  releaseUntil(Infinity);
  return releases;
}

/** Saves with the pauses in each, `apartMs` from the end of one to the start of the next. */
export function savesOf(pauses: readonly (readonly number[])[], apartMs: number): Save[] {
  let now = 0;
  return pauses.map((pausesMs) => {
    const at = now;
    now = pausesMs.reduce((sum, pauseMs) => sum + pauseMs, at) + apartMs;
    return { at, pausesMs };
  });
}

/** The quiet time that each save was waited for in the end, in milliseconds. */
export function quietTimes(releases: readonly Release[]): number[] {
  return releases.filter(({ isWhole }) => isWhole).map(({ quietMs }) => quietMs);
}
