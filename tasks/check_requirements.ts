/**
 * Whether docs/coming_from.md has every row it promises, and each row a test that shows it.
 *
 * The heading of a part says which rows it has, as in `## A file watcher (S1.1–S1.13)`; a row is a
 * line of its table, and the name of a test carries the numbers of what it shows at its end, as in
 * `keeps what runs (G4, S3.7)`.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { load } from "js-yaml";
import { runAlone } from "./check_alone.ts";

/** What is checked. */
export interface Requirements {
  /** Text of docs/coming_from.md. */
  readonly page: string;
  /** Code of the test files. */
  readonly code: readonly string[];
  /** Names of the scenarios. */
  readonly scenarios: readonly string[];
}

const PAGE = "docs/coming_from.md";
const PART = /^## .*\(S(\d+)\.1–S(\d+)\.(\d+)\)$/gmu;
const ROW = /^\| S(\d+\.\d+) +\|(.*)\|(.*)\|$/gmu;

/** Checks the project in the working directory. */
export async function checkRequirements(): Promise<string[]> {
  const tests = readdirSync("tests", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith("_test.ts"));
  const folder = "tests/scenarios";
  return await findGaps({
    page: readFileSync(PAGE, "utf8"),
    code: tests.map((name) => readFileSync(join("tests", name), "utf8")),
    scenarios: readdirSync(folder).map((name) => {
      const { name: sentence } = load(readFileSync(join(folder, name), "utf8")) as { name: string };
      return sentence;
    }),
  });
}

/** What is missing: parts, rows, cells and tests; nothing when all are there. */
export async function findGaps({ page, code, scenarios }: Requirements): Promise<string[]> {
  const { numbers, problems } = readParts(page);
  const rows = [...page.matchAll(ROW)];
  const known = rows.map(([, number]) => number!);
  const shown = new Set(scenarios.flatMap((name) => numbersAtEnd(name, /\(([^()]*)\)$/gu)));
  for (const text of code) {
    for (const number of await numbersOfTests(text)) shown.add(number);
  }
  return [
    ...problems,
    ...numbers.filter((number) => !known.includes(number))
      .map((number) => `${PAGE}: there is no row for S${number}`),
    ...known.filter((number, index) => known.indexOf(number) !== index)
      .map((number) => `${PAGE}: there are two rows for S${number}`),
    ...known.filter((number) => !numbers.includes(number))
      .map((number) => `${PAGE}: no heading promises the row S${number}`),
    ...rows.filter(([, , there, here]) => there!.trim() === "" || here!.trim() === "")
      .map(([, number]) => `${PAGE}: a cell of S${number} is empty`),
    ...numbers.filter((number) => !shown.has(number))
      .map((number) => `tests: no test's name carries (S${number})`),
    ...[...shown].filter((number) => !numbers.includes(number))
      .map((number) => `tests: a name carries S${number}, which ${PAGE} doesn't know`),
  ];
}

/** Numbers of the rows that the headings promise. */
function readParts(page: string): { numbers: string[]; problems: string[] } {
  const parts = [...page.matchAll(PART)].map(([, part, last, count]) => ({
    part: Number(part),
    isOne: part === last,
    count: Number(count),
  })).sort((a, b) => a.part - b.part);
  const problems = parts.flatMap(({ part, isOne }, index) => [
    ...(isOne ? [] : [`${PAGE}: a heading begins with S${part} and ends with another part`]),
    ...(part === index + 1 ? [] : [`${PAGE}: there is no heading (S${index + 1}.1–…)`]),
  ]);
  if (parts.length === 0) problems.push(`${PAGE}: no heading says which rows it has`);
  const numbers = parts.flatMap(({ part, count }) =>
    Array.from({ length: count }, (_, index) => `${part}.${index + 1}`)
  );
  return { numbers, problems };
}

/** Numbers that end a text in the code, with or without a colon; a comment is no text. */
async function numbersOfTests(code: string): Promise<string[]> {
  if (!/\bS\d+\.\d+/u.test(code)) return [];
  // With its whitespace, all comments go too.
  const stripped = await transform(code, {
    loader: "ts",
    minifyWhitespace: true,
    legalComments: "none",
  });
  return numbersAtEnd(stripped.code, /\(([^()]*)\):?["'`]/gu);
}

function numbersAtEnd(text: string, brackets: RegExp): string[] {
  return [...text.matchAll(brackets)].flatMap(([, inside]) => {
    const marks = inside!.split(", ");
    if (!marks.every((mark) => /^(?:G\d+|S\d+\.\d+)$/u.test(mark))) return [];
    return marks.filter((mark) => mark.startsWith("S")).map((mark) => mark.slice(1));
  });
}

if (import.meta.main) await runAlone(checkRequirements);
