/**
 * Alerts of what happens to a configuration.
 *
 * @module
 */

import type { ConfigEvent, ReloadCause } from "../events.ts";
import type { AlertSink } from "./alert.ts";
import { draftOf, endOf } from "./draft.ts";
import { Receiver, type ReceiverOptions } from "./receiver.ts";

/** Options of {@linkcode Alerts}. */
export interface AlertsOptions extends ReceiverOptions {
  readonly sinks: readonly AlertSink[];
}

/** Makes alerts of events, and sends them to each sink for itself. */
export class Alerts {
  readonly #receivers: readonly Receiver[];
  /** Of the last commit, which is the one that is taken back. */
  #cause: ReloadCause = "start";

  /**
   * Sends nothing yet.
   *
   * @throws {TypeError} When one of the sinks is none.
   * @throws {RangeError} When an option of one is out of range.
   */
  constructor({ sinks, ...options }: AlertsOptions) {
    this.#receivers = checkSinks(sinks).map((sink) => new Receiver(sink, options));
  }

  /** Takes an event. Nothing is sent before the caller is done. */
  take(event: ConfigEvent): void {
    if (event.type === "reloadSucceeded") this.#cause = event.cause;
    const draft = draftOf(event, this.#cause);
    const end = endOf(event);
    const isCommit = event.type === "reloadSucceeded" || event.type === "rolledBack";
    for (const receiver of this.#receivers) {
      if (isCommit) receiver.run(event.revision);
      if (draft !== undefined) receiver.fail(draft);
      if (end !== undefined) receiver.recover(end);
    }
  }

  /** Takes no more events; what is not sent soon is given up. */
  async close(): Promise<void> {
    await Promise.all(this.#receivers.map((receiver) => receiver.close()));
  }
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
