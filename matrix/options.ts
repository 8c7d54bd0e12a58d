/**
 * The command's options.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type Backend, BACKENDS, type RuntimeName, RUNTIMES } from "./columns.ts";
import type { Group, Situation } from "./situation.ts";

/** What `--help` says. */
export const HELP = `Saves in every way there is, under every runtime, and looks what arrives.

deno task matrix [--quick] [--only NAME,…] [--group save|structure|stress|torn] [--rounds N]
                 [--runtimes deno,bun,node] [--backends native,polling] [--json]

--quick does one round of each situation and leaves the slow ones out, and those of --group torn,
which saves slowly and counts what is handed over in part. At its end it shows only what is not
right.
--json prints the cells instead of the tables.
Only a run without options is kept, in docs/matrix.md and matrix/results.json. The exit code is 1
when a cell does not reach what it must, 2 when an option is wrong.
`;

const OPTIONS = {
  quick: { type: "boolean" },
  only: { type: "string" },
  group: { type: "string" },
  rounds: { type: "string" },
  runtimes: { type: "string" },
  backends: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** The tables of situations, and the one of slow saves. */
const GROUPS: readonly (Group | "torn")[] = ["save", "structure", "stress", "torn"];

/** What is to be run. */
export interface MatrixOptions {
  readonly situations: readonly Situation[];
  /** Whether files are to be saved slowly. */
  readonly wantsTorn: boolean;
  readonly runtimes: readonly RuntimeName[];
  readonly backends: readonly Backend[];
  /** Whether the tables leave out what is right. */
  readonly isQuick: boolean;
  /** Rounds of each situation, instead of its own number. */
  readonly rounds: number | undefined;
  readonly asJson: boolean;
  readonly wantsHelp: boolean;
  /** Whether nothing was left out, so that the run is kept. */
  readonly isWhole: boolean;
}

/**
 * Reads the command line.
 *
 * @throws {TypeError} When an option is unknown.
 * @throws {RangeError} When the value of one is.
 */
export function parseOptions(
  args: readonly string[],
  situations: readonly Situation[],
): MatrixOptions {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const names = listed("only", values.only, situations.map(({ name }) => name));
  const groups = listed("group", values.group, GROUPS);
  const backends = listed("backends", values.backends, BACKENDS);
  const isQuick = values.quick ?? false;
  return {
    situations: situations.filter(({ name, group, isSlow = false }) =>
      names.includes(name) && groups.includes(group) &&
      // What is asked for by name is not left out.
      (!isQuick || !isSlow || values.only !== undefined)
    ),
    wantsTorn: groups.includes("torn") && backends.includes("native") &&
      values.only === undefined && (!isQuick || values.group !== undefined),
    runtimes: listed("runtimes", values.runtimes, RUNTIMES),
    backends,
    isQuick,
    rounds: values.rounds === undefined ? isQuick ? 1 : undefined : wholeNumber(values.rounds),
    asJson: values.json ?? false,
    wantsHelp: values.help ?? false,
    isWhole: Object.keys(values).length === 0,
  };
}

function wholeNumber(given: string): number {
  if (/^[1-9]\d*$/.test(given)) return Number(given);
  throw new RangeError(`--rounds must be a whole number from 1, not "${given}"`);
}

function listed<T extends string>(
  name: string,
  given: string | undefined,
  known: readonly T[],
): readonly T[] {
  if (given === undefined) return known;
  const items = given.split(",").map((item) => item.trim());
  const unknown = items.find((item) => !known.includes(item as T));
  if (unknown === undefined) return known.filter((item) => items.includes(item));
  throw new RangeError(`--${name} takes ${known.join(", ")}, not "${unknown}"`);
}
