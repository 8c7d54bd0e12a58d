/** How the suite is started on each runtime; what differs between them is all here. */

import { cpus } from "node:os";
import { findBun } from "./bun.ts";
import { bundleForNode } from "./node_bundle.ts";
import { run } from "./run.ts";

/** A runtime's name, as in its summary line. */
export type RuntimeName = "deno" | "bun" | "node";

/** A program that runs tests and writes a JUnit report. */
export interface TestCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly version: string;
}

/** A runtime the suite runs on. */
export interface Runtime {
  readonly name: RuntimeName;
  /**
   * Prepares a run over test files (relative to the root) that reports to the file `junit`.
   *
   * @throws {Error} When the runtime cannot be had or the tests cannot be built for it.
   */
  prepare(files: readonly string[], junit: string): Promise<TestCommand>;
  /** The part of a failed run's output worth showing. */
  digest(output: string): string;
}

const deno: Runtime = {
  name: "deno",
  prepare(files, junit) {
    const args = ["test", "-A", "--no-check", `--junit-path=${junit}`, ...files];
    return Promise.resolve({ command: Deno.execPath(), args, version: Deno.version.deno });
  },
  digest: (output) => from(output, " ERRORS "),
};

const bun: Runtime = {
  name: "bun",
  async prepare(files, junit) {
    const { path, version } = await findBun();
    const args = ["test", "--timeout=60000", "--reporter=junit", `--reporter-outfile=${junit}`];
    // Without "./" a name is a search pattern.
    return { command: path, args: [...args, ...files.map((file) => `./${file}`)], version };
  },
  digest: (output) => output.replace(/^\((?:pass|skip|todo)\) .*\n/gm, ""),
};

const node: Runtime = {
  name: "node",
  async prepare(files, junit) {
    const version = await nodeVersion();
    const bundles = await bundleForNode(files);
    const args = [
      "--enable-source-maps",
      "--test",
      // Half of the processors: the tests that measure time need some air.
      `--test-concurrency=${Math.max(1, Math.floor(cpus().length / 2))}`,
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=junit",
      `--test-reporter-destination=${junit}`,
    ];
    return { command: "node", args: [...args, ...bundles], version };
  },
  digest: (output) => from(output, "✖ failing tests:"),
};

/** All runtimes, in the order they run. */
export const runtimes: readonly Runtime[] = [deno, bun, node];

async function nodeVersion(): Promise<string> {
  const { output } = await run("node", ["--version"], { timeoutMs: 20_000 });
  const version = /^v(\d+\.\d+\.\d+)/m.exec(output)?.[1];
  if (!version) throw new Error(`No Node on the PATH: ${output.trim()}`);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 12)) {
    throw new Error(`Node ${version} is too old: 20.12 or newer is needed`);
  }
  return version;
}

/** The output from a heading on, or its end, which is where a run that was cut off stood. */
function from(output: string, heading: string): string {
  const start = output.indexOf(heading);
  return start < 0 ? output.split("\n").slice(-60).join("\n") : output.slice(start);
}
