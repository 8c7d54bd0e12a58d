/** Counting what a runtime's JUnit report says; the three runtimes write three dialects of it. */

/** How many tests of each kind a runtime executed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Case {
  readonly name: string;
  readonly outcome: keyof Counts;
  /** Whether it failed only because a test inside it did. */
  readonly isEcho: boolean;
}

const separator = " &gt; ";

/** Counts the tests of a report; a group around tests is not a test. */
export function countTests(junit: string): Counts {
  const cases = readCases(junit);
  const groups = new Set(cases.flatMap(({ name }) => ancestors(name)));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, outcome, isEcho } of cases) {
    if (groups.has(name) && (outcome !== "failed" || isEcho)) continue;
    counts[outcome]++;
  }
  return counts;
}

function readCases(junit: string): Case[] {
  const pattern = /<testcase\b((?:"[^"]*"|[^">])*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
  return Array.from(junit.matchAll(pattern), ([, attributes = "", body = ""]) => ({
    name: /\bname="([^"]*)"/.exec(attributes)?.[1] ?? "",
    outcome: /<(?:failure|error)\b/.test(body)
      ? "failed"
      : /<skipped\b/.test(body)
      ? "skipped"
      : "passed",
    isEcho: /\d+ test steps? failed\.<\/failure>/.test(body),
  }));
}

/** Deno lists a group beside its tests, which it names `group > test`, escaped. */
function ancestors(name: string): string[] {
  const parts = name.split(separator);
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join(separator));
}

/** The one line a runtime gets at the end, e.g. `deno: 210 passed, 0 failed, 2 skipped`. */
export function summaryLine(runtime: string, { passed, failed, skipped }: Counts): string {
  return `${runtime}: ${passed} passed, ${failed} failed, ${skipped} skipped`;
}
