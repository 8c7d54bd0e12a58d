/**
 * Runs the whole suite on Deno, on Bun and on Node, one after the other: some tests measure time.
 * Needs Node >= 20.12 and npm; fetches the rest.
 *
 *     deno task test                      everything
 *     deno task test tests/format         the tests of a folder or a file
 *     deno task test --only bun           one runtime
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findFiles } from "./files.ts";
import { killChildrenOnSignal, root, run } from "./run.ts";
import { type Counts, countTests, summaryLine } from "./test_report.ts";
import { type Runtime, runtimes } from "./test_runtimes.ts";

const help = `Usage: deno task test [options] [files or folders]

Runs tests/**/*_test.ts on Deno, Bun and Node and prints a line for each:
  deno: 210 passed, 0 failed, 2 skipped

Options:
  --only deno|bun|node   Run on one runtime; may be repeated
  --limit <seconds>      Kill what takes longer (default 1800)
  --help                 Show this help

Exits with 1 when a test failed, a runtime could not be run, or it executed no test.`;

const { values, positionals } = readArguments();
if (values.help) {
  console.log(help);
  Deno.exit(0);
}
killChildrenOnSignal();
await installDependencies();

const files = findTests();
const logs = join(root, ".cache", "test");
mkdirSync(logs, { recursive: true });

const limitMs = Number(values.limit) * 1_000;
const results: [Runtime, Counts][] = [];
for (const runtime of runtimes) {
  if (values.only && !values.only.includes(runtime.name)) continue;
  results.push([runtime, await runOn(runtime)]);
}
console.log();
for (const [runtime, counts] of results) console.log(summaryLine(runtime.name, counts));
Deno.exit(results.some(([, counts]) => counts.failed > 0) ? 1 : 0);

function readArguments() {
  try {
    const parsed = parseArgs({
      args: Deno.args.filter((argument) => argument !== "--"),
      allowPositionals: true,
      options: {
        only: { type: "string", multiple: true },
        limit: { type: "string", default: "1800" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const names = runtimes.map(({ name }) => name as string);
    const unknown = parsed.values.only?.find((name) => !names.includes(name));
    if (unknown) throw new Error(`--only is one of ${names.join(", ")}, not "${unknown}"`);
    if (!(Number(parsed.values.limit) > 0)) {
      throw new Error(`--limit is a number of seconds, not "${parsed.values.limit}"`);
    }
    return parsed;
  } catch (error) {
    usageError(error);
  }
}

function findTests(): string[] {
  try {
    const found = findFiles(positionals.length > 0 ? positionals : ["tests"], "_test.ts");
    if (found.length === 0) throw new Error(`No *_test.ts in ${positionals.join(", ") || "tests"}`);
    return found;
  } catch (error) {
    usageError(error);
  }
}

function usageError(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  console.error("See: deno task test --help");
  Deno.exit(2);
}

/** `deno task` installs by itself; this is for those who start the script without it. */
async function installDependencies(): Promise<void> {
  if (existsSync(join(root, "node_modules"))) return;
  const { code, output } = await run(Deno.execPath(), ["install"]);
  if (code !== 0) usageError(new Error(`Cannot install the dependencies:\n${output.trim()}`));
}

/** One failure stands for a run that went wrong outside every test. */
async function runOn(runtime: Runtime): Promise<Counts> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const broken = (reason: string): Counts => {
    console.error(`\nOn ${runtime.name}: ${reason}`);
    return { ...counts, failed: Math.max(1, counts.failed) };
  };

  let plan;
  try {
    plan = await runtime.prepare(files, logs);
  } catch (error) {
    return broken(error instanceof Error ? error.message : String(error));
  }
  console.log(`${files.length} test files on ${runtime.name} ${plan.version}`);
  const log = join(logs, `${runtime.name}.log`);
  rmSync(log, { force: true });
  const startedAt = performance.now();
  const reasons: string[] = [];
  for (const { command, args, junit } of plan.commands) {
    rmSync(junit, { force: true });
    const { code, output, timedOut } = await run(command, args, { timeoutMs: limitMs });
    appendFileSync(log, output);
    const found = countTests(existsSync(junit) ? readFileSync(junit, "utf8") : "");
    counts.passed += found.passed;
    counts.failed += found.failed;
    counts.skipped += found.skipped;
    if (code !== 0) console.error(runtime.digest(output));
    if (timedOut) reasons.push(`killed after ${values.limit} s, all output in ${log}`);
    else if (code !== 0) reasons.push(`exit code ${code}, all output in ${log}`);
  }
  if (reasons.length > 0) return broken(reasons.join("; "));
  if (counts.passed + counts.failed === 0) return broken("no test was executed");
  console.log(`  done in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  return counts;
}
