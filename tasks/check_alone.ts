/** Runs a check by itself, as in `deno run -A tasks/check_layers.ts`. */

import process from "node:process";

/** A check; answers what is wrong, nothing when all is well. */
export type Check = () => string[] | Promise<string[]>;

/** Runs checks and prints what is wrong; the script ends with 1 when something is. */
export async function runAlone(...checks: readonly Check[]): Promise<void> {
  for (const check of checks) {
    const problems = await check();
    for (const problem of problems) console.error(problem);
    console.log(`${check.name}: ${problems.length === 0 ? "ok" : "FAILED"}`);
    if (problems.length > 0) process.exitCode = 1;
  }
}
