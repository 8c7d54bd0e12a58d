/**
 * Figures as Markdown, and the place they go.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { BENCH, type CommandFor } from "./prepare.ts";
import type { RuntimeName } from "./systems/mod.ts";

export { formatTable, median, quantile, round } from "./figures.ts";

/** Puts `text` between `<!-- name -->` and `<!-- /name -->` in docs/performance.md. */
export function publish(name: string, text: string): void {
  const page = join(BENCH, "..", "docs", "performance.md");
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest = ""] = readFileSync(page, "utf8").split(open);
  const [, after] = rest.split(close);
  if (after === undefined) {
    throw new Error(`Cannot publish in ${page}: no ${open} … ${close}`);
  }
  writeFileSync(page, `${before}${open}\n\n${text}\n\n${close}${after}`);
  execFileSync(process.execPath, ["fmt", "--quiet", page]);
}

/** Writes a file of `bench/results`. */
export function keepResult(name: string, result: unknown): void {
  writeFileSync(
    join(BENCH, "results", name),
    `${JSON.stringify(result, null, 2)}\n`,
  );
}

/** Where and with what it was measured. */
export interface Circumstances {
  /** When, as ISO 8601 in UTC. */
  readonly date: string;
  /** Processor, number of cores, memory, system. */
  readonly machine: string;
  /** Version of each runtime and package. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Looks around; `packages` are those that took part. */
export function circumstances(
  commandFor: CommandFor,
  packages: readonly string[] = Object.keys(manifest(BENCH).dependencies ?? {}),
): Circumstances {
  const version = (runtime: RuntimeName) => runtimeVersion(commandFor(runtime, ""));
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString(),
    machine: `${cpus().length} cores (${
      cpus()[0]?.model.trim()
    }), ${gigabytes} GB, ${type()} ${release()}`,
    versions: {
      hotconf: packageVersion(join(BENCH, "..")),
      node: version("node"),
      bun: version("bun"),
      deno: version("deno"),
      ...Object.fromEntries(
        packages.map((
          name,
        ) => [name, packageVersion(join(BENCH, "node_modules", name))]),
      ),
    },
  };
}

/** The circumstances in two lines for people. */
export function formatCircumstances(
  { date, machine, versions }: Circumstances,
): string {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Measured on ${date.slice(0, 10)}: ${machine}.\n${names.join(", ")}.`;
}

function manifest(
  folder: string,
): { version: string; dependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

function packageVersion(folder: string): string {
  return manifest(folder).version;
}

function runtimeVersion([program = ""]: readonly string[]): string {
  const answer = execFileSync(program, ["--version"], { encoding: "utf8" });
  return /\d+\.\d+\.\d+/.exec(answer)?.[0] ?? "unknown";
}
