/**
 * The statistics of the configuration as Prometheus text.
 *
 * @module
 */

import type { LiveConfig } from "../../mod.ts";
import type { Settings } from "./settings.ts";

type Metric = [name: string, type: "counter" | "gauge", value: number, labels?: string];

/** The metrics page. */
export function formatMetrics(config: LiveConfig<Settings>): string {
  // The service never switches statistics off.
  const { reloads, validationFailures, readFailures, rollbacks, ...rest } = config.statistics()!;
  const metrics: Metric[] = [
    ["config_reloads_total", "counter", reloads.succeeded, 'outcome="succeeded"'],
    ["config_reloads_total", "counter", reloads.unchanged, 'outcome="unchanged"'],
    ["config_reloads_total", "counter", validationFailures, 'outcome="invalid"'],
    ["config_reloads_total", "counter", readFailures, 'outcome="unreadable"'],
    ["config_rollbacks_total", "counter", rollbacks],
    ["config_revision", "gauge", config.revision],
    ["config_reload_duration_p50_ms", "gauge", rest.duration.p50Ms],
    ["config_reload_duration_p99_ms", "gauge", rest.duration.p99Ms],
    ["config_save_latency_p50_ms", "gauge", rest.latency.p50Ms],
    ["config_save_latency_p99_ms", "gauge", rest.latency.p99Ms],
    ...Object.entries(rest.filesChangedBySource).map(([source, count]): Metric => [
      "config_files_changed_total",
      "counter",
      count,
      `source=${JSON.stringify(source)}`,
    ]),
  ];
  const lines: string[] = [];
  for (const [index, [name, type, value, labels]] of metrics.entries()) {
    if (metrics[index - 1]?.[0] !== name) lines.push(`# TYPE ${name} ${type}`);
    lines.push(`${name}${labels === undefined ? "" : `{${labels}}`} ${value}`);
  }
  return `${lines.join("\n")}\n`;
}
