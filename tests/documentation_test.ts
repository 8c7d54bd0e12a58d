import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { LiveConfig, LiveFiles } from "../mod.ts";
import { knownEventTypes } from "./known_event_types.ts";

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync("docs").filter((name) => name.endsWith(".md")).map((name) => join("docs", name)),
];

const EXAMPLE = /<!-- example: (\S+) -->\s*```ts\n([\s\S]*?)```/gu;

function shownExamples(page: string): string[] {
  return [...readFileSync(page, "utf8").matchAll(EXAMPLE)].map(([, file]) => file!);
}

test("README and the pages on validation, testing and state show examples that the tests run", () => {
  assert.deepEqual(shownExamples("README.md"), ["examples/readme.ts"]);
  assert.deepEqual(shownExamples("docs/validation.md"), ["examples/validation.ts"]);
  assert.deepEqual(shownExamples("docs/testing.md"), ["examples/testing.ts"]);
  assert.deepEqual(shownExamples("docs/state.md"), ["examples/last_known_good.ts"]);
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

test("docs/events.md tells what every event carries", () => {
  const source = readFileSync("src/events.ts", "utf8");
  const page = readFileSync("docs/events.md", "utf8");
  const events = source.matchAll(/interface \w+Event \{([\s\S]*?)\n\}/gu);
  for (const [, members] of events) {
    const [, type] = /readonly type: "(\w+)"/u.exec(members!)!;
    const row = new RegExp(`^\\| \`${type}\` .*$`, "mu").exec(page)![0];
    for (const [, name] of members!.matchAll(/^ {2}readonly (\w+)/gmu)) {
      if (name === "type" || name === "at") continue;
      assert.ok(row.includes(`\`${name}\``), `${name} of ${type} is not in its row`);
    }
  }
});

test("docs/options.md has every option of watchConfig() with its default", () => {
  const source = readFileSync("src/options.ts", "utf8");
  const page = readFileSync("docs/options.md", "utf8");
  const rows = new Map(
    [...page.matchAll(/^\| `([\w.]+)` +\|([^|]*)\|/gmu)].map(([, name, value]) => [name!, value!]),
  );
  const described = ["Limits", "WatchOptions", "LoadConfigOptions", "WatchConfigOptions"].flatMap(
    (name) => {
      const members = new RegExp(`interface ${name}\\b[^{]*\\{([\\s\\S]*?)\\n\\}`, "u").exec(
        source,
      )![1]!;
      return [...members.matchAll(/\/\*\*([\s\S]*?)\*\/\s*readonly (\w+)/gu)]
        .filter(([, , option]) => option !== "limits")
        .map(([, comment, option]) => ({
          option: name === "Limits" ? `limits.${option}` : option!,
          value: /@default \{([^}]*)\}/u.exec(comment!)?.[1],
        }));
    },
  );
  assert.deepEqual(
    [...rows.keys()].toSorted(),
    [...new Set(described.map(({ option }) => option))].toSorted(),
  );
  for (const { option, value } of described) {
    // What is no literal is said in words.
    if (value === undefined || !/^[\d"[]|^true|^false/u.test(value)) continue;
    assert.equal(
      rows.get(option)!.trim(),
      `\`${value.replace(/^(\d)(\d{3})$/u, "$1$2")}\``,
      option,
    );
  }
});

describe("what docs/coming_from.md names is there", () => {
  const page = readFileSync("docs/coming_from.md", "utf8");
  const rows = [...page.matchAll(/^\| (S\d+\.\d+) +\|[^|]*\|(.*)\|$/gmu)];
  const code = rows.flatMap(([, row, here]) =>
    [...here!.matchAll(/`([^`]+)`/gu)].map(([, text]) => ({ row: row!, text: text! }))
  );
  const api = readFileSync("mod.ts", "utf8") + readFileSync("testing.ts", "utf8");
  const library = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join("src", name), "utf8")).join("\n");
  /** What belongs to the reader's program or to LogTape. */
  const own = new Set([
    "configure",
    "loggers",
    "category",
    "lowestLevel",
    "answer",
    "notify",
    "Settings",
    "DB_PORT",
    "app",
    "services",
  ]);

  const check = (pattern: RegExp, isThere: (name: string) => boolean): number => {
    const found = code.flatMap(({ row, text }) =>
      [...text.matchAll(pattern)].map(([, name]) => ({ row, name: name! }))
    ).filter(({ name }) => !own.has(name));
    for (const { row, name } of found) assert.ok(isThere(name), `${row}: ${name} is not there`);
    return found.length;
  };
  const isExported = (name: string) => new RegExp(`\\b${name}\\b`, "u").test(api);

  test("members of the handles", () => {
    assert.ok(check(/\bconfig\.(\w+)/gu, (name) => name in LiveConfig.prototype) > 15);
    assert.ok(check(/\bfiles\.(\w+)/gu, (name) => name in LiveFiles.prototype) > 4);
  });

  test("events", () => {
    const types = knownEventTypes();
    assert.ok(check(/\bon\("(\w+)"/gu, (type) => types.includes(type)) > 8);
  });

  test("functions and classes", () => {
    const isMethod = (name: string) => ["on", "subscribe", "attach"].includes(name);
    assert.ok(check(/(?<![.\w])([a-z]\w*)\(/gu, (name) => isMethod(name) || isExported(name)) > 15);
    assert.ok(check(/\b([A-Z]\w+Error)\b/gu, isExported) > 3);
  });

  test("options and members of events", () => {
    const isDeclared = (name: string) =>
      new RegExp(`^ +(?:readonly )?${name}\\??[:(<]`, "mu").test(library);
    assert.ok(check(/(?<![?\w"(] ?)\b([a-z]\w+): /gu, isDeclared) > 20);
  });
});
