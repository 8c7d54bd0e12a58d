/**
 * `hotconf explain`: where one value came from, and what it won over.
 *
 * @module
 */

import { isoTime } from "../clock.ts";
import { formatPath, getAt, type KeyPath, parsePath } from "../key_path.ts";
import { explainAt, type Explained, type Explanation, type Origin } from "../provenance.ts";
import type { ExplainArguments } from "./arguments.ts";
import { nearestWord, suggest } from "./did_you_mean.ts";
import type { CommandIo } from "./io.ts";
import { toJsonValue } from "./json_value.ts";
import { loadForShow } from "./print.ts";
import { alignRows, indent, placeOfOrigin, renderValue, type Row, type View } from "./render.ts";
import { printable } from "../printable.ts";
import { createStyle } from "./style.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Loads, and explains one value.
 *
 * @returns The exit code: 0 when there is a value, 1 when there is none or nothing is valid.
 * @throws {UsageError} When it can't run as it was asked for.
 */
export async function explain(args: ExplainArguments, io: CommandIo): Promise<number> {
  const path = readPath(args.key);
  const explained = await loadForShow(args, io);
  if (explained === undefined) return 1;
  if (getAt(explained.value, path) === undefined) {
    io.stderr.write(`hotconf: ${missing(path, explained)}\n`);
    return 1;
  }
  const explanation = explainAt(explained, path);
  const view = { style: createStyle(io.stdout, io.environment), cwd: io.cwd };
  io.stdout.write(
    args.json ? toJsonLine(explanation, isoTime(io.runtime.clock)) : toText(explanation, view),
  );
  return 0;
}

function readPath(key: string): KeyPath {
  try {
    return parsePath(key);
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** What is missing, and what may have been meant among its neighbours. */
function missing(path: KeyPath, { value }: Explained): string {
  let known: KeyPath = [];
  while (getAt(value, path.slice(0, known.length + 1)) !== undefined) {
    known = path.slice(0, known.length + 1);
  }
  const parent = getAt(value, known);
  const keys = typeof parent === "object" && parent !== null ? Object.keys(parent) : [];
  const near = nearestWord(String(path[known.length]), keys);
  const meant = near === undefined ? undefined : formatPath([...known, near]);
  return printable(`There is no value at ${formatPath(path)}${suggest(meant)}`);
}

/** Documented members only, in the documented order, as in src/cli/json.ts. */
function toJsonLine({ path, value, origin, shadowed }: Explanation, at: string): string {
  const line = {
    type: "explanation",
    path,
    value,
    ...(origin !== undefined && { origin: originToJson(origin) }),
    shadowed: shadowed.map(originToJson),
    at,
  };
  return `${JSON.stringify(toJsonValue(line))}\n`;
}

function originToJson({ value, file, line, column, variable, source }: Origin): object {
  return { value, file, line, column, variable, source };
}

function toText({ path, value, origin, shadowed }: Explanation, view: View): string {
  const { style } = view;
  const rows: Row[] = [
    [
      { text: "from", role: "quiet" },
      { text: origin === undefined ? "" : renderValue(origin.value) },
      { text: placeOfOrigin(origin, view) },
    ],
    ...shadowed.map((other): Row => [
      { text: "over", role: "quiet" },
      { text: renderValue(other.value), role: "quiet" },
      { text: placeOfOrigin(other, view), role: "quiet" },
    ]),
  ];
  const lines = [`${style("strong", printable(path))} = ${renderValue(value)}`];
  return [...lines, ...indent(alignRows(rows, view))].map((line) => `${line}\n`).join("");
}
