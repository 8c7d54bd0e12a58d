/** The plots in `docs/settling.md`: what `adaptive` waits for, save after save. */

import { savesOf, simulate } from "./writer_simulation.ts";

/** Where the plots stand in the document. */
export const DOCUMENT = "docs/settling.md";

const BEGIN = "<!-- adaptive: written by tasks/plot_adaptive.ts -->\n\n```text\n";
const END = "\n```\n\n<!-- adaptive: end -->\n";

const CHUNKS = 5;

/** Long enough that no save has to do with the one before. */
const APART_MS = 5000;

const regular = (saves: number, pauseMs: number) =>
  Array.from({ length: saves }, () => Array.from({ length: CHUNKS - 1 }, () => pauseMs));

const WRITERS: readonly (readonly [name: string, pauses: readonly (readonly number[])[]])[] = [
  ["a quick writer, 2 ms between its five writes", regular(30, 2)],
  ["a slow writer, 40 ms", regular(30, 40)],
  ["one that pauses for longer than baseDelayMs, 80 ms", regular(30, 80)],
  ["quick for ten saves, slow (40 ms) for fifteen, and quick again", [
    ...regular(10, 2),
    ...regular(15, 40),
    ...regular(15, 2),
  ]],
];

/** The plots as text. */
export function plotAdaptive(): string {
  return WRITERS.map(([name, pauses]) => plotWriter(name, pauses)).join("\n\n");
}

/** The document with the plots of today. */
export function withPlots(document: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`${DOCUMENT} has no place for the plots`);
  return document.slice(0, begin + BEGIN.length) + plotAdaptive() + document.slice(end);
}

/** A row for each quiet time, a column for each save. */
function plotWriter(name: string, pauses: readonly (readonly number[])[]): string {
  const releases = simulate(savesOf(pauses, APART_MS));
  const misled = new Set(releases.filter(({ isWhole }) => !isWhole).map(({ save }) => save));
  const quiet = pauses.map((_, save) => {
    const whole = releases.find((release) => release.save === save && release.isWhole);
    return Math.round(whole!.quietMs);
  });
  const levels = [...new Set(quiet)].sort((a, b) => b - a);
  const rows = levels.map((level) => {
    const marks = quiet.map((quietMs, save) =>
      quietMs !== level ? " " : misled.has(save) ? "x" : "o"
    );
    return `${`${level} ms`.padStart(7)} |${marks.join("").trimEnd()}`;
  });
  return [name, ...rows, `${" ".repeat(8)}+${axis(pauses.length)}`].join("\n");
}

/** A tick at each tenth save. */
function axis(saves: number): string {
  const ticks = Array.from(
    { length: Math.ceil(saves / 10) },
    (_, index) => `${index * 10 + 10}`.padStart(10, "-"),
  );
  return ticks.join("");
}
