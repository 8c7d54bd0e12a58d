/**
 * `hotconf schema`: the JSON Schema of a schema module, for editors.
 *
 * @module
 */

import { resolve } from "node:path";
import { systemClock } from "../../clock.ts";
import { toError } from "../../to_error.ts";
import type { SchemaArguments } from "../arguments.ts";
import { type CommandIo, orAborted } from "../io.ts";
import { loadSchemaModule } from "../schema_module.ts";
import { displayPath } from "../style.ts";
import type { System } from "../system.ts";
import { UsageError } from "../usage_error.ts";
import { jsonSchemaOf } from "./json_schema_of.ts";

/**
 * Prints the JSON Schema, or writes it to a file when it is not there already.
 *
 * @returns The exit code: 0, or 1 when it was interrupted.
 * @throws {UsageError} When there is no JSON Schema to be had, or the file can't be written.
 */
export async function schema(
  { schema: reference, out }: SchemaArguments,
  { cwd, stdout, interrupted, system }: CommandIo,
): Promise<number> {
  const loading = loadSchemaModule(reference, { cwd, clock: systemClock });
  const module = await orAborted(loading, interrupted).catch((error) => {
    if (interrupted.aborted) return undefined;
    throw error;
  });
  if (module === undefined) return 1;
  const text = `${JSON.stringify(jsonSchemaOf(module), null, 2)}\n`;
  if (out === undefined) {
    stdout.write(text);
    return 0;
  }
  const isWritten = writeWhenChanged(resolve(cwd, out), text, { out, system });
  stdout.write(`${displayPath(resolve(cwd, out), cwd)} ${isWritten ? "written" : "is current"}\n`);
  return 0;
}

/** Whoever watches the file sees the old text or the new one, and no change where there is none. */
function writeWhenChanged(
  path: string,
  text: string,
  { out, system }: { readonly out: string; readonly system: System },
): boolean {
  if (readIfThere(path, system) === text) return false;
  const temporary = `${path}.${system.processId}.tmp`;
  try {
    system.createFile(temporary);
    try {
      system.writeText(temporary, text);
      system.rename(temporary, path);
    } catch (error) {
      system.remove(temporary);
      throw error;
    }
  } catch (thrown) {
    throw new UsageError(`Cannot write ${out}: ${toError(thrown).message}`, { cause: thrown });
  }
  return true;
}

function readIfThere(path: string, system: System): string | undefined {
  try {
    return system.readText(path);
  } catch {
    return undefined; // writing it will say what is wrong
  }
}
