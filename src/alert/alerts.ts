/**
 * Alerts of what happens to a configuration.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { AlertError } from "../errors.ts";
import type { ConfigEvent } from "../events.ts";
import { checkNumber, LONGEST_TIMER_MS } from "../options.ts";
import type { Alert, AlertSink, AlertSinkOptions } from "./alert.ts";
import { type Draft, draftOf, endOf, recovered } from "./draft.ts";
import { Outbox } from "./outbox.ts";
import { ToldFailures } from "./told_failures.ts";

/** Options of {@linkcode Alerts}. */
export interface AlertsOptions {
  readonly sinks: readonly AlertSink[];
  readonly clock: Clock;
  /** A number from 0 to 1, so that not all processes try again at once. */
  readonly random: () => number;
  /** Told when an alert is given up. */
  onFailed(error: AlertError): void;
}

interface Receiver {
  readonly told: ToldFailures;
  readonly outbox: Outbox;
}

/** Makes alerts of events, and sends them to each sink for itself. */
export class Alerts {
  readonly #clock: Clock;
  readonly #receivers: readonly Receiver[];

  /**
   * Sends nothing yet.
   *
   * @throws {TypeError} When one of the sinks is none.
   * @throws {RangeError} When an option of one is out of range.
   */
  constructor({ sinks, clock, random, onFailed }: AlertsOptions) {
    this.#clock = clock;
    this.#receivers = checkSinks(sinks).map((sink) => {
      const bounds = resolveBounds(sink);
      return {
        told: new ToldFailures(bounds.repeatAfterMs),
        outbox: new Outbox({ ...bounds, sink, clock, random, onFailed }),
      };
    });
  }

  /** Takes an event. Nothing is sent before the caller is done. */
  take(event: ConfigEvent): void {
    const draft = draftOf(event);
    const end = endOf(event);
    for (const { told, outbox } of this.#receivers) {
      const leftOut = draft && told.take(draft, this.#clock.now());
      if (leftOut !== undefined) outbox.push(finish(draft!, leftOut));
      const recovery = end && told.recover(end.group);
      if (recovery !== undefined) outbox.push(Object.freeze(recovered(end!, recovery)));
    }
  }

  /** Takes no more events; what is not sent soon is given up. */
  async close(): Promise<void> {
    await Promise.all(this.#receivers.map(({ outbox }) => outbox.close()));
  }
}

function finish({ key: _key, group: _group, ...draft }: Draft, leftOut: number): Alert {
  const text = leftOut === 0 ? draft.text : `${draft.text}\n(${leftOut} more of the same before)`;
  return Object.freeze({ ...draft, text, leftOut });
}

function checkSinks(sinks: unknown): readonly AlertSink[] {
  const isSink = (given: unknown) => {
    const { name, send } = Object(given) as Partial<AlertSink>;
    return typeof name === "string" && name !== "" && typeof send === "function";
  };
  if (Array.isArray(sinks) && sinks.every(isSink)) return sinks as AlertSink[];
  throw new TypeError(
    "Cannot use alerts, it must be an array of what webhook() returns, or of { name, send }",
  );
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
