/** How the suite is started on each runtime; what differs between them is all here. */

import { cpus } from "node:os";
import { join, sep } from "node:path";
import { findBun } from "./bun.ts";
import { bundleForNode } from "./node_bundle.ts";
import { run } from "./run.ts";

/** A runtime's name, as in its summary line. */
export type RuntimeName = "deno" | "bun" | "node";

/** A program that runs tests and writes a JUnit report. */
export interface TestCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** File of the report. */
  readonly junit: string;
}

/** What is run, one after the other, on which version of the runtime. */
export interface TestPlan {
  readonly version: string;
  readonly commands: readonly TestCommand[];
}

/** A runtime the suite runs on. */
export interface Runtime {
  readonly name: RuntimeName;
  /**
   * Prepares a run over test files (relative to the root) that reports to files in `folder`.
   *
   * @throws {Error} When the runtime cannot be had or the tests cannot be built for it.
   */
  prepare(files: readonly string[], folder: string): Promise<TestPlan>;
  /** The part of a failed run's output worth showing. */
  digest(output: string): string;
}

/** Some of the tests, which may run beside one another or not. */
interface Part {
  readonly name: "unit" | "real";
  readonly files: readonly string[];
}

/** Those in real time need some air; all others run on the manual clock. */
function partsOf(files: readonly string[]): readonly Part[] {
  const isReal = (file: string) => file.startsWith(`tests${sep}real${sep}`);
  const parts: readonly Part[] = [
    { name: "unit", files: files.filter((file) => !isReal(file)) },
    { name: "real", files: files.filter(isReal) },
  ];
  return parts.filter((part) => part.files.length > 0);
}

const deno: Runtime = {
  name: "deno",
  prepare(files, folder) {
    const commands = partsOf(files).map(({ name, files }) => {
      const junit = join(folder, `deno-${name}.xml`);
      const options = name === "unit" ? ["--parallel"] : [];
      const args = ["test", "-A", "--no-check", ...options, `--junit-path=${junit}`, ...files];
      return { command: Deno.execPath(), args, junit };
    });
    return Promise.resolve({ version: Deno.version.deno, commands });
  },
  digest: (output) => from(output, " ERRORS "),
};

const bun: Runtime = {
  name: "bun",
  async prepare(files, folder) {
    const { path, version } = await findBun();
    const junit = join(folder, "bun.xml");
    const args = ["test", "--timeout=300000", "--reporter=junit", `--reporter-outfile=${junit}`];
    // Without "./" a name is a search pattern.
    const named = files.map((file) => `./${file}`);
    return { version, commands: [{ command: path, args: [...args, ...named], junit }] };
  },
  digest: (output) => output.replace(/^\((?:pass|skip|todo)\) .*\n/gm, ""),
};

const node: Runtime = {
  name: "node",
  async prepare(files, folder) {
    const version = await nodeVersion();
    const bundles = await bundleForNode(files);
    const bundleOf = new Map(files.map((file, index) => [file, bundles[index]!]));
    const commands = partsOf(files).map(({ name, files }) => {
      const junit = join(folder, `node-${name}.xml`);
      const args = [
        "--enable-source-maps",
        "--test",
        `--test-concurrency=${name === "unit" ? cpus().length : 1}`,
        "--test-reporter=spec",
        "--test-reporter-destination=stdout",
        "--test-reporter=junit",
        `--test-reporter-destination=${junit}`,
        ...files.map((file) => bundleOf.get(file)!),
      ];
      return { command: "node", args, junit };
    });
    return { version, commands };
  },
  digest: (output) => from(output, "✖ failing tests:"),
};

/** All runtimes, in the order they run. */
export const runtimes: readonly Runtime[] = [deno, bun, node];

async function nodeVersion(): Promise<string> {
  const { output } = await run("node", ["--version"], { timeoutMs: 120_000 });
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
