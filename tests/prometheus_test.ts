import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type Health, type PrometheusOptions, type Statistics, toPrometheus } from "../mod.ts";
import { StatisticsRecorder } from "../src/statistics.ts";
import type { ReloadReport } from "../src/statistics/figures.ts";
import { ManualClock } from "../testing.ts";
import { openLive } from "./live.ts";
import { parsePage, type Sample } from "./prometheus_page.ts";

const AT = "2026-01-01T00:00:00.500Z";
const HEALTH: Health = {
  status: "degraded",
  reasons: [{ kind: "sourceStale", source: "far", message: "It is away" }],
  revision: 7,
  isWatching: true,
  isPolling: false,
  watchedDirectories: 1,
};

const promtool = spawnSync("promtool", ["--version"]).error === undefined;

describe("toPrometheus()", () => {
  test("writes a page that a strict reader takes, with all that was counted (S3.16)", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, {
      validators: [({ n }: { n: number }) => n > 0 ? [] : [{ path: "n", message: "too small" }]],
    });
    await live.save("/app.yaml", "n: 2\n");
    await live.save("/app.yaml", "n: 2 # the same\n");
    await live.save("/app.yaml", "n: 0\n");
    await live.save("/app.yaml", "n: [\n");
    await live.config.rollback();
    const { config } = live;
    const value = reader(toPrometheus(config.statistics(), config.health()));
    assert.equal(value("hotconf_reloads_total", { outcome: "succeeded" }), 1);
    assert.equal(value("hotconf_reloads_total", { outcome: "unchanged" }), 1);
    assert.equal(value("hotconf_reloads_total", { outcome: "invalid" }), 1);
    assert.equal(value("hotconf_reloads_total", { outcome: "unreadable" }), 1);
    assert.equal(value("hotconf_reloads_total", { outcome: "unapplied" }), 0);
    const source = "/app.yaml";
    assert.equal(value("hotconf_source_reloads_total", { source, outcome: "succeeded" }), 1);
    assert.equal(value("hotconf_source_reloads_total", { source, outcome: "rejected" }), 2);
    assert.equal(value("hotconf_source_files_changed_total", { source }), 4);
    assert.equal(value("hotconf_rollbacks_total"), 1);
    assert.equal(value("hotconf_revision"), 3);
    assert.equal(value("hotconf_consecutive_failures"), 2);
    assert.equal(value("hotconf_health", { status: "degraded" }), 1);
    assert.equal(value("hotconf_health", { status: "ok" }), 0);
    assert.equal(value("hotconf_health_reasons", { kind: "refused" }), 1);
    assert.equal(value("hotconf_health_reasons", { kind: "polled" }), 0);
    assert.equal(value("hotconf_watching"), 1);
    assert.equal(value("hotconf_watcher_info", { watcher: "memory" }), 1);
    const { lastReloadAt, lastFailureAt } = config.statistics()!;
    const seconds = Date.parse(lastReloadAt!) / 1000;
    assert.equal(value("hotconf_last_reload_timestamp_seconds"), seconds);
    assert.equal(lastReloadAt, lastFailureAt);
  });

  test("gives times in seconds: quantiles, sum and count, by stage as well", () => {
    const stages = [
      { stage: "read", from: 0, to: 100 },
      { stage: "parse", from: 100, to: 350 },
    ] as const;
    const value = reader(page({ durationMs: 1500, latencyMs: 2000, stages }));
    assert.equal(value("hotconf_reload_duration_seconds_sum"), 1.5);
    assert.equal(value("hotconf_reload_duration_seconds_count"), 1);
    const median = value("hotconf_reload_duration_seconds", { quantile: "0.5" })!;
    assert.ok(Math.abs(median / 1.5 - 1) < 0.01, `${median}`);
    assert.equal(value("hotconf_reload_latency_seconds_sum"), 2);
    const stage = "hotconf_reload_stage_duration_seconds";
    assert.equal(value(`${stage}_sum`, { stage: "parse" }), 0.25);
    assert.equal(value(`${stage}_count`, { stage: "read" }), 1);
    assert.equal(value(`${stage}_count`, { stage: "apply" }), 0);
    assert.equal(value(stage, { stage: "apply", quantile: "0.99" }), NaN);
  });

  test("escapes what sources and labels are called (G12)", () => {
    const source = 'C:\\app "new"\nhotconf_fake 1\r\u2028é{}';
    const value = reader(page({ sources: [source] }, { labels: { config: source } }));
    assert.equal(value("hotconf_source_files_changed_total", { config: source, source }), 1);
    assert.equal(value("hotconf_fake"), undefined);
  });

  test("lists sources by their names, so that pages can be compared", () => {
    const { samples } = parsePage(page({ sources: ["c", "a", "b"] }));
    const names = samples.filter(({ name }) => name === "hotconf_source_files_changed_total")
      .map(({ labels }) => labels.source);
    assert.deepEqual(names, ["a", "b", "c"]);
  });

  test("uses the prefix and the labels everywhere", () => {
    const text = page({}, { prefix: "shop_config", labels: { config: "main", zone: "b" } });
    for (const { name, labels } of parsePage(text).samples) {
      assert.match(name, /^shop_config_/);
      assert.deepEqual([labels.config, labels.zone], ["main", "b"]);
    }
  });

  for (const prefix of ["", "1st", "a-b", "é", "a b", "a\n"]) {
    test(`refuses the prefix ${JSON.stringify(prefix)}`, () => {
      assert.throws(() => page({}, { prefix }), { name: "RangeError" });
    });
  }

  for (const label of ["", "1st", "a-b", "__name__", "a:b", "source", "quantile", "a\n"]) {
    test(`refuses the label ${JSON.stringify(label)}`, () => {
      assert.throws(() => page({}, { labels: { [label]: "x" } }), { name: "RangeError" });
    });
  }

  test("says that it can't when statistics are switched off", async () => {
    await using live = await openLive({ "/app.yaml": "n: 1\n" }, { statistics: false });
    assert.throws(() => toPrometheus(live.config.statistics()), {
      name: "TypeError",
      message: "Cannot write a page of statistics: they are switched off",
    });
  });

  test("leaves out what health would say when it is not given, and times that there are not", () => {
    const fresh = new StatisticsRecorder(new ManualClock());
    const text = toPrometheus(described(fresh));
    const value = reader(text);
    assert.equal(value("hotconf_revision"), undefined);
    assert.equal(value("hotconf_last_failure_timestamp_seconds"), undefined);
    assert.ok(value("hotconf_last_success_timestamp_seconds")! > 0);
    assert.ok(!text.includes("source_reloads_total"), text);
  });

  test("never lets a counter go down while nothing is reset (S3.16)", () => {
    const recorder = new StatisticsRecorder(new ManualClock());
    let before: readonly Sample[] = [];
    for (let index = 1; index <= 300; index++) {
      const durationMs = index % 7 === 0 ? 0 : (index * 7919) % 1000 / 7;
      recorder.record(reload({ durationMs, latencyMs: durationMs, sources: [`s${index % 3}`] }));
      const { samples } = parsePage(toPrometheus(described(recorder)));
      for (const { name, labels, value } of before) {
        if (!/(_total|_sum|_count)$/.test(name)) continue;
        const now = find(samples, name, labels)!.value;
        assert.ok(now >= value, `${name} went from ${value} to ${now}`);
      }
      before = samples;
    }
  });

  test("shows no value, no message and no reason (G11)", async () => {
    await using live = await openLive({ "/app.yaml": "password: topsecret\n" }, {
      validators: [
        ({ password }: { password: string }) =>
          password === "topsecret" ? [] : [{ message: `no ${password} here` }],
      ],
    });
    await live.save("/app.yaml", "password: othersecret\n");
    const text = toPrometheus(live.config.statistics(), live.config.health());
    assert.ok(!/secret|password|here/.test(text), text);
    assert.equal(reader(text)("hotconf_reloads_total", { outcome: "invalid" }), 1);
  });

  test("passes promtool check metrics (S3.16)", {
    skip: !promtool && "promtool is not installed (Debian: apt-get install prometheus)",
  }, () => {
    for (
      const text of [
        page({ sources: ['a "b"\\\n'] }, { labels: { config: "a\\b" } }),
        toPrometheus(described(new StatisticsRecorder(new ManualClock()))),
        toPrometheus(described(new StatisticsRecorder(new ManualClock())), HEALTH),
      ]
    ) {
      const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
        input: text,
        encoding: "utf8",
      });
      assert.deepEqual([status, stdout, stderr], [0, "", ""]);
    }
  });
});

describe("the alert rules in docs/statistics.md", () => {
  const rules = /```yaml\n([\s\S]*?)```/u.exec(readFileSync("docs/statistics.md", "utf8"))![1]!;

  test("speak of metrics and labels that the page has", () => {
    const text = toPrometheus(described(new StatisticsRecorder(new ManualClock())), HEALTH);
    const { samples } = parsePage(text);
    const used = [...rules.matchAll(/\b(hotconf_\w+)(?:\{(\w+)="(\w+)"\})?/gu)];
    assert.ok(used.length >= 7);
    for (const [whole, name, label, value] of used) {
      const found = samples.some((sample) =>
        sample.name === name && (label === undefined || sample.labels[label] === value)
      );
      assert.ok(found, `the page has no ${whole}`);
    }
  });

  test("pass promtool check rules", {
    skip: !promtool && "promtool is not installed (Debian: apt-get install prometheus)",
  }, () => {
    const folder = mkdtempSync(join(tmpdir(), "hotconf-rules-"));
    try {
      writeFileSync(join(folder, "rules.yaml"), rules);
      const { status, stdout, stderr } = spawnSync(
        "promtool",
        ["check", "rules", join(folder, "rules.yaml")],
        { encoding: "utf8" },
      );
      assert.equal(status, 0, stderr);
      assert.match(stdout, /SUCCESS: 7 rules found/u);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("the strict reader refuses what Prometheus would", () => {
  const bad = {
    "no newline at the end": "# HELP a b\n# TYPE a gauge\na 1",
    "no type": "# HELP a b\na 1\n",
    "no help": "# TYPE a gauge\na 1\n",
    "a counter without _total": "# HELP a b\n# TYPE a counter\na 1\n",
    "a counter that went below nothing": "# HELP a_total b\n# TYPE a_total counter\na_total -1\n",
    "a metric twice": "# HELP a b\n# TYPE a gauge\na 1\n# HELP a b\n# TYPE a gauge\na 1\n",
    "a sample twice": '# HELP a b\n# TYPE a gauge\na{x="1"} 1\na{x="1"} 2\n',
    "a label twice": '# HELP a b\n# TYPE a gauge\na{x="1",x="2"} 1\n',
    "an open quotation": '# HELP a b\n# TYPE a gauge\na{x="1} 1\n',
    "an unknown escape": '# HELP a b\n# TYPE a gauge\na{x="\\t"} 1\n',
    "no number": "# HELP a b\n# TYPE a gauge\na undefined\n",
    "a summary without its sum": "# HELP a b\n# TYPE a summary\na_count 1\n",
    "milliseconds": "# HELP a_ms b\n# TYPE a_ms gauge\na_ms 1\n",
  };
  for (const [why, text] of Object.entries(bad)) assert.throws(() => parsePage(text), Error, why);
});

/** A page after one reload. */
function page(report: Partial<ReloadReport>, options?: PrometheusOptions): string {
  const recorder = new StatisticsRecorder(new ManualClock());
  recorder.record(reload(report));
  return toPrometheus(described(recorder), HEALTH, options);
}

function described(recorder: StatisticsRecorder): Statistics {
  const watcher = {
    name: "deno",
    isWatching: true,
    isPolling: false,
    watchedDirectories: 1,
  } as const;
  return recorder.describe({ catches: 0, isStale: false, watcher });
}

function reload(details: Partial<ReloadReport>): ReloadReport {
  const about = { cause: "save", revision: 1, at: AT, sources: [], stages: [] } as const;
  return { result: "succeeded", ...about, durationMs: 1, endedAt: 0, ...details };
}

type Read = (name: string, labels?: Readonly<Record<string, string>>) => number | undefined;

function reader(text: string): Read {
  const { samples } = parsePage(text);
  return (name, labels = {}) => find(samples, name, labels)?.value;
}

function find(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>>,
): Sample | undefined {
  return samples.find((sample) =>
    sample.name === name &&
    Object.keys(sample.labels).length === Object.keys(labels).length &&
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
  );
}
