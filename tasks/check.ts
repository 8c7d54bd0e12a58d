/**
 * Everything about the project that is checked without running the suite; every step runs even when
 * one before it failed.
 *
 *     deno task check                      all steps
 *     deno task check lint layers          some of them
 *     deno run -A tasks/check_layers.ts    one that is a file, by itself
 */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.ts";
import type { Check } from "./check_alone.ts";
import { checkDependencies, checkLazyImports } from "./check_imports.ts";
import { checkLayers } from "./check_layers.ts";
import { checkManifests } from "./check_manifests.ts";
import { checkPermissions } from "./check_permissions.ts";
import { checkRequirements } from "./check_requirements.ts";
import { existing } from "./files.ts";
import { killChildrenOnSignal, root, run, secondsSince } from "./run.ts";
import { smoke } from "./smoke.ts";

const steps: Readonly<Record<string, Check>> = {
  format: deno("fmt", "--check"),
  lint: deno("lint"),
  types: deno(
    "check",
    ...existing([
      "mod.ts",
      "testing.ts",
      "arktype.ts",
      "opentelemetry.ts",
      "cli.ts",
      "tests",
      "examples",
      "tasks",
      "matrix",
      "fuzz",
    ]),
  ),
  "bench types": checkBench,
  docs: deno(
    "doc",
    "--lint",
    ...existing(["mod.ts", "testing.ts", "arktype.ts", "opentelemetry.ts"]),
  ),
  publish: deno("publish", "--dry-run", "--allow-dirty"),
  manifests: checkManifests,
  dependencies: checkDependencies,
  "lazy imports": checkLazyImports,
  "no permission": checkPermissions,
  layers: checkLayers,
  requirements: checkRequirements,
  build: buildOnce,
  package: checkPackage,
};

let built: Promise<string[]> | undefined;

const unknown = Deno.args.find((name) => !(name in steps));
if (unknown !== undefined) {
  console.error(`There is no step "${unknown}"; the steps are: ${Object.keys(steps).join(", ")}`);
  Deno.exit(2);
}
killChildrenOnSignal();

const chosen = Object.entries(steps).filter(([name]) =>
  Deno.args.length === 0 || Deno.args.includes(name)
);
const failed: string[] = [];
for (const [name, check] of chosen) {
  const began = performance.now();
  const problems = await attempt(check);
  const verdict = problems.length === 0 ? "ok" : "FAILED";
  const seconds = secondsSince(began).toFixed(1);
  // The name first: "ok", a name and a time are what another test runner says of a package.
  console.log(`${name.padEnd(14)} ${verdict.padStart(6)} ${seconds.padStart(6)} s`);
  for (const problem of problems) console.log(problem.replace(/^/gm, "       "));
  if (problems.length > 0) failed.push(name);
}
console.log(
  failed.length === 0
    ? `All ${chosen.length} steps are ok`
    : `${failed.length} of ${chosen.length} steps failed: ${failed.join(", ")}`,
);
Deno.exit(failed.length === 0 ? 0 : 1);

async function attempt(check: Check): Promise<string[]> {
  try {
    return await check();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** The package is made of the build, so both steps use one. */
function buildOnce(): Promise<string[]> {
  return built ??= build();
}

async function checkPackage(): Promise<string[]> {
  return (await buildOnce()).length > 0 ? ["There is no build to pack"] : await smoke();
}

/** A step that is one command of Deno's. */
function deno(...args: string[]): Check {
  return async () => {
    const { code, output } = await run(Deno.execPath(), args);
    return code === 0 ? [] : [output.trim()];
  };
}

/** The libraries it compares with are no dependencies; they are in a package.json of its own. */
async function checkBench(): Promise<string[]> {
  const folder = join(root, "bench");
  if (!existsSync(join(folder, "node_modules"))) {
    const { code, output } = await run("npm", ["install"], { cwd: folder });
    if (code !== 0) return [output.trim()];
  }
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  const paths = files.map((name) => `bench/${name}`);
  return await deno("check", "--no-config", "--node-modules-dir=manual", ...paths)();
}
