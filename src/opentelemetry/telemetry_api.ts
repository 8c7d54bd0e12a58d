/**
 * What is used of `@opentelemetry/api`, by shape: the user's own copy counts, and nothing imports it.
 *
 * @module
 */

/** The `@opentelemetry/api` of the program, as `import * as api from "@opentelemetry/api"` gives it. */
export interface TelemetryApi {
  /** Tracing. */
  readonly trace: {
    getTracer(name: string, version?: string): TelemetryTracer;
    setSpan(context: unknown, span: unknown): unknown;
  };
  /** Metrics. */
  readonly metrics: { getMeter(name: string, version?: string): TelemetryMeter };
  /** The context that has no span. */
  readonly ROOT_CONTEXT: unknown;
}

/** What is said along with a measurement or a span. */
export type TelemetryAttributes = Record<string, string | number | string[]>;

/** Time since 1970-01-01 UTC, in seconds and nanoseconds. */
export type TelemetryTime = [seconds: number, nanoseconds: number];

/** Makes instruments. */
export interface TelemetryMeter {
  /** A number that only grows. */
  createCounter(
    name: string,
    options?: { description?: string; unit?: string },
  ): { add(value: number, attributes?: TelemetryAttributes): void };
  /** A distribution. */
  createHistogram(
    name: string,
    options?: {
      description?: string;
      unit?: string;
      advice?: { explicitBucketBoundaries?: number[] };
    },
  ): { record(value: number, attributes?: TelemetryAttributes): void };
}

/** Begins spans. */
export interface TelemetryTracer {
  /** Begins a span below the one in `context`. */
  startSpan(
    name: string,
    options?: { startTime?: TelemetryTime; attributes?: TelemetryAttributes },
    context?: unknown,
  ): TelemetrySpan;
}

/** A span that runs. */
export interface TelemetrySpan {
  /** Tells of what was thrown. */
  recordException(exception: { name: string; message: string }, time?: TelemetryTime): void;
  /** Says how it ended. */
  setStatus(status: { code: 0 | 1 | 2; message?: string }): unknown;
  /** Ends it. */
  end(endTime?: TelemetryTime): void;
}
