/** Sinks that do as they are told. */

import type { Alert, AlertContext, AlertSink, AlertSinkOptions } from "../../mod.ts";

/** A sink that remembers what it was given. */
export interface Recorded extends AlertSink {
  readonly alerts: Alert[];
  readonly signals: AbortSignal[];
  /** What `send` does beside remembering. */
  answer(alert: Alert, context: AlertContext): unknown;
}

/** A sink that remembers each attempt. */
export function record(
  answer: Recorded["answer"] = () => {},
  options: AlertSinkOptions & { readonly name?: string } = {},
): Recorded {
  const sink: Recorded = {
    name: "recorded",
    ...options,
    alerts: [],
    signals: [],
    answer,
    send(alert, context) {
      sink.alerts.push(alert);
      sink.signals.push(context.signal);
      return sink.answer(alert, context);
    },
  };
  return sink;
}

/** An answer that never comes. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

/** An alert of which only the text matters. */
export function alertOf(text: string, fields: Partial<Alert> = {}): Alert {
  return {
    kind: "reloadFailed",
    severity: "warning",
    title: `title of ${text}`,
    text,
    revision: 1,
    issues: [],
    files: [],
    leftOut: 0,
    at: "2026-01-01T00:00:00.000Z",
    ...fields,
  };
}
