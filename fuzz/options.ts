/** The options of `deno task fuzz`. */

import { parseArgs } from "node:util";

/** What is printed for `--help`. */
export const HELP = `Usage: deno task fuzz [options]

Sends damaged configuration files and generated texts, in all formats, through parser, limits,
merge, freeze, differences and places, and checks what has to hold for every text: nothing pollutes
a prototype, values are plain and within the limits, a refusal and every value has a place inside
the text, nothing takes longer than 250 ms or hangs, memory does not grow.

Options:
  --cases <number>       Texts for each runtime (default 200000: about 5 minutes each)
  --seed <number>        Start of the random numbers (default: the time); the same seed gives the
                         same texts, and a failure prints the seed of its hundred texts
  --only deno|bun|node   Run on one runtime; may be repeated
  --help                 Show this help

A failure is printed with the smallest text that shows it: add that to
tests/format/fuzz_regressions.json. Exits with 1 when something failed.`;

/** The runtimes, in the order they run. */
export const RUNTIMES = ["deno", "bun", "node"] as const;

/** A runtime's name. */
export type RuntimeName = typeof RUNTIMES[number];

/** What to run. */
export interface FuzzOptions {
  readonly cases: number;
  readonly seed: number;
  readonly runtimes: readonly RuntimeName[];
  readonly help: boolean;
}

/**
 * Reads the arguments; `now` is the default seed.
 *
 * @throws {Error} When an argument is wrong; the message says which.
 */
export function readOptions(args: readonly string[], now: number): FuzzOptions {
  const { values } = parseArgs({
    args: args.filter((argument) => argument !== "--"),
    options: {
      cases: { type: "string", default: "200000" },
      seed: { type: "string", default: String(now % 1_000_000_000) },
      only: { type: "string", multiple: true },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const unknown = values.only?.find((name) => !RUNTIMES.some((known) => known === name));
  if (unknown !== undefined) {
    throw new Error(`--only is one of ${RUNTIMES.join(", ")}, not "${unknown}"`);
  }
  return {
    cases: wholeNumber("--cases", values.cases, 1),
    seed: wholeNumber("--seed", values.seed, 0),
    runtimes: RUNTIMES.filter((name) => values.only?.includes(name) ?? true),
    help: values.help,
  };
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`${option} is a whole number from ${least} on, not "${text}"`);
}
