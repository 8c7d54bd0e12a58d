/**
 * What the first half of the way of a change tells of its decisions.
 *
 * @module
 */

import type { Batch, Debouncer } from "./debounce/debouncer.ts";
import { firstFiles, type Log, MOST_NAMED } from "./log.ts";
import { settledBy, type WhyNotWhole } from "./wholeness.ts";

/** Tells of hints, batches and what became of them; of nothing where nobody listens. */
export class IntakeLog {
  readonly #log: Log | undefined;

  /** Tells it to `log`. */
  constructor(log: Log | undefined) {
    this.#log = log;
  }

  /** Files are looked at every so often, and no watcher is asked. */
  polls(pollMs: number): void {
    this.#log?.watch.debug?.("Looks every {pollMs} ms: polling was asked for", { pollMs });
  }

  /** The debouncer was given a hint about `path`. */
  hinted(path: string, debouncer: Debouncer, now: number): void {
    const debug = this.#log?.debounce.debug;
    const burst = debouncer.burst(path);
    if (debug === undefined || burst === undefined) return;
    const { hints, evidence, isWriting } = burst;
    // Of many files it takes too long to find out.
    const deadline = debouncer.pendingFiles > MOST_NAMED ? undefined : debouncer.deadline();
    const inMs = deadline === undefined ? undefined : Math.max(0, Math.ceil(deadline - now));
    debug("{path} is released in {inMs} ms (hint {hints})", {
      path,
      inMs,
      hints,
      isWriting,
      ...(evidence !== undefined && { evidence }),
    });
  }

  /** A source said that it holds something else. */
  told(source: string): void {
    this.#log?.watch.debug?.("The source {source} says that it changed", { source });
  }

  /** A batch was released. */
  released({ firstAt, bursts, isForced }: Batch, now: number): void {
    this.#log?.debounce.debug?.("Released {waitedMs} ms after the first hint: {files}", {
      ...firstFiles([...bursts.keys()]),
      waitedMs: Math.round(now - firstAt),
      isForced,
    });
  }

  /** Sources are read without a hint. */
  asked(source: string | undefined): void {
    this.#log?.read.debug?.(
      source === undefined ? "Asked to read everything" : "Asked to read {source}",
      source === undefined ? {} : { source },
    );
  }

  /** A batch was taken back because of what speaks against some of its files. */
  held({ bursts }: Batch, reasons: ReadonlyMap<string, WhyNotWhole>): void {
    const debug = this.#log?.settle.debug;
    if (debug === undefined) return;
    for (const [path, doubt] of firstOf(reasons)) {
      const evidence = bursts.get(path)?.evidence;
      debug("{path} is waited for: {doubt}", { path, doubt, ...(evidence && { evidence }) });
    }
  }

  /** A batch was taken, some of its files in spite of what speaks against them. */
  taken({ bursts, isForced }: Batch, doubts: ReadonlyMap<string, WhyNotWhole>): void {
    const debug = this.#log?.settle.debug;
    if (debug === undefined) return;
    for (const [path, burst] of firstOf(bursts)) {
      const doubt = doubts.get(path);
      const about = { path, settledBy: settledBy(burst, isForced) };
      if (doubt === undefined) debug("{path} is taken to be whole: {settledBy}", about);
      else debug("{path} is taken although {doubt}: {settledBy}", { ...about, doubt });
    }
  }

  /** A reading gave nothing that was not known. */
  foundNothing({ bursts }: Batch): void {
    this.#log?.read.debug?.("Nothing changed in {files}", firstFiles([...bursts.keys()]));
  }

  /** Changes wait, or do no longer. */
  paused(isPaused: boolean): void {
    this.#log?.watch.debug?.(isPaused ? "Paused" : "Resumed", {});
  }

  /** Watching ends. */
  closed(): void {
    this.#log?.watch.debug?.("Closed", {});
  }
}

function firstOf<V>(values: Iterable<V>): V[] {
  const first: V[] = [];
  for (const value of values) {
    if (first.length === MOST_NAMED) break;
    first.push(value);
  }
  return first;
}
