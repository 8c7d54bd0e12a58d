/**
 * The pieces that reports for people are made of, as lines of text.
 *
 * @module
 */

import type { Change } from "../events.ts";
import { diffLines } from "../format_diff.ts";
import { formatValue } from "../format_value.ts";
import { formatPlace, type Issue } from "../issue.ts";
import type { Place } from "../layers.ts";
import { columnsOf, count, displayPath, printable } from "../printable.ts";
import type { Origin } from "../provenance.ts";
import { codeFrame, type ReadText } from "./frame.ts";
import type { Role, Style } from "./style.ts";

export { count };

/** How lines look. */
export interface View {
  /** Colours. */
  readonly style: Style;
  /** Columns of the terminal, where there is one. */
  readonly width?: number | undefined;
  /** Absolute path that paths are shown from. */
  readonly cwd: string;
  /** Reads a file, for code frames; without it there are none. */
  readonly readText?: ReadText;
  /** Patterns of secrets, which code frames hide. */
  readonly secrets?: readonly string[];
}

/** More lines than that of one list are counted, not shown. */
export const MOST_LINES = 50;

const INDENT = "  ";

/** Columns are padded up to this width; what is longer pushes its own line only. */
const WIDEST_COLUMN = 60;

/** A value that is longer is shortened. */
const LONGEST_VALUE = 60;

/** A diff, a change a line: `~ server.port  8080 → 9090  config/app.yaml:3`. */
export function renderChanges(changes: readonly Change[], view: View): string[] {
  const { style, width, cwd } = view;
  return diffLines(changes, style, {
    width: width && Math.max(1, width - INDENT.length),
    maxChanges: MOST_LINES,
    cwd,
  });
}

/** More code frames than that are not shown. */
const MOST_FRAMES = 10;

/**
 * Issues, one a line: `config/app.yaml:3:5  server.port  must be a number`, each of the first ones
 * with the line it is about.
 */
export function renderIssues(issues: readonly Issue[], view: View): string[] {
  const rows = issues.slice(0, MOST_LINES).map((issue): Row => [
    { text: renderPlace(issue, view), role: "strong" },
    { text: printable(issue.path) },
    { text: printable(issue.message), role: "bad" },
  ]);
  const lines = alignRows(rows, view).flatMap((line, index) => [
    line,
    ...indent(index < MOST_FRAMES ? frameOf(issues[index]!, view) : []),
  ]);
  return [...lines, ...countHidden(issues.length, "issues", view)];
}

function frameOf(issue: Issue, { style, readText, secrets }: View): string[] {
  if (readText === undefined) return [];
  return codeFrame(issue, { readText, secrets }).map((line) => style("quiet", line));
}

/** Files with size and the beginning of the checksum. */
export function renderFiles(
  files: readonly { readonly path: string; readonly bytes?: number; readonly checksum?: string }[],
  view: View,
): string[] {
  const rows = files.slice(0, MOST_LINES).map(({ path, bytes, checksum = "" }): Row => [
    { text: displayPath(path, view.cwd), role: "strong" },
    { text: bytes === undefined ? "" : formatBytes(bytes) },
    { text: checksum.slice(0, 12), role: "quiet" },
  ]);
  return [...alignRows(rows, view), ...countHidden(files.length, "files", view)];
}

/** Names beside what they stand for. */
export function renderFacts(facts: Readonly<Record<string, string>>, view: View): string[] {
  const rows = Object.entries(facts).map(([name, fact]): Row => [
    { text: name, role: "quiet" },
    { text: printable(fact) },
  ]);
  return alignRows(rows, view);
}

/** A time span: `4.1 ms`, `1200 ms`. */
export function formatMs(ms: number): string {
  return `${ms < 100 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

/** A time of day where the reader is: `14:03:22`. */
export function formatTime(at: string): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** A piece of text and what it is. */
export interface Cell {
  /** The text, safe to print. */
  readonly text: string;
  /** What it is; plain text without. */
  readonly role?: Role;
}

/** One cell may hold several pieces, each with its own role. */
export type Row = readonly (Cell | readonly Cell[])[];

/** Where something stands: a place in a file, an environment variable, or a source. */
function renderPlace(place: Place, { cwd }: View): string {
  return place.file === undefined
    ? printable(formatPlace(place))
    : formatPlace({ ...place, file: displayPath(place.file, cwd) });
}

/** Where a value came from. */
export function placeOfOrigin(origin: Origin | undefined, view: View): string {
  return origin === undefined ? "a default of the schema" : renderPlace(origin, view);
}

/** A value on one line, shortened when it is long. */
export function renderValue(value: unknown): string {
  return formatValue(value, LONGEST_VALUE);
}

/** A size: `31 B`, `12.3 kB`. */
export function formatBytes(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
}

/** Lines that belong to the one above. */
export function indent(lines: readonly string[]): string[] {
  return lines.map((line) => INDENT + line);
}

/** A line that counts what a list leaves out, if it does. */
export function countHidden(total: number, things: string, { style }: View): string[] {
  return total > MOST_LINES ? [style("quiet", `… and ${total - MOST_LINES} more ${things}`)] : [];
}

/** Rows as lines whose columns are aligned. */
export function alignRows(rows: readonly Row[], { style }: View): string[] {
  const cells = rows.map((row) => row.map((cell) => "text" in cell ? [cell] : cell));
  const widths: number[] = [];
  for (const row of cells) {
    row.forEach((pieces, column) => {
      const width = widthOf(pieces);
      if (width <= WIDEST_COLUMN) widths[column] = Math.max(widths[column] ?? 0, width);
    });
  }
  return cells.map((row) =>
    row.map((pieces, column) => {
      const text = pieces.map((piece) =>
        piece.role === undefined ? piece.text : style(piece.role, piece.text)
      ).join("");
      const padding = Math.max(0, (widths[column] ?? 0) - widthOf(pieces));
      return column === row.length - 1 ? text : text + " ".repeat(padding);
    }).filter((text) => text !== "").join("  ").trimEnd()
  );
}

function widthOf(pieces: readonly Cell[]): number {
  return pieces.reduce((width, { text }) => width + columnsOf(text), 0);
}
