/** OpenTelemetry's own SDK, which exports into memory. */

import type { Histogram } from "@opentelemetry/sdk-metrics";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import type { Meter, Tracer } from "@opentelemetry/api";

/** What the library told of its metrics. */
export interface ExportedMetrics {
  /** Outcome, cause and count of each data point of the counter. */
  readonly counts: readonly (readonly [unknown, unknown, unknown])[];
  /** The data points of the histogram. */
  readonly durations: readonly Pick<Histogram, "count" | "sum" | "buckets">[];
  /** Units by the instrument's name. */
  readonly units: Readonly<Record<string, string>>;
}

/** Providers, a meter and a tracer of them, and what they exported. */
export interface Sdk extends AsyncDisposable {
  readonly tracerProvider: BasicTracerProvider;
  readonly meterProvider: MeterProvider;
  readonly meter: Meter;
  readonly tracer: Tracer;
  /** The spans that ended, by the time they began; the one around the others first. */
  spans(): readonly ReadableSpan[];
  /** Forgets the spans so far. */
  forget(): void;
  metrics(): Promise<ExportedMetrics>;
}

/** Starts an SDK; it ends when disposed. */
export function startSdk(): Sdk {
  const spanExporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spanExporter)],
  });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meterProvider = new MeterProvider({
    readers: [
      new PeriodicExportingMetricReader({
        exporter: metricExporter,
        exportIntervalMillis: 3_600_000,
      }),
    ],
  });
  return {
    tracerProvider,
    meterProvider,
    meter: meterProvider.getMeter("test"),
    tracer: tracerProvider.getTracer("test"),
    spans() {
      const spans = spanExporter.getFinishedSpans();
      const isRoot = (span: ReadableSpan) => span.parentSpanContext === undefined;
      return [...spans.filter(isRoot), ...spans.filter((span) => !isRoot(span))];
    },
    forget: () => spanExporter.reset(),
    async metrics() {
      metricExporter.reset();
      await meterProvider.forceFlush();
      const exported = metricExporter.getMetrics().flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics)
      );
      const pointsOf = (wanted: string) =>
        exported.find(({ descriptor: { name } }) => name === wanted)?.dataPoints ?? [];
      return {
        counts: pointsOf("hotconf.reloads").map(({ attributes, value }) =>
          [attributes["hotconf.outcome"], attributes["hotconf.cause"], value] as const
        ),
        durations: pointsOf("hotconf.reload.duration").map(({ value }) => value as Histogram),
        units: Object.fromEntries(
          exported.map(({ descriptor: { name, unit } }) => [name, unit]),
        ),
      };
    },
    async [Symbol.asyncDispose]() {
      await tracerProvider.shutdown();
      await meterProvider.shutdown();
    },
  };
}
