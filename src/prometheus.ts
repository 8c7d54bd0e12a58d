/**
 * Statistics and health as a page for Prometheus.
 *
 * @module
 */

import type { Health } from "./health.ts";
import { HEALTH_REASON_KINDS } from "./health_reason.ts";
import type { ReloadCounts, Statistics } from "./statistics/figures.ts";
import { checkNames, type Labels, MetricPage, type Sample } from "./statistics/metric_page.ts";
import type { Timing } from "./statistics/timing.ts";

/** Options of {@linkcode toPrometheus}. */
export interface PrometheusOptions {
  /** What every name begins with, before an underscore. @default {"hotconf"} */
  readonly prefix?: string;
  /** Labels of every sample, for example to tell several configurations apart. @default {{}} */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A page in Prometheus' text format, to be served as `text/plain; version=0.0.4`. It holds numbers
 * and the names of sources, no value and no message.
 *
 * @param statistics What `config.statistics()` gives. With `reset` the counters go down, which
 * Prometheus takes for a restart.
 * @param health What `config.health()` gives; absent: its gauges are left out.
 * @throws {TypeError} When there are no statistics, because they are switched off.
 * @throws {RangeError} When the prefix or a label's name is none, or a label is the page's own.
 * @example
 * ```ts
 * import { toPrometheus, watchConfig } from "hotconf";
 *
 * await using config = await watchConfig({ sources: ["config/app.yaml"] });
 * const page = toPrometheus(config.statistics(), config.health(), { labels: { config: "app" } });
 * new Response(page, { headers: { "content-type": "text/plain; version=0.0.4" } });
 * ```
 */
export function toPrometheus(
  statistics: Statistics | undefined,
  health?: Health,
  { prefix = "hotconf", labels = {} }: PrometheusOptions = {},
): string {
  if (statistics === undefined) {
    throw new TypeError("Cannot write a page of statistics: they are switched off");
  }
  checkNames(prefix, labels);
  const page = new MetricPage(prefix, labels);
  addReloads(page, statistics);
  addTimes(page, statistics);
  addOtherCounts(page, statistics);
  addState(page, statistics);
  if (health !== undefined) addHealth(page, health);
  return page.text;
}

function addReloads(page: MetricPage, statistics: Statistics): void {
  const { reloads, validationFailures, readFailures, applyFailures } = statistics;
  page.add("reloads_total", "counter", "Reloads after the first load, by how they ended.", [
    [{ outcome: "succeeded" }, reloads.succeeded],
    [{ outcome: "unchanged" }, reloads.unchanged],
    [{ outcome: "invalid" }, validationFailures],
    [{ outcome: "unreadable" }, readFailures],
    [{ outcome: "unapplied" }, applyFailures],
  ]);
  page.add(
    "source_reloads_total",
    "counter",
    "Reloads in which something of a source changed, by how they ended.",
    bySource(statistics.reloadsBySource).flatMap(([source, counts]) =>
      OUTCOMES.map((outcome): Sample => [{ source, outcome }, counts[outcome]])
    ),
  );
  page.add(
    "source_files_changed_total",
    "counter",
    "Files that changed.",
    bySource(statistics.filesChangedBySource).map(([source, files]) => [{ source }, files]),
  );
}

function addTimes(page: MetricPage, { duration, latency, stages }: Statistics): void {
  const durations = "From the beginning of reading to the end of a reload.";
  page.add("reload_duration_seconds", "summary", durations, samplesOf(duration));
  const latencies = "From the first hint of a save to the commit.";
  page.add("reload_latency_seconds", "summary", latencies, samplesOf(latency));
  page.add(
    "reload_stage_duration_seconds",
    "summary",
    "Parts of the duration of reloads.",
    STAGES.flatMap((stage) => samplesOf(stages[stage], { stage })),
  );
}

function addOtherCounts(page: MetricPage, statistics: Statistics): void {
  const { componentFailures, handlerFailures, stateFailures, alertFailures } = statistics;
  const { rollbacks, retries, confirmed, unconfirmed, backstopCatches } = statistics;
  page.add("rollbacks_total", "counter", "Rollbacks.", [[{}, rollbacks]]);
  const retried = "Reloads that tried once more what may have been refused in passing.";
  page.add("retries_total", "counter", retried, [[{}, retries]]);
  page.add("confirmations_total", "counter", "Commits that were on probation, by its end.", [
    [{ outcome: "confirmed" }, confirmed],
    [{ outcome: "unconfirmed" }, unconfirmed],
  ]);
  page.add("failures_total", "counter", "Failures of what is plugged in, by its kind.", [
    [{ part: "component" }, componentFailures],
    [{ part: "handler" }, handlerFailures],
    [{ part: "state" }, stateFailures],
    [{ part: "alert" }, alertFailures],
  ]);
  const caught = "Changes that a look found and no event told of.";
  page.add("backstop_catches_total", "counter", caught, [[{}, backstopCatches]]);
}

function addState(page: MetricPage, statistics: Statistics): void {
  const { consecutiveFailures, lastReloadAt, lastSuccessAt, lastFailureAt } = statistics;
  const { isStale, watcher } = statistics;
  const gauge = (name: string, help: string, value: number | boolean) =>
    page.add(name, "gauge", help, [[{}, Number(value)]]);
  const time = (name: string, help: string, at: string | undefined) => {
    if (at !== undefined) gauge(`${name}_timestamp_seconds`, help, Date.parse(at) / 1000);
  };
  gauge(
    "consecutive_failures",
    "Rejected reloads since the last that was not.",
    consecutiveFailures,
  );
  time("last_reload", "When the last reload ended.", lastReloadAt);
  time("last_success", "When a load or reload last ended well.", lastSuccessAt);
  time("last_failure", "When a reload was last rejected.", lastFailureAt);
  gauge("stale", "Whether a source gives what may be out of date.", isStale);
  gauge("watching", "Whether changes are noticed.", watcher.isWatching);
  gauge("polling", "Whether some directory is polled.", watcher.isPolling);
  const directories = "Directories watched by events.";
  gauge("watched_directories", directories, watcher.watchedDirectories);
  page.add("watcher_info", "gauge", "How files are watched.", [[{ watcher: watcher.name }, 1]]);
}

function addHealth(page: MetricPage, { status, reasons, revision }: Health): void {
  page.add("revision", "gauge", "Number of the snapshot that runs.", [[{}, revision]]);
  page.add(
    "health",
    "gauge",
    "State of the configuration: 1 for the status it has.",
    STATUSES.map((name) => [{ status: name }, Number(status === name)]),
  );
  const countOf = (kind: string) => reasons.filter((reason) => reason.kind === kind).length;
  page.add(
    "health_reasons",
    "gauge",
    "What is not as it should be, by kind.",
    HEALTH_REASON_KINDS.map((kind) => [{ kind }, countOf(kind)]),
  );
}

const OUTCOMES = ["succeeded", "unchanged", "rejected"] satisfies (keyof ReloadCounts)[];
const STAGES = ["read", "parse", "validate", "apply"] as const;
const STATUSES = ["ok", "degraded", "failing"] as const;

/** In the order of names, so that pages can be compared. */
function bySource<V>(record: Readonly<Record<string, V>>): [source: string, V][] {
  return Object.entries(record).sort(([one], [other]) => one < other ? -1 : 1);
}

function samplesOf(timing: Timing, labels: Labels = {}): Sample[] {
  const { count, sumMs, p50Ms, p95Ms, p99Ms } = timing;
  // Nothing is known of no time at all.
  const seconds = (ms: number) => count === 0 ? NaN : ms / 1000;
  return [
    [{ ...labels, quantile: "0.5" }, seconds(p50Ms)],
    [{ ...labels, quantile: "0.95" }, seconds(p95Ms)],
    [{ ...labels, quantile: "0.99" }, seconds(p99Ms)],
    [labels, sumMs / 1000, "_sum"],
    [labels, count, "_count"],
  ];
}
