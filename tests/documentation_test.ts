import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync("docs").filter((name) => name.endsWith(".md")).map((name) => join("docs", name)),
];

const EXAMPLE = /<!-- example: (\S+) -->\s*```ts\n([\s\S]*?)```/gu;

function shownExamples(page: string): string[] {
  return [...readFileSync(page, "utf8").matchAll(EXAMPLE)].map(([, file]) => file!);
}

test("README and the page on validation show examples that the tests run", () => {
  assert.deepEqual(shownExamples("README.md"), ["examples/readme.ts"]);
  assert.deepEqual(shownExamples("docs/validation.md"), ["examples/validation.ts"]);
});

for (const page of PAGES) {
  test(`every example of ${page} is the file that it names`, () => {
    for (const [, file, shown] of readFileSync(page, "utf8").matchAll(EXAMPLE)) {
      const code = readFileSync(file!, "utf8")
        .replaceAll(/"\.\.\/\w+\.ts"; \/\/ in your project: from "([^"]+)"/gu, '"$1";');
      assert.equal(shown, code);
    }
  });
}

for (const page of PAGES) {
  test(`every link of ${page} leads somewhere`, () => {
    const text = readFileSync(page, "utf8");
    const headings = (file: string) =>
      [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gmu)].map(([, heading]) =>
        heading!.toLowerCase().replace(/[^\w\s-]/gu, "").trim().replace(/\s+/gu, "-")
      );
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/gu)) {
      if (/^https?:/u.test(link!)) continue;
      const [path, anchor] = link!.split("#") as [string, string | undefined];
      const file = path === "" ? page : join(dirname(page), path);
      assert.ok(existsSync(file), `${page} links to ${link}, which is not there`);
      if (anchor !== undefined) assert.ok(headings(file).includes(anchor), `no heading ${link}`);
    }
  });
}

test("every event type is described in docs/events.md", () => {
  const source = readFileSync("src/events.ts", "utf8");
  const page = readFileSync("docs/events.md", "utf8");
  const types = [...source.matchAll(/readonly type: "(\w+)"/gu)].map(([, type]) => type!);
  assert.ok(types.length >= 9);
  for (const type of types) assert.ok(page.includes(`\`${type}\``), `${type} is not described`);
});
