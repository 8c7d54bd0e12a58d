/**
 * Reloads as metrics and traces of OpenTelemetry.
 *
 * Nothing here imports `@opentelemetry/api`: it works with the one that you give it.
 *
 * @example
 * ```ts
 * import * as api from "@opentelemetry/api";
 * import { watchConfig } from "hotconf";
 * import { observe } from "hotconf/opentelemetry";
 *
 * await using config = await watchConfig({ sources: ["config/app.yaml"] });
 * observe(config, api);
 * ```
 *
 * @module
 */

export { observe, type ObserveOptions } from "./src/opentelemetry/observe.ts";
export type {
  TelemetryApi,
  TelemetryAttributes,
  TelemetryMeter,
  TelemetrySpan,
  TelemetryTime,
  TelemetryTracer,
} from "./src/opentelemetry/telemetry_api.ts";
