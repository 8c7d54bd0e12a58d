/**
 * Changes as text for people.
 *
 * @module
 */

import { styleText } from "node:util";
import type { Change } from "./events.ts";
import { formatValue, formatWhole } from "./format_value.ts";
import { formatPlace } from "./issue.ts";
import { checkNumber } from "./option_checks.ts";
import { columnsOf, count, displayPath, printable } from "./printable.ts";
import { REDACTED } from "./redact_text.ts";

/** Options of {@linkcode formatDiff}. */
export interface FormatDiffOptions {
  /** Whether to colour it, for a terminal. @default {false} */
  readonly color?: boolean;
  /**
   * Columns of a line. Values are shortened to fit, to no less than 24 columns; long paths still
   * make longer lines. @default {100}
   */
  readonly width?: number;
  /** Most changes that are shown; the others are counted. @default {all} */
  readonly maxChanges?: number;
  /** Absolute path of a directory: files in it are shown from there. */
  readonly cwd?: string;
}

/** What a piece of a line is, which decides its colour. */
export type DiffRole = Change["kind"] | "quiet";

/** Gives text the colour of its role, or leaves it as it is. */
export type DiffStyle = (role: DiffRole, text: string) => string;

const MARKS: Readonly<Record<Change["kind"], string>> = { added: "+", removed: "-", changed: "~" };

const COLOURS = { added: "green", removed: "red", changed: "yellow", quiet: "gray" } as const;

const ARROW = " → ";

/** Said of two values that look the same. */
const NOT_SAME = " (not the same)";

const LEAST_FOR_VALUE = 24;

/** Columns are padded up to this width; what is longer pushes its own line only. */
const WIDEST_COLUMN = 60;

/** A longer path is cut. */
const LONGEST_PATH = 200;

/**
 * Changes for people, one a line, without a line end after the last; `""` for none. Columns are
 * aligned, values shortened in the middle, and control characters escaped, so that a configuration
 * can't drive a terminal.
 *
 * @throws {RangeError} When an option is out of range.
 * @example
 * ```ts
 * import { formatDiff, watchConfig } from "hotconf";
 *
 * await using config = await watchConfig({ sources: ["config/app.yaml"] });
 * config.on("reloadSucceeded", ({ changes }) => console.log(formatDiff(changes)));
 * // ~  server.port  8080 → 9090  /srv/config/app.yaml:3
 * // +  server.tls   true         /srv/config/app.yaml:4
 * ```
 */
export function formatDiff(changes: readonly Change[], options: FormatDiffOptions = {}): string {
  const { color = false, ...layout } = options;
  return diffLines(changes, color ? colour : (_role, text) => text, layout).join("\n");
}

/** The lines of {@linkcode formatDiff}, coloured by `style`. */
export function diffLines(
  changes: readonly Change[],
  style: DiffStyle,
  { width = 100, maxChanges = Infinity, cwd }: Omit<FormatDiffOptions, "color">,
): string[] {
  checkNumber("width", width, 1, Infinity);
  checkNumber("maxChanges", maxChanges, 0, Infinity);
  const rows = changes.slice(0, maxChanges).map((change) => ({
    change,
    path: cell(showPath(change.path)),
    place: cell(showPlace(change, cwd)),
  }));
  const pathWidth = widest(rows.map(({ path }) => path));
  const placeWidth = widest(rows.map(({ place }) => place));
  const room = width - "~  ".length - pathWidth - 2 - (placeWidth === 0 ? 0 : placeWidth + 2);
  const values = rows.map(({ change }) => showValues(change, room, style));
  const valueWidth = widest(values);

  const lines = rows.map(({ change: { kind }, path, place }, index) => {
    const value = values[index]!;
    const start = `${style(kind, MARKS[kind])}  ${pad(path, pathWidth)}  `;
    if (place.text === "") return (start + value.text).trimEnd();
    return `${start}${pad(value, valueWidth)}  ${style("quiet", place.text)}`;
  });
  const hidden = changes.length - rows.length;
  if (hidden > 0) lines.push(style("quiet", `… and ${count(hidden, "more change")}`));
  return lines;
}

interface Cell {
  readonly text: string;
  /** Without colours. */
  readonly columns: number;
}

function cell(text: string, styled: string = text): Cell {
  return { text: styled, columns: columnsOf(text) };
}

function showPath(path: string): string {
  if (path === "") return "(everything)";
  if (path.length <= LONGEST_PATH) return printable(path);
  const [start, end] = [path.slice(0, LONGEST_PATH / 2), path.slice(-LONGEST_PATH / 2)];
  return `${printable(start)}…${count(path.length, "char")}…${printable(end)}`;
}

function showPlace(change: Change, cwd: string | undefined): string {
  const { file } = change;
  if (file === undefined || cwd === undefined) return printable(formatPlace(change));
  return formatPlace({ ...change, file: displayPath(file, cwd) });
}

/** The value, or the values before and after, in `room` columns together if that is enough. */
function showValues(change: Change, room: number, style: DiffStyle): Cell {
  const { kind, before, after } = change;
  // What is nested too deep to be compared comes without values.
  if (!Object.hasOwn(change, "before") && !Object.hasOwn(change, "after")) return cell("");
  if (kind !== "changed") {
    const text = formatValue(kind === "added" ? after : before, Math.max(room, LEAST_FOR_VALUE));
    return cell(text, style(kind, text));
  }
  const forBoth = Math.max(room - ARROW.length, 2 * LEAST_FOR_VALUE);
  const [old, shortened] = fitTwo(before, after, forBoth);
  // Where they differ was cut out, or is hidden.
  const now = old === shortened && old !== REDACTED ? shortened + NOT_SAME : shortened;
  return cell(old + ARROW + now, style("removed", old) + ARROW + style("added", now));
}

/** Two values in `room` columns: what one does not need is the other's. */
function fitTwo(before: unknown, after: unknown, room: number): readonly [string, string] {
  const half = Math.floor(room / 2);
  const old = formatWhole(before, half);
  if (old !== undefined) return [old, formatValue(after, room - columnsOf(old))];
  const now = formatValue(after, half);
  const left = room - columnsOf(now);
  // The same room for both, so that it is seen when they look the same.
  return [formatValue(before, left > half + 1 ? left : half), now];
}

function widest(cells: readonly Cell[]): number {
  let widest = 0;
  for (const { columns } of cells) {
    if (columns > widest && columns <= WIDEST_COLUMN) widest = columns;
  }
  return widest;
}

function pad({ text, columns }: Cell, width: number): string {
  return columns < width ? text + " ".repeat(width - columns) : text;
}

function colour(role: DiffRole, text: string): string {
  // With its own check, styleText() reads the environment, which Deno may not permit.
  return styleText(COLOURS[role], text, { validateStream: false });
}
