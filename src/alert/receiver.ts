/**
 * A sink, and what it was told of.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { AlertError } from "../errors.ts";
import { checkNumber, LONGEST_TIMER_MS } from "../option_checks.ts";
import type { Alert, AlertSink, AlertSinkOptions } from "./alert.ts";
import { type Draft, type End, recovered } from "./draft.ts";
import { Outbox } from "./outbox.ts";
import { type FailureGroup, ToldFailures } from "./told_failures.ts";

/** What receivers share. */
export interface ReceiverOptions {
  readonly clock: Clock;
  /** A number from 0 to 1, so that not all processes try again at once. */
  readonly random: () => number;
  /** Told when an alert is given up. */
  onFailed(error: AlertError): void;
}

/** How long what comes and goes has to be over until that is told, in milliseconds. */
const LASTING_MS = 600_000;

/** Decides what of all that happens a sink is told. */
export class Receiver {
  readonly #clock: Clock;
  readonly #told: ToldFailures;
  readonly #outbox: Outbox;
  /** Ends of what comes and goes, which may not last. */
  readonly #ends = new Map<FailureGroup, Disposable>();
  #revision = 0;

  /**
   * Nothing is told yet.
   *
   * @throws {RangeError} When an option of the sink is out of range.
   */
  constructor(sink: AlertSink, { clock, random, onFailed }: ReceiverOptions) {
    const bounds = resolveBounds(sink);
    this.#clock = clock;
    this.#told = new ToldFailures(bounds.repeatAfterMs);
    const onLost = (error: AlertError) => {
      this.#told.loseOne();
      onFailed(error);
    };
    this.#outbox = new Outbox({ ...bounds, sink, clock, random, onFailed: onLost });
  }

  /** Something failed: tells it, unless it is known. */
  fail(draft: Draft): void {
    const isBack = draft.group !== undefined && this.#dropEnd(draft.group);
    const leftOut = this.#told.take(draft, this.#clock.now(), isBack);
    if (leftOut !== undefined) this.#outbox.push(finish(draft, leftOut));
  }

  /** Something is over: tells it, at once or when it lasted. */
  recover(end: End): void {
    const { group } = end;
    if (this.#ends.has(group)) return;
    if (!this.#told.comesAndGoes(group, this.#clock.now())) return this.#tell(end);
    const timer = this.#clock.schedule(LASTING_MS, () => {
      this.#ends.delete(group);
      this.#tell(end);
    }, { keepAlive: false });
    this.#ends.set(group, timer);
  }

  /** Another revision runs: what was asked for may be refused anew, and is told again. */
  run(revision: number): void {
    this.#revision = revision;
    this.#told.recover("call");
  }

  /** Takes nothing more; what is not sent soon is given up. */
  async close(): Promise<void> {
    for (const group of [...this.#ends.keys()]) this.#dropEnd(group);
    await this.#outbox.close();
  }

  #tell(end: End): void {
    const recovery = this.#told.recover(end.group);
    if (recovery === undefined) return;
    // It may be told long after it was so.
    const revision = Math.max(end.revision, this.#revision);
    this.#outbox.push(Object.freeze(recovered({ ...end, revision }, recovery)));
  }

  /** Gives whether there was one. */
  #dropEnd(group: FailureGroup): boolean {
    this.#ends.get(group)?.[Symbol.dispose]();
    return this.#ends.delete(group);
  }
}

function finish({ key: _key, group: _group, ...draft }: Draft, leftOut: number): Alert {
  const text = leftOut === 0 ? draft.text : `${draft.text}\n(${leftOut} more of the same before)`;
  return Object.freeze({ ...draft, text, leftOut });
}

function resolveBounds(
  { deadlineMs = 5000, maxAttempts = 4, maxPerMinute = 10, repeatAfterMs = 3_600_000 }: AlertSink,
): Required<AlertSinkOptions> {
  checkNumber("deadlineMs", deadlineMs, 1, LONGEST_TIMER_MS);
  checkNumber("maxAttempts", maxAttempts, 1);
  checkNumber("maxPerMinute", maxPerMinute, 1);
  checkNumber("repeatAfterMs", repeatAfterMs, 0);
  return { deadlineMs, maxAttempts, maxPerMinute, repeatAfterMs };
}
