import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findGaps, type Requirements } from "../../tasks/check_requirements.ts";

const PAGE = `# Coming from another system

## A watcher (S1.1–S1.2)

| #    | there | here |
| ---- | ----- | ---- |
| S1.1 | start | use  |
| S1.2 | stop  | end  |

## Another (S2.1–S2.1)

| #    | there | here |
| ---- | ----- | ---- |
| S2.1 | look  | hear |
`;

const whole: Requirements = {
  page: PAGE,
  code: [
    'test("begins (S1.1)", () => {});',
    "describe(`ends ${how} (G9, S1.2):`, () => {});",
  ],
  scenarios: ["A save is heard (S2.1, G1)"],
};

function withoutLine(start: string): string {
  assert.ok(PAGE.includes(`\n${start}`));
  return PAGE.split("\n").filter((line) => !line.startsWith(start)).join("\n");
}

describe("the check of what is promised", () => {
  test("finds nothing where every row is there and shown", async () => {
    assert.deepEqual(await findGaps(whole), []);
  });

  test("goes red for a row that is missing, in the middle and at the end", async () => {
    assert.deepEqual(await findGaps({ ...whole, page: withoutLine("| S1.1") }), [
      "docs/coming_from.md: there is no row for S1.1",
    ]);
    assert.deepEqual(await findGaps({ ...whole, page: withoutLine("| S1.2") }), [
      "docs/coming_from.md: there is no row for S1.2",
    ]);
  });

  test("goes red for a test that is missing", async () => {
    assert.deepEqual(await findGaps({ ...whole, code: whole.code.slice(1) }), [
      "tests: no test's name carries (S1.1)",
    ]);
    assert.deepEqual(await findGaps({ ...whole, scenarios: ["A save is heard"] }), [
      "tests: no test's name carries (S2.1)",
    ]);
  });

  const noNames: readonly [what: string, code: string][] = [
    ["a comment", "// begins (S1.1)\nrun();"],
    ["a comment that is quoted", '/** as in "begins (S1.1)" */\nrun();'],
    ["a comment within an expression", 'test(/* "begins (S1.1)" */ name, run);'],
    ["a number in the middle of a text", 'test("(S1.1) begins", run);'],
    ["a number among other words", 'test("begins (as S1.1)", run);'],
  ];
  for (const [what, code] of noNames) {
    test(`does not take ${what} for the name of a test`, async () => {
      assert.deepEqual(await findGaps({ ...whole, code: [code, whole.code[1]!] }), [
        "tests: no test's name carries (S1.1)",
      ]);
    });
  }

  test("goes red for a heading that is missing or promises something else", async () => {
    assert.deepEqual(await findGaps({ ...whole, page: withoutLine("## A watcher") }), [
      "docs/coming_from.md: there is no heading (S1.1–…)",
      "docs/coming_from.md: no heading promises the row S1.1",
      "docs/coming_from.md: no heading promises the row S1.2",
      "tests: a name carries S1.1, which docs/coming_from.md doesn't know",
      "tests: a name carries S1.2, which docs/coming_from.md doesn't know",
    ]);
    assert.deepEqual(await findGaps({ ...whole, page: PAGE.replace("–S2.1)", "–S3.1)") }), [
      "docs/coming_from.md: a heading begins with S2 and ends with another part",
    ]);
    assert.ok((await findGaps({ ...whole, page: "" })).includes(
      "docs/coming_from.md: no heading says which rows it has",
    ));
  });

  test("goes red for a row that says nothing and for one that is there twice", async () => {
    const page = PAGE.replace("| hear |", "|      |").replace(
      "| S1.2 |",
      "| S1.1 | a | b |\n| S1.2 |",
    );
    assert.deepEqual(await findGaps({ ...whole, page }), [
      "docs/coming_from.md: there are two rows for S1.1",
      "docs/coming_from.md: a cell of S2.1 is empty",
    ]);
  });
});
