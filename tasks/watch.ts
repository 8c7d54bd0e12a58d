/**
 * `deno task watch`: `hotconf watch` on the example service's configuration, or on the files named.
 *
 * @module
 */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArguments } from "../src/cli/arguments.ts";
import { UsageError } from "../src/cli/usage_error.ts";

const EXAMPLE = new URL("../examples/agent_service/", import.meta.url);

/** The words for `hotconf` that `deno task watch` stands for. */
export function watchWords(typed: readonly string[]): string[] {
  const words = ["watch", ...typed];
  if (!namesNothing(words)) return words;
  const schema = typed.some((word) => /^--schema(?:=|$)/u.test(word))
    ? []
    : ["--schema", fileURLToPath(new URL("schema.ts", EXAMPLE))];
  return ["watch", fileURLToPath(new URL("config", EXAMPLE)), ...schema, ...typed];
}

function namesNothing(words: readonly string[]): boolean {
  try {
    const args = parseArguments(words);
    return args.command === "watch" && args.paths.length === 0;
  } catch (error) {
    if (error instanceof UsageError) return false; // the command will say so itself
    throw error;
  }
}

// `deno task` runs in the project's directory; paths are meant from where it was typed.
process.chdir(process.env.INIT_CWD ?? ".");
process.argv.splice(2, Infinity, ...watchWords(process.argv.slice(2)));
await import("../cli.ts");
