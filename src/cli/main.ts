/**
 * The command as a function: words in, lines out, exit code back.
 *
 * @module
 */

import { version } from "../version.ts";
import { parseArguments } from "./arguments.ts";
import { check } from "./check.ts";
import { doctor } from "./doctor/doctor.ts";
import { explain } from "./explain.ts";
import { helpText } from "./help.ts";
import type { CommandIo } from "./io.ts";
import { schema } from "./schema/schema.ts";
import { print } from "./print.ts";
import { printable } from "./style.ts";
import { UsageError } from "./usage_error.ts";
import { watch } from "./watch.ts";

/**
 * Runs `hotconf`.
 *
 * @param words What was typed after `hotconf`.
 * @returns The exit code: 0 for success, 1 for an invalid configuration or a problem, 2 for wrong
 * usage.
 */
export async function main(words: readonly string[], io: CommandIo): Promise<number> {
  try {
    const args = parseArguments(words, io.environment);
    switch (args.command) {
      case "watch":
        return await watch(args, io);
      case "check":
        return await check(args, io);
      case "print":
        return await print(args, io);
      case "explain":
        return await explain(args, io);
      case "doctor":
        return await doctor(args, io);
      case "schema":
        return await schema(args, io);
      case "help":
        io.stdout.write(helpText(args.topic));
        return 0;
      case "version":
        io.stdout.write(`${version}\n`);
        return 0;
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`hotconf: ${printable(error.message)}\n`);
    return 2;
  }
}
