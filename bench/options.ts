/**
 * The options of the benches on the command line.
 *
 * @module
 */

import process from "node:process";
import { parseArgs } from "node:util";

/** Options that were given; wrong ones end the process with code 2. */
export interface Options<Value extends string, Switch extends string> {
  /** Names of all that were given. */
  readonly given: readonly string[];
  /** A whole number from `least`. */
  number(name: Value, standard: number, least?: number): number;
  /** Some of `known`, separated by commas; all of them when it is not given. */
  list<Item extends string>(name: Value, known: readonly Item[]): readonly Item[];
  /** Whether a switch was given. */
  has(name: Switch): boolean;
}

/** Reads the options; `--help` prints `help` and ends the process. */
export function readOptions<Value extends string, Switch extends string>(
  help: string,
  names: {
    readonly values: readonly Value[];
    readonly switches: readonly Switch[];
  },
): Options<Value, Switch> {
  const found = parse(names);
  if (found.help) {
    console.log(help);
    process.exit(0);
  }
  return {
    given: Object.keys(found),
    number(name, standard, least = 1) {
      const given = found[name] ?? String(standard);
      if (/^\d+$/.test(String(given)) && Number(given) >= least) {
        return Number(given);
      }
      return refuse(`--${name} must be a whole number from ${least}, not "${given}"`);
    },
    list(name, known) {
      const given = found[name] === undefined
        ? known
        : String(found[name]).split(",").map((item) => item.trim());
      const unknown = given.find((item) => !(known as readonly string[]).includes(item));
      if (unknown === undefined) return given as typeof known;
      return refuse(`--${name} takes ${known.join(", ")}, not "${unknown}"`);
    },
    has: (name) => found[name] === true,
  };
}

function parse(
  { values, switches }: {
    values: readonly string[];
    switches: readonly string[];
  },
): Readonly<Record<string, string | boolean | undefined>> {
  const options = Object.fromEntries([
    ...values.map((name) => [name, { type: "string" as const }] as const),
    ...[...switches, "help"].map((name) => [name, { type: "boolean" as const }] as const),
  ]);
  try {
    return parseArgs({ options }).values as Readonly<Record<string, string | boolean | undefined>>;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function refuse(why: string): never {
  console.error(`${why}. See --help.`);
  process.exit(2);
}
