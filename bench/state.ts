/**
 * What state on disk adds to a commit: `deno task bench:state [options]`.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { readOptions } from "./options.ts";
import { BENCH, prepare } from "./prepare.ts";
import type { CommitTimes } from "./state/commits.ts";
import { RUNTIMES } from "./systems/mod.ts";
import { formatTable, median, quantile, round } from "./figures.ts";

const HELP = `Measures commits with and without state on disk, in turn, in one process.

deno task bench:state [--runtimes node,bun,deno] [--commits N]
`;

/** Values of a small configuration and of a large one. */
const SIZES = [20, 1_000];

const options = readOptions(HELP, { values: ["runtimes", "commits"], switches: [] });
const commits = options.number("commits", 200);
/** Not in the folder for temporary files: that may be kept in memory. */
const DIRECTORY = join(BENCH, ".cache");
const commandFor = await prepare(["state/commits.ts"]);

const rows = options.list("runtimes", RUNTIMES).flatMap((runtime) =>
  SIZES.map((size) => {
    const [command = "", ...words] = commandFor(runtime, "state/commits.ts");
    const output = execFileSync(command, [...words, DIRECTORY, `${commits}`, `${size}`], {
      encoding: "utf8",
    });
    const times: CommitTimes = JSON.parse(output);
    const added = median(times.with) - median(times.without);
    const shown = [
      median(times.without),
      median(times.with),
      added,
      quantile(times.with, 0.95),
      quantile(times.with, 0.99),
    ];
    return [runtime, 3 * size, ...shown.map((ms) => round(ms))];
  })
);
console.log(
  formatTable(
    ["runtime", "values", "without, p50", "with, p50", "added", "with, p95", "with, p99"],
    rows,
    1,
  ),
);
