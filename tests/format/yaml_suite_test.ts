import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { loadConfig } from "../../mod.ts";
import { ParseError } from "../../src/errors.ts";
import { DIFFERENCES, judge, judgeAll, SUITE, suiteTable } from "./yaml_suite.ts";

const verdicts = await judgeAll();

function known(id: string): string | undefined {
  const group = DIFFERENCES.find(({ cases }) => cases.includes(id));
  return group && `different: ${group.refusal ?? "value"}`;
}

describe("the YAML test suite (G12)", () => {
  test("has 402 texts, and each is named once", () => {
    assert.equal(SUITE.length, 402);
    assert.equal(verdicts.size, 402);
  });

  test("finds no difference that is not in yaml_differences.json, with its reason", () => {
    const surprises = [...verdicts].filter(([id, verdict]) => {
      if (!verdict.startsWith("different")) return false;
      return !new RegExp(`^${known(id) ?? "(?!)"}$`, "u").test(verdict);
    });
    assert.deepEqual(surprises, []);
  });

  test("finds every difference that is in yaml_differences.json, once", () => {
    const listed = DIFFERENCES.flatMap(({ cases }) => cases);
    assert.equal(new Set(listed).size, listed.length);
    const gone = listed.filter((id) => !verdicts.get(id)?.startsWith("different"));
    assert.deepEqual(gone, []);
  });

  test("gives the numbers of docs/formats.md, which names the groups and their reasons", () => {
    const page = readFileSync("docs/formats.md", "utf8");
    assert.ok(page.includes(suiteTable(verdicts)), "run: deno run -A tasks/formats_table.ts");
    const words = page.replace(/\s+/gu, " ");
    for (const { reason } of DIFFERENCES) assert.ok(words.includes(reason), reason);
  });

  test("is judged the same through loadConfig() and real files, in a sample", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hotconf-yaml-"));
    const path = join(folder, "case.yaml");
    try {
      for (const entry of SUITE.filter((_, index) => index % 8 === 0)) {
        const verdict = verdicts.get(entry.id)!;
        writeFileSync(path, entry.text);
        assert.equal(judge(entry, await reading(path, entry.text)), verdict, entry.id);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** What the loader makes of the file: its value, or its error, thrown again. */
async function reading(path: string, text: string): Promise<() => unknown> {
  try {
    const { value } = await loadConfig({ sources: [path] });
    // The configuration of an empty document is an empty one.
    return () => isDeepStrictEqual(value, {}) && isEmpty(text) ? undefined : value;
  } catch (error) {
    assert.ok(error instanceof ParseError, String(error));
    assert.equal(error.file, path);
    return () => {
      throw error;
    };
  }
}

function isEmpty(text: string): boolean {
  return text.replace(/^(?:---|\.\.\.|%.*)|#.*$/gmu, "").trim() === "";
}
