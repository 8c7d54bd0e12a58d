/**
 * The contract of the JSON lines as docs/command.md has it.
 *
 * @module
 */

import { readFileSync } from "node:fs";

/** The rows of the table under a heading of docs/command.md: name in the first column, and cells. */
export function tableUnder(heading: string): Map<string, readonly string[]> {
  const page = readFileSync("docs/command.md", "utf8");
  const [, section = ""] = page.split(`\n### ${heading}\n`);
  const [body = ""] = section.split("\n#");
  const rows = body.matchAll(/^\| `(\w+)` +\|(.*)\|$/gmu);
  return new Map([...rows].map(([, name, cells]) => [name!, cells!.split("|")]));
}

/** The members that a cell lists, in order; those that may be absent end in a question mark. */
export function membersOf(cell: string): string[] {
  return cell.replaceAll(/\([^)]*\)/gu, "").split(",")
    .map((member) => member.replaceAll(/[` ]/gu, ""));
}
