/**
 * A guided tour: edits a copy of the configuration in every way, and shows what happens at each.
 *
 * `deno task demo`, or with `--fast` without pauses. It ends by itself; Ctrl-C ends it sooner.
 *
 * @module
 */

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import type { LiveConfig } from "../../mod.ts";
import { configDirectory } from "./config_directory.ts";
import { createTour, type Tour } from "./demo_tour.ts";
import type { Settings } from "./settings.ts";
import { watchSettings } from "./watch_settings.ts";

const isFast = process.argv.includes("--fast");
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
process.once("SIGTERM", () => stop.abort());

const directory = mkdtempSync(join(tmpdir(), "hotconf-demo-"));
cpSync(configDirectory(), directory, { recursive: true });
try {
  let tour: Tour;
  {
    await using config = await open();
    await config.attach({
      name: "connection pool",
      select: ({ rate_limits }) => rate_limits.default.burst,
      prepare(connections) {
        if (connections > 100) throw new Error(`there are no ${connections} connections to be had`);
      },
      commit() {},
    });
    console.log(`Watching a copy of the agent service's settings on ${config.runtime}:`);
    for (const path of config.files) console.log(`  ${path}`);
    console.log(`revision ${config.revision} runs, checksum ${config.checksum.slice(0, 12)}`);
    tour = tourOf(config);
    await guide(tour);
    const { reloads, rollbacks, latency } = config.statistics()!;
    console.log(
      `\nIn all: ${reloads.succeeded} reloads, ${reloads.rejected} refused, ` +
        `${rollbacks} taken back; from the first sign of a save to its commit ` +
        `${latency.p50Ms.toFixed(1)} ms (median)`,
    );
  }
  tour.overwrite("agent_chains.yaml", (text) => text.replace("steps:", "steps: ["));
  await using config = await open();
  await guideAgain(config, tourOf(config));
} catch (error) {
  if (stop.signal.aborted) console.log("\nStopped.");
  else {
    console.error(`\n${(error as Error).message}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(directory, { recursive: true });
}

function open(): Promise<LiveConfig<Settings>> {
  return watchSettings(directory, {
    env: {}, // the tour is the same wherever it runs
    confirm: {
      withinMs: 300,
      health: (_signal, { value: { providers } }) => answersInTime(providers),
    },
    stateDir: join(directory, "state"),
    startFrom: "last-known-good",
  });
}

function tourOf(config: LiveConfig<Settings>): Tour {
  return createTour(config, directory, {
    signal: stop.signal,
    pause: () => delay(isFast ? 0 : 1500, undefined, { signal: stop.signal }),
  });
}

/** Stands for a look at the service itself. */
function answersInTime(providers: Settings["providers"]): void {
  const { mock } = providers;
  if (mock?.kind === "mock" && mock.latency_ms! > 1000) throw new Error("answers take too long");
}

async function guide(
  { step, show, read, write, replace, overwrite, remove, rollback, history }: Tour,
): Promise<void> {
  await step(
    "An editor saves: a new file is moved over rate_limits.yaml",
    "reloadSucceeded",
    () => {
      replace("rate_limits.yaml", (text) => text.replace("rpm: 120", "rpm: 90"));
    },
  );
  await step("echo … > providers.yaml: the file is written in place", "reloadSucceeded", () => {
    overwrite("providers.yaml", (text) => text.replace("Thank you for asking.", "Welcome back."));
  });
  await step("Broken YAML", "reloadFailed", () => {
    overwrite("agent_chains.yaml", (text) => text.replace("steps:", "steps: ["));
  });
  await step("Mended, nothing else changed", "recovered", () => {
    overwrite("agent_chains.yaml", (text) => text.replace("steps: [", "steps:"));
  });
  await step("rpm: 0, which the schema refuses", "validationFailed", () => {
    replace("rate_limits.yaml", (text) => text.replace("rpm: 90", "rpm: 0"));
  });
  await step("A better value", "reloadSucceeded", () => {
    replace("rate_limits.yaml", (text) => text.replace("rpm: 0", "rpm: 240"));
  });
  await step("A chain asks a provider that providers.yaml lacks", "validationFailed", () => {
    replace("agent_chains.yaml", (text) => text.replace("provider: mock", "provider: mistral"));
  });
  await step("The chain is right again", "recovered", () => {
    replace("agent_chains.yaml", (text) => text.replace("provider: mistral", "provider: mock"));
  });
  await step("openai is enabled, but OPENAI_API_KEY is not set", "validationFailed", () => {
    replace("providers.yaml", (text) => text.replace("enabled: false", "enabled: true"));
  });
  await step("Three files at once: one revision", "reloadSucceeded", () => {
    replace("providers.yaml", (text) =>
      text
        .replace(/(kind: openai\n\s*enabled: )true/u, "$1false")
        .replace("latency_ms: 5", "latency_ms: 8"));
    replace("agent_chains.yaml", (text) => text.replace("timeout_ms: 5000", "timeout_ms: 3000"));
    replace("rate_limits.yaml", (text) => text.replace("burst: 20", "burst: 40"));
  });
  const limits = read("rate_limits.yaml").replace("rpm: 60", "rpm: 30");
  await step("rate_limits.yaml is deleted", "reloadFailed", () => remove("rate_limits.yaml"));
  await step("… and comes back, with a change", "reloadSucceeded", () => {
    write("rate_limits.yaml", limits);
  });
  await step("A component can't take it: nobody does", "reloadFailed", () => {
    replace("rate_limits.yaml", (text) => text.replace("burst: 10", "burst: 500"));
  });
  await step("What all of them can take", "reloadSucceeded", () => {
    replace("rate_limits.yaml", (text) => text.replace("burst: 500", "burst: 50"));
  });
  await step("It runs badly, so it is taken back by itself", "rolledBack", () => {
    replace("providers.yaml", (text) => text.replace("latency_ms: 8", "latency_ms: 5000"));
  });
  await step("config.rollback(): back to the revision before", "rolledBack", rollback);
  await show("config.history(): what ran, and why", history);
}

async function guideAgain(
  config: LiveConfig<Settings>,
  { step, show, replace }: Tour,
): Promise<void> {
  await show("The files break while nothing runs: it starts on the last known good", () => [
    `revision ${config.revision} runs, from ${config.snapshot.cause}`,
    ...config.health().reasons.map(({ message }) => message),
  ]);
  await step("They are right again", "reloadSucceeded", () => {
    replace("agent_chains.yaml", (text) => text.replace("steps: [", "steps:"));
    replace("providers.yaml", (text) => text.replace("latency_ms: 5000", "latency_ms: 8"));
  });
}
