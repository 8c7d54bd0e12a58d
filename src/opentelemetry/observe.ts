/**
 * Reloads as metrics and traces of OpenTelemetry.
 *
 * @module
 */

import { ValidationError } from "../errors.ts";
import type { LiveConfig } from "../live_config.ts";
import type { ReloadReport } from "../statistics/figures.ts";
import type { StageTime } from "../statistics/stages.ts";
import { version } from "../version.ts";
import type {
  TelemetryApi,
  TelemetryAttributes,
  TelemetryMeter,
  TelemetrySpan,
  TelemetryTime,
  TelemetryTracer,
} from "./telemetry_api.ts";

/** Options of {@linkcode observe}. */
export interface ObserveOptions {
  /** Makes the instruments. @default {that of the API, with the name "hotconf"} */
  readonly meter?: TelemetryMeter;
  /** Begins the spans. @default {that of the API, with the name "hotconf"} */
  readonly tracer?: TelemetryTracer;
}

/** From a millisecond to ten seconds: reloads are shorter than requests. */
const BOUNDARIES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** `SpanStatusCode.ERROR`, which the specification fixes. */
const ERROR = 2;

/**
 * Tells OpenTelemetry of every reload from now on: the counter `hotconf.reloads`, the histogram
 * `hotconf.reload.duration` in seconds, and a trace with a span for the reload and one below it for
 * each stage. No value of the configuration is told, and no secret that an error quotes.
 *
 * @param config It ends by itself when the configuration is closed.
 * @param api The program's `@opentelemetry/api`, as a whole.
 * @returns Ends it when disposed.
 * @throws {TypeError} When the statistics are switched off: then nothing is timed.
 */
export function observe(
  config: Pick<LiveConfig<unknown>, "onReload">,
  api: TelemetryApi,
  options: ObserveOptions = {},
): Disposable {
  const {
    meter = api.metrics.getMeter("hotconf", version),
    tracer = api.trace.getTracer("hotconf", version),
  } = options;
  const reloads = meter.createCounter("hotconf.reloads", {
    description: "Reloads of the configuration",
    unit: "{reload}",
  });
  const duration = meter.createHistogram("hotconf.reload.duration", {
    description: "From the beginning of reading to the end of a reload",
    unit: "s",
    advice: { explicitBucketBoundaries: BOUNDARIES },
  });
  return config.onReload((report) => {
    const attributes = { "hotconf.outcome": report.result, "hotconf.cause": report.cause };
    reloads.add(1, attributes);
    duration.record(report.durationMs / 1000, attributes);
    trace(report, tracer, api, attributes);
  });
}

function trace(
  report: ReloadReport,
  tracer: TelemetryTracer,
  { ROOT_CONTEXT, trace: spans }: TelemetryApi,
  attributes: TelemetryAttributes,
): void {
  const { revision, sources, stages, durationMs, endedAt } = report;
  const error = report.issues === undefined ? report.error : new ValidationError(report.issues);
  const timeOf = telemetryTime(report);
  const about = { "hotconf.revision": revision, "hotconf.sources": [...new Set(sources)] };
  const reload = tracer.startSpan("hotconf reload", {
    startTime: timeOf(endedAt - durationMs),
    attributes: { ...attributes, ...about },
  }, ROOT_CONTEXT);
  const context = spans.setSpan(ROOT_CONTEXT, reload);
  // The stage that refuses is the last one.
  const refusing: StageTime | undefined = error && stages.at(-1);
  for (const time of stages) {
    const options = { startTime: timeOf(time.from), attributes };
    const span = tracer.startSpan(`hotconf ${time.stage}`, options, context);
    end(span, timeOf(time.to), time === refusing ? error : undefined);
  }
  end(reload, timeOf(endedAt), error);
}

function end(span: TelemetrySpan, time: TelemetryTime, error: Error | undefined): void {
  if (error !== undefined) {
    // The stack would repeat the message and name the files of the program.
    const { name, message } = error;
    span.recordException({ name, message }, time);
    span.setStatus({ code: ERROR, message });
  }
  span.end(time);
}

/** From the clock's milliseconds to the time of day. */
function telemetryTime({ at, endedAt }: ReloadReport): (time: number) => TelemetryTime {
  const wallTime = Date.parse(at);
  return (time) => {
    const milliseconds = wallTime - (endedAt - time);
    const seconds = Math.floor(milliseconds / 1000);
    return [seconds, Math.floor((milliseconds - seconds * 1000) * 1_000_000)];
  };
}
