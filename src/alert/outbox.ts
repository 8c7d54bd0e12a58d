/**
 * What is on its way to a sink: one alert at a time, with a deadline, retries and bounds.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { AlertError } from "../errors.ts";
import { count } from "../printable.ts";
import { withoutUrls } from "../source/http_request.ts";
import { toError } from "../to_error.ts";
import type { Alert, AlertSink, AlertSinkOptions } from "./alert.ts";
import { line } from "./alert_text.ts";
import { type Dropped, heldBack, worst } from "./held_back.ts";
import { retryDelayMs } from "./retry_delay.ts";
import { SendingRate } from "./sending_rate.ts";

/** Options of {@linkcode Outbox}. */
export interface OutboxOptions extends Required<AlertSinkOptions> {
  readonly sink: AlertSink;
  readonly clock: Clock;
  /** A number from 0 to 1, so that not all processes try again at once. */
  readonly random: () => number;
  /** Told when an alert is given up. */
  onFailed(error: AlertError): void;
}

/** More alerts that wait are only counted. */
const MOST_WAITING = 50;

const NONE: Dropped = { count: 0, severity: "info" };

/** What is not sent this long after {@linkcode Outbox.close} is given up, in milliseconds. */
export const GRACE_MS = 500;

/** Sends alerts to one sink, in order. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #rate: SendingRate;
  #waiting: Alert[] = [];
  #dropped: Dropped = NONE;
  #running: Promise<void> | undefined;
  #isClosing = false;
  #isClosed = false;
  /** Ends the wait under way. */
  #wake = () => {};
  /** Ends the attempt under way. */
  #cutOff = () => {};

  /** Starts with nothing to send. */
  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#rate = new SendingRate(options.maxPerMinute);
  }

  /** Takes an alert; it is sent later, also when nothing else is. */
  push(alert: Alert): void {
    if (this.#isClosing) return;
    this.#waiting.push(alert);
    if (this.#waiting.length > MOST_WAITING) {
      const { severity } = this.#waiting.shift()!;
      this.#dropped = {
        count: this.#dropped.count + 1,
        severity: worst([this.#dropped.severity, severity]),
      };
    }
    this.#running ??= this.#run();
  }

  /**
   * Takes no more alerts, and sends what waits without waiting any longer; gives up what is not
   * sent after {@linkcode GRACE_MS}.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#running === undefined) return;
    const { clock, sink, onFailed } = this.#options;
    const timer = clock.schedule(GRACE_MS, () => {
      this.#isClosed = true;
      this.#cutOff();
      const left = this.#waiting.length + this.#dropped.count;
      const reason = `it was closed while ${count(left, "more alert")} waited`;
      if (left > 0) onFailed(new AlertError({ sink: sink.name, reason }));
    });
    this.#wake();
    await this.#running;
    timer[Symbol.dispose]();
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    // Sending begins after the reload that it tells of.
    await this.#wait(0);
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const waitMs = this.#rate.waitMs(clock.now());
      if (waitMs > 0) await this.#wait(waitMs);
      this.#rate.note(clock.now());
      await this.#deliver(this.#take(waitMs > 0));
    }
    // In the same turn: what is pushed from now on begins anew.
    this.#running = undefined;
  }

  /** The next alert, or one for all that wait. */
  #take(wasHeldBack: boolean): Alert {
    const isMany = this.#dropped.count > 0 || this.#waiting.length > 1;
    if (!isMany || !(wasHeldBack || this.#dropped.count > 0)) return this.#waiting.shift()!;
    const alert = heldBack(this.#waiting, this.#dropped);
    this.#waiting = [];
    this.#dropped = NONE;
    return Object.freeze(alert);
  }

  async #deliver(alert: Alert): Promise<void> {
    const { maxAttempts, random, onFailed } = this.#options;
    for (let attempt = 1;; attempt++) {
      const isLast = this.#isClosing || attempt >= maxAttempts;
      const error = await this.#attempt(alert);
      if (error === undefined) return;
      if (isLast || !error.canRetry) return onFailed(error);
      await this.#wait(retryDelayMs(error, attempt, random()));
    }
  }

  /** Why the alert was not sent; `undefined` when it was. */
  #attempt(alert: Alert): Promise<AlertError | undefined> {
    const { sink, clock, deadlineMs } = this.#options;
    const controller = new AbortController();
    return new Promise((resolve) => {
      const end = (error?: AlertError) => {
        timer[Symbol.dispose]();
        resolve(error);
        controller.abort();
      };
      const fail = (reason: string, canRetry = true) =>
        end(new AlertError({ sink: sink.name, reason, canRetry }));
      const timer = clock.schedule(deadlineMs, () => fail(`no answer within ${deadlineMs} ms`), {
        keepAlive: false,
      });
      this.#cutOff = () => fail("it was closed before there was an answer", false);
      if (this.#isClosed) return this.#cutOff();
      const { signal } = controller;
      const sent = (async () => void await sink.send(alert, { signal }))();
      sent.then(() => end(), (thrown) => end(toAlertError(sink, thrown)));
    });
  }

  #wait(ms: number): Promise<void> {
    if (this.#isClosing) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#options.clock.schedule(ms, resolve, { keepAlive: false });
      this.#wake = () => {
        timer[Symbol.dispose]();
        resolve();
      };
    });
  }
}

/** What a sink threw, without what may be secret of the address it sends to. */
function toAlertError({ name }: AlertSink, thrown: unknown): AlertError {
  const error = toError(thrown);
  if (error instanceof AlertError) return error;
  return new AlertError({ sink: name, reason: line(withoutUrls(error.message)) });
}
